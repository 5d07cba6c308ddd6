"""Options of commands that look for recipes: what is left out, and whose settings hold."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.catalogue import Words, phrase
from omnidsl.settings.patterns import is_pattern

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.discovery import SearchOptions
    from omnidsl.cli.parsing import Declares


def add_options(parser: "Declares") -> None:
    """Add the options."""
    for name in ("exclude", "extend-exclude"):
        parser.add_argument(
            f"--{name}", metavar="PATTERN", type=_pattern, action="append", help=Words(f"help-{name}")
        )  # fmt: skip  # one call
    for name in ("force-exclude", "no-respect-gitignore", "isolated"):
        parser.add_argument(f"--{name}", action="store_true", help=Words(f"help-{name}"))
    parser.add_argument("--stdin-filename", metavar="PATH", help=Words("help-stdin-filename"))


def options(arguments: "argparse.Namespace") -> "SearchOptions":
    """Return what the command line says of a search."""
    from omnidsl.cli.discovery import SearchOptions

    return SearchOptions(
        exclude=arguments.exclude,
        extend_exclude=arguments.extend_exclude or (),
        force_exclude=arguments.force_exclude or None,
        respect_gitignore=False if arguments.no_respect_gitignore else None,
    )


def _pattern(text: str) -> str:
    if not is_pattern(text):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(phrase("no-pattern"))
    return text
