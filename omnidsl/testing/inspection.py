"""What a ledger says of the runs of a project: attempts, paid requests, money."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omnidsl.running.records import Attempt, Stage, Stored
from omnidsl.running.sqlite_ledger import SqliteLedger


class LedgerInspection:
    """Reads the ledger in a state folder (`.omni`), opened anew for every question; empty where there is none."""

    def __init__(self, state: Path) -> None:
        self._file = state / "ledger.sqlite3"

    def attempts(self, node: str = "") -> list[Attempt]:
        """Return the purchases of all runs, oldest first; those of one step where it is named."""
        found: dict[str, Attempt] = {}
        with self._open() as ledger:
            runs = ledger.runs() if ledger else []
            for run in sorted(runs, key=lambda one: one.started):
                keys = ledger.assignments(run.id) if ledger else {}
                for name, key in keys.items():
                    if ledger and node in ("", name):
                        found.update((one.id, one) for one in ledger.attempts(key))
        return list(found.values())

    def stages(self, node: str = "") -> list[Stage]:
        """Return the paid requests of all attempts, or of one step's."""
        attempts = self.attempts(node)
        with self._open() as ledger:
            return [stage for one in attempts for stage in ledger.stages(one.id)] if ledger else []

    def results(self, node: str = "") -> list[Stored]:
        """Return what was made and kept."""
        attempts = self.attempts(node)
        with self._open() as ledger:
            found = [ledger.result(one.id) for one in attempts] if ledger else []
        return [one for one in found if one is not None]

    def spending(self) -> dict[str, int]:
        """Return what each step has been charged, in micros (millionths of the currency's unit), by its name."""
        total: Counter[str] = Counter()
        for one in self.attempts():
            total[one.node] += one.charged or 0
        return dict(total)

    @contextmanager
    def _open(self) -> Iterator[SqliteLedger | None]:
        if not self._file.exists():
            yield None
            return
        ledger = SqliteLedger(self._file)
        try:
            yield ledger
        finally:
            ledger.close()
