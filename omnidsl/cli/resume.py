"""`omni resume [RUN]`: go on with a run from its stored plan, with what a person decided about its steps."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from omnidsl.cli import finding
from omnidsl.cli.run import announced, show_returned
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.running import RunResult
    from omnidsl.running.ledger import Ledger
    from omnidsl.running.records import RunRecord
    from omnidsl.settings import Settings

USAGE = 2


class Found(NamedTuple):
    """A run, the state folder that holds it, and the folder of its project."""

    record: "RunRecord"
    state: Path
    project: Path


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    from omnidsl.reporting.progress_words import Words

    words = phrase("command-resume")
    parser = subparsers.add_parser("resume", help=words, description=words)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help=phrase("help-resume-run"))
    parser.add_argument("--retry", action="store_true", help=Words()("help-retry"))
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
    """Go on with a run under the settings of its own project; exit statuses as those of `run`."""
    from omnidsl.embedding import state_folder
    from omnidsl.reporting.progress_paths import shown_path
    from omnidsl.settings import load

    found = _find(Path.cwd(), arguments.run_id)
    if found is None:
        looked = shown_path(str(state_folder(load(Path.cwd())[0])))
        print(f"omni: {phrase('no-run').format(path=looked)}", file=sys.stderr)
        return USAGE
    settings, findings = load(found.project)
    if any(one.severity == "error" for one in findings):
        finding.show(findings, to_stderr=True)
        finding.count(findings)
        return USAGE
    result = _perform(found, settings.overridden(output=arguments.output), arguments)
    if not arguments.json:
        show_returned(result)
    return result.status


def _perform(found: Found, settings: "Settings", arguments: argparse.Namespace) -> "RunResult":
    from omnidsl.embedding import open_gateway
    from omnidsl.plugins.index import load as load_catalogue
    from omnidsl.reporting.progress import progress
    from omnidsl.running import Circumstances, resume
    from omnidsl.running.gateway import SANDBOX

    with ExitStack() as stack:
        sandbox = found.record.gateway == SANDBOX
        place = stack.enter_context(open_gateway(settings, sandbox=sandbox))
        catalogue = load_catalogue()
        _announce(found, catalogue, arguments)
        listener = stack.enter_context(
            progress(sys.stderr, sys.stdout, form="json" if arguments.json else "auto")
        )
        around = Circumstances(
            catalogue=catalogue,
            gateway=place.gateway,
            state=found.state,
            output=settings.output,
            project=found.project,
            listeners=[listener],
            retry=arguments.retry,
            resubmit=arguments.resubmit,
            abandon=arguments.abandon,
        )
        return asyncio.run(resume(found.record.id, around))


def _announce(found: Found, catalogue: "Catalogue", arguments: argparse.Namespace) -> None:
    """Say how many jobs are about to be sent; a stored plan that cannot be read is refused a moment later."""
    from omnidsl.planning.plan import Plan
    from omnidsl.running.forecast import forecast

    try:
        plan = Plan.from_json(found.record.plan)
    except ValueError:
        return
    ahead = forecast(
        plan,
        found.state,
        catalogue,
        resumes="" if arguments.retry else found.record.id,
        resubmit=arguments.resubmit,
    )
    print(announced(ahead, plan.gateway), file=sys.stderr)


def _find(folder: Path, run_id: str | None) -> Found | None:
    """Return the run of that id, or the last one in the nearest state folder that has any; None where there is none.

    LedgerError when there is none and one of the ledgers cannot be read.
    """
    from omnidsl.embedding import states_near
    from omnidsl.running.errors import LedgerError

    broken: LedgerError | None = None
    for state in states_near(folder):
        try:
            found = _found(state, run_id)
        except LedgerError as error:
            broken = broken or error
        else:
            if found is not None:
                return found
    if broken is not None:
        raise broken
    return None


def _found(state: Path, run_id: str | None) -> Found | None:
    from omnidsl.running.sqlite_ledger import SqliteLedger

    ledger = SqliteLedger(state / "ledger.sqlite3")
    try:
        record = next(iter(ledger.runs()), None) if run_id is None else ledger.run(run_id)
        return None if record is None else Found(record, state, _project(state, record.id, ledger))
    finally:
        ledger.close()


def _project(state: Path, run_id: str, ledger: "Ledger") -> Path:
    """Return the folder that a state folder belongs to, as the run itself noted it where the two lie apart."""
    from omnidsl.embedding import STATE

    if state.name == STATE:
        return state.absolute().parent
    events = ledger.events(run_id)
    noted = events[0].get("project") if events else None
    return Path(noted) if isinstance(noted, str) and noted else Path.cwd()
