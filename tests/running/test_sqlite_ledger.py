"""What holds for the ledger's file alone."""

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest

from omnidsl.running.errors import LedgerError
from omnidsl.running.migrations import FORMAT
from omnidsl.running.records import Attempt, RunRecord
from omnidsl.running.sqlite_ledger import SqliteLedger


def an_attempt(owner: str) -> Attempt:
    return Attempt(
        id="",
        step="k.1",
        number=0,
        run="r",
        node="n",
        operation="s.o",
        gateway="g",
        account="default",
        owner=owner,
    )


def test_a_newer_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    database.close()
    before = path.read_bytes()

    with pytest.raises(LedgerError, match="written by a newer omnidsl"):
        SqliteLedger(path)

    assert before == path.read_bytes()


def test_a_file_that_is_no_ledger_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"this is not a database, and long enough to be looked at as one" * 20)

    with pytest.raises(LedgerError, match=str(path)):
        SqliteLedger(path)


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")

    with pytest.raises(LedgerError, match="ledger"):
        SqliteLedger(tmp_path / "state" / "ledger.sqlite3")


def test_every_commit_is_forced_to_the_disk(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")

    found = [
        ledger._file.database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous")
    ]
    ledger.close()

    assert ["wal", 2] == found


def test_another_connection_reads_what_was_written(tmp_path: Path) -> None:
    first, second = SqliteLedger(tmp_path / "l"), SqliteLedger(tmp_path / "l")
    run = RunRecord(id="r", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0)

    first.add_run(run)
    found = second.run("r")
    first.close()
    second.close()

    assert run == found


def test_writers_at_the_same_time_never_share_an_attempt(tmp_path: Path) -> None:
    SqliteLedger(tmp_path / "l").close()

    def write(owner: str) -> None:
        ledger = SqliteLedger(tmp_path / "l")
        for _ in range(10):
            ledger.open_attempt(an_attempt(owner))
        ledger.close()

    threads = [threading.Thread(target=write, args=(f"o{number}",)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    ledger = SqliteLedger(tmp_path / "l")
    numbers = [one.number for one in ledger.attempts("k.1")]
    ledger.close()

    assert list(range(1, 41)) == numbers


def test_opening_at_the_same_time_makes_the_schema_once(tmp_path: Path) -> None:
    problems: list[Exception] = []

    def open_it() -> None:
        try:
            SqliteLedger(tmp_path / "l").close()
        except LedgerError as error:
            problems.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert [] == problems


def test_a_ledger_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    letting_go = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    letting_go.start()

    SqliteLedger(path).close()

    letting_go.join()
    other.close()


def test_what_comes_after_sqlite_rolled_a_transaction_back_is_not_kept_by_itself(
    tmp_path: Path,
) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")

    def work() -> None:
        with ledger.transaction():
            ledger.open_attempt(an_attempt("lost"))
            ledger._file.database.execute("ROLLBACK")  # as SQLite does by itself on a full disk
            with contextlib.suppress(LedgerError):
                ledger.open_attempt(an_attempt("kept"))

    with pytest.raises(LedgerError):
        work()

    assert [] == ledger.attempts("k.1")
    ledger.close()
