"""The parser of one command: argparse, stricter and more helpful about what it does not understand."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from omnidsl.cli.suggesting import did_you_mean
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose options may not be cut short: a script must not change meaning when one is added."""

    # Any: the signature is argparse's, whatever its version.
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def refuse(self, left_over: Sequence[str]) -> NoReturn:
        """End with the usage and exit status 2 over the first argument that nothing understood."""
        argument = left_over[0]
        known = re.findall(r"--[\w-]+", self.format_help())
        problem = phrase("unknown-argument").format(name=printable(argument))
        self.error("\n".join([problem, *did_you_mean(argument.partition("=")[0], known)]))
