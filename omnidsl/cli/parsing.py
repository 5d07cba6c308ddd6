"""The parser of one command: argparse, stricter and more helpful about what it does not understand."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn, Protocol

from omnidsl.cli.suggesting import did_you_mean
from omnidsl.language.catalogue import Words, phrase
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


def _spoken(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.text() if isinstance(value, Words) else value for name, value in options.items()
    }
