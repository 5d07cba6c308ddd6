"""The prompts that a command line names: in its own words, in a file, on standard input."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding
from omnidsl.cli.prompt_commands.listing import LARGEST, Listing, Read, read_list
from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from omnidsl.language.source import Source
    from omnidsl.prompts import HouseRules, Rules
    from omnidsl.prompts.lists import Entry

STDIN = "-"

_UNDECODED = re.compile("[\ud800-\udfff]")
"""What Python makes of the bytes of an argument that are no text."""


class Given:
    """One prompt that was named, or the `problem` that there is instead; `entry` is its place in a `source`, if it has any."""

    __slots__ = ("entry", "problem", "source", "text")

    def __init__(
        self,
        text: str = "",
        *,
        entry: "Entry | None" = None,
        source: "Source | None" = None,
        problem: Diagnostic | None = None,
    ) -> None:
        self.text = text
        self.entry = entry
        self.source = source
        self.problem = problem

    def told(self, found: "Sequence[Diagnostic]") -> list[Diagnostic]:
        """Return findings about the prompt at their places in the file that it came from."""
        if self.entry is None or self.source is None:
            return list(found)
        return [self.entry.told(one, self.source) for one in found]


def add_options(parser: "argparse.ArgumentParser") -> None:
    """Add what names prompts, and what they are held to."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help=phrase("prompt-texts"))
    parser.add_argument("--file", type=Path, metavar="FILE", help=phrase("prompt-file"))
    add_rules(parser)
    parser.set_defaults(takes_more="text")


def add_rules(parser: "argparse.ArgumentParser") -> None:
    """Add how lists are read, and what prompts are held to."""
    parser.add_argument("--column", metavar="NAME|N", help=phrase("prompt-column"))
    parser.add_argument("--rules", metavar="NAME", help=phrase("prompt-rules"))
    parser.add_argument("--default-version", metavar="VERSION", help=phrase("prompt-version"))
    parser.add_argument("--isolated", action="store_true", help=phrase("help-isolated"))
    parser.set_defaults(refuse=parser.error, parser=parser)


def rules_of(arguments: "argparse.Namespace") -> "Rules":
    """Return what prompts are held to; as `house_of`. Raises `UnknownName` for a rule set or a version that there is not."""
    return house_of(arguments).rules


def house_of(arguments: "argparse.Namespace") -> "HouseRules":
    """Return what the project says about prompts, and the command line over it.

    Ends the command with exit status 2 where settings are wrong.
    """
    from omnidsl.cli.plugging import catalogue
    from omnidsl.cli.projects import Projects

    projects = Projects(isolated=arguments.isolated)
    settings = projects.of_file(str(arguments.file or ""))
    house = settings.rules
    faults = projects.take_faults()
    finding.show(faults, to_stderr=True)
    if finding.status(faults):
        raise SystemExit(finding.USAGE)
    said = house.overridden(name=arguments.rules, default_version=arguments.default_version)
    return catalogue(settings).house(said)


def prompts(arguments: "argparse.Namespace") -> Iterator[Given]:
    """Yield the prompts of the command line, then those of the file, or why there are none.

    A file that cannot be read is told before any prompt is. Without anything the command ends with its usage.
    """
    if not arguments.text and arguments.file is None:
        arguments.refuse(phrase("prompt-nothing"))
    listed: Source | None = None
    if arguments.file is not None:
        listed, problem = read_file(arguments.file)
        if problem is not None:
            yield Given(problem=problem)
    for text in arguments.text:
        yield from of_argument(text, arguments.column)
    if listed is not None:
        yield from of_source(listed, arguments.column)


def read_file(path: Path) -> Read:
    """Return the text of a list, or why there is none; `-` is standard input."""
    from omnidsl.language.reader import decode, read

    if str(path) == STDIN:
        return decode(sys.stdin.buffer.read(), "<stdin>")
    return read_list(str(path), lambda: read(path, most=LARGEST))


def of_source(source: "Source", column: str | None) -> Iterator[Given]:
    """Yield the prompts of a list, after what is wrong with its form."""
    listing = Listing(source, column)
    for fault in listing.faults:
        yield Given(problem=fault)
    for entry in listing.entries:
        yield Given(entry.text, entry=entry, source=source)


def of_argument(text: str, column: str | None) -> Iterator[Given]:
    """Yield the prompts that one argument stands for: itself, or those of standard input."""
    from omnidsl.language.reader import decode

    source: Source | None
    if text == STDIN:
        source, problem = decode(sys.stdin.buffer.read(), "<stdin>")
        if source is not None:
            yield from of_source(source, column)
    elif _UNDECODED.search(text):
        source, problem = decode(os.fsencode(text), "<prompt>")
        if source is not None:
            yield Given(source.text)
    else:
        problem = None
        yield Given(text)
    if problem is not None:
        yield Given(problem=problem)
