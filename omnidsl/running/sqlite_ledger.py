"""The ledger in one SQLite file; `SqliteFile` makes what is written durable."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import time
from typing import cast

import attrs

from omnidsl.planning.keys import attempt_id, step_key
from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON
from omnidsl.running import rows
from omnidsl.running.errors import Fenced, LedgerError
from omnidsl.running.file_systems import MOUNTS
from omnidsl.running.lifecycle import Lifecycle
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    Intent,
    RunRecord,
    RunState,
    SavedFile,
    Spending,
    Stage,
    StageState,
    Stored,
)
from omnidsl.running.spending import changes, charge_at_end, check_cap
from omnidsl.running.sqlite_file import SqliteFile

_AT_ONCE = 500
"""Values of one query: SQLite limits their number."""


class SqliteLedger:
    """See `Ledger`. Used from one thread at a time; LedgerError when the file cannot be used."""

    def __init__(self, path: Path, mounts: Path = MOUNTS) -> None:
        self.path = path
        self._file = SqliteFile(path, mounts)
        self._lifecycle = Lifecycle()

    def transaction(self, *, flat: bool = False) -> AbstractContextManager[None]:
        """See `Ledger.transaction`."""
        return self._file.transaction(flat=flat)

    def close(self) -> None:
        """See `Ledger.close`."""
        self._file.close()

    # ---- runs

    def add_run(self, run: RunRecord) -> None:
        """See `Ledger.add_run`."""
        self._file.insert("runs", rows.run_row(run))

    def run(self, run_id: str) -> RunRecord | None:
        """See `Ledger.run`."""
        found = self._file.rows("SELECT * FROM runs WHERE id = ?", run_id)
        return rows.run_of(found[0]) if found else None

    def runs(self, most: int | None = None) -> list[RunRecord]:
        """See `Ledger.runs`."""
        query = "SELECT * FROM runs ORDER BY started DESC, rowid DESC LIMIT ?"
        return [rows.run_of(row) for row in self._file.rows(query, -1 if most is None else most)]

    def own_run(self, run_id: str, owner: str, before: str) -> bool:
        """See `Ledger.own_run`."""
        statement = (
            "UPDATE runs SET owner = ?, state = 'running', ended = NULL WHERE id = ? AND owner = ?"
        )
        return self._file.write(statement, owner, run_id, before) == 1

    def end_run(self, run_id: str, state: RunState) -> None:
        """See `Ledger.end_run`."""
        self._file.write("UPDATE runs SET state = ?, ended = ? WHERE id = ?", state, time(), run_id)

    # ---- keys

    def assign(self, run_id: str, node: str, content: str, take: int, planned: str = "") -> str:
        """See `Ledger.assign`."""
        with self.transaction():
            query = "SELECT content, take FROM assignments WHERE run = ? AND node = ?"
            mine = self._file.rows(query, run_id, node)
            if mine and mine[0]["content"] == content:
                return step_key(content, mine[0]["take"])
            query = "SELECT take FROM assignments WHERE run = ? AND content = ? AND take = ?"
            if self._file.rows(query, run_id, content, take):
                query = "SELECT take FROM assignments WHERE run = ? AND content = ?"
                taken = {row["take"] for row in self._file.rows(query, run_id, content)}
                while take in taken:
                    take += 1
            row = {
                "run": run_id,
                "node": node,
                "content": content,
                "take": take,
                "planned": planned,
            }
            self._file.insert("assignments", row, replace=True)
            return step_key(content, take)

    def planned(self, keys: Collection[str]) -> Mapping[str, Sequence[str]]:
        """See `Ledger.planned`."""
        found: dict[str, dict[str, None]] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = (
                "SELECT planned, content, take FROM assignments JOIN runs ON runs.id = run"  # noqa: S608  # question marks only
                f" WHERE planned IN ({marks}) ORDER BY started DESC, runs.rowid DESC"
            )
            for row in self._file.rows(query, *part):
                found.setdefault(row["planned"], {})[step_key(row["content"], row["take"])] = None
        return {key: tuple(steps) for key, steps in found.items()}

    def assignments(self, run_id: str) -> Mapping[str, str]:
        """See `Ledger.assignments`."""
        query = "SELECT node, content, take FROM assignments WHERE run = ?"
        return {
            row["node"]: step_key(row["content"], row["take"])
            for row in self._file.rows(query, run_id)
        }

    # ---- attempts

    def open_attempt(self, attempt: Attempt) -> Attempt:
        """See `Ledger.open_attempt`."""
        with self.transaction():
            query = "SELECT coalesce(max(number), 0) AS last FROM attempts WHERE step = ?"
            (row,) = self._file.rows(query, attempt.step)
            number = row["last"] + 1
            name = attempt_id(attempt.step, number)
            opened = attrs.evolve(
                attempt,
                id=name,
                number=number,
                fence=1,
                state=self._lifecycle.attempt(name, "open", None),
                receipt=None,
                opened=time(),
                charged=None,
            )
            self._file.insert("attempts", rows.attempt_row(opened))
        return opened

    def attempts(self, step: str) -> list[Attempt]:
        """See `Ledger.attempts`."""
        query = "SELECT * FROM attempts WHERE step = ? ORDER BY number"
        return [rows.attempt_of(row) for row in self._file.rows(query, step)]

    def attempt(self, attempt_id: str) -> Attempt | None:
        """See `Ledger.attempt`."""
        found = self._file.rows("SELECT * FROM attempts WHERE id = ?", attempt_id)
        return rows.attempt_of(found[0]) if found else None

    def take_over(self, attempt_id: str, owner: str, fence: int) -> Attempt:
        """See `Ledger.take_over`."""
        with self.transaction():
            statement = (
                "UPDATE attempts SET owner = ?, fence = fence + 1 WHERE id = ? AND fence = ?"
            )
            if self._file.write(statement, owner, attempt_id, fence) != 1:
                raise Fenced("fenced", step=attempt_id)
            return self._known(attempt_id)

    def mark(
        self,
        attempt_id: str,
        state: AttemptState,
        reason: str = "",
        *,
        charged: int | None = None,
        fence: int | None = None,
    ) -> None:
        """See `Ledger.mark`."""
        with self.transaction():
            attempt = self._known(attempt_id)
            if fence is not None and attempt.fence != fence:
                raise Fenced("fenced", step=attempt_id)
            after = self._lifecycle.attempt(attempt_id, f"mark {state}", attempt.state)
            statement = "UPDATE attempts SET state = ?, reason = ? WHERE id = ?"
            self._file.write(statement, after, rows.plain(reason), attempt_id)
            self._charge(attempt_id, after, charged)

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        """See `Ledger.receive`."""
        with self.transaction():
            attempt = self._known(attempt_id)
            after = self._lifecycle.attempt(attempt_id, "receive", attempt.state)
            before = attempt.receipt
            if before is not None and before.task != receipt.task:
                kept = rows.receipt_text(before)
                row = {"attempt": attempt_id, "task": before.task, "receipt": kept}
                self._file.insert("receipts", row, replace=True)
            statement = "UPDATE attempts SET state = ?, receipt = ? WHERE id = ?"
            self._file.write(statement, after, rows.receipt_text(receipt), attempt_id)

    def replaced_receipts(self, attempt_id: str) -> list[Receipt]:
        """See `Ledger.replaced_receipts`."""
        query = "SELECT receipt FROM receipts WHERE attempt = ? ORDER BY task"
        found = self._file.rows(query, attempt_id)
        return [Receipt(**json.loads(row["receipt"])) for row in found]

    def open_receipts(self, gateway: str) -> list[Attempt]:
        """See `Ledger.open_receipts`."""
        query = "SELECT * FROM attempts WHERE gateway = ? AND state = 'submitted' ORDER BY opened, rowid"
        return [rows.attempt_of(row) for row in self._file.rows(query, gateway)]

    def _known(self, attempt_id: str) -> Attempt:
        attempt = self.attempt(attempt_id)
        if attempt is None:
            raise LedgerError("no-such-attempt", attempt=attempt_id)
        return attempt

    # ---- stages

    def intend(self, intent: Intent) -> Stage:
        """See `Ledger.intend`."""
        with self.transaction():
            attempt = self.attempt(intent.attempt)
            if attempt is None or (attempt.owner, attempt.fence) != (intent.owner, intent.fence):
                raise Fenced("fenced", step=intent.attempt)
            before = self._stage(intent.attempt, intent.name)
            state = self._lifecycle.stage(
                intent.attempt, intent.name, "intend", before.state if before else None
            )
            after = self._lifecycle.attempt(intent.attempt, "intend", attempt.state)
            for cap in intent.caps:
                check_cap(cap, self.spending(cap.scope), intent.reserved)
            stage = Stage.intended_by(intent, before, state, time())
            self._write_stage(before, stage)
            if (after, intent.account) != (attempt.state, attempt.account):
                statement = "UPDATE attempts SET state = ?, reason = '', account = ? WHERE id = ?"
                self._file.write(statement, after, intent.account, intent.attempt)
            return stage

    def settle(
        self, attempt_id: str, name: str, state: StageState, *, tries: int | None = None
    ) -> None:
        """See `Ledger.settle`."""
        with self.transaction():
            before = self._stage(attempt_id, name)
            if before is None:
                raise LedgerError("no-such-attempt", attempt=f"{attempt_id} ({name})")
            if tries is not None and before.tries != tries:
                return
            after = self._lifecycle.stage(attempt_id, name, f"settle {state}", before.state)
            stage = attrs.evolve(before, state=after, settled=time())
            if after == "refused":
                stage = attrs.evolve(stage, reserved=0, charged=0)
            self._write_stage(before, stage)

    def stages(self, attempt_id: str) -> list[Stage]:
        """See `Ledger.stages`."""
        query = "SELECT * FROM stages WHERE attempt = ? ORDER BY rowid"
        return [rows.stage_of(row) for row in self._file.rows(query, attempt_id)]

    def _stage(self, attempt_id: str, name: str) -> Stage | None:
        query = "SELECT * FROM stages WHERE attempt = ? AND name = ?"
        found = self._file.rows(query, attempt_id, name)
        return rows.stage_of(found[0]) if found else None

    def _write_stage(self, before: Stage | None, stage: Stage) -> None:
        """Write a stage, and what that changes of the totals."""
        row = rows.stage_row(stage)
        if before is None:
            self._file.insert("stages", row)
        else:
            columns = ", ".join(f"{name} = ?" for name in row)
            statement = f"UPDATE stages SET {columns} WHERE attempt = ? AND name = ?"  # noqa: S608  # names are ours
            self._file.write(statement, *row.values(), stage.attempt, stage.name)
        for scope, change in changes(before, stage).items():
            self._file.add_spending(scope, change)

    # ---- money

    def spending(self, scope: str) -> Spending:
        """See `Ledger.spending`."""
        found = self._file.rows("SELECT * FROM spending WHERE scope = ?", scope)
        return Spending(found[0]["reserved"], found[0]["charged"]) if found else Spending()

    def _charge(self, attempt_id: str, state: AttemptState, charged: int | None) -> None:
        """Settle the money of an attempt that came to an end."""
        before = self.stages(attempt_id)
        after = charge_at_end(before, state, charged)
        if not after:
            return
        for old, new in zip(before, after, strict=True):
            if new != old:
                self._write_stage(old, new)
        statement = "UPDATE attempts SET charged = ? WHERE id = ?"
        self._file.write(statement, sum(one.charged for one in after), attempt_id)

    # ---- results

    def store(self, result: Stored, charged: int | None = None) -> None:
        """See `Ledger.store`."""
        with self.transaction():
            attempt = self._known(result.attempt)
            after = self._lifecycle.attempt(result.attempt, "store", attempt.state)
            self._file.insert("results", rows.result_row(result, time()), replace=True)
            statement = "UPDATE attempts SET state = ?, reason = '' WHERE id = ?"
            self._file.write(statement, after, result.attempt)
            self._charge(result.attempt, after, charged)

    def result(self, attempt_id: str) -> Stored | None:
        """See `Ledger.result`."""
        found = self._file.rows("SELECT * FROM results WHERE attempt = ?", attempt_id)
        return rows.result_of(found[0]) if found else None

    def results(self) -> Iterator[Stored]:
        """See `Ledger.results`."""
        return map(rows.result_of, self._file.rows("SELECT * FROM results"))

    def forget(self, attempt_id: str) -> None:
        """See `Ledger.forget`."""
        with self.transaction():
            self._file.write("DELETE FROM results WHERE attempt = ?", attempt_id)

    # ---- saved files

    def add_saved(self, saved: SavedFile) -> None:
        """See `Ledger.add_saved`."""
        self._file.insert("saved", rows.saved_row(saved), replace=True)

    def saved(self, run_id: str | None = None) -> list[SavedFile]:
        """See `Ledger.saved`."""
        query = "SELECT * FROM saved WHERE ? IS NULL OR run = ? ORDER BY saved, run, path"
        return [rows.saved_of(row) for row in self._file.rows(query, run_id, run_id)]

    def saved_as(self, *, path: str = "", sha256: str = "") -> list[SavedFile]:
        """See `Ledger.saved_as`."""
        query = (
            "SELECT * FROM saved WHERE (? = '' OR path = ?) AND (? = '' OR sha256 = ?)"
            " ORDER BY saved DESC, run DESC, path DESC"
        )
        found = self._file.rows(query, path, path, sha256, sha256)
        return [rows.saved_of(row) for row in found]

    # ---- events

    def append(self, run_id: str, sequence: int, body: Mapping[str, JSON]) -> None:
        """See `Ledger.append`."""
        row = {"run": run_id, "sequence": sequence, "body": rows.dump(body)}
        self._file.insert("events", row)

    def events(self, run_id: str, after: int = 0) -> list[Mapping[str, JSON]]:
        """See `Ledger.events`."""
        query = "SELECT body FROM events WHERE run = ? AND sequence > ? ORDER BY sequence"
        return [json.loads(row["body"]) for row in self._file.rows(query, run_id, after)]

    def drop_events(self, run_id: str) -> int:
        """See `Ledger.drop_events`."""
        statement = (
            "DELETE FROM events WHERE run = ?"
            " AND sequence > (SELECT min(sequence) FROM events WHERE run = ?)"
            " AND sequence < (SELECT max(sequence) FROM events WHERE run = ?)"
        )
        with self.transaction():
            return self._file.write(statement, run_id, run_id, run_id)

    def last_sequence(self, run_id: str) -> int:
        """See `Ledger.last_sequence`."""
        query = "SELECT coalesce(max(sequence), 0) AS last FROM events WHERE run = ?"
        (row,) = self._file.rows(query, run_id)
        return cast(int, row["last"])
