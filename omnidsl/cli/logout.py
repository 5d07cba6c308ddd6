"""`omni logout`: forget a key that the keyring of the system has."""

import argparse
import sys

from omnidsl.cli.login import LoginRefused, chosen, declare, shown
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

USAGE = 2


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    declare(subparsers, "logout")
    subparsers.choices["logout"].set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Forget a key; 0 forgotten, 1 where none was kept, 2 where there is no gateway or no keyring (SettingsError)."""
    from omnidsl.running.gateway import origin_of
    from omnidsl.running.keyrings import forget_key

    try:
        address, account, _ = chosen(arguments)
    except LoginRefused:
        return USAGE
    words = printable(shown(address, account))
    if not forget_key(origin_of(address), account):
        print(phrase("logout-none").format(gateway=words), file=sys.stderr)
        return 1
    print(phrase("logout-done").format(gateway=words))
    return 0
