"""The law suite of ledgers: what holds for the one in SQLite holds for the one in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from omnidsl.plugins import Receipt
from omnidsl.running.errors import Fenced, LedgerError, OverBudget
from omnidsl.running.ledger import Ledger
from omnidsl.running.memory_ledger import MemoryLedger
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    Cap,
    Intent,
    RunRecord,
    SavedFile,
    Spending,
    Stage,
    StageState,
    Stored,
    StoredFile,
)
from omnidsl.running.sqlite_ledger import SqliteLedger

MAKERS: dict[str, Callable[[Path], Ledger]] = {
    "sqlite": lambda folder: SqliteLedger(folder / "ledger.sqlite3"),
    "memory": lambda _: MemoryLedger(),
}


@pytest.fixture(params=sorted(MAKERS))
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    made = MAKERS[request.param](tmp_path)
    yield made
    made.close()


def a_run(run_id: str = "r1", owner: str = "o1", started: float = 1.0) -> RunRecord:
    return RunRecord(
        id=run_id,
        recipe="a.omni",
        pipeline="p",
        gateway="g",
        plan={"nodes": [1]},
        options={"max_cost": 5_000_000},
        owner=owner,
        started=started,
    )


def an_attempt(step: str = "k.1", owner: str = "o1", run: str = "r1") -> Attempt:
    return Attempt(
        id="",
        step=step,
        number=0,
        run=run,
        node="n",
        operation="s.op",
        gateway="g",
        account="default",
        owner=owner,
    )


def an_intent(attempt: Attempt, **changes: Any) -> Intent:
    intent = Intent(
        attempt=attempt.id,
        name="submit",
        path="/p",
        request="h",
        owner=attempt.owner,
        fence=attempt.fence,
        run="r1",
        account="default",
    )
    return attrs.evolve(intent, **changes)


def test_a_run_is_kept_as_it_was_given(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    assert a_run() == ledger.run("r1")


def test_an_unknown_run_is_none(ledger: Ledger) -> None:
    assert ledger.run("r1") is None


def test_runs_come_newest_first(ledger: Ledger) -> None:
    for number in (1, 3, 2):
        ledger.add_run(a_run(f"r{number}", started=float(number)))

    assert ["r3", "r2", "r1"] == [one.id for one in ledger.runs()]
    assert ["r3", "r2"] == [one.id for one in ledger.runs(2)]


def test_a_run_id_is_taken_once(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    with pytest.raises(LedgerError):
        ledger.add_run(a_run())


def test_a_run_changes_hands_only_from_the_owner_it_had(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    changes = [ledger.own_run("r1", "o2", "o1"), ledger.own_run("r1", "o3", "o1")]

    assert [True, False] == changes
    assert "o2" == getattr(ledger.run("r1"), "owner", None)


def test_a_run_ends_in_the_state_that_is_written(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    ledger.end_run("r1", "held")

    ended = ledger.run("r1")
    assert ended is not None
    assert "held" == ended.state
    assert ended.ended is not None


def test_a_planned_key_finds_what_runs_made_of_it_newest_first(ledger: Ledger) -> None:
    for run, started in (("r1", 1.0), ("r2", 2.0)):
        ledger.add_run(a_run(run, started=started))
    ledger.assign("r1", "n", "c", 1, "p")
    ledger.assign("r2", "n", "d", 1, "p")
    ledger.assign("r2", "m", "e", 1, "q")

    assert {"p": ("d.1", "c.1"), "q": ("e.1",)} == ledger.planned(["p", "q", "unknown"])


def test_an_assignment_stays_what_it_was(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    first = ledger.assign("r1", "n", "c", 1)
    ledger.assign("r1", "other", "c", 1)

    assert ("c.1", "c.1") == (first, ledger.assign("r1", "n", "c", 1))


def test_a_later_step_of_equal_content_takes_the_next_free_take(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    keys = [
        ledger.assign("r1", node, "c", take)
        for node, take in (("a", 1), ("b", 2), ("c", 1), ("d", 1))
    ]

    assert ["c.1", "c.2", "c.3", "c.4"] == keys
    assert {"a": "c.1", "b": "c.2", "c": "c.3", "d": "c.4"} == ledger.assignments("r1")


def test_takes_are_counted_in_each_run_by_itself(ledger: Ledger) -> None:
    ledger.add_run(a_run("r1"))
    ledger.add_run(a_run("r2"))

    assert ledger.assign("r1", "a", "c", 1) == ledger.assign("r2", "b", "c", 1)


def test_attempts_are_numbered_and_named_by_their_step(ledger: Ledger) -> None:
    opened = [ledger.open_attempt(an_attempt()) for _ in range(2)]

    assert [(1, "omni-k.1.1"), (2, "omni-k.1.2")] == [(one.number, one.id) for one in opened]
    assert opened == ledger.attempts("k.1")


def test_an_attempt_changes_hands_only_at_the_fence_that_was_seen(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())

    taken = ledger.take_over(attempt.id, "o2", attempt.fence)

    assert ("o2", attempt.fence + 1) == (taken.owner, taken.fence)
    with pytest.raises(Fenced):
        ledger.take_over(attempt.id, "o3", attempt.fence)


def test_a_stale_owner_cannot_write_an_intent(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.take_over(attempt.id, "o2", attempt.fence)

    with pytest.raises(Fenced):
        ledger.intend(an_intent(attempt))


def test_an_intent_cannot_be_written_over_one_whose_outcome_is_unknown(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(an_intent(attempt))

    with pytest.raises(LedgerError):
        ledger.intend(an_intent(attempt))


@pytest.mark.parametrize("state", ["answered", "ambiguous"])
def test_an_intent_cannot_be_written_over_an_answer_or_a_doubt(ledger: Ledger, state: str) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(an_intent(attempt))
    ledger.settle(attempt.id, "submit", state)  # type: ignore[arg-type]  # a literal of the table

    with pytest.raises(LedgerError):
        ledger.intend(an_intent(attempt))


def test_a_refused_stage_may_be_intended_again_and_counts_its_tries(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(an_intent(attempt))
    ledger.settle(attempt.id, "submit", "refused")

    again = ledger.intend(an_intent(attempt, path="/q", request="i"))

    assert ("intent", 2, "/q", "i") == (again.state, again.tries, again.path, again.request)
    assert [again] == ledger.stages(attempt.id)


def test_a_stage_says_who_intended_it_when_and_what_it_may_cost(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    caps = (Cap(scope="run:r1", most=50), Cap(scope="project"))

    stage = ledger.intend(an_intent(attempt, account="second", reserved=5, caps=caps))

    expected = Stage(
        attempt=attempt.id,
        name="submit",
        path="/p",
        request="h",
        run="r1",
        owner="o1",
        fence=1,
        account="second",
        reserved=5,
        scopes=("run:r1", "project"),
        intended=stage.intended,
    )
    assert [expected] == ledger.stages(attempt.id)
    assert stage.intended > 0


def test_a_late_word_about_an_earlier_try_says_nothing_about_the_one_under_way(
    ledger: Ledger,
) -> None:
    attempt = ledger.open_attempt(an_attempt())
    first = ledger.intend(an_intent(attempt))
    ledger.settle(attempt.id, "submit", "refused")
    ledger.intend(an_intent(attempt))

    ledger.settle(attempt.id, "submit", "answered", tries=first.tries)

    assert ["intent"] == [one.state for one in ledger.stages(attempt.id)]


def test_stages_come_in_the_order_of_their_first_intents(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    for name in ("submit", "modal"):
        ledger.intend(an_intent(attempt, name=name))

    assert ["submit", "modal"] == [one.name for one in ledger.stages(attempt.id)]


def test_a_receipt_is_kept_even_when_it_comes_late(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.take_over(attempt.id, "o2", 1)

    ledger.receive(attempt.id, Receipt("17", "default", {"a": [1, "猫\ud800"]}))

    kept = ledger.attempt(attempt.id)
    assert kept is not None
    assert kept.receipt is not None
    assert ("submitted", "17", {"a": [1, "猫\ud800"]}) == (
        kept.state,
        kept.receipt.task,
        kept.receipt.facts,
    )


def test_no_receipt_is_lost_where_a_gateway_sold_twice(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    for task in ("17", "18", "18", "17"):
        ledger.receive(attempt.id, Receipt(task, "default", {"of": task}))

    kept = ledger.attempt(attempt.id)
    assert kept is not None
    assert Receipt("17") == kept.receipt
    replaced = ledger.replaced_receipts(attempt.id)
    assert [("17", {"of": "17"}), ("18", {"of": "18"})] == [
        (one.task, one.facts) for one in replaced
    ]


def test_a_late_answer_is_worth_more_than_the_proof_that_there_is_none(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(an_intent(attempt))
    ledger.settle(attempt.id, "submit", "refused")

    for state in ("ambiguous", "answered", "ambiguous"):
        ledger.settle(attempt.id, "submit", state, tries=1)

    assert ["answered"] == [one.state for one in ledger.stages(attempt.id)]


def test_open_receipts_are_those_that_were_never_collected(ledger: Ledger) -> None:
    bought, done = ledger.open_attempt(an_attempt("a.1")), ledger.open_attempt(an_attempt("b.1"))
    ledger.open_attempt(an_attempt("c.1"))
    for one in (bought, done):
        ledger.receive(one.id, Receipt("17"))
    ledger.store(Stored(attempt=done.id))

    assert [bought.id] == [one.id for one in ledger.open_receipts("g")]
    assert [] == ledger.open_receipts("another")


def test_a_result_is_kept_as_it_was_given_and_ends_the_attempt(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    made = Stored(
        attempt=attempt.id,
        text="猫",
        facts={"seed": "1"},
        files=(StoredFile(kind="image", sha256="0" * 64, size=3, media_type="image/png"),),
    )

    ledger.store(made)

    assert made == ledger.result(attempt.id)
    assert "done" == getattr(ledger.attempt(attempt.id), "state", None)


def test_what_has_no_form_on_the_disk_is_kept_as_well_as_can_be(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.mark(attempt.id, "ambiguous", "lost \ud800")
    reason = getattr(ledger.attempt(attempt.id), "reason", None)

    ledger.store(Stored(attempt=attempt.id, text="a\udc00", facts={"n": [float("nan"), 1.5]}))

    expected = Stored(attempt=attempt.id, text="a?", facts={"n": [None, 1.5]})
    assert ("lost ?", expected) == (reason, ledger.result(attempt.id))


def test_a_result_of_no_attempt_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.store(Stored(attempt="nobody"))


def test_events_come_in_order_behind_a_number(ledger: Ledger) -> None:
    for number in (2, 1, 3):
        ledger.append("r1", number, {"n": number})

    assert [{"n": 2}, {"n": 3}] == ledger.events("r1", after=1)
    assert (3, 0) == (ledger.last_sequence("r1"), ledger.last_sequence("r2"))


def test_an_event_number_is_taken_once(ledger: Ledger) -> None:
    ledger.append("r1", 1, {})

    with pytest.raises(LedgerError):
        ledger.append("r1", 1, {})


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def failing() -> None:
        with ledger.transaction():
            ledger.add_run(a_run())
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        failing()

    assert ledger.run("r1") is None


def test_an_inner_transaction_is_undone_alone(ledger: Ledger) -> None:
    def add_both() -> None:
        with ledger.transaction():
            ledger.add_run(a_run("r2"))
            ledger.add_run(a_run("r1"))

    with ledger.transaction():
        ledger.add_run(a_run("r1"))
        with pytest.raises(LedgerError):
            add_both()

    assert ["r1"] == [one.id for one in ledger.runs()]


def bought(ledger: Ledger, reserved: int, *, most: int | None = None, step: str = "k.1") -> Attempt:
    """Reserve a price for a new attempt within its run and the project."""
    attempt = ledger.open_attempt(an_attempt(step))
    caps = (Cap(scope="run:r1"), Cap(scope="project", most=most))
    ledger.intend(an_intent(attempt, reserved=reserved, caps=caps))
    return attempt


@pytest.fixture(params=["run:r1", "project"])
def scope(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_an_intent_reserves_its_price_in_every_scope(ledger: Ledger, scope: str) -> None:
    bought(ledger, 30)
    bought(ledger, 12)

    assert Spending(42, 0) == ledger.spending(scope)


def test_a_refusal_releases_what_was_reserved(ledger: Ledger, scope: str) -> None:
    attempt = bought(ledger, 30)

    ledger.settle(attempt.id, "submit", "refused")

    assert Spending(0, 0) == ledger.spending(scope)


@pytest.mark.parametrize("state", ["answered", "ambiguous"])
def test_an_answer_and_a_doubt_keep_what_was_reserved(
    ledger: Ledger, scope: str, state: StageState
) -> None:
    attempt = bought(ledger, 30)

    ledger.settle(attempt.id, "submit", state)

    assert Spending(30, 0) == ledger.spending(scope)


@pytest.mark.parametrize(("charged", "expected"), [(None, 30), (7, 7), (45, 45), (0, 0)])
def test_a_result_turns_what_was_reserved_into_what_is_charged(
    ledger: Ledger, scope: str, charged: int | None, expected: int
) -> None:
    attempt = bought(ledger, 30)
    ledger.settle(attempt.id, "submit", "answered")

    ledger.store(Stored(attempt=attempt.id), charged)

    assert Spending(0, expected) == ledger.spending(scope)
    assert expected == getattr(ledger.attempt(attempt.id), "charged", None)


@pytest.mark.parametrize(("state", "expected"), [("failed", 30), ("abandoned", 30), ("refused", 0)])
def test_an_end_without_a_result_settles_the_money_too(
    ledger: Ledger, scope: str, state: AttemptState, expected: int
) -> None:
    attempt = bought(ledger, 30)

    ledger.mark(attempt.id, state)

    assert Spending(0, expected) == ledger.spending(scope)


def test_a_result_that_is_stored_again_is_charged_once(ledger: Ledger, scope: str) -> None:
    attempt = bought(ledger, 30)

    for charged in (None, 20, None):
        ledger.store(Stored(attempt=attempt.id), charged)

    assert Spending(0, 20) == ledger.spending(scope)


def test_two_stages_are_charged_once_together(ledger: Ledger, scope: str) -> None:
    attempt = bought(ledger, 30)
    ledger.settle(attempt.id, "submit", "answered")
    caps = (Cap(scope="run:r1"), Cap(scope="project"))
    ledger.intend(an_intent(attempt, name="modal", reserved=5, caps=caps))
    ledger.settle(attempt.id, "modal", "answered")

    ledger.store(Stored(attempt=attempt.id), 32)

    assert Spending(0, 32) == ledger.spending(scope)


def test_a_limit_is_kept_to_the_last_micro(ledger: Ledger) -> None:
    bought(ledger, 70, most=100)

    with pytest.raises(
        OverBudget, match=r"0\.000031 more would pass the project's limit of 0\.0001"
    ) as caught:
        bought(ledger, 31, most=100)
    bought(ledger, 30, most=100)

    assert ("over-project-budget", Spending(70, 0), 31) == (
        caught.value.reason,
        caught.value.spending,
        caught.value.needed,
    )
    assert Spending(100, 0) == ledger.spending("project")


def test_what_a_limit_forbids_is_not_written(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    caps = (Cap(scope="run:r1"), Cap(scope="project", most=10))

    with pytest.raises(OverBudget):
        ledger.intend(an_intent(attempt, reserved=11, caps=caps))

    assert ([], Spending()) == (ledger.stages(attempt.id), ledger.spending("run:r1"))


def test_what_costs_nothing_passes_a_limit_that_is_used_up(ledger: Ledger) -> None:
    bought(ledger, 100, most=100)

    bought(ledger, 0, most=100)

    assert Spending(100, 0) == ledger.spending("project")


def test_money_that_was_charged_counts_against_a_limit(ledger: Ledger) -> None:
    attempt = bought(ledger, 60)
    ledger.store(Stored(attempt=attempt.id), 90)

    with pytest.raises(OverBudget):
        bought(ledger, 11, most=100)


def test_a_receipt_of_an_attempt_that_was_given_up_makes_it_one_to_collect(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.mark(attempt.id, "abandoned")

    ledger.receive(attempt.id, Receipt("17"))

    assert [attempt.id] == [one.id for one in ledger.open_receipts("g")]


@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_receipt_after_the_end_is_kept_and_changes_no_state(ledger: Ledger, state: str) -> None:
    attempt = ledger.open_attempt(an_attempt())
    if state == "done":
        ledger.store(Stored(attempt=attempt.id))
    else:
        ledger.mark(attempt.id, "failed")

    ledger.receive(attempt.id, Receipt("17"))

    kept = ledger.attempt(attempt.id)
    assert kept is not None
    assert (state, Receipt("17")) == (kept.state, kept.receipt)


def test_an_attempt_with_a_receipt_is_not_marked_as_refused_or_in_doubt(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.receive(attempt.id, Receipt("17"))

    with pytest.raises(LedgerError, match="does not allow `mark refused`"):
        ledger.mark(attempt.id, "refused")
    with pytest.raises(LedgerError, match="does not allow `mark ambiguous`"):
        ledger.mark(attempt.id, "ambiguous")


@pytest.mark.parametrize("state", ["done", "failed", "refused", "abandoned"])
def test_nothing_is_bought_for_an_attempt_that_has_ended(ledger: Ledger, state: str) -> None:
    attempt = ledger.open_attempt(an_attempt())
    if state == "done":
        ledger.store(Stored(attempt=attempt.id))
    else:
        ledger.mark(attempt.id, state)  # type: ignore[arg-type]  # a literal of the table

    with pytest.raises(LedgerError, match="does not allow `intend`"):
        ledger.intend(an_intent(attempt))

    assert [] == ledger.stages(attempt.id)


def test_a_doubt_that_was_resolved_goes_on_as_the_same_attempt(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(an_intent(attempt))
    ledger.settle(attempt.id, "submit", "ambiguous")
    ledger.mark(attempt.id, "ambiguous", "the answer was lost")
    ledger.settle(attempt.id, "submit", "refused")

    ledger.intend(an_intent(attempt))

    found = ledger.attempt(attempt.id)
    assert found is not None
    assert ("open", "") == (found.state, found.reason)


def test_a_stale_owner_cannot_write_how_an_attempt_stands(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.take_over(attempt.id, "o2", attempt.fence)

    with pytest.raises(Fenced):
        ledger.mark(attempt.id, "refused", fence=attempt.fence)


def test_what_is_not_there_cannot_be_changed(ledger: Ledger) -> None:
    changes: list[Callable[[], object]] = [
        lambda: ledger.mark("nobody", "failed"),
        lambda: ledger.receive("nobody", Receipt("17")),
        lambda: ledger.settle("nobody", "submit", "answered"),
    ]

    for change in changes:
        with pytest.raises(LedgerError, match="no purchase nobody"):
            change()


def a_saved_file(run: str, path: str, **changes: Any) -> SavedFile:
    saved = SavedFile(
        run=run, node="n", attempt="a", path=path, sha256="1", original="2", saved=1.0
    )
    return attrs.evolve(saved, **changes)


def test_what_was_saved_is_found_by_run_by_path_and_by_what_it_holds(ledger: Ledger) -> None:
    first = a_saved_file("r1", "/out/a.png")
    second = a_saved_file("r2", "/out/a.png", sha256="3", saved=2.0)
    third = a_saved_file("r2", "/out/b.png", saved=3.0)
    for one in (first, second, third):
        ledger.add_saved(one)

    assert [first, second, third] == ledger.saved()
    assert [second, third] == ledger.saved("r2")
    assert [second, first] == ledger.saved_as(path="/out/a.png")
    assert [third, first] == ledger.saved_as(sha256="1")


def test_a_file_that_a_run_saves_again_replaces_what_it_said_of_it(ledger: Ledger) -> None:
    ledger.add_saved(a_saved_file("r1", "/out/a.png"))
    later = a_saved_file("r1", "/out/a.png", sha256="3")

    ledger.add_saved(later)

    assert [later] == ledger.saved()


def test_what_is_forgotten_is_no_longer_there_and_its_attempt_is(ledger: Ledger) -> None:
    ledger.add_run(a_run())
    kept, gone = ledger.open_attempt(an_attempt()), ledger.open_attempt(an_attempt("k.2"))
    for one in (kept, gone):
        ledger.store(Stored(attempt=one.id, text="made"))

    ledger.forget(gone.id)

    left = ledger.attempt(gone.id)
    assert [kept.id] == [one.attempt for one in ledger.results()]
    assert (None, "done") == (ledger.result(gone.id), left and left.state)


@pytest.mark.parametrize(("count", "left"), [(0, []), (1, [1]), (2, [1, 2]), (5, [1, 5])])
def test_of_dropped_events_the_first_and_the_last_stay(
    ledger: Ledger, count: int, left: list[int]
) -> None:
    ledger.add_run(a_run())
    ledger.add_run(a_run("r2"))
    for number in range(1, count + 1):
        ledger.append("r1", number, {"sequence": number})
        ledger.append("r2", number, {"sequence": number})

    dropped = ledger.drop_events("r1")

    assert count - len(left) == dropped
    assert left == [one["sequence"] for one in ledger.events("r1")]
    assert count == len(ledger.events("r2"))
