"""`omni prompt parse`: what Midjourney makes of a prompt, and what is wrong with it."""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.language.source import Source
    from omnidsl.prompts import Job, ParsedPrompt, Value

CLEAN, FAULTY, USAGE = 0, 1, 2
"""Exit statuses: no error, errors found, nothing to read or unreadable."""

_SHOWN_JOBS = 40

_OWN_WORDS = {"OM603": "prompt-file-folder", "OM604": "prompt-file-large"}
"""What the reader's findings, which speak of recipes, are called before somebody who named a list of prompts."""

_UNDECODED = re.compile("[\ud800-\udfff]")
"""What Python makes of the bytes of an argument that are no text."""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    reading = phrase("prompt-parse")
    parse = actions.add_parser("parse", help=reading, description=reading)
    parse.add_argument("text", nargs="*", metavar="TEXT", help=phrase("prompt-texts"))
    parse.add_argument("--file", type=Path, metavar="FILE", help=phrase("prompt-file"))
    parse.add_argument("--json", action="store_true", help=phrase("prompt-json"))
    parse.add_argument("--rules", default="omniai", metavar="NAME", help=phrase("prompt-rules"))
    parse.set_defaults(run=run, refuse=parse.error, takes_more="text", parser=parse)


def run(arguments: argparse.Namespace) -> int:
    """Print one result a prompt to stdout, findings for people to stderr; return the exit status.

    Raises `UnknownName` for a rule set that there is not.
    """
    from omnidsl.cli import finding
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.prompts import load_rules, parse

    rules = load_rules(arguments.rules)
    if not arguments.text and arguments.file is None:
        arguments.refuse(phrase("prompt-nothing"))
    status = CLEAN
    for index, given in enumerate(_prompts(arguments)):
        if isinstance(given, Diagnostic) and finding.status([given]) == USAGE:
            _print_findings([given])
            return USAGE
        read = _unread(given) if isinstance(given, Diagnostic) else parse(given, rules=rules)
        if arguments.json:
            _print_json(read)
        elif isinstance(given, Diagnostic):
            _print_findings([given])
        else:
            _print_summary(read, first=index == 0)
        if not read.valid:
            status = FAULTY
    return status


def _prompts(arguments: argparse.Namespace) -> "Iterator[str | Diagnostic]":
    """Yield the prompts of the command line, then those of the file, or why something has none.

    A file that cannot be read is told before any prompt is.
    """
    from omnidsl.language.reader import decode, read

    listed: Source | None = None
    if arguments.file is not None:
        listed, problem = read(arguments.file)
        if problem is not None and problem.code in _OWN_WORDS:
            path = printable(str(arguments.file))
            arguments.refuse(phrase(_OWN_WORDS[problem.code]).format(path=path))
        if problem is not None:
            yield problem
    for text in arguments.text:
        if text == "-":
            source, problem = decode(sys.stdin.buffer.read(), "<stdin>")
            yield from _lines(source) if source else ()
        elif _UNDECODED.search(text):
            source, problem = decode(os.fsencode(text), "<prompt>")
            yield from (source.text,) if source else ()
        else:
            problem = None
            yield text
        if problem is not None:
            yield problem
    if listed is not None:
        yield from _lines(listed)


def _lines(source: "Source") -> Iterator[str]:
    """Yield the prompts of a text, one a line; empty lines are none."""
    return (line for one in source.text.split("\n") if (line := one.rstrip("\r")).strip())


def _unread(problem: "Diagnostic") -> "ParsedPrompt":
    """Return what programs are shown of a text that is no text: nothing was understood of it, and why."""
    from omnidsl.language.source import Source
    from omnidsl.prompts import Job, ParsedPrompt

    source = problem.source or Source("")
    nothing = Job(images=(), text="", source_text="", segments=(), vocabulary={}, settings=())
    return ParsedPrompt(source.text, source, [nothing], 1, [problem])


def _print_json(read: "ParsedPrompt") -> None:
    import json

    print(json.dumps(read.as_json()))


def _print_summary(read: "ParsedPrompt", *, first: bool) -> None:
    from omnidsl.prompts.expansion import shown_count

    rows = list(_rows(read.jobs[0]))
    if read.permutations > 1:
        rows.append((phrase("prompt-jobs"), shown_count(read.permutations)))
        rows += [("", job.canonical) for job in read.jobs[:_SHOWN_JOBS]]
        if read.permutations > len(read.jobs):
            more = shown_count(read.permutations - len(read.jobs))
            rows.append(("", phrase("prompt-more-jobs").format(more=more)))
    width = max(columns(name) for name, _ in rows)
    lines = [f"{pad(name, width)}  {printable(value)}".rstrip() for name, value in rows]
    print("\n".join(lines) if first else "\n".join(["", *lines]))
    if read.diagnostics:
        _print_findings(read.diagnostics)


def _print_findings(found: "Sequence[Diagnostic]") -> None:
    from omnidsl.reporting.formats.full import render_full
    from omnidsl.reporting.terminal import wants_colour

    sys.stdout.flush()
    sys.stderr.write(render_full(found, colour=wants_colour(sys.stderr)))


def _rows(job: "Job") -> Iterator[tuple[str, str]]:
    yield phrase("prompt-canonical"), job.canonical
    for image in job.images:
        yield phrase("prompt-images"), image
    for category, terms in job.vocabulary.items():
        yield category, ", ".join(terms)
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
