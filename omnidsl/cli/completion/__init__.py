"""`omni completion SHELL`: what a shell reads so that the tabulator completes `omni`; and what it then asks."""

import argparse
from pathlib import Path

from omnidsl.language.catalogue import phrase

SHELLS = ("bash", "zsh", "fish")
ASK = "ask"
"""What the scripts call: `omni completion ask -- WORDS…`, the last one being that under the cursor.

Each word has a dot in front, so that none of them is taken for an option of this command.
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-completion")
    parser = subparsers.add_parser("completion", help=words, description=words)
    parser.add_argument("shell", choices=(*SHELLS, ASK), metavar="SHELL", help=phrase("help-shell"))
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a shell's script, or a line for each word that may stand under the cursor, and return 0."""
    if arguments.shell != ASK:
        script = Path(__file__).parent / "scripts" / f"omni.{arguments.shell}"
        print(script.read_text("utf-8"), end="")
        return 0
    from omnidsl.cli.completion.candidates import candidates

    for line in candidates([one[1:] for one in arguments.words] or [""]):
        print(line)
    return 0
