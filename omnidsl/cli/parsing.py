"""The parser of one command: argparse, stricter and more helpful about what it does not understand."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn, Protocol

from omnidsl.cli.suggesting import did_you_mean
from omnidsl.language.catalogue import Words, phrase, preferred_language
from omnidsl.reporting.terminal import printable


# Any: the signatures are argparse's, whatever its version.
class Declares(Protocol):
    """What a command declares its arguments to: argparse's parser, or what only keeps the defaults (`cli.plain`)."""

    def add_argument(self, *flags: Any, **options: Any) -> object:
        """Add an argument; see argparse."""
        ...

    def set_defaults(self, **values: Any) -> None:
        """Set values that no argument sets."""
        ...


class Commands(Protocol):
    """What a command declares itself to."""

    def add_parser(self, *names: Any, **texts: Any) -> Declares:
        """Return what takes the command's arguments."""
        ...


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose options may not be cut short: a script must not change meaning when one is added."""

    # Any: the signature is argparse's, whatever its version.
    def __init__(self, *arguments: Any, **options: Any) -> None:
        if preferred_language() != "en":
            setattr(argparse, "_", _translated)  # noqa: B010  # its way to gettext, which would need compiled files
        super().__init__(*arguments, **{"allow_abbrev": False, **_spoken(options)})

    # Any: as above.
    def add_argument(self, *flags: Any, **options: Any) -> argparse.Action:
        """Add an argument; its help may be `Words`, which are looked up here: who needs no help pays for none."""
        return super().add_argument(*flags, **_spoken(options))

    def refuse(self, left_over: Sequence[str]) -> NoReturn:
        """End with the usage and exit status 2 over the first argument that nothing understood."""
        argument = left_over[0]
        known = re.findall(r"--[\w-]+", self.format_help())
        problem = phrase("unknown-argument").format(name=printable(argument))
        self.error("\n".join([problem, *did_you_mean(argument.partition("=")[0], known)]))


_SAID = (
    "usage", "positionals", "options", "help", "error", "argument", "required", "choice", "one", "some",
    "at-most-one", "explicit", "not-with", "invalid",
)  # fmt: skip
"""What argparse says itself, as phrases `argparse-…`."""


def _translated(words: str) -> str:
    """Return words of argparse in the preferred language; those that the catalogue lacks as they are."""
    for one in _SAID:
        if phrase(f"argparse-{one}", "en") == words:
            return phrase(f"argparse-{one}")
    return words


def _spoken(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.text() if isinstance(value, Words) else value for name, value in options.items()
    }
