"""`omni prompt parse`: what Midjourney makes of a prompt, and what is wrong with it."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.language.source import Source
    from omnidsl.prompts import Job, ParsedPrompt, Value

CLEAN, FAULTY, USAGE = 0, 1, 2
"""Exit statuses: no error, errors found, nothing to read or unreadable."""

_SHOWN_JOBS = 40


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-prompt")
    parser = subparsers.add_parser("prompt", help=words, description=words)
    actions = parser.add_subparsers(dest="action", metavar="parse", required=True)
    reading = phrase("prompt-parse")
    parse = actions.add_parser("parse", help=reading, description=reading)
    parse.add_argument("text", nargs="*", metavar="TEXT", help=phrase("prompt-texts"))
    parse.add_argument("--file", type=Path, metavar="FILE", help=phrase("prompt-file"))
    parse.add_argument("--json", action="store_true", help=phrase("prompt-json"))
    parse.add_argument("--rules", default="omniai", metavar="NAME", help=phrase("prompt-rules"))
    parse.set_defaults(run=run, refuse=parse.error)


def run(arguments: argparse.Namespace) -> int:
    """Print one result a prompt to stdout, findings for people to stderr; return the exit status.

    Raises `UnknownName` for a rule set that there is not.
    """
    from omnidsl.prompts import load_rules, parse

    rules = load_rules(arguments.rules)
    if not arguments.text and arguments.file is None:
        arguments.refuse(phrase("prompt-nothing"))
    listed: Source | None = None
    if arguments.file is not None and (listed := _read(arguments.file)) is None:
        return USAGE
    status = CLEAN
    for index, prompt in enumerate(_prompts(arguments.text, listed)):
        read = parse(prompt, rules=rules)
        if arguments.json:
            _print_json(read)
        else:
            _print_summary(read, first=index == 0)
        if not read.valid:
            status = FAULTY
    return status


def _prompts(texts: Iterable[str], listed: "Source | None") -> Iterator[str]:
    """Yield the prompts of the command line, then those of the file; empty lines are none."""
    for text in texts:
        if text == "-":
            yield from _lines(sys.stdin)
        else:
            yield text
    if listed is not None:
        yield from _lines(listed.text.split("\n"))


def _lines(lines: Iterable[str]) -> Iterator[str]:
    return (line for one in lines if (line := one.rstrip("\r\n")).strip())


def _read(path: Path) -> "Source | None":
    from omnidsl.language.reader import read
    from omnidsl.reporting.diagnostics import render_full, wants_colour

    source, problem = read(path)
    if problem is not None:
        sys.stderr.write(render_full([problem], colour=wants_colour(sys.stderr)))
    return source


def _print_json(read: "ParsedPrompt") -> None:
    import json

    print(json.dumps(read.as_json()))


def _print_summary(read: "ParsedPrompt", *, first: bool) -> None:
    from omnidsl.prompts.expansion import shown_count
    from omnidsl.reporting.diagnostics import render_full, wants_colour

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
        sys.stdout.flush()
        sys.stderr.write(render_full(read.diagnostics, colour=wants_colour(sys.stderr)))


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
