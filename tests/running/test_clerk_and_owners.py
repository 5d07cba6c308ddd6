"""One writer, and who is alive."""

import asyncio
import contextlib
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from omnidsl.planning.values import PromptInput
from omnidsl.plugins.backend import Receipt
from omnidsl.running import Gateway
from omnidsl.running.claims import Claimant, Ended, Made, Mine, Theirs, claim, release
from omnidsl.running.clerk import Clerk
from omnidsl.running.errors import LedgerError, SettingsError
from omnidsl.running.ledger import Ledger
from omnidsl.running.memory_ledger import MemoryLedger
from omnidsl.running.owners import Owners
from omnidsl.running.records import RunRecord, Stored
from omnidsl.running.sqlite_file import SqliteFile
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step


def a_run(run_id: str) -> RunRecord:
    return RunRecord(
        id=run_id, recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0
    )


def adding(run_id: str) -> Callable[[Ledger], None]:
    return lambda ledger: ledger.add_run(a_run(run_id))


def test_entries_are_durable_when_their_outcome_is_known(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "l")
    clerk = Clerk(ledger)

    async def write() -> list[str]:
        await asyncio.gather(*(clerk.do(adding(f"r{number}")) for number in range(100)))
        other = SqliteLedger(tmp_path / "l")
        found = sorted(one.id for one in other.runs())
        other.close()
        return found

    found = asyncio.run(write())
    clerk.close()
    ledger.close()

    assert sorted(f"r{number}" for number in range(100)) == found


def test_an_entry_that_fails_costs_only_itself(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "l")
    clerk = Clerk(ledger)
    first = clerk.enter(adding("a"))
    again = clerk.enter(adding("a"))
    last = clerk.enter(adding("b"))

    with pytest.raises(LedgerError):
        again.result(10)
    last.result(10)
    clerk.close()
    found = {one.id for one in ledger.runs()}
    ledger.close()

    assert {"a", "b"} == found
    assert first.exception() is None


def test_an_entry_that_fails_after_it_wrote_is_undone_alone_whatever_it_shares_a_commit_with(
    tmp_path: Path,
) -> None:
    ledger = SqliteLedger(tmp_path / "l")
    clerk = Clerk(ledger)
    go = threading.Event()

    def half(inner: Ledger) -> None:
        with inner.transaction():
            inner.add_run(a_run("half"))
            raise ValueError

    def quiet(inner: Ledger) -> None:
        with contextlib.suppress(ValueError):
            half(inner)
        inner.add_run(a_run("quiet"))

    waiting = clerk.enter(lambda _: go.wait(10))  # the others come together behind it
    entries = [clerk.enter(one) for one in (adding("a"), half, quiet, adding("b"))]
    go.set()
    clerk.close()
    found = {one.id for one in ledger.runs()}
    ledger.close()

    assert waiting.result(0)
    assert {"a", "quiet", "b"} == found
    assert [None, ValueError, None, None] == [
        type(problem) if (problem := one.exception(0)) else None for one in entries
    ]


def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "l")
    clerk = Clerk(ledger)
    futures = [clerk.enter(adding(f"r{number}")) for number in range(30)]

    clerk.close()
    ledger.close()

    assert all(one.done() for one in futures)


def test_an_owner_is_alive_while_it_is_inside_and_not_after(tmp_path: Path) -> None:
    owners = Owners(tmp_path)
    with owners.enter() as name:
        inside = owners.alive(name)

    assert (True, False) == (inside, owners.alive(name))
    assert [] == list(tmp_path.iterdir())


