"""Exported ledgers: whatever is written is read again, in the same order, and nothing is ever overwritten."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnidsl.plugins import Receipt
from omnidsl.running.errors import LedgerError, RunningError
from omnidsl.running.exchange import Imported, bring_in, export
from omnidsl.running.records import (
    Attempt,
    Cap,
    Intent,
    RunRecord,
    SavedFile,
    Stored,
    StoredFile,
)
from omnidsl.running.sqlite_ledger import SqliteLedger

PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=4), VALUES, max_size=3)


@contextmanager
def opened(path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(path)
    try:
        yield ledger
    finally:
        ledger.close()


@st.composite
def histories(draw: st.DrawFn) -> list[Callable[[SqliteLedger], object]]:
    """Draw what happened to a ledger; what it refuses did not happen."""
    acts: list[Callable[[SqliteLedger], object]] = []
    for number in range(draw(st.integers(1, 2))):
        run = RunRecord(
            id=f"r{number}",
            recipe=draw(PLAIN),
            pipeline="p",
            gateway="g",
            plan=draw(OBJECTS),
            owner="o",
            started=draw(st.floats(0, 1e10)),
            options=draw(OBJECTS),
        )
        acts.append(beginning(run))
    acts += [draw(st.sampled_from(ACTS))(draw) for _ in range(draw(st.integers(0, 10)))]
    return acts


def beginning(run: RunRecord) -> Callable[[SqliteLedger], object]:
    return lambda ledger: ledger.add_run(run)


def assigning(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    node, content = draw(st.sampled_from("ab")), draw(st.sampled_from("xy"))
    return lambda ledger: ledger.assign("r0", node, content, 1)


def opening(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    attempt = Attempt(
        id="",
        step=draw(st.sampled_from(["x.1", "y.1"])),
        number=0,
        run="r0",
        node=draw(PLAIN),
        operation="s.o",
        gateway="g",
        account="default",
        owner="o",
    )
    return lambda ledger: ledger.open_attempt(attempt)


NAMES = st.sampled_from(["omni-x.1.1", "omni-y.1.1", "omni-x.1.2"])


def intending(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    intent = Intent(
        attempt=draw(NAMES),
        name=draw(st.sampled_from(["submit", "modal"])),
        path="/p",
        request="h",
        owner="o",
        fence=1,
        run="r0",
        account=draw(PLAIN),
        reserved=draw(st.integers(0, 10**12)),
        caps=(Cap(scope="project"), Cap(scope="run:r0")),
    )
    return lambda ledger: ledger.intend(intent)


def settling(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    name, state = draw(NAMES), draw(st.sampled_from(["answered", "refused", "ambiguous"]))
    return lambda ledger: ledger.settle(name, "submit", state)  # type: ignore[arg-type]  # a literal of the table


def receiving(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    name, receipt = draw(NAMES), Receipt(draw(st.text(max_size=5)), "default", draw(OBJECTS))
    return lambda ledger: ledger.receive(name, receipt)


def storing(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    file = StoredFile(kind="image", sha256="0" * 64, size=3, media_type="image/png")
    made = Stored(attempt=draw(NAMES), text=draw(PLAIN), facts=draw(OBJECTS), files=(file,))
    charged = draw(st.none() | st.integers(0, 10**12))
    return lambda ledger: ledger.store(made, charged)


def saving(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    saved = SavedFile(
        run="r0", node="n", attempt="", path=draw(PLAIN), sha256="1", original="2", saved=1.5
    )
    return lambda ledger: ledger.add_saved(saved)


def telling(draw: st.DrawFn) -> Callable[[SqliteLedger], object]:
    number, body = draw(st.integers(1, 5)), draw(OBJECTS)
    return lambda ledger: ledger.append("r0", number, body)


ACTS = [assigning, opening, opening, intending, intending, settling, receiving, storing]
ACTS += [saving, telling]


def happened(path: Path, acts: list[Callable[[SqliteLedger], object]]) -> None:
    with opened(path) as ledger:
        for act in acts:
            try:
                act(ledger)
            except RunningError:
                continue


@given(histories())
@settings(max_examples=25, deadline=None)
def test_what_is_exported_and_imported_is_exported_the_same(
    acts: list[Callable[[SqliteLedger], object]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        happened(first, acts)

        lines = list(export(first))
        imported = bring_in(second, lines)
        again = bring_in(second, lines)

        assert lines == list(export(second))
        assert Imported(len(lines) - 1, 0) == imported
        assert Imported(0, len(lines) - 1) == again
        with opened(first) as one, opened(second) as other:
            for scope in ("project", "run:r0"):
                assert one.spending(scope) == other.spending(scope)


def test_what_a_gateway_sold_twice_is_brought_in_too(lines: list[str], tmp_path: Path) -> None:
    receipt = {"task": "18", "account": "default", "facts": {}}
    sold = {"row": "receipts", "attempt": "omni-x.1.1", "task": "18", "receipt": receipt}

    assert Imported(3, 0) == bring_in(tmp_path / "target", [*lines, json.dumps(sold)])


def test_a_step_keeps_the_key_that_it_was_planned_with(tmp_path: Path) -> None:
    run = RunRecord(id="r0", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0)
    with opened(tmp_path / "first") as ledger:
        ledger.add_run(run)
        ledger.assign("r0", "n", "x", 1, "planned.1")

    bring_in(tmp_path / "second", export(tmp_path / "first"))

    with opened(tmp_path / "second") as ledger:
        assert {"planned.1": ["x.1"]} == {
            key: list(steps) for key, steps in ledger.planned({"planned.1"}).items()
        }


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    """What a small ledger exports."""
    attempt = Attempt(
        id="",
        step="x.1",
        number=0,
        run="r0",
        node="n",
        operation="s.o",
        gateway="g",
        account="default",
        owner="o",
    )
    run = RunRecord(id="r0", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0)
    happened(
        tmp_path / "source",
        [
            lambda ledger: ledger.add_run(run),
            lambda ledger: ledger.open_attempt(attempt),
            lambda ledger: ledger.receive("omni-x.1.1", Receipt("17")),
        ],
    )
    return list(export(tmp_path / "source"))


def altered(lines: list[str], table: str, **changes: Any) -> list[str]:
    """Change the columns of the rows of a table; `None` for a column leaves it out."""
    found = [json.loads(line) for line in lines]
    for one in found:
        if one["row"] == table:
            one.update(changes)
    return [json.dumps(one) for one in found]


def test_two_ledgers_that_say_different_things_are_not_made_one(
    lines: list[str], tmp_path: Path
) -> None:
    bring_in(tmp_path / "target", lines)
    other = altered(lines, "attempts", state="failed", receipt=None)

    with pytest.raises(LedgerError, match=r"attempts omni-x\.1\.1"):
        bring_in(tmp_path / "target", other)

    assert lines == list(export(tmp_path / "target"))


def test_ledgers_of_different_runs_are_made_one(lines: list[str], tmp_path: Path) -> None:
    other = altered(
        altered(lines, "runs", id="r1"), "attempts", id="omni-y.1.1", step="y.1", run="r1"
    )

    found = [bring_in(tmp_path / "target", one) for one in (lines, other)]

    assert [Imported(2, 0), Imported(2, 0)] == found


BROKEN: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "nothing": (lambda lines: lines[:0], "import-line"),
    "no head": (lambda lines: lines[1:], "import-line"),
    "no JSON": (lambda lines: [*lines, "{"], "import-line"),
    "very deep": (lambda lines: [*lines, "[" * 100_000], "import-line"),
    "no object": (lambda lines: [*lines, "[]"], "import-line"),
    "another table": (lambda lines: altered(lines, "attempts", row="sqlite_schema"), "import-line"),
    "no table": (lambda lines: altered(lines, "attempts", row=None), "import-line"),
    "a column more": (lambda lines: altered(lines, "attempts", more=1), "import-line"),
    "a hostile column": (
        lambda lines: altered(lines, "attempts", **{"id) VALUES (1); --": 1}),
        "import-line",
    ),
    "a column less": (lambda lines: [*lines[:2], '{"row":"attempts","id":"x"}'], "import-line"),
    "a wrong type": (lambda lines: altered(lines, "attempts", number="one"), "import-line"),
    "a list": (lambda lines: altered(lines, "attempts", node=["n"]), "import-line"),
    "a huge number": (lambda lines: altered(lines, "attempts", fence=2**70), "import-line"),
    "no UTF-8": (lambda lines: altered(lines, "attempts", node="\ud800"), "import-line"),
    "null": (lambda lines: altered(lines, "attempts", node=None), "import-line"),
    "another format": (lambda lines: altered(lines, "ledger", format=1), "import-format"),
    "no run": (lambda lines: [lines[0], *lines[2:]], "import-inconsistent"),
    "an unknown state": (
        lambda lines: altered(lines, "attempts", state="bought"),
        "import-inconsistent",
    ),
    "a state that cannot be": (
        lambda lines: altered(lines, "attempts", state="open"),
        "import-inconsistent",
    ),
    "another id": (lambda lines: altered(lines, "attempts", number=7), "import-inconsistent"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_export_is_refused_whole(lines: list[str], tmp_path: Path, name: str) -> None:
    breaking, reason = BROKEN[name]

    with pytest.raises(LedgerError) as caught:
        bring_in(tmp_path / "target", breaking(lines))

    assert reason == caught.value.reason
    assert 1 == len(list(export(tmp_path / "target")))


def test_where_there_is_no_ledger_nothing_is_exported_or_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="nothing has run here yet"):
        list(export(tmp_path / "ledger.sqlite3"))

    assert [] == list(tmp_path.iterdir())
