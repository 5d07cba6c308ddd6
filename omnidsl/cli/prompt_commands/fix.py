"""`omni prompt fix`: prompts with the fixes of their findings applied; what was read stays as it is."""

import argparse
import sys
from typing import TYPE_CHECKING

from omnidsl.cli import finding
from omnidsl.cli.prompt_commands import reading
from omnidsl.cli.rewriting import say
from omnidsl.language.catalogue import phrase
from omnidsl.settings.selection import Layer, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omnidsl.checking.fixes import Mending
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.language.source import Source
    from omnidsl.prompts import Rules

_NAMES = Layer(extend=("OM356",))
"""Names that are not the usual ones are mended, though nobody is told of them elsewhere."""

_SELECTION = Selection(_NAMES)


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("prompt-fix")
    parser = actions.add_parser("fix", help=words, description=words)
    reading.add_options(parser)
    parser.add_argument("--unsafe-fixes", action="store_true", help=phrase("prompt-unsafe-fixes"))
    parser.add_argument("--diff", action="store_true", help=phrase("prompt-fix-diff"))


def run(arguments: argparse.Namespace) -> int:
    """Print mended prompts (a list whole, with its comments) to stdout, and what is left to stderr.

    Returns 1 where an error is left or, with `--diff`, where something would change. Raises `UnknownName` for a rule set
    or a version that there is not.
    """
    if not arguments.text and arguments.file is None:
        arguments.refuse(phrase("prompt-nothing"))
    rules = reading.rules_of(arguments).adapted(remarks=True)
    left: list[Diagnostic] = []
    changes = False
    for before, done in _mended(arguments, rules, left):
        left += done.findings
        for one in done.abandoned:
            say("warning", "fix-abandoned", path=before.name, code=one.code, message=one.message())
        changes = changes or done.source.text != before.text
        _print(before, done.source, as_diff=arguments.diff)
    sys.stdout.flush()
    finding.show(left, to_stderr=True)
    status = finding.status(left)
    return int(changes) if arguments.diff and status != finding.USAGE else status


def _mended(
    arguments: argparse.Namespace, rules: "Rules", faults: "list[Diagnostic]"
) -> "Iterator[tuple[Source, Mending]]":
    """Yield each text before and after; what cannot be read goes to `faults`."""
    from omnidsl.language.source import Source

    names = [*arguments.text, *([str(arguments.file)] if arguments.file is not None else [])]
    for index, text in enumerate(names):
        if index < len(arguments.text) and text != reading.STDIN:
            for given in reading.of_argument(text, None):
                if given.problem is not None:
                    faults.append(given.problem)
                else:
                    source = Source(given.text, "<prompt>")
                    yield source, _prompt(source, rules, unsafe=arguments.unsafe_fixes)
        else:
            yield from _list(text, arguments, faults)


def _prompt(source: "Source", rules: "Rules", *, unsafe: bool) -> "Mending":
    from omnidsl.checking.fixes import mend
    from omnidsl.prompts import parse

    def find(text: "Source") -> "list[Diagnostic]":
        found = parse(text.text, rules=rules, source=text).diagnostics
        return [one for one in found if _SELECTION.keeps(one.code)]

    return mend(source, find, unsafe=unsafe)


def _list(
    path: str, arguments: argparse.Namespace, faults: "list[Diagnostic]"
) -> "Iterator[tuple[Source, Mending]]":
    from omnidsl.cli.file_check import Wishes
    from omnidsl.cli.projects import Projects
    from omnidsl.cli.prompt_commands.list_check import ListChecker

    wishes = Wishes(layer=_NAMES, rules=arguments.rules, default_version=arguments.default_version)
    checker = ListChecker(Projects(isolated=arguments.isolated), wishes, arguments.column)
    before = checker.source(path)
    if before is None:
        faults += checker.check(path)
        return
    done = checker.mended(path, before, unsafe=arguments.unsafe_fixes)
    done.findings = checker.find(path, done.source)
    yield before, done


def _print(before: "Source", after: "Source", *, as_diff: bool) -> None:
    if as_diff:
        from omnidsl.reporting.differences import differences

        sys.stdout.writelines(differences(before.text, after.text, before.name))
    else:
        sys.stdout.write(after.text if after.text.endswith("\n") else f"{after.text}\n")
