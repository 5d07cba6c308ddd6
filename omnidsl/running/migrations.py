"""The formats of the ledger's file: how an empty one gets its tables, and an older one is brought up to date.

A migration and the number of its format are one transaction: after a crash the file is in the old format or in the new
one. Before anything is changed a copy of the old one lies beside it, for whoever goes back to an older omnidsl.
"""

import contextlib
import os
import sqlite3
from pathlib import Path

from omnidsl.running.durable import sync_folder

FORMAT = 2
"""The schema's version, kept in `PRAGMA user_version`."""

_DATA = Path(__file__).parent / "data"


def format_of(database: sqlite3.Connection) -> int:
    """Return the format of a file, 0 for an empty one."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def bring_up_to_date(database: sqlite3.Connection) -> None:
    """Make the tables, or those of an older format into ours; inside a transaction that the caller begins and ends."""
    version = format_of(database)
    if version == 0:
        _perform(database, "schema.sql")
    else:
        for number in range(version, FORMAT):
            _perform(database, f"migrate_{number}_to_{number + 1}.sql")
    database.execute(f"PRAGMA user_version = {FORMAT}")


def backup(path: Path, version: int) -> Path:
    """Copy an older ledger to `ledger.sqlite3.FORMAT.bak` beside it, whole or not at all, and return its path.

    Called inside the migrating transaction, before its first change: nobody else can write meanwhile, and readers
    still see what was there. A copy that a process left which died in between is made anew.
    """
    target = path.with_name(f"{path.name}.{version}.bak")
    unborn = target.with_name(f"{target.name}.new")
    unborn.unlink(missing_ok=True)
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(unborn)) as copy,
    ):
        source.backup(copy)
    with unborn.open("rb+") as file:
        os.fsync(file.fileno())
    unborn.replace(target)
    sync_folder(target.parent)
    return target


def _perform(database: sqlite3.Connection, name: str) -> None:
    """Run a script's statements one by one: `executescript` would commit the transaction that it runs in."""
    script = (_DATA / name).read_text("utf-8")
    bare = "\n".join(line.partition("--")[0] for line in script.splitlines())
    for statement in bare.split(";"):
        if statement.strip():
            database.execute(statement)
