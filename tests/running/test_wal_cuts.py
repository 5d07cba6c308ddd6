"""The write-ahead log cut anywhere, as a power cut leaves it: what was committed before the cut is there, whole."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from omnidsl.plugins import Receipt
from omnidsl.running.records import Attempt, Cap, Intent, RunRecord, Stored
from omnidsl.running.sqlite_ledger import SqliteLedger

CUTS = 60
SCOPE = "run:r"

Facts = tuple[object, ...]


def facts(ledger: SqliteLedger) -> Facts:
    """Return what a ledger knows, without times."""
    attempts = ledger.attempts("k.1")
    return (
        [one.id for one in ledger.runs()],
        [attrs.evolve(one, opened=0.0) for one in attempts],
        [
            attrs.evolve(stage, intended=0.0, settled=None)
            for one in attempts
            for stage in ledger.stages(one.id)
        ],
        [ledger.result(one.id) for one in attempts],
        ledger.spending(SCOPE),
    )


def an_attempt() -> Attempt:
    return Attempt(
        id="",
        step="k.1",
        number=0,
        run="r",
        node="n",
        operation="s.o",
        gateway="g",
        account="default",
        owner="o",
    )


def an_intent(attempt: str) -> Intent:
    return Intent(
        attempt=attempt,
        name="submit",
        path="/p",
        request="h",
        owner="o",
        fence=1,
        run="r",
        account="default",
        reserved=5,
        caps=(Cap(scope=SCOPE),),
    )


def changes(ledger: SqliteLedger) -> list[Callable[[], object]]:
    """Return the calls of eight purchases, each a commit of its own."""
    run = RunRecord(id="r", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0)
    calls: list[Callable[[], object]] = [lambda: ledger.add_run(run)]
    for number in range(1, 9):
        name = f"omni-k.1.{number}"
        stored = Stored(attempt=name, text="x" * 3000)
        calls += [
            lambda: ledger.open_attempt(an_attempt()),
            lambda name=name: ledger.intend(an_intent(name)),  # type: ignore[misc]  # a default binds the loop's value
            lambda name=name: ledger.settle(name, "submit", "answered"),  # type: ignore[misc]  # as above
            lambda name=name: ledger.receive(name, Receipt("17")),  # type: ignore[misc]  # as above
            lambda stored=stored: ledger.store(stored, 3),  # type: ignore[misc]  # as above
        ]
    return calls


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, list[tuple[int, Facts]]]:
    """Write a ledger and return its file, with the log's size and what was known after every commit."""
    path = tmp_path / "whole" / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    ledger._file.database.execute("PRAGMA wal_autocheckpoint = 0")
    log = path.with_name("ledger.sqlite3-wal")
    nothing: Facts = ([], [], [], [], ledger.spending(SCOPE))
    commits = [(0, nothing)]
    commits.append((log.stat().st_size, facts(ledger)))
    for change in changes(ledger):
        change()
        commits.append((log.stat().st_size, facts(ledger)))
    copy = tmp_path / "copy"
    shutil.copytree(path.parent, copy)
    ledger.close()
    return copy / path.name, commits


def cut(path: Path, length: int, folder: Path) -> Path:
    """Copy a ledger with so many bytes of its log."""
    folder.mkdir()
    shutil.copyfile(path, folder / path.name)
    log = path.with_name(f"{path.name}-wal").read_bytes()
    (folder / f"{path.name}-wal").write_bytes(log[:length])
    return folder / path.name


def test_whatever_was_committed_before_the_cut_is_there(
    written: tuple[Path, list[tuple[int, Facts]]], tmp_path: Path
) -> None:
    path, commits = written
    chance = random.Random(5)  # noqa: S311  # a test that is the same every time
    last = commits[-1][0]
    lengths = [size + more for size, _ in commits for more in (-1, 0, 1)]
    lengths = chance.sample(lengths, CUTS // 2) + [chance.randrange(last) for _ in range(CUTS // 2)]

    for number, length in enumerate(max(0, one) for one in lengths):
        expected = [known for size, known in commits if size <= length][-1]
        ledger = SqliteLedger(cut(path, length, tmp_path / str(number)))
        found = facts(ledger)
        ledger.close()
        assert expected == found, f"cut after {length} of {last} bytes"


def test_a_log_whose_bytes_are_damaged_ends_where_the_damage_is(
    written: tuple[Path, list[tuple[int, Facts]]], tmp_path: Path
) -> None:
    path, commits = written
    chance = random.Random(6)  # noqa: S311  # as above
    for number in range(10):
        place = chance.randrange(commits[2][0], commits[-1][0])
        damaged = cut(path, commits[-1][0], tmp_path / f"damaged-{number}")
        log = damaged.with_name(f"{damaged.name}-wal")
        data = bytearray(log.read_bytes())
        data[place] ^= 0xFF
        log.write_bytes(data)

        ledger = SqliteLedger(damaged)
        found = facts(ledger)
        ledger.close()

        # The last frame that is whole ends at or before the damage.
        assert found == [known for size, known in commits if size <= place][-1]
