"""`omni prompt explain`: every part of a prompt, what it means, and which versions take it."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from omnidsl.cli import finding
from omnidsl.cli.prompt_commands import reading
from omnidsl.cli.prompt_commands.naming import category_name
from omnidsl.language.catalogue import phrase, preferred_language

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.prompts import ParsedPrompt, Rules, Value
    from omnidsl.prompts.setting import Setting

_WIDE, _NARROWEST = 100, 40
"""Columns of the table: where nobody's window limits it, and at least."""

_LONGEST = 200
"""Characters of one part that are shown."""

_SPEAKING = ("deprecated", "removed", "operation")
"""Statuses of parameters that say more than a list of versions does."""

_MODEL = "model"
"""The slot of the parameters that name a version themselves."""

Row = tuple[str, str, str, str]
"""A part as it stands, what it is, what it means, where it applies."""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("prompt-explain")
    parser = actions.add_parser("explain", help=words, description=words)
    reading.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a table a prompt to stdout, findings to stderr; return 1 where an error was found.

    Raises `UnknownName` for a rule set or a version that there is not.
    """
    from omnidsl.prompts import parse

    rules = reading.rules_of(arguments).adapted(remarks=True)
    found: list[Diagnostic] = []
    for index, given in enumerate(reading.prompts(arguments)):
        if given.problem is not None:
            found.append(given.problem)
            continue
        read = parse(given.text, rules=rules)
        if index:
            print()
        _print(list(_rows(read, rules)))
        found += given.told(read.diagnostics)
    if found:
        print()
    sys.stdout.flush()
    finding.show(found, to_stderr=True)
    return finding.status(found)


def _rows(read: "ParsedPrompt", rules: "Rules") -> Iterator[Row]:
    from omnidsl.prompts import load_parameters
    from omnidsl.prompts.contents import read_contents

    held = read_contents(read.prompt, load_parameters(rules.allowed), rules.vocabulary)
    for image in held.images:
        yield image, phrase("part-image"), phrase("part-image-means"), ""
    for category, term in held.terms:
        yield _term(category, term, rules)
    yield from _text(read, held.texts, rules)
    yield from _groups(read)
    for setting in held.settings:
        yield _parameter(setting, rules)
    if rules.default_version and not any(map(_names_model, read.jobs[0].settings)):
        means = phrase("part-default-version").format(version=rules.default_version)
        yield "", phrase("part-version"), means, ""
    jobs = sum(job.repeat for job in read.jobs)
    if jobs > 1:
        yield "", phrase("prompt-jobs"), phrase("part-jobs").format(count=jobs), ""


def _term(category: str, term: str, rules: "Rules") -> Row:
    group = rules.vocabulary.category(category)
    found = group.lookup(term) if group is not None else None
    chinese = preferred_language() == "zh"
    names = [found.simplified, "" if chinese else found.abbreviation] if found is not None else []
    return (
        term,
        category_name(category, rules.vocabulary),
        ", ".join(name for name in names if name),
        "",
    )


def _text(read: "ParsedPrompt", texts: tuple[str, ...], rules: "Rules") -> Iterator[Row]:
    """Yield the text, part by part where it has weights, and what of it is to be written into the picture."""
    segments = read.segments
    total = sum(one.weight for one in segments if one.weight > 0)
    if len(segments) > 1 and total > 0:
        where = _where("::", None, rules)
        for one in segments:
            key = "part-weight" if one.weight > 0 else "part-weight-against"
            share = phrase(key).format(weight=f"{one.weight:g}", share=f"{one.weight / total:.0%}")
            yield one.text, phrase("prompt-text"), share, where
    else:
        for text in texts:
            yield " ".join(text.split()), phrase("prompt-text"), phrase("part-text"), ""
    for drawn in read.quoted:
        yield f'"{drawn}"', phrase("part-quoted"), phrase("part-quoted-means"), ""


def _groups(read: "ParsedPrompt") -> Iterator[Row]:
    from omnidsl.prompts.expansion import Template, shown_count

    template = Template(read.prompt)
    if template.count == 1:
        return
    for group in template.groups():
        means = phrase("part-group-means").format(count=shown_count(group.count))
        text = " ".join(template.text[group.start : group.end].split())
        yield text, phrase("part-group"), means, ""


def _parameter(setting: "Setting", rules: "Rules") -> Row:
    from omnidsl.prompts.meanings import meaning

    row = setting.parameter
    text = " ".join(setting.text.split())
    if row is None:
        known = setting.name in rules.allowed
        kind = "part-own" if known else "part-unknown"
        return text, phrase("part-parameter"), "" if "{" in text else phrase(kind), ""
    if row.status in _SPEAKING:
        where = phrase(f"part-{row.status}")
    else:
        where = "" if row.slot == _MODEL else _where(row.name, setting.value, rules)
    return text, phrase("part-parameter"), meaning(row.name), where


def _names_model(setting: "Setting") -> bool:
    return setting.parameter is not None and setting.parameter.slot == _MODEL


def _where(name: str, value: "Value | None", rules: "Rules") -> str:
    """Return the versions that take a parameter with a value; empty where the rule set knows nothing of versions."""
    from omnidsl.prompts.version_verdicts import spans

    edition = rules.edition
    if edition is None:
        return ""
    taken = edition.accepting(name, value)
    return (
        phrase("part-everywhere") if len(taken) == len(edition.available) else spans(taken, edition)
    )


def _print(rows: list[Row]) -> None:
    from omnidsl.reporting.tables import table, window

    heads = [phrase(f"part-column-{name}") for name in ("part", "kind", "meaning", "where")]
    cells = [[one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…" for one in row] for row in rows]
    print("\n".join(table(heads, cells, window(without=_WIDE, least=_NARROWEST))))
