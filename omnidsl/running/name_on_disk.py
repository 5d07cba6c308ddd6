"""Whether an open ledger still lies under its name: who deletes `.omni` during a run must not lose what it paid for.

A file that was deleted can still be written where it is open, and is gone with the process that has it open. So a commit
counts only when the file lies where the next run will look for it.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from omnidsl.running.durable import sync_folder
from omnidsl.running.errors import LedgerError


class NameOnDisk:
    """The name of one open SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[int, int] | None = None
        self._copy = path.with_name(f"{path.stem}.{uuid4().hex[:8]}{path.suffix}")

    def learn(self) -> None:
        """Take note of the file that has the name now."""
        self._known = _identity(self._path)

    def holds(self) -> bool:
        """Tell whether the name still means the file that it meant."""
        return self._known is None or _identity(self._path) == self._known

    def give_back(self, database: sqlite3.Connection) -> None:
        """Write everything that is open into a new file of this name.

        Where another file has the name by now, LedgerError says in which file beside it the copy lies.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._copy)) as copy:
            database.backup(copy)
        try:
            self._rename()
        except FileExistsError:
            raise LedgerError(
                "ledger-replaced", path=str(self._path), copy=str(self._copy)
            ) from None
        sync_folder(self._path.parent)

    def _rename(self) -> None:
        """Give the copy the name; FileExistsError where another file has it."""
        try:
            os.link(self._copy, self._path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if self._path.exists():
                raise FileExistsError(self._path) from None
            self._copy.rename(self._path)
        else:
            self._copy.unlink()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
