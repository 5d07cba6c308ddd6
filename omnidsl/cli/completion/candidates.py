"""What may stand under the cursor: commands, options, choices, and the names that this project has.

Each is a line: the word, a tabulator, what it is. A last line of `:files` says that files may stand there, `:recipes`
files that end in `.omni`, `:folders` folders. Whatever goes wrong on the way gives fewer words and never an error.
"""

import argparse
import contextlib
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from omnidsl._lazy import loaded
from omnidsl.cli import COMMANDS, OPTIONS
from omnidsl.cli.completion import ASK
from omnidsl.cli.parsing import Parser
from omnidsl.language.catalogue import phrase

_RUNS = 20
"""The newest runs that are offered."""

_FILES = {
    "FILE": ":files",
    "PATH": ":recipes",
    "RECIPE": ":recipes",
    "DIR": ":folders",
    "FOLDER": ":folders",
}
_HIDDEN = re.compile(r"[\x00-\x1f]+")


def candidates(words: Sequence[str]) -> list[str]:
    """Return the lines for a command line without `omni`; the last word is the one under the cursor."""
    *before, current = words
    found: list[str] = []
    with contextlib.suppress(Exception, SystemExit):  # a shell has no use for what went wrong
        for one in _offered(before, current):
            found += [one] if one.startswith((":", current)) else []
    return found


def _offered(before: Sequence[str], current: str) -> Iterator[str]:
    if not before:
        yield from (_line(name, phrase(f"command-{name}")) for name in COMMANDS)
        yield from (_line(name, phrase(f"option{name[1:]}")) for name in OPTIONS)
        return
    name, *given = before
    if name not in COMMANDS:
        return
    parser, given = _innermost(name, given)
    waiting, free = _placed(parser, given)
    if waiting is not None:
        yield from _values(waiting, given)
        return
    if "=" in current and current.startswith("--"):
        flag = current.partition("=")[0]
        action = parser._option_string_actions.get(flag)  # noqa: SLF001  # argparse has no other way to look
        yield from (f"{flag}={one}" for one in _values(action, given) if action and one[0] != ":")
        return
    if current.startswith("-"):
        yield from _options(parser, given)
        return
    positional = [one for one in parser._actions if not one.option_strings]  # noqa: SLF001  # as above
    for action in positional:
        takes = float("inf") if action.nargs in ("*", "+", argparse.REMAINDER) else 1
        if len(free) < takes:
            yield from _values(action, given)
            return
        free = free[1:]


def _innermost(name: str, given: Sequence[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """Return the parser of a command, or of the action of it that is named, and the words behind that."""
    root = Parser(prog="omni").add_subparsers()
    loaded(COMMANDS[name]).add(root)
    parser: argparse.ArgumentParser = root.choices[name]
    rest = list(given)
    while inner := next((one for one in parser._actions if _is_inner(one)), None):  # noqa: SLF001  # as above
        place = next((at for at, word in enumerate(rest) if word in (inner.choices or ())), None)
        if place is None or not isinstance(inner.choices, dict):
            break
        parser, rest = inner.choices[rest[place]], rest[:place] + rest[place + 1 :]
    return parser, rest


def _is_inner(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)  # noqa: SLF001  # as above


def _placed(
    parser: argparse.ArgumentParser, given: Sequence[str]
) -> tuple[argparse.Action | None, list[str]]:
    """Return the option whose value the cursor stands at, and the words that belong to no option."""
    waiting: argparse.Action | None = None
    free: list[str] = []
    for word in given:
        if waiting is not None:
            waiting = None
        elif word.startswith("-") and word != "-":
            action = parser._option_string_actions.get(word)  # noqa: SLF001  # as above
            waiting = action if action is not None and action.nargs != 0 else None
        else:
            free.append(word)
    return waiting, free


def _options(parser: argparse.ArgumentParser, given: Sequence[str]) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001  # as above
        if not action.option_strings or action.help == argparse.SUPPRESS:
            continue
        if not any(one in given for one in action.option_strings):
            longest = max(action.option_strings, key=len)
            yield _line(longest, action.help or "")


def _values(action: argparse.Action | None, given: Sequence[str]) -> Iterator[str]:
    """Yield what an argument may be."""
    if action is None:
        return
    if action.choices is not None:
        about = {one.dest: one.help or "" for one in getattr(action, "_choices_actions", ())}
        yield from (
            _line(str(one), about.get(str(one), "")) for one in action.choices if one != ASK
        )
        return
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if action.dest.endswith("file"):
        yield ":files"
    elif metavar in _FILES or action.dest == "paths":
        yield _FILES.get(metavar, ":recipes")
    elif metavar == "RUN":
        yield from _runs()
    elif metavar == "STEP":
        yield from _steps(given)
    elif metavar.startswith("CODE") or action.dest == "codes":
        yield from _codes()
    elif metavar.startswith("PIPELINE"):
        yield from _pipelines(given)


def _runs() -> Iterator[str]:
    from omnidsl.embedding import states_near
    from omnidsl.running.sqlite_ledger import SqliteLedger

    for state in islice(states_near(Path.cwd()), 1):
        ledger = SqliteLedger(state / "ledger.sqlite3")
        try:
            for one in ledger.runs(_RUNS):
                yield _line(one.id, f"{Path(one.recipe).name} {one.pipeline} {one.state}".strip())
        finally:
            ledger.close()


def _steps(given: Sequence[str]) -> Iterator[str]:
    from omnidsl.cli.stored_runs import find
    from omnidsl.planning.plan import Plan

    named = next((one for one in given if re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{6}", one)), None)
    found = find(Path.cwd(), named)
    if found is not None:
        plan = Plan.from_json(found.record.plan)
        yield from (_line(one.id, one.operation) for one in plan.nodes)


def _codes() -> Iterator[str]:
    from omnidsl.language.catalogue import codes, entry

    yield from (_line(one, entry(one).name) for one in codes())


def _pipelines(given: Sequence[str]) -> Iterator[str]:
    """Yield the pipelines of the recipe that stands before, and the parameters of the one that is named."""
    from omnidsl.language import syntax
    from omnidsl.language.parser import parse
    from omnidsl.language.reader import read

    recipe = next((Path(one) for one in given if one.endswith(".omni")), None)
    source = None if recipe is None else read(recipe)[0]
    tree = None if source is None else parse(source)[0]
    pipelines = [one for one in tree.items if isinstance(one, syntax.Pipeline)] if tree else []
    chosen = [one for one in pipelines if one.name.text in given] or pipelines[:1]
    if not any(one.name.text in given for one in pipelines):
        yield from (_line(one.name.text, "pipeline") for one in pipelines)
    for pipeline in chosen:
        for one in pipeline.parameters:
            yield _line(f"{one.name.text}=", "")


def _line(word: str, about: str) -> str:
    return f"{word}\t{_HIDDEN.sub(' ', about)}" if about else word
