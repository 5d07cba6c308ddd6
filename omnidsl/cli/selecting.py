"""Options that choose findings: `--select` and its kin, as lists of codes and beginnings of codes."""

from collections.abc import Sequence

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.catalogue import Words, phrase
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.settings.declaration import SEVERITIES
from omnidsl.settings.patterns import is_pattern
from omnidsl.settings.selection import Layer, is_fixed, is_known

if TYPE_CHECKING:
    import argparse

    from omnidsl.cli.parsing import Declares


def add_options(parser: "Declares") -> None:
    """Add the options."""
    for name, reader in (("select", _codes), ("extend-select", _codes), ("ignore", _ignored)):
        parser.add_argument(
            f"--{name}",
            metavar="CODE,…",
            type=reader,
            action="extend",
            help=Words(f"help-{name}"),
        )
    parser.add_argument(
        "--per-file-ignores",
        metavar="PATTERN:CODE,…",
        type=_by_pattern,
        action="extend",
        help=Words("help-per-file-ignores"),
    )
    parser.add_argument("--fail-on", choices=SEVERITIES, help=Words("help-fail-on"))
    parser.add_argument("--exit-zero", action="store_true", help=Words("help-exit-zero"))


def layer(arguments: "argparse.Namespace") -> Layer:
    """Return what the command line says of codes."""
    select = arguments.select
    return Layer(
        None if select is None else tuple(select),
        tuple(arguments.extend_select or ()),
        tuple(arguments.ignore or ()),
    )


def per_file_ignores(arguments: "argparse.Namespace") -> dict[str, tuple[str, ...]]:
    """Return what the command line leaves out by pattern of file."""
    found: dict[str, tuple[str, ...]] = {}
    for pattern, code in arguments.per_file_ignores or ():
        found[pattern] = (*found.get(pattern, ()), code)
    return found


def _codes(text: str) -> list[str]:
    selectors = _split(text)
    for one in selectors:
        if not is_known(one):
            from omnidsl.language.catalogue import codes
            from omnidsl.language.suggestions import nearest

            raise _refusal("OM913", one, nearest(one, codes()))
    return selectors


def _ignored(text: str) -> list[str]:
    selectors = _codes(text)
    for one in selectors:
        if is_fixed(one):
            raise _refusal("OM914", one)
    return selectors


def _by_pattern(text: str) -> list[tuple[str, str]]:
    """Read `PATTERN:CODE,PATTERN:CODE`; a code alone belongs to the pattern before it."""
    found = []
    pattern = ""
    for part in _split(text):
        before, colon, code = part.rpartition(":")
        pattern = before.strip() if colon else pattern
        if not is_pattern(pattern):
            from argparse import ArgumentTypeError

            raise ArgumentTypeError(phrase("pattern-and-code"))
        found += [(pattern, one) for one in _ignored(code)]
    return found


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _refusal(code: str, selector: str, suggestions: Sequence[str] = ()) -> Exception:
    from argparse import ArgumentTypeError

    from omnidsl.reporting.terminal import printable

    told = Diagnostic(code, values={"selector": printable(selector)}, suggestions=suggestions)
    return ArgumentTypeError("; ".join([told.message(), *told.help()[: len(suggestions)]]))
