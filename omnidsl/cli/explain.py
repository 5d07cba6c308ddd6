"""`omni explain CODE …`: what a code means, why it matters, how to mend it, with an example of each kind.

Without a code, or for the beginning of some (`OM3`), it lists them.
"""

import argparse
import shutil
import sys
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.language.pages import Page

_WIDEST = 80
"""Columns of prose; longer lines are hard to read, whatever the window."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-explain")
    parser = subparsers.add_parser("explain", help=words, description=words)
    parser.add_argument("codes", nargs="*", metavar="CODE", help=phrase("explain-codes"))
    parser.add_argument("--all", action="store_true", help=phrase("explain-all"))
    parser.add_argument(
        "--output-format",
        choices=("text", "json", "markdown"),
        default="text",
        help=phrase("explain-format"),
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=phrase("help-color")
    )
    parser.set_defaults(run=run, refuse=parser.error, takes_more="codes")


def run(arguments: argparse.Namespace) -> int:
    """Print the pages, or the list of codes, and return 0; end with 2 where a name is no code."""
    from omnidsl.language.pages import pages
    from omnidsl.reporting.pages import render_json, render_list, render_markdown, render_text
    from omnidsl.reporting.terminal import wants_colour

    colour = wants_colour(sys.stdout, arguments.color)
    beginnings = tuple(one.upper() for one in arguments.codes) or ("OM",)
    listed = [one for one in pages() if one.code.startswith(beginnings)]
    if listed and not arguments.all and all(len(one) < len("OM301") for one in beginnings):
        print(render_list(listed, colour=colour), end="")
        return 0
    shown = pages() if arguments.all else [_page(one, arguments) for one in arguments.codes]
    shown = list(dict.fromkeys(shown))
    if arguments.output_format == "json":
        print(render_json(shown))
    elif arguments.output_format == "markdown":
        print("\n".join(render_markdown(one) for one in shown), end="")
    else:
        width = min(_WIDEST, shutil.get_terminal_size().columns)
        print("\n\n".join(render_text(one, colour=colour, width=width) for one in shown), end="")
    return 0


def _page(typed: str, arguments: argparse.Namespace) -> "Page":
    from omnidsl.cli.suggesting import did_you_mean
    from omnidsl.language.catalogue import codes, entry
    from omnidsl.language.pages import page
    from omnidsl.reporting.terminal import printable

    by_name = {entry(code).name: code for code in codes()}
    code = by_name.get(typed.casefold(), typed.upper())
    if (found := page(code)) is not None:
        return found
    problem = phrase("explain-unknown").format(name=printable(typed))
    arguments.refuse("\n".join([problem, *did_you_mean(typed, [*codes(), *by_name])]))
    raise AssertionError  # argparse has ended the process
