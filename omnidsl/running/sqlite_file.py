"""The ledger's file: a connection whose every commit is durable, and transactions that nest."""

import errno
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from omnidsl.running import migrations
from omnidsl.running.errors import LedgerError, Spoiled
from omnidsl.running.file_systems import MOUNTS, network_kind
from omnidsl.running.name_on_disk import NameOnDisk
from omnidsl.running.records import Spending

_WAIT = 30.0
"""Seconds that a writer waits for another process's transaction."""

_PAUSE = 0.01
"""Seconds between two tries to turn the write-ahead log on."""


class SqliteFile:
    """One SQLite file in write-ahead mode with `synchronous=FULL`, in our format; LedgerError when it cannot be used."""

    def __init__(self, path: Path, mounts: Path = MOUNTS) -> None:
        self.path = path
        self._depth = 0
        self._flat = False
        self._is_spoiled = False
        self._name = NameOnDisk(path)
        kind = network_kind(path.parent, mounts)
        if kind is not None:
            raise LedgerError("ledger-remote", path=str(path), kind=kind)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.database = self._connect()
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from None
        try:
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            self.database.close()
            raise self._broken(error) from None
        except BaseException:
            self.database.close()
            raise
        self._name.learn()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False
        )

    def _prepare(self) -> None:
        self.database.row_factory = sqlite3.Row
        version = migrations.format_of(self.database)
        if version > migrations.FORMAT:
            raise LedgerError(
                "ledger-newer", path=str(self.path), theirs=version, ours=migrations.FORMAT
            )
        self._enter_wal()
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute("PRAGMA foreign_keys = ON")
        if version == migrations.FORMAT:
            return
        with self.transaction():
            # Another process may have been first.
            if migrations.format_of(self.database) == version:
                if version:
                    migrations.backup(self.path, version)
                migrations.bring_up_to_date(self.database)

    def _enter_wal(self) -> None:
        """Turn the write-ahead log on; SQLite does not wait by itself where two processes make the file at once."""
        deadline = monotonic() + _WAIT
        while True:
            try:
                self.database.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                    raise
                sleep(_PAUSE)
            else:
                return

    @contextmanager
    def transaction(self, *, flat: bool = False) -> Iterator[None]:
        """See `Ledger.transaction`. A flat one has no savepoints, which are a third of all statements otherwise."""
        if self._flat:
            with self._spoiling():
                yield
            return
        name = f"inner_{self._depth}"
        self._check_undone()
        try:
            self.database.execute(f"SAVEPOINT {name}" if self._depth else "BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._broken(error) from None
        self._depth += 1
        self._flat, self._is_spoiled = flat, False
        try:
            yield
            self._check_unspoiled()
        except BaseException as error:
            self._depth -= 1
            self._flat = False
            self._undo(name)
            if isinstance(error, sqlite3.Error):
                raise self._broken(error) from None
            raise
        self._depth -= 1
        self._flat = False
        try:
            self.database.execute(f"RELEASE {name}" if self._depth else "COMMIT")
        except sqlite3.Error as error:
            self._undo(name)
            raise self._broken(error) from None
        if not self._depth and not self._name.holds():
            self._put_back()

    def _check_unspoiled(self) -> None:
        if self._is_spoiled:
            raise Spoiled

    @contextmanager
    def _spoiling(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self._is_spoiled = True
            if isinstance(error, sqlite3.Error):
                raise self._broken(error) from None
            raise

    def _put_back(self) -> None:
        """Write the file anew under its name, from what is open, and go on with that; LedgerError where it cannot be."""
        try:
            self._name.give_back(self.database)
            self.database.close()
            self.database = self._connect()
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from None
        self._name.learn()

    def _undo(self, name: str) -> None:
        if not self.database.in_transaction:
            return  # SQLite has rolled back by itself: a full disk, say
        if self._depth:
            self.database.execute(f"ROLLBACK TO {name}")
            self.database.execute(f"RELEASE {name}")
        else:
            self.database.execute("ROLLBACK")

    def _check_undone(self) -> None:
        """Refuse to go on inside a transaction that SQLite has rolled back: what came now would be kept without the rest."""
        if self._depth and not self.database.in_transaction:
            raise self._broken(sqlite3.OperationalError("the transaction was rolled back"))

    def write(self, statement: str, *values: object) -> int:
        """Change something and return how many rows that touched."""
        self._check_undone()
        try:
            return self.database.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def insert(self, table: str, row: Mapping[str, object], *, replace: bool = False) -> None:
        """Add a row; with `replace` instead of the one with the same key."""
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        marks = ", ".join("?" * len(row))
        self.write(f"{verb} INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return what a query finds."""
        try:
            return self.database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._broken(error) from None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as of one moment; whoever writes meanwhile does not wait. Nothing may be written inside."""
        try:
            self.database.execute("BEGIN")
        except sqlite3.Error as error:
            raise self._broken(error) from None
        try:
            yield
        finally:
            self.database.execute("ROLLBACK")

    def stream(self, query: str) -> Iterator[sqlite3.Row]:
        """Yield what a query finds, a row at a time."""
        try:
            yield from self.database.execute(query)
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def add_spending(self, scope: str, change: Spending) -> None:
        """Add to the totals of a scope."""
        self.write(
            "INSERT INTO spending VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE SET"
            " reserved = reserved + excluded.reserved, charged = charged + excluded.charged",
            scope,
            change.reserved,
            change.charged,
        )

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def _broken(self, error: Exception) -> LedgerError:
        return LedgerError(_reason(error, self.path.parent), path=str(self.path), words=str(error))


_REASONS = {
    sqlite3.SQLITE_FULL: "ledger-full",
    sqlite3.SQLITE_READONLY: "ledger-read-only",
    sqlite3.SQLITE_CANTOPEN: "ledger-read-only",
    sqlite3.SQLITE_BUSY: "ledger-busy",
}


_NO_ROOM = 64 * 1024
"""Bytes below which a disk is full for SQLite: so much its index of the log may grow at once."""


def _reason(error: Exception, folder: Path) -> str:
    """Return why a file cannot be used; the low byte of SQLite's code is its family."""
    if isinstance(error, OSError):
        return "ledger-full" if error.errno == errno.ENOSPC else "ledger-read-only"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # Where the index of the log finds no room SQLite speaks of "disk I/O" alone.
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _free(folder) < _NO_ROOM:
        return "ledger-full"
    return _REASONS.get(code, "ledger-broken")


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NO_ROOM
