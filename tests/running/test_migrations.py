"""Ledgers of older formats: brought up to date once, whole, with a copy of what was there."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from omnidsl.running.errors import LedgerError
from omnidsl.running.migrations import FORMAT
from omnidsl.running.records import Attempt, RunRecord, Stage
from omnidsl.running.sqlite_ledger import SqliteLedger

OLD = Path(__file__).parent / "data" / "ledger_format_1.sql"

ROWS = """
INSERT INTO runs VALUES ('r1', 'a.omni', 'p', 'g', '{"nodes":[]}', 'o1', 'held', 1.0, 2.0);
INSERT INTO assignments VALUES ('r1', 'n', 'c', 1);
INSERT INTO attempts VALUES
    ('omni-c.1.1', 'c.1', 1, 'r1', 'n', 's.op', 'g', 'second', 'o1', 3, 'ambiguous', 'lost', NULL, 1.5);
INSERT INTO stages VALUES ('omni-c.1.1', 'submit', '/p', 'h', 2, 'ambiguous', 1.6, 1.7);
INSERT INTO events VALUES ('r1', 1, '{"event":"run-started"}');
PRAGMA user_version = 1;
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(OLD.read_text("utf-8") + ROWS)
    return path


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def shape(path: Path) -> dict[str, object]:
    """Return tables with their columns, in any order, and indexes."""
    tables = [
        str(name) for (name,) in read(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    columns = {
        one: sorted(str(row[1:]) for row in read(path, f"PRAGMA table_xinfo({one})"))
        for one in tables
    }
    return {
        **columns,
        "indexes": sorted(read(path, "SELECT name FROM sqlite_schema WHERE type = 'index'")),
    }


def test_what_an_older_ledger_knows_is_kept(old: Path) -> None:
    ledger = SqliteLedger(old)
    found = (ledger.run("r1"), ledger.attempt("omni-c.1.1"), ledger.stages("omni-c.1.1"))
    events = ledger.events("r1")
    ledger.close()

    run = RunRecord(
        id="r1",
        recipe="a.omni",
        pipeline="p",
        gateway="g",
        plan={"nodes": []},
        owner="o1",
        state="held",
        started=1.0,
        ended=2.0,
    )
    attempt = Attempt(
        id="omni-c.1.1",
        step="c.1",
        number=1,
        run="r1",
        node="n",
        operation="s.op",
        gateway="g",
        account="second",
        owner="o1",
        fence=3,
        state="ambiguous",
        reason="lost",
        opened=1.5,
    )
    stage = Stage(
        attempt="omni-c.1.1",
        name="submit",
        path="/p",
        request="h",
        tries=2,
        state="ambiguous",
        run="r1",
        owner="o1",
        fence=3,
        account="second",
        intended=1.6,
        settled=1.7,
    )
    assert (run, attempt, [stage]) == found
    assert [{"event": "run-started"}] == events


def test_an_older_ledger_gets_the_shape_of_a_new_one(old: Path, tmp_path: Path) -> None:
    SqliteLedger(old).close()
    SqliteLedger(tmp_path / "new").close()

    assert shape(tmp_path / "new") == shape(old)


def test_a_copy_of_the_older_ledger_lies_beside_it(old: Path) -> None:
    SqliteLedger(old).close()

    copy = old.with_name("ledger.sqlite3.1.bak")
    assert [(1,)] == read(copy, "PRAGMA user_version")
    assert [("r1",)] == read(copy, "SELECT id FROM runs")
    assert [] == [one.name for one in old.parent.iterdir() if one.name.endswith(".new")]


def test_a_ledger_in_our_format_is_not_copied(tmp_path: Path) -> None:
    for _ in range(2):
        SqliteLedger(tmp_path / "ledger.sqlite3").close()

    assert [] == list(tmp_path.glob("*.bak"))


DYING = """
import os, signal, sys
from pathlib import Path
from omnidsl.running import migrations
from omnidsl.running.sqlite_ledger import SqliteLedger

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

point, path = sys.argv[1:]
if point == "copying":
    migrations.sync_folder = die
elif point == "copied":
    migrations.bring_up_to_date = die
elif point == "changed":
    whole = migrations.bring_up_to_date
    migrations.bring_up_to_date = lambda database: (whole(database), die())
SqliteLedger(Path(path))
"""


@pytest.mark.parametrize("point", ["copying", "copied", "changed"])
def test_a_migration_that_was_killed_is_made_by_the_next_who_opens(old: Path, point: str) -> None:
    killed = subprocess.run([sys.executable, "-c", DYING, point, str(old)], check=False)
    version = read(old, "PRAGMA user_version")

    SqliteLedger(old).close()

    assert (-signal.SIGKILL, [(1,)]) == (killed.returncode, version)
    assert [(FORMAT,)] == read(old, "PRAGMA user_version")
    assert [("r1",)] == read(old.with_name("ledger.sqlite3.1.bak"), "SELECT id FROM runs")


def test_two_processes_that_open_an_older_ledger_migrate_it_once(old: Path) -> None:
    script = "import sys; from pathlib import Path; from omnidsl.running.sqlite_ledger import SqliteLedger; SqliteLedger(Path(sys.argv[1]))"
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(old)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]

    ended = [(one.wait(30), one.communicate()[1]) for one in children]

    assert [(0, b"")] * 4 == ended
    copy = old.with_name("ledger.sqlite3.1.bak")
    assert ([(FORMAT,)], [(1,)]) == (
        read(old, "PRAGMA user_version"),
        read(copy, "PRAGMA user_version"),
    )


def test_a_migration_without_room_for_its_copy_changes_nothing(old: Path) -> None:
    old.with_name("ledger.sqlite3.1.bak.new").mkdir()
    before = read(old, "SELECT * FROM sqlite_schema")

    with pytest.raises(LedgerError, match="cannot be written"):
        SqliteLedger(old)

    assert (before, [(1,)]) == (
        read(old, "SELECT * FROM sqlite_schema"),
        read(old, "PRAGMA user_version"),
    )
