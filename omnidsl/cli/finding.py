"""Findings on the command line: rendered to stdout, counted on stderr, turned into an exit status."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.catalogue import Words, phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from omnidsl.cli.parsing import Declares
    from omnidsl.reporting.formats import Look

USAGE = 2
"""Exit status of wrong usage, wrong settings, or a path that cannot be read."""

UNUSABLE = frozenset("OM440 OM502 OM504 OM505 OM601 OM602 OM603 OM617 OM227 OM228".split())
"""Findings about the command line itself: paths, pipelines and values that were named there."""


def add_options(parser: "Declares") -> None:
    """Add the options that every command with findings has."""
    from omnidsl.reporting.formats import FORMATS

    parser.add_argument("--output-format", choices=tuple(FORMATS), help=Words("help-output-format"))
    parser.add_argument("--output-file", metavar="PATH", help=Words("help-output-file"))
    parser.add_argument("--statistics", action="store_true", help=Words("help-statistics"))
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=Words("help-color")
    )


def status(
    findings: Sequence[Diagnostic], fails: Callable[[Diagnostic], bool] | None = None
) -> int:
    """Return 2 where a path or a setting is unusable, 1 where a finding `fails` (default: an error), else 0."""
    errors = [one for one in findings if one.severity == "error"]
    if any(one.code.startswith("OM9") for one in errors):
        return USAGE
    if any(one.code in UNUSABLE and (one.span is None or one.code[2] == "2") for one in errors):
        return USAGE
    if any(one.code == "OM203" and one.span is None for one in errors):
        return USAGE
    return 1 if (errors if fails is None else any(map(fails, findings))) else 0


def form(arguments: "argparse.Namespace") -> str:
    """Return the format that findings are printed in.

    The option, else `OMNI_OUTPUT_FORMAT`, else `github` where a runner of GitHub listens and nobody looks, else `full`.
    A format that does not exist ends the command with the usage and exit status 2.
    """
    from omnidsl.reporting.formats import FORMATS

    chosen: str | None = arguments.output_format or os.environ.get("OMNI_OUTPUT_FORMAT")
    if not chosen:
        to_a_runner = os.environ.get("GITHUB_ACTIONS") == "true" and not sys.stdout.isatty()
        return "github" if to_a_runner and not arguments.output_file else "full"
    if chosen not in FORMATS:
        from omnidsl.cli.suggesting import did_you_mean
        from omnidsl.reporting.terminal import printable

        known = ", ".join(FORMATS)
        problem = phrase("unknown-format").format(name=printable(chosen), known=known)
        message = "\n".join([problem, *did_you_mean(chosen, FORMATS)])
        print(f"omni: {phrase('error')}: {message}", file=sys.stderr)
        raise SystemExit(USAGE)
    return chosen


def report(
    findings: Sequence[Diagnostic], arguments: "argparse.Namespace", *, to_stderr: bool = False
) -> None:
    """Write the report where the options say, and count on stderr.

    Raises OSError where the file cannot be written.
    """
    from omnidsl.reporting.formats import Look, render

    chosen = form(arguments)
    if arguments.statistics:
        from omnidsl.reporting.statistics import statistics

        (sys.stderr if to_stderr else sys.stdout).writelines(statistics(findings))
    elif arguments.output_file:
        with Path(arguments.output_file).open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(render(chosen, findings, Look()))
    elif findings or chosen != "full":
        stream = sys.stderr if to_stderr else sys.stdout
        stream.writelines(render(chosen, findings, _look(stream, arguments.color)))
        if findings and chosen == "full":
            print(file=stream)
    count(findings)
    if chosen == "full" and findings and sys.stderr.isatty():
        from omnidsl.reporting.diagnostics import in_order

        worst = min(in_order(findings), key=lambda one: one.severity != "error")
        print(phrase("explain-hint").format(code=worst.code), file=sys.stderr)


def show(
    findings: Sequence[Diagnostic],
    *,
    colour: str = "auto",
    to_stderr: bool = False,
) -> None:
    """Print findings for people."""
    from omnidsl.reporting.formats import render

    stream = sys.stderr if to_stderr else sys.stdout
    if findings:
        stream.writelines(render("full", findings, _look(stream, colour)))
        print(file=stream)


def count(findings: Sequence[Diagnostic]) -> None:
    """Say on stderr how many there were, and how many `--fix` would mend."""
    from omnidsl.reporting.diagnostics import fixable, summary

    sys.stdout.flush()
    print(summary(findings), file=sys.stderr)
    if mends := fixable(findings):
        print(mends, file=sys.stderr)


def _look(stream: "TextIO", colour: str) -> "Look":
    from omnidsl.reporting.formats import Look
    from omnidsl.reporting.terminal import wants_colour

    width = 100
    if stream.isatty():
        from shutil import get_terminal_size

        width = max(40, get_terminal_size().columns - 8)
    return Look(colour=wants_colour(stream, colour), width=width)
