"""What a person chooses at a `pick`, kept in the ledger like anything else that must not be asked for twice."""

from collections.abc import Sequence
from pathlib import Path

import attrs

from omnidsl.language.suggestions import nearest
from omnidsl.planning.plan import PICK
from omnidsl.running.errors import SettingsError
from omnidsl.running.ledger import Ledger
from omnidsl.running.records import Attempt, RunRecord, Stored
from omnidsl.running.sqlite_ledger import SqliteLedger

PICTURES = (1, 2, 3, 4)
"""The places of a grid: top left, top right, bottom left, bottom right."""


@attrs.frozen
class Chosen:
    """A choice that was kept: in which run, for which step, and what it replaces (None: the first one)."""

    run: str
    node: str
    choice: int
    before: int | None


def choose(state: Path, node: str, choice: int, *, run: str | None = None) -> Chosen:
    """Keep a person's choice for the step `node`, which asks for one; a later choice replaces an earlier one.

    Without `run` the newest run with such a step is meant. SettingsError when there is none, or `choice` is no picture.
    """
    if choice not in PICTURES:
        raise SettingsError("no-such-picture", choice=choice)
    ledger = SqliteLedger(state / "ledger.sqlite3")
    try:
        runs = [one for one in ledger.runs() if run is None or one.id == run]
        if run is not None and not runs:
            raise SettingsError("no-such-run", run=run, path=str(state))
        for record in runs:
            attempt = _asked(ledger, record).get(node)
            if attempt is not None:
                return _keep(ledger, record.id, node, attempt, choice)
        names = [name for record in runs[:1] for name in _asked(ledger, record)]
        raise _nothing_asked(node, names)
    finally:
        ledger.close()


def _keep(ledger: Ledger, run: str, node: str, attempt: Attempt, choice: int) -> Chosen:
    with ledger.transaction():
        stored = ledger.result(attempt.id)
        before = int(stored.text) if stored is not None and stored.text is not None else None
        ledger.store(Stored(attempt=attempt.id, text=str(choice)))
    return Chosen(run, node, choice, before)


def _asked(ledger: Ledger, record: RunRecord) -> dict[str, Attempt]:
    """Return the steps of a run that have asked for a choice, with the attempt that keeps it."""
    found = {}
    for node, step in ledger.assignments(record.id).items():
        attempts = ledger.attempts(step)
        if attempts and attempts[-1].operation == PICK:
            found[node] = attempts[-1]
    return found


def _nothing_asked(node: str, asked: Sequence[str]) -> SettingsError:
    close = nearest(node, asked) or list(asked)[:3]
    reason = "asks-elsewhere" if close else "asks-nothing"
    return SettingsError(reason, node=node, known=", ".join(close))
