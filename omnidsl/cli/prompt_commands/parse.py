"""`omni prompt parse`: what Midjourney makes of a prompt, and what is wrong with it."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from omnidsl.cli.prompt_commands import reading
from omnidsl.cli.prompt_commands.naming import category_name
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.prompts import Job, ParsedPrompt, Rules, Value

CLEAN, FAULTY, USAGE = 0, 1, 2
"""Exit statuses: no error, errors found, nothing to read or unreadable."""

_SHOWN_JOBS = 40

_AT_ONCE = 500
"""Lines of JSON that are written together."""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("prompt-parse")
    parser = actions.add_parser("parse", help=words, description=words)
    reading.add_options(parser)
    parser.add_argument("--json", action="store_true", help=phrase("prompt-json"))


def run(arguments: argparse.Namespace) -> int:
    """Print one result a prompt to stdout, findings for people to stderr; return the exit status.

    Raises `UnknownName` for a rule set or a version that there is not.
    """
    from omnidsl.cli import finding
    from omnidsl.prompts import parse

    rules = reading.rules_of(arguments)
    status = CLEAN
    lines: list[str] = []
    encoded = _encoder() if arguments.json else None
    for index, given in enumerate(reading.prompts(arguments)):
        problem = given.problem
        if problem is not None and finding.status([problem]) == USAGE:
            sys.stdout.write("".join(lines))
            _print_findings([problem])
            return USAGE
        read = _unread(problem) if problem is not None else parse(given.text, rules=rules)
        if encoded is not None:
            lines.append(encoded(read) + "\n")
            if len(lines) == _AT_ONCE:
                sys.stdout.write("".join(lines))
                lines = []
        elif problem is not None:
            _print_findings([problem])
        else:
            _print_summary(read, rules, first=index == 0)
            if told := given.told(read.diagnostics):
                _print_findings(told)
        if not read.valid:
            status = FAULTY
    sys.stdout.write("".join(lines))
    return status


def _encoder() -> "Callable[[ParsedPrompt], str]":
    from omnidsl.prompts.json_text import json_text

    return json_text


def _unread(problem: "Diagnostic") -> "ParsedPrompt":
    """Return what programs are shown of a text that is no text: nothing was understood of it, and why."""
    from omnidsl.language.source import Source
    from omnidsl.prompts import Job, ParsedPrompt

    source = problem.source or Source("")
    nothing = Job(images=(), text="", source_text="", segments=(), vocabulary={}, settings=())
    return ParsedPrompt(source.text, source, [nothing], 1, [problem])


def _print_summary(read: "ParsedPrompt", rules: "Rules", *, first: bool) -> None:
    from omnidsl.prompts.expansion import shown_count

    rows = list(_rows(read.jobs[0], rules))
    if read.permutations > 1:
        rows.append((phrase("prompt-jobs"), shown_count(read.permutations)))
        rows += [("", job.canonical) for job in read.jobs[:_SHOWN_JOBS]]
        if read.permutations > len(read.jobs):
            more = shown_count(read.permutations - len(read.jobs))
            rows.append(("", phrase("prompt-more-jobs").format(more=more)))
    width = max(columns(name) for name, _ in rows)
    lines = [f"{pad(name, width)}  {printable(value)}".rstrip() for name, value in rows]
    print("\n".join(lines) if first else "\n".join(["", *lines]))


def _print_findings(found: "Sequence[Diagnostic]") -> None:
    from omnidsl.reporting.formats.full import render_full
    from omnidsl.reporting.terminal import wants_colour

    sys.stdout.flush()
    sys.stderr.write(render_full(found, colour=wants_colour(sys.stderr)))


def _rows(job: "Job", rules: "Rules") -> Iterator[tuple[str, str]]:
    yield phrase("prompt-canonical"), job.canonical
    for image in job.images:
        yield phrase("prompt-images"), image
    for category, terms in job.vocabulary.items():
        yield category_name(category, rules.vocabulary), ", ".join(terms)
    if job.text:
        yield phrase("prompt-text"), job.text
    if len(job.segments) > 1:
        yield (
            phrase("prompt-segments"),
            ", ".join(f"{one.text} {one.weight:g}" for one in job.segments),
        )
    for name, value in job.parameters.items():
        yield name, _shown(value)


def _shown(value: "Value") -> str:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
