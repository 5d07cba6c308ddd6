"""`omni login` and `omni logout`: a key for a gateway, in the keyring of the system.

A key is asked for in the terminal, where it is not shown, or read from standard input: never from an argument, since
those stay in the shell's history and in the list of processes.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from omnidsl.cli import finding, plugging
from omnidsl.cli.suggesting import did_you_mean
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable
from omnidsl.settings.file import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omnidsl.settings.addresses import Address

USAGE = 2
_LONGEST = 10_000
"""Characters; what is longer is no key, and is not read."""


class LoginRefused(Exception):
    """Raised where there is nothing to log in to; it has been said."""


class _Silent:
    """Refuses whatever was given as an argument without repeating it: it may be a key."""

    def refuse(self, left_over: "Sequence[str]") -> NoReturn:
        del left_over
        print(f"omni: {phrase('error')}: {phrase('login-argument')}", file=sys.stderr)
        raise SystemExit(USAGE)


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    declare(subparsers, "login")
    subparsers.choices["login"].set_defaults(run=run)


def declare(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Add a command that is about one account of one gateway."""
    words = phrase(f"command-{name}")
    parser = subparsers.add_parser(name, help=words, description=words)
    parser.add_argument("--service", metavar="NAME", help=phrase("help-login-service"))
    parser.add_argument("--account", metavar="NAME", help=phrase("help-login-account"))
    plugging.add_options(parser)
    parser.set_defaults(parser=_Silent())


def run(arguments: argparse.Namespace) -> int:
    """Keep a key; 0 kept, 2 where there is no gateway, no key, or no keyring (SettingsError)."""
    import os

    from omnidsl.running.gateway import is_key, origin_of
    from omnidsl.running.keyrings import keep_key

    try:
        address, account, variable = chosen(arguments)
    except LoginRefused:
        return USAGE
    there = printable(shown(address, account))
    key = _asked(phrase("login-asks").format(gateway=there)).strip()
    if not is_key(key):
        print(f"omni: {phrase('error')}: {phrase('login-no-key')}", file=sys.stderr)
        return USAGE
    keeper = keep_key(origin_of(address), account, key)
    print(phrase("login-kept").format(gateway=there, keeper=printable(keeper)))
    if os.environ.get(variable, "").strip():
        print(phrase("login-variable").format(variable=variable), file=sys.stderr)
    return 0


def chosen(arguments: argparse.Namespace) -> "tuple[Address, str, str]":
    """Return the gateway that is meant, the account at it, and the variable that goes before the keyring.

    Raises LoginRefused where the settings are wrong, or have no such gateway or account.
    """
    from omnidsl.running.gateway import DEFAULT
    from omnidsl.settings import load
    from omnidsl.settings.addresses import addresses

    settings, findings = load(Path.cwd())
    if any(one.severity == "error" for one in findings):
        finding.show(findings, to_stderr=True)
        finding.count(findings)
        raise LoginRefused
    catalogue = plugging.catalogue(settings, arguments)
    found = addresses(settings, catalogue)
    service = arguments.service
    if service is not None and service not in catalogue.services:
        words = phrase("login-no-service").format(service=printable(service))
        raise _refused(words, did_you_mean(service, tuple(catalogue.services)))
    address = found.common if service is None else found.own.get(service, found.common)
    if address is None:
        raise _refused(phrase("login-no-gateway"), ())
    accounts = address.accounts or {DEFAULT: address.variable}
    account = arguments.account
    if account is None and len(accounts) > 1:
        listed = ", ".join(accounts)
        raise _refused(phrase("login-which-account").format(accounts=printable(listed)), ())
    account = account or next(iter(accounts))
    if account not in accounts:
        words = phrase("login-no-account").format(account=printable(account))
        raise _refused(words, did_you_mean(account, tuple(accounts)))
    return address, account, accounts[account]


def _refused(words: str, more: "Sequence[str]") -> LoginRefused:
    # Somebody may have given a key where a name belongs.
    print(masked("\n".join((f"omni: {phrase('error')}: {words}", *more))), file=sys.stderr)
    return LoginRefused()


def shown(address: "Address", account: str) -> str:
    """Return a gateway in words: its name, where it is, and the account where it has several."""
    from omnidsl.running.gateway import origin_of

    where = origin_of(address)
    named = f"{address.name} ({where})" if address.name else where
    return f"{named}, {account}" if address.accounts else named


def _asked(words: str) -> str:
    """Return what somebody types unseen, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(_LONGEST)
    from getpass import getpass

    try:
        return getpass(words)
    except EOFError:
        return ""