def test_a_killed_process_is_dead(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from omnidsl.running.owners import Owners\n"
        "with Owners(Path(sys.argv[1])).enter() as name:\n"
        "    print(name, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        before = Owners(tmp_path).alive(name)
        child.send_signal(signal.SIGKILL)

    assert (True, False) == (before, Owners(tmp_path).alive(name))


def test_a_stranger_is_dead(tmp_path: Path) -> None:
    assert not Owners(tmp_path).alive("nobody")


# ---- claims


def who(owner: str = "me", run: str = "r1") -> Claimant:
    return Claimant(run=run, node="n", owner=owner, operation="s.o", gateway="g", account="default")


def alive(*names: str) -> "frozenset[str]":
    return frozenset(names)


def ask(
    ledger: Ledger, claimant: Claimant, living: "frozenset[str]" = frozenset(), **options: bool
) -> object:
    return claim(ledger, "k.1", claimant, alive=living.__contains__, **options)


def test_a_step_that_nobody_bought_is_ours() -> None:
    found = ask(MemoryLedger(), who())

    assert isinstance(found, Mine)
    assert (1, "me") == (found.attempt.number, found.attempt.owner)


def test_what_a_living_owner_let_go_of_is_anybodys() -> None:
    ledger = MemoryLedger()
    first = ask(ledger, who("other", "r0"))
    assert isinstance(first, Mine)

    release(ledger, first.attempt)

    assert isinstance(ask(ledger, who(), alive("other")), Mine)


def test_a_step_that_is_done_is_made() -> None:
    ledger = MemoryLedger()
    first = ask(ledger, who("other", "r0"))
    assert isinstance(first, Mine)
    ledger.store(Stored(attempt=first.attempt.id, text="x"))

    assert isinstance(ask(ledger, who()), Made)


def test_without_cache_what_another_run_made_does_not_count() -> None:
    ledger = MemoryLedger()
    first = ask(ledger, who("other", "r0"))
    assert isinstance(first, Mine)
    ledger.store(Stored(attempt=first.attempt.id))

    assert [Mine, Made] == [type(ask(ledger, who(run=run), cache=False)) for run in ("r1", "r0")]


def test_an_owner_whose_file_cannot_be_removed_leaves_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "owners"
    with Owners(folder).enter() as name:
        (folder / name).rename(tmp_path / "elsewhere")
        folder.rmdir()
        folder.write_text("", "utf-8")

    assert folder.is_file()


def test_a_step_that_a_living_owner_works_on_is_theirs() -> None:
    ledger = MemoryLedger()
    ask(ledger, who("other"))

    assert isinstance(ask(ledger, who(), alive("other")), Theirs)


def test_what_a_dead_owner_left_is_taken_over_with_a_new_fence() -> None:
    ledger = MemoryLedger()
    left = ask(ledger, who("other"))

    found = ask(ledger, who())

    assert isinstance(left, Mine)
    assert isinstance(found, Mine)
    assert (left.attempt.id, left.attempt.fence + 1) == (found.attempt.id, found.attempt.fence)


def test_what_this_run_saw_fail_is_bought_again_only_when_asked_for() -> None:
    ledger = MemoryLedger()
    first = ask(ledger, who())
    assert isinstance(first, Mine)
    ledger.mark(first.attempt.id, "failed", "no")

    assert [Ended, Mine] == [type(ask(ledger, who(), again=again)) for again in (False, True)]


@pytest.mark.parametrize("state", ["failed", "refused", "abandoned"])
def test_what_an_earlier_run_saw_fail_is_bought_again(state: str) -> None:
    ledger = MemoryLedger()
    first = ask(ledger, who(run="r0"))
    assert isinstance(first, Mine)
    if state == "failed":
        ledger.receive(first.attempt.id, Receipt("t"))
    ledger.mark(first.attempt.id, state)  # type: ignore[arg-type]  # a literal of the table

    found = ask(ledger, who())

    assert isinstance(found, Mine)
    assert 2 == found.attempt.number


def test_a_dead_owner_is_dead_to_everybody_who_asks_at_the_same_time(tmp_path: Path) -> None:
    (tmp_path / "left-behind").touch()
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda: answers.append(Owners(tmp_path).alive("left-behind")))
        for _ in range(20)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert [False] * 20 == answers


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "owners").touch()

    with pytest.raises(SettingsError, match="cannot write"), Owners(tmp_path / "owners").enter():
        pass


@pytest.mark.parametrize("name", ["../theirs", "{}", "", ".", "\0"])
def test_a_name_from_elsewhere_is_no_way_to_a_file(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.touch()
    (tmp_path / "owners").mkdir()

    assert not Owners(tmp_path / "owners").alive(name.format(theirs))
    assert theirs.exists()


def test_while_a_run_works_its_ledger_is_used_by_one_thread_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    rows = SqliteFile.rows

    def watched(self: SqliteFile, query: str, *values: object) -> list[sqlite3.Row]:
        name = threading.current_thread().name
        if used[-1:] != [name]:
            used.append(name)
        return rows(self, query, *values)

    monkeypatch.setattr(SqliteFile, "rows", watched)
    with ScriptedGateway(MidjourneyScript()) as gateway:
        bench = Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-test", name="g"))
        fox = step("fox", "midjourney.imagine", {"prompt": PromptInput(("a fox",))})

        result = bench.run(bench.plan(fox))

    assert (0, 1) == (result.status, used.count("omni-ledger"))
