"""`omni retry [RUN]`: buy again what a run bought and saw fail; `omni resume --retry` under its own name."""

import argparse

from omnidsl.cli import resume
from omnidsl.language.catalogue import phrase


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-retry")
    parser = subparsers.add_parser("retry", help=words, description=words)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help=phrase("help-resume-run"))
    resume.add_decisions(parser)
    parser.set_defaults(run=run, retry=True)


def run(arguments: argparse.Namespace) -> int:
    """Go on with the run; exit statuses as those of `run`."""
    return resume.run(arguments)
