"""Where the runs are that earlier commands left behind: the state folders near the current one, and their projects."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from omnidsl.running.ledger import Ledger
    from omnidsl.running.records import RunRecord


class Found(NamedTuple):
    """A run, the state folder that holds it, and the folder of its project."""

    record: "RunRecord"
    state: Path
    project: Path


def find(folder: Path, run_id: str | None) -> Found | None:
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
        record = next(iter(ledger.runs(1)), None) if run_id is None else ledger.run(run_id)
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
