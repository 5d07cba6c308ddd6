"""`omni plugin`: for authors of plugins: begin one, and hold an installed one to the laws; a file each."""

from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    import argparse

ACTIONS = ("new", "check")
"""Every action, in the order that help shows them; each is a module here with `add(actions)` and `run(arguments)`."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    from importlib import import_module

    words = phrase("command-plugin")
    parser = subparsers.add_parser("plugin", help=words, description=words)
    actions = parser.add_subparsers(dest="action", metavar=phrase("prompt-action"), required=True)
    for name in ACTIONS:
        import_module(f"{__name__}.{name}").add(actions)
    parser.set_defaults(run=run)


def run(arguments: "argparse.Namespace") -> int:
    """Do what was asked for, and return its exit status."""
    from importlib import import_module

    status: int = import_module(f"{__name__}.{arguments.action}").run(arguments)
    return status
