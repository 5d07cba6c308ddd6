"""The command line: a table of commands, of which only the chosen one is imported.

A command is a module with `add(subparsers)`, which registers its parser with `set_defaults(run=run)`, and
`run(arguments) -> int`, which returns the exit status. Its one line of help is the phrase `command-NAME` in
`omnidsl/language/codes/command-line.toml`.
"""

import sys

from omnidsl._lazy import loaded
from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from types import ModuleType, SimpleNamespace

USAGE = 2
"""The exit status of a wrong command line."""

COMMANDS = {
    "init": "omnidsl.cli.init",
    "check": "omnidsl.cli.check",
    "fmt": "omnidsl.cli.fmt",
    "test": "omnidsl.cli.test",
    "plan": "omnidsl.cli.plan",
    "run": "omnidsl.cli.run",
    "resume": "omnidsl.cli.resume",
    "retry": "omnidsl.cli.retry",
    "pick": "omnidsl.cli.pick",
    "history": "omnidsl.cli.history",
    "report": "omnidsl.cli.report",
    "show": "omnidsl.cli.show",
    "reproduce": "omnidsl.cli.reproduce",
    "clean": "omnidsl.cli.clean",
    "ledger": "omnidsl.cli.ledger",
    "prompt": "omnidsl.cli.prompt_commands",
    "vocab": "omnidsl.cli.vocab",
    "explain": "omnidsl.cli.explain",
    "plugins": "omnidsl.cli.plugins",
    "doctor": "omnidsl.cli.doctor",
    "login": "omnidsl.cli.login",
    "logout": "omnidsl.cli.logout",
    "plugin": "omnidsl.cli.plugin_commands",
    "sandbox": "omnidsl.cli.sandbox",
    "completion": "omnidsl.cli.completion",
}
"""Every command and its module, in the order that help shows them."""

PLAIN = frozenset({"check", "fmt"})
"""Commands that run at every commit: paths alone are read without argparse."""

OPTIONS = ("--help", "--version")
"""What may stand instead of a command."""


def dispatch(arguments: list[str]) -> int:
    """Run the command that the arguments name and return its exit status.

    Raises SystemExit where argparse ends the process (2: wrong usage, 0: help was asked for) and whatever the
    command raises; `omnidsl.__main__` turns all of it into an exit status.
    """
    if not arguments:
        sys.stderr.write(overview())
        return USAGE
    name = arguments[0]
    if name in ("-h", "--help"):
        sys.stdout.write(overview())
        return 0
    if name not in COMMANDS:
        sys.stderr.write(_unknown(name))
        return USAGE
    return _run(name, arguments)


def overview() -> str:
    """Return the help of `omni` itself, made from the table: no command is imported for it."""
    from omnidsl.language.catalogue import phrase

    width = max(map(len, (*COMMANDS, *OPTIONS)))
    lines = [phrase("omni-summary"), "", phrase("usage"), "", phrase("commands")]
    lines += [f"  {name:{width}}  {phrase(f'command-{name}')}" for name in COMMANDS]
    lines += ["", phrase("options")]
    lines += [f"  {name:{width}}  {phrase(f'option{name[1:]}')}" for name in OPTIONS]
    return "\n".join([*lines, "", phrase("more-help"), ""])


def _run(name: str, arguments: list[str]) -> int:
    command = loaded(COMMANDS[name])
    parsed: SimpleNamespace | argparse.Namespace | None = None
    if name in PLAIN:
        from omnidsl.cli.plain import read

        parsed = read(name, command.add, arguments[1:])
    if parsed is None:
        parsed = _parsed(name, command, arguments)
    status: int = parsed.run(parsed)
    return status


def _parsed(name: str, command: "ModuleType", arguments: list[str]) -> "argparse.Namespace":
    from omnidsl.cli.parsing import Parser

    parser = Parser(prog="omni")
    subparsers = parser.add_subparsers(dest="command", required=True)
    command.add(subparsers)
    parsed, left_over = parser.parse_known_args(arguments)
    if takes := getattr(
        parsed, "takes_more", ""
    ):  # argparse stops at the first option between them
        getattr(parsed, takes).extend(one for one in left_over if not one.startswith("-"))
        left_over = [one for one in left_over if one.startswith("-")]
    if left_over:
        getattr(parsed, "parser", subparsers.choices[name]).refuse(left_over)
    return parsed


def _unknown(name: str) -> str:
    from omnidsl.cli.suggesting import did_you_mean
    from omnidsl.language.catalogue import phrase
    from omnidsl.reporting.terminal import printable

    known, kind = (OPTIONS, "option") if name.startswith("-") else (tuple(COMMANDS), "command")
    problem = phrase(f"unknown-{kind}").format(name=printable(name))
    lines = [
        f"omni: {phrase('error')}: {problem}",
        *did_you_mean(name, known),
        phrase("more-commands"),
    ]
    return "\n".join(lines) + "\n"
