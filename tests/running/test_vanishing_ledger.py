"""A ledger that somebody deletes or replaces while it is open."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from omnidsl.planning.plan import Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.errors import LedgerError
from omnidsl.running.events import Event, StepSubmitted
from omnidsl.running.records import RunRecord
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.testing import Bench, step
from omnidsl_sandbox import Sandbox


def add(ledger: SqliteLedger, name: str) -> None:
    with ledger.transaction():
        ledger.add_run(
            RunRecord(
                id=name,
                recipe="r",
                pipeline="p",
                gateway="g",
                plan={},
                owner="o",
                started=float(len(ledger.runs())),
            )
        )


def delete(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def runs(path: Path) -> list[str]:
    with closing(SqliteLedger(path)) as ledger:
        return [one.id for one in ledger.runs()]


def delete_all(path: Path) -> None:
    delete(path)
    path.parent.rmdir()


@pytest.mark.parametrize("vanish", [Path.unlink, delete, delete_all])
def test_a_deleted_ledger_is_written_anew_with_all_that_it_held(
    tmp_path: Path, vanish: Callable[[Path], None]
) -> None:
    path = tmp_path / "state" / "ledger.sqlite3"
    with closing(SqliteLedger(path)) as ledger:
        add(ledger, "one")
        vanish(path)
        add(ledger, "two")
        add(ledger, "three")
        known = [one.id for one in ledger.runs()]

    assert ["three", "two", "one"] == known == runs(path)
    assert [path] == list(path.parent.iterdir())


def test_what_is_committed_while_the_file_is_deleted_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with closing(SqliteLedger(path)) as ledger, ledger.transaction():
        add(ledger, "one")
        delete(path)

    assert ["one"] == runs(path)


def test_a_ledger_whose_place_another_took_says_where_its_copy_lies_and_writes_nothing_over(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite3"
    with closing(SqliteLedger(path)) as ledger:
        add(ledger, "one")
        delete(path)
        with closing(SqliteLedger(path)) as other:
            add(other, "theirs")
        with pytest.raises(LedgerError) as caught:
            add(ledger, "two")

    assert "ledger-replaced" == caught.value.reason
    assert ["theirs"] == runs(path)
    assert ["two", "one"] == runs(Path(str(caught.value.values["copy"])))
    assert str(caught.value.values["copy"]) in caught.value.help()


def test_a_run_whose_ledger_is_deleted_ends_well_and_the_next_one_buys_nothing(
    tmp_path: Path,
) -> None:
    with Sandbox(duration=0.1, artifact="fixed:1k") as sandbox:
        bench = Bench(tmp_path, Gateway.sandbox(sandbox.url))

        def vandal(event: Event) -> None:
            if isinstance(event, StepSubmitted):
                delete(bench.state / "ledger.sqlite3")

        bench.listeners.append(vandal)
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput(("a fox",))}),
            step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
            saves=[Save(Ref("hero"), "hero.png")],
        )
        first = bench.run(plan)
        bench.listeners.remove(vandal)
        second = bench.run(plan)
        books = sandbox.books()

    assert (0, 0, 2, 0) == (first.status, second.status, books.submissions, books.duplicates)
    assert all(one.reused for one in second.results.values())
