"""Tasks and books in SQLite, written before a reply is sent, so that a killed sandbox goes on where it was."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import attrs
from cattrs.preconf.json import make_converter

from omnidsl_sandbox.books import Books, Sale
from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.tasks import Task

_VERSION = 1
_SCHEMA = """
CREATE TABLE tasks (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, basis TEXT NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tasks_by_basis ON tasks (basis);
CREATE TABLE sales (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, operation TEXT NOT NULL, attempt TEXT NOT NULL,
    request TEXT NOT NULL
);
CREATE TABLE counters (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE turned_away (request TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO counters VALUES ('requests', 0), ('polls', 0);
"""
_SUBMITTED = "json_extract(record, '$.submitted')"
_BY_TIME = f"CREATE INDEX IF NOT EXISTS tasks_by_time ON tasks (account, {_SUBMITTED})"
_LATEST = f"SELECT record FROM tasks WHERE account = ? ORDER BY {_SUBMITTED} DESC, id DESC LIMIT ?"  # noqa: S608 - fixed texts
_DUPLICATES = "SELECT count(*) - count(DISTINCT attempt) FROM sales WHERE attempt <> ''"


class Store:
    """The sandbox's memory in one file. `durable` syncs every sale to the disk, as a state folder deserves.

    Safe to call from several threads. Raises SandboxError when the file cannot be used.
    """

    def __init__(self, path: Path, *, durable: bool) -> None:
        self._lock = threading.Lock()
        self._converter = make_converter()
        try:
            self._tasks = _open(path, "FULL" if durable else "OFF")
            # Counters are written at every poll and need no sync of their own: they survive a kill of the process.
            self._counters = _open(path, "NORMAL" if durable else "OFF")
        except sqlite3.Error as error:
            raise SandboxError(f"cannot use {path} for the sandbox's state: {error}") from error

    def close(self) -> None:
        """Close the file; nothing can be called afterwards."""
        with self._lock:
            self._tasks.close()
            self._counters.close()

    def add(self, task: Task, sale: Sale | None) -> bool:
        """Store a new task and its sale (None: not paid for) together; False when the id is taken."""
        try:
            with self._lock, self._tasks as connection:
                row = (task.id, task.account, task.basis, self._converter.dumps(task))
                connection.execute("INSERT INTO tasks VALUES (?, ?, ?, ?)", row)
                _book(connection, sale)
        except sqlite3.IntegrityError:
            return False
        return True

    def confirm(self, task: Task, sale: Sale) -> None:
        """Replace a stored task whose modal was answered, and book the sale, together."""
        with self._lock, self._tasks as connection:
            row = (task.basis, self._converter.dumps(task), task.id)
            connection.execute("UPDATE tasks SET basis = ?, record = ? WHERE id = ?", row)
            _book(connection, sale)

    def sell(self, sale: Sale) -> int:
        """Book a sale that needs no task; return how many equal requests were sold before."""
        with self._lock, self._tasks as connection:
            found = connection.execute(
                "SELECT count(*) FROM sales WHERE request = ?", (sale.request,)
            ).fetchone()
            _book(connection, sale)
        return int(found[0])

    def task(self, identity: str) -> Task | None:
        """Return the task, of whatever account."""
        return next(iter(self.tasks([identity])), None)

    def tasks(self, identities: Iterable[str]) -> list[Task]:
        """Return the tasks that exist, in no particular order."""
        wanted = list(dict.fromkeys(identities))
        records: list[tuple[str]] = []
        with self._lock:
            for start in range(0, len(wanted), 500):  # SQLite limits the number of parameters
                part = wanted[start : start + 500]
                marks = ", ".join("?" * len(part))
                query = f"SELECT record FROM tasks WHERE id IN ({marks})"  # noqa: S608 - question marks only
                records += self._tasks.execute(query, part).fetchall()
        return [self._converter.loads(record, Task) for (record,) in records]

    def latest(self, account: str, most: int) -> list[Task]:
        """Return the account's last tasks, newest first."""
        with self._lock:
            found = self._tasks.execute(_LATEST, (account, most)).fetchall()
        return [self._converter.loads(record, Task) for (record,) in found]

    def takes(self, basis: str) -> int:
        """Return how many tasks were made from the same basis."""
        with self._lock:
            row = self._tasks.execute(
                "SELECT count(*) FROM tasks WHERE basis = ?", (basis,)
            ).fetchone()
        return int(row[0])

    def made_from(self, basis: str) -> Task | None:
        """Return a task that was made from a basis; None where there is none."""
        with self._lock:
            row = self._tasks.execute(
                "SELECT record FROM tasks WHERE basis = ? ORDER BY id LIMIT 1", (basis,)
            ).fetchone()
        return self._converter.loads(row[0], Task) if row else None

    def turn_away_once(self, request: str) -> bool:
        """Whether this request is seen for the first time by a full queue."""
        with self._lock, self._tasks as connection:
            return (
                connection.execute(
                    "INSERT OR IGNORE INTO turned_away VALUES (?)", (request,)
                ).rowcount
                > 0
            )

    def count(self, *, poll: bool) -> None:
        """Count one request; on a full disk it is answered uncounted."""
        names = ("requests", "polls") if poll else ("requests",)
        with (
            contextlib.suppress(sqlite3.OperationalError),
            self._lock,
            self._counters as connection,
        ):
            connection.executemany(
                "UPDATE counters SET count = count + 1 WHERE name = ?", [(one,) for one in names]
            )

    def books(self) -> Books:
        """Return the books as they stand."""
        with self._lock:
            read = self._tasks.execute
            counters = dict(read("SELECT name, count FROM counters").fetchall())
            return Books(
                submissions=int(read("SELECT count(*) FROM sales").fetchone()[0]),
                duplicates=int(read(_DUPLICATES).fetchone()[0]),
                by_account=dict(
                    read("SELECT account, count(*) FROM sales GROUP BY account").fetchall()
                ),
                by_operation=dict(
                    read("SELECT operation, count(*) FROM sales GROUP BY operation").fetchall()
                ),
                by_prompt=dict(
                    read("SELECT request, count(*) FROM sales GROUP BY request").fetchall()
                ),
                requests=counters["requests"],
                polls=counters["polls"],
            )


def _open(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        version = cursor.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            for statement in _SCHEMA.split(";"):
                cursor.execute(statement)
            cursor.execute(f"PRAGMA user_version = {_VERSION}")
        if version in (0, _VERSION):
            cursor.execute(_BY_TIME)
        connection.commit()
    if version not in (0, _VERSION):
        raise SandboxError(
            f"{path} was written by another version of the sandbox (format {version})"
        )


def _book(connection: sqlite3.Connection, sale: Sale | None) -> None:
    if sale is not None:
        connection.execute(
            "INSERT INTO sales (account, operation, attempt, request) VALUES (?, ?, ?, ?)",
            attrs.astuple(sale),
        )
