"""`omni history [RUN]`: what became of earlier runs, what they cost, what is held and why, and what helps."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli.stored_runs import find
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.reporting.runs import Page
    from omnidsl.running.history import History
    from omnidsl.running.records import RunRecord

_SHOWN = 20
_WITHOUT_A_TERMINAL = 120
"""Columns of a line where nothing says how many there are."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-history")
    parser = subparsers.add_parser("history", help=words, description=words)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help=phrase("help-history-run"))
    parser.add_argument(
        "--limit", "-n", type=int, default=_SHOWN, metavar="N", help=phrase("help-history-limit")
    )
    parser.add_argument("--all", action="store_true", help=phrase("help-history-all"))
    parser.add_argument("--json", action="store_true", help=phrase("help-history-json"))
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=phrase("help-color")
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known and return 0; SettingsError for a run that nobody knows."""
    from omnidsl.embedding import state_folder
    from omnidsl.reporting.progress_paths import shown_path
    from omnidsl.reporting.progress_words import Words
    from omnidsl.running.errors import SettingsError
    from omnidsl.running.history import History
    from omnidsl.running.sqlite_ledger import SqliteLedger
    from omnidsl.settings import load

    found = find(Path.cwd(), arguments.run_id)
    if found is None and arguments.run_id is not None:
        looked = shown_path(str(state_folder(load(Path.cwd())[0])))
        raise SettingsError("no-such-run", run=arguments.run_id, path=looked)
    if found is None:
        print('{"runs": [], "orphans": []}' if arguments.json else Words()("no-runs"))
        return 0
    ledger = SqliteLedger(found.state / "ledger.sqlite3")
    try:
        history = History(ledger, found.state)
        if arguments.run_id is None:
            _runs(history, arguments)
        else:
            _run(history, found.record, arguments)
    finally:
        ledger.close()
    return 0


def _runs(history: "History", arguments: argparse.Namespace) -> None:
    runs = history.runs(None if arguments.all else max(0, arguments.limit))
    orphans = history.orphans(runs)
    if arguments.json:
        import attrs

        shown = {
            "runs": [attrs.asdict(one) for one in runs],
            "orphans": [attrs.asdict(one) for one in orphans],
        }
        print(json.dumps(shown, indent=2))
        return
    page = _page(arguments)
    for line in (*page.runs(runs), *page.orphans(orphans)):
        print(line)


def _run(history: "History", record: "RunRecord", arguments: argparse.Namespace) -> None:
    summary, steps = history.summary(record), history.steps(record)
    if arguments.json:
        import attrs

        shown = {**attrs.asdict(summary), "listed": [attrs.asdict(one) for one in steps]}
        print(json.dumps(shown, indent=2))
        return
    for line in _page(arguments).run(summary, steps, everything=arguments.all):
        print(line)


def _page(arguments: argparse.Namespace) -> "Page":
    from omnidsl.reporting.progress_words import Words
    from omnidsl.reporting.runs import Page
    from omnidsl.reporting.tables import window
    from omnidsl.reporting.terminal import wants_colour

    colour = wants_colour(sys.stdout, arguments.color)
    return Page(Words(), width=window(without=_WITHOUT_A_TERMINAL, least=32), colour=colour)
