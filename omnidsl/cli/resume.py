"""`omni resume [RUN]`: go on with a run from its stored plan, with what a person decided about held steps."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.running.records import RunRecord

USAGE = 2


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-resume")
    parser = subparsers.add_parser("resume", help=words, description=words)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help=phrase("help-resume-run"))
    parser.add_argument(
        "--resubmit", action="append", default=[], metavar="STEP", help=phrase("help-resubmit")
    )
    parser.add_argument(
        "--abandon", action="append", default=[], metavar="STEP", help=phrase("help-abandon")
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help=phrase("help-output"))
    parser.add_argument("--json", action="store_true", help=phrase("help-run-json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Go on with a run; exit statuses as those of `run`."""
    from omnidsl.embedding import open_gateway, state_folder
    from omnidsl.plugins.index import load as load_catalogue
    from omnidsl.reporting.progress import progress
    from omnidsl.running import resume
    from omnidsl.running.gateway import SANDBOX
    from omnidsl.settings import load as load_settings

    settings = load_settings(Path.cwd())[0].overridden(output=arguments.output)
    record = _find(state_folder(settings), arguments.run_id)
    if record is None:
        print(f"omni: {phrase('no-run').format(path=state_folder(settings))}", file=sys.stderr)
        return USAGE
    with ExitStack() as stack:
        place = stack.enter_context(open_gateway(settings, sandbox=record.gateway == SANDBOX))
        listener = stack.enter_context(
            progress(sys.stderr, sys.stdout, form="json" if arguments.json else "auto")
        )
        result = asyncio.run(
            resume(
                record.id,
                catalogue=load_catalogue(),
                gateway=place.gateway,
                state=place.state,
                output=settings.output,
                project=settings.root,
                listeners=[listener],
                resubmit=arguments.resubmit,
                abandon=arguments.abandon,
            )
        )
    return result.status


def _find(state: Path, run_id: str | None) -> "RunRecord | None":
    """Return the run of that id, or the last one; None where there is none."""
    from omnidsl.running.sqlite_ledger import SqliteLedger

    file = state / "ledger.sqlite3"
    if not file.exists():
        return None
    ledger = SqliteLedger(file)
    try:
        if run_id is not None:
            return ledger.run(run_id)
        return max(ledger.runs(), key=lambda one: one.started, default=None)
    finally:
        ledger.close()
