"""The ledger as one SQLite file: write-ahead log, `synchronous=FULL`, a versioned schema."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep, time
from typing import cast

import attrs

from omnidsl.planning.keys import attempt_id, step_key
from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON
from omnidsl.running.errors import Fenced, LedgerError
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    RunRecord,
    RunState,
    Stage,
    StageState,
    Stored,
    StoredFile,
)

FORMAT = 1
"""The schema's version, kept in `PRAGMA user_version`."""

_WAIT = 30.0
"""Seconds that a writer waits for another process's transaction."""

_PAUSE = 0.01
"""Seconds between two tries to turn the write-ahead log on."""


class SqliteLedger:
    """See `Ledger`. Used from one thread at a time; LedgerError when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._depth = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
        except (sqlite3.Error, OSError) as error:
            raise LedgerError("ledger-broken", path=str(path), words=str(error)) from None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise LedgerError("ledger-broken", path=str(path), words=str(error)) from None
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.row_factory = sqlite3.Row
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > FORMAT:
            raise LedgerError("ledger-newer", path=str(self.path), theirs=version, ours=FORMAT)
        self._enter_wal()
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        if version == FORMAT:
            return
        with self.transaction():
            # Another process may have been first.
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                schema = (Path(__file__).parent / "data" / "schema.sql").read_text("utf-8")
                for statement in _statements(schema):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {FORMAT}")

    def _enter_wal(self) -> None:
        """Turn the write-ahead log on; SQLite does not wait by itself where two processes make the file at once."""
        deadline = monotonic() + _WAIT
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                    raise
                sleep(_PAUSE)
            else:
                return

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Ledger.transaction`."""
        name = f"inner_{self._depth}"
        try:
            self._db.execute(f"SAVEPOINT {name}" if self._depth else "BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise LedgerError("ledger-broken", path=str(self.path), words=str(error)) from None
        self._depth += 1
        try:
            yield
        except BaseException as error:
            self._depth -= 1
            self._undo(name)
            if isinstance(error, sqlite3.Error):
                raise LedgerError("ledger-broken", path=str(self.path), words=str(error)) from None
            raise
        self._depth -= 1
        try:
            self._db.execute(f"RELEASE {name}" if self._depth else "COMMIT")
        except sqlite3.Error as error:
            self._undo(name)
            raise LedgerError("ledger-broken", path=str(self.path), words=str(error)) from None

    def _undo(self, name: str) -> None:
        if not self._db.in_transaction:
            return  # SQLite has rolled back by itself: a full disk, say
        if self._depth:
            self._db.execute(f"ROLLBACK TO {name}")
            self._db.execute(f"RELEASE {name}")
        else:
            self._db.execute("ROLLBACK")

    def _write(self, statement: str, *values: object) -> int:
        with self.transaction():
            return self._db.execute(statement, values).rowcount

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerError("ledger-broken", path=str(self.path), words=str(error)) from None

    def close(self) -> None:
        """See `Ledger.close`."""
        self._db.close()

    # ---- runs

    def add_run(self, run: RunRecord) -> None:
        """See `Ledger.add_run`."""
        self._write(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            run.id,
            run.recipe,
            run.pipeline,
            run.gateway,
            _dump(run.plan),
            run.owner,
            run.state,
            run.started,
            run.ended,
        )

    def run(self, run_id: str) -> RunRecord | None:
        """See `Ledger.run`."""
        rows = self._rows("SELECT * FROM runs WHERE id = ?", run_id)
        return _run(rows[0]) if rows else None

    def runs(self) -> list[RunRecord]:
        """See `Ledger.runs`."""
        return [
            _run(row) for row in self._rows("SELECT * FROM runs ORDER BY started DESC, rowid DESC")
        ]

    def own_run(self, run_id: str, owner: str, before: str) -> bool:
        """See `Ledger.own_run`."""
        statement = (
            "UPDATE runs SET owner = ?, state = 'running', ended = NULL WHERE id = ? AND owner = ?"
        )
        return self._write(statement, owner, run_id, before) == 1

    def end_run(self, run_id: str, state: RunState) -> None:
        """See `Ledger.end_run`."""
        self._write("UPDATE runs SET state = ?, ended = ? WHERE id = ?", state, time(), run_id)

    # ---- keys

    def assign(self, run_id: str, node: str, content: str, take: int) -> str:
        """See `Ledger.assign`."""
        with self.transaction():
            rows = self._rows(
                "SELECT content, take FROM assignments WHERE run = ? AND node = ?", run_id, node
            )
            if rows and rows[0]["content"] == content:
                return step_key(content, rows[0]["take"])
            taken = {
                row["take"]
                for row in self._rows(
                    "SELECT take FROM assignments WHERE run = ? AND content = ?", run_id, content
                )
            }
            while take in taken:
                take += 1
            self._write(
                "INSERT OR REPLACE INTO assignments VALUES (?, ?, ?, ?)",
                run_id,
                node,
                content,
                take,
            )
            return step_key(content, take)

    def assignments(self, run_id: str) -> Mapping[str, str]:
        """See `Ledger.assignments`."""
        rows = self._rows("SELECT node, content, take FROM assignments WHERE run = ?", run_id)
        return {row["node"]: step_key(row["content"], row["take"]) for row in rows}

    # ---- attempts

    def open_attempt(self, attempt: Attempt) -> Attempt:
        """See `Ledger.open_attempt`."""
        with self.transaction():
            (row,) = self._rows(
                "SELECT coalesce(max(number), 0) AS last FROM attempts WHERE step = ?", attempt.step
            )
            number = row["last"] + 1
            opened = attrs.evolve(
                attempt,
                id=attempt_id(attempt.step, number),
                number=number,
                fence=1,
                state="open",
                receipt=None,
                opened=time(),
            )
            self._write(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                opened.id,
                opened.step,
                opened.number,
                opened.run,
                opened.node,
                opened.operation,
                opened.gateway,
                opened.account,
                opened.owner,
                opened.fence,
                opened.state,
                opened.reason,
                None,
                opened.opened,
            )
        return opened

    def attempts(self, step: str) -> list[Attempt]:
        """See `Ledger.attempts`."""
        return [
            _attempt(row)
            for row in self._rows("SELECT * FROM attempts WHERE step = ? ORDER BY number", step)
        ]

    def attempt(self, attempt_id: str) -> Attempt | None:
        """See `Ledger.attempt`."""
        rows = self._rows("SELECT * FROM attempts WHERE id = ?", attempt_id)
        return _attempt(rows[0]) if rows else None

    def take_over(self, attempt_id: str, owner: str, fence: int) -> Attempt:
        """See `Ledger.take_over`."""
        with self.transaction():
            statement = (
                "UPDATE attempts SET owner = ?, fence = fence + 1 WHERE id = ? AND fence = ?"
            )
            if self._write(statement, owner, attempt_id, fence) != 1:
                raise Fenced("fenced", step=attempt_id)
            (row,) = self._rows("SELECT * FROM attempts WHERE id = ?", attempt_id)
            return _attempt(row)

    def mark(self, attempt_id: str, state: AttemptState, reason: str = "") -> None:
        """See `Ledger.mark`."""
        self._write(
            "UPDATE attempts SET state = ?, reason = ? WHERE id = ?", state, reason, attempt_id
        )

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        """See `Ledger.receive`."""
        statement = "UPDATE attempts SET state = 'submitted', receipt = ? WHERE id = ?"
        self._write(statement, _dump(attrs.asdict(receipt)), attempt_id)

    def open_receipts(self, gateway: str) -> list[Attempt]:
        """See `Ledger.open_receipts`."""
        query = "SELECT * FROM attempts WHERE gateway = ? AND state = 'submitted' ORDER BY opened, rowid"
        return [_attempt(row) for row in self._rows(query, gateway)]

    # ---- stages

    def intend(
        self, attempt_id: str, name: str, path: str, request: str, owner: str, fence: int
    ) -> Stage:
        """See `Ledger.intend`."""
        with self.transaction():
            held = self._rows(
                "SELECT 1 FROM attempts WHERE id = ? AND owner = ? AND fence = ?",
                attempt_id,
                owner,
                fence,
            )
            if not held:
                raise Fenced("fenced", step=attempt_id)
            rows = self._rows(
                "SELECT * FROM stages WHERE attempt = ? AND name = ?", attempt_id, name
            )
            if not rows:
                self._write(
                    "INSERT INTO stages VALUES (?, ?, ?, ?, 1, 'intent', ?, NULL)",
                    attempt_id,
                    name,
                    path,
                    request,
                    time(),
                )
                return Stage(attempt=attempt_id, name=name, path=path, request=request)
            before = _stage(rows[0])
            if before.state != "refused":
                words = f"stage {name} of {attempt_id} is {before.state}"
                raise LedgerError("ledger-broken", path=str(self.path), words=words)
            self._write(
                "UPDATE stages SET state = 'intent', tries = tries + 1, path = ?, request = ?, intended = ?, settled = NULL"
                " WHERE attempt = ? AND name = ?",
                path,
                request,
                time(),
                attempt_id,
                name,
            )
            return attrs.evolve(
                before, state="intent", tries=before.tries + 1, path=path, request=request
            )

    def settle(self, attempt_id: str, name: str, state: StageState) -> None:
        """See `Ledger.settle`."""
        statement = "UPDATE stages SET state = ?, settled = ? WHERE attempt = ? AND name = ?"
        self._write(statement, state, time(), attempt_id, name)

    def stages(self, attempt_id: str) -> list[Stage]:
        """See `Ledger.stages`."""
        return [
            _stage(row)
            for row in self._rows(
                "SELECT * FROM stages WHERE attempt = ? ORDER BY rowid", attempt_id
            )
        ]

    # ---- results

    def store(self, result: Stored) -> None:
        """See `Ledger.store`."""
        with self.transaction():
            self._write(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)",
                result.attempt,
                result.text,
                _dump(result.facts),
                _dump([attrs.asdict(one) for one in result.files]),
                time(),
            )
            self.mark(result.attempt, "done")

    def result(self, attempt_id: str) -> Stored | None:
        """See `Ledger.result`."""
        rows = self._rows("SELECT * FROM results WHERE attempt = ?", attempt_id)
        if not rows:
            return None
        files = tuple(StoredFile(**one) for one in json.loads(rows[0]["artifacts"]))
        return Stored(
            attempt=attempt_id,
            text=rows[0]["text"],
            facts=json.loads(rows[0]["facts"]),
            files=files,
        )

    # ---- events

    def append(self, run_id: str, sequence: int, body: Mapping[str, JSON]) -> None:
        """See `Ledger.append`."""
        self._write("INSERT INTO events VALUES (?, ?, ?)", run_id, sequence, _dump(body))

    def events(self, run_id: str, after: int = 0) -> list[Mapping[str, JSON]]:
        """See `Ledger.events`."""
        query = "SELECT body FROM events WHERE run = ? AND sequence > ? ORDER BY sequence"
        return [json.loads(row["body"]) for row in self._rows(query, run_id, after)]

    def last_sequence(self, run_id: str) -> int:
        """See `Ledger.last_sequence`."""
        (row,) = self._rows(
            "SELECT coalesce(max(sequence), 0) AS last FROM events WHERE run = ?", run_id
        )
        return cast(int, row["last"])


def _statements(schema: str) -> list[str]:
    """Split a script: `executescript` would commit the transaction that it runs in."""
    bare = "\n".join(line.partition("--")[0] for line in schema.splitlines())
    return [one for one in bare.split(";") if one.strip()]


def _dump(value: object) -> str:
    # A lone surrogate, which a gateway can send, has no UTF-8 form: ASCII escapes keep it.
    return json.dumps(value, separators=(",", ":"))


def _run(row: sqlite3.Row) -> RunRecord:
    return RunRecord(**{**dict(row), "plan": json.loads(row["plan"])})


def _attempt(row: sqlite3.Row) -> Attempt:
    receipt = None if row["receipt"] is None else Receipt(**json.loads(row["receipt"]))
    return Attempt(**{**dict(row), "receipt": receipt})


def _stage(row: sqlite3.Row) -> Stage:
    return Stage(
        **{name: row[name] for name in ("attempt", "name", "path", "request", "tries", "state")}
    )
