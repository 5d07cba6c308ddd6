"""`omni prompt convert`: a list of prompts to a recipe, and a recipe to a list of prompts."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding
from omnidsl.cli.discovery import SUFFIX
from omnidsl.cli.prompt_commands import reading
from omnidsl.cli.rewriting import say
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic


_SHOWN = 60
"""Characters of a prompt that a warning shows."""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("prompt-convert")
    parser = actions.add_parser("convert", help=words, description=words)
    parser.add_argument("file", metavar="FILE", type=Path, help=phrase("prompt-convert-file"))
    reading.add_rules(parser)
    parser.set_defaults(text=[])


def run(arguments: argparse.Namespace) -> int:
    """Print the recipe or the list to stdout, findings to stderr; return 1 where an error was found.

    Raises `UnknownName` for a rule set or a version that there is not.
    """
    back = arguments.file.suffix == SUFFIX
    found = _to_list(arguments) if back else _to_recipe(arguments)
    sys.stdout.flush()
    finding.show(found, to_stderr=True)
    return finding.status(found)


def _to_recipe(arguments: argparse.Namespace) -> "list[Diagnostic]":
    from omnidsl.cli.plugging import catalogue
    from omnidsl.cli.projects import Projects
    from omnidsl.cli.prompt_commands.to_recipe import RecipeWriter
    from omnidsl.language.reader import LARGEST
    from omnidsl.prompts import parse

    house = reading.house_of(arguments)
    projects = Projects(isolated=arguments.isolated)
    settings = projects.of_file(str(arguments.file or ""))
    writer = RecipeWriter(house, catalogue(settings))
    found: list[Diagnostic] = []
    for given in reading.prompts(arguments):
        if given.problem is not None:
            found.append(given.problem)
            continue
        told = parse(given.text, rules=house.rules).diagnostics
        found += given.told(told)
        writer.add(given.text, list(told))
    for text in writer.changed:
        say("warning", "convert-changed", text=text[:_SHOWN])
    made = writer.recipe()
    if len(made.encode("utf-8")) > LARGEST:
        say("warning", "convert-large")
    sys.stdout.write(made)
    return found


def _to_list(arguments: argparse.Namespace) -> "list[Diagnostic]":
    from omnidsl.cli.projects import Projects
    from omnidsl.cli.prompt_commands.to_list import RecipePrompts

    house = reading.house_of(arguments)
    settings = Projects(isolated=arguments.isolated).of_file(str(arguments.file))
    made = RecipePrompts(arguments.file, settings, house)
    for name, reason in made.left_out:
        say("warning", reason, name=name)
    sys.stdout.writelines(f"{line}\n" for line in made.lines)
    return made.found
