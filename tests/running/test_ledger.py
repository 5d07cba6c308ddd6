"""The law suite of ledgers: what holds for the one in SQLite holds for the one in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from omnidsl.plugins import Receipt
from omnidsl.running.errors import Fenced, LedgerError
from omnidsl.running.ledger import Ledger
from omnidsl.running.memory_ledger import MemoryLedger
from omnidsl.running.records import Attempt, RunRecord, Stored, StoredFile
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


def test_a_run_is_kept_as_it_was_given(ledger: Ledger) -> None:
    ledger.add_run(a_run())

    assert a_run() == ledger.run("r1")


def test_an_unknown_run_is_none(ledger: Ledger) -> None:
    assert ledger.run("r1") is None


def test_runs_come_newest_first(ledger: Ledger) -> None:
    for number in (1, 3, 2):
        ledger.add_run(a_run(f"r{number}", started=float(number)))

    assert ["r3", "r2", "r1"] == [one.id for one in ledger.runs()]


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
        ledger.intend(attempt.id, "submit", "/p", "h", "o1", attempt.fence)


def test_an_intent_cannot_be_written_over_one_whose_outcome_is_unknown(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(attempt.id, "submit", "/p", "h", "o1", 1)

    with pytest.raises(LedgerError):
        ledger.intend(attempt.id, "submit", "/p", "h", "o1", 1)


@pytest.mark.parametrize("state", ["answered", "ambiguous"])
def test_an_intent_cannot_be_written_over_an_answer_or_a_doubt(ledger: Ledger, state: str) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(attempt.id, "submit", "/p", "h", "o1", 1)
    ledger.settle(attempt.id, "submit", state)  # type: ignore[arg-type]  # a literal of the table

    with pytest.raises(LedgerError):
        ledger.intend(attempt.id, "submit", "/p", "h", "o1", 1)


def test_a_refused_stage_may_be_intended_again_and_counts_its_tries(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    ledger.intend(attempt.id, "submit", "/p", "h", "o1", 1)
    ledger.settle(attempt.id, "submit", "refused")

    again = ledger.intend(attempt.id, "submit", "/q", "i", "o1", 1)

    assert ("intent", 2, "/q", "i") == (again.state, again.tries, again.path, again.request)
    assert [again] == ledger.stages(attempt.id)


def test_stages_come_in_the_order_of_their_first_intents(ledger: Ledger) -> None:
    attempt = ledger.open_attempt(an_attempt())
    for name in ("submit", "modal"):
        ledger.intend(attempt.id, name, "/p", "h", "o1", 1)

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


class TwoLedgers(RuleBasedStateMachine):
    """Whatever is done to both, both say the same."""

    attempts = Bundle("attempts")

    @initialize()
    def begin(self) -> None:
        self.pair: tuple[Ledger, Ledger] = (SqliteLedger(Path(":memory:")), MemoryLedger())
        self.ids: set[str] = set()
        for ledger in self.pair:
            ledger.add_run(a_run())

    def teardown(self) -> None:
        for ledger in self.pair:
            ledger.close()

    def both(self, act: Callable[[Ledger], object]) -> None:
        outcomes = []
        for ledger in self.pair:
            try:
                found = act(ledger)
                outcomes.append(
                    attrs.evolve(found, opened=0.0) if isinstance(found, Attempt) else found
                )
            except LedgerError as error:
                outcomes.append(type(error))
        assert outcomes[0] == outcomes[1]

    @rule(
        target=attempts, step=st.sampled_from(["a.1", "b.1"]), owner=st.sampled_from(["o1", "o2"])
    )
    def open(self, step: str, owner: str) -> str:
        self.both(lambda ledger: ledger.open_attempt(an_attempt(step, owner)))
        opened = self.pair[0].attempts(step)[-1].id
        self.ids.add(opened)
        return opened

    @rule(attempt=attempts, owner=st.sampled_from(["o1", "o2"]), fence=st.integers(1, 3))
    def take(self, attempt: str, owner: str, fence: int) -> None:
        self.both(lambda ledger: ledger.take_over(attempt, owner, fence))

    @rule(
        attempt=attempts,
        name=st.sampled_from(["submit", "modal"]),
        owner=st.sampled_from(["o1", "o2"]),
        fence=st.integers(1, 3),
    )
    def intend(self, attempt: str, name: str, owner: str, fence: int) -> None:
        self.both(lambda ledger: ledger.intend(attempt, name, "/p", "h", owner, fence))

    @rule(
        attempt=attempts,
        name=st.sampled_from(["submit", "modal"]),
        state=st.sampled_from(["answered", "refused", "ambiguous"]),
    )
    def settle(self, attempt: str, name: str, state: str) -> None:
        self.both(lambda ledger: ledger.settle(attempt, name, state))  # type: ignore[arg-type]  # a literal of the table

    @rule(attempt=attempts, task=st.text())
    def receive(self, attempt: str, task: str) -> None:
        self.both(lambda ledger: ledger.receive(attempt, Receipt(task)))

    @rule(attempt=consumes(attempts), text=st.text())
    def store(self, attempt: str, text: str) -> None:
        self.both(
            lambda ledger: ledger.store(
                Stored(attempt=attempt, text=text.encode("utf-8", "replace").decode())
            )
        )

    @rule(node=st.sampled_from("abc"), content=st.sampled_from("xy"), take=st.integers(1, 3))
    def assign(self, node: str, content: str, take: int) -> None:
        self.both(lambda ledger: ledger.assign("r1", node, content, take))

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "pair"):
            return
        for attempt in sorted(self.ids):
            self.both(lambda ledger, one=attempt: ledger.attempt(one))  # type: ignore[misc]  # a default binds the loop's value
            self.both(lambda ledger, one=attempt: ledger.stages(one))  # type: ignore[misc]  # as above
            self.both(lambda ledger, one=attempt: ledger.result(one))  # type: ignore[misc]  # as above
        self.both(lambda ledger: ledger.assignments("r1"))
        self.both(lambda ledger: [one.id for one in ledger.open_receipts("g")])


TwoLedgers.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
test_both_ledgers_agree_whatever_is_done_to_them = TwoLedgers.TestCase
