"""Findings on the command line: rendered to stdout, counted on stderr, turned into an exit status."""

import argparse
import shutil
import sys
from collections.abc import Sequence

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic

USAGE = 2
"""Exit status of wrong usage, wrong settings, or a path that cannot be read."""

UNUSABLE = frozenset("OM502 OM504 OM505 OM601 OM602 OM603 OM617 OM227 OM228".split())
"""Findings about the command line itself: paths, pipelines and values that were named there."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command with findings has."""
    parser.add_argument(
        "--output-format",
        choices=("full", "json"),
        default="full",
        help=phrase("help-output-format"),
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=phrase("help-color")
    )


def status(findings: Sequence[Diagnostic]) -> int:
    """Return 2 where a path or a setting is unusable, 1 where an error was found, else 0."""
    errors = [one for one in findings if one.severity == "error"]
    if any(one.code.startswith("OM9") for one in errors):
        return USAGE
    if any(one.code in UNUSABLE and (one.span is None or one.code[2] == "2") for one in errors):
        return USAGE
    if any(one.code == "OM203" and one.span is None for one in errors):
        return USAGE
    return 1 if errors else 0


def show(
    findings: Sequence[Diagnostic],
    *,
    form: str = "full",
    colour: str = "auto",
    to_stderr: bool = False,
) -> None:
    """Print findings in the chosen form; `json` prints a document even where there are none."""
    stream = sys.stderr if to_stderr else sys.stdout
    if form == "json":
        from omnidsl.reporting.diagnostics import render_json

        print(render_json(findings), file=stream)
        return
    if findings:
        from omnidsl.reporting.diagnostics import render_full
        from omnidsl.reporting.terminal import wants_colour

        width = max(40, shutil.get_terminal_size().columns - 8) if stream.isatty() else 100
        print(render_full(findings, colour=wants_colour(stream, colour), width=width), file=stream)


def count(findings: Sequence[Diagnostic]) -> None:
    """Say on stderr how many there were."""
    from omnidsl.reporting.diagnostics import summary

    sys.stdout.flush()
    print(summary(findings), file=sys.stderr)
