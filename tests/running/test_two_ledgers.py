"""The ledger in SQLite and the one in memory agree, whatever is done to them."""

from collections.abc import Callable
from pathlib import Path

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from omnidsl.plugins import Receipt
from omnidsl.running.errors import LedgerError, OverBudget
from omnidsl.running.ledger import Ledger
from omnidsl.running.memory_ledger import MemoryLedger
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    Cap,
    Intent,
    Stage,
    Stored,
)
from omnidsl.running.sqlite_ledger import SqliteLedger
from tests.running.test_ledger import a_run, an_attempt


def _timeless(found: object) -> object:
    match found:
        case Attempt():
            return attrs.evolve(found, opened=0.0)
        case Stage():
            return attrs.evolve(found, intended=0.0, settled=found.settled and 1.0)
        case list():
            return [_timeless(one) for one in found]
    return found


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
                outcomes.append(_timeless(found))
            except (LedgerError, OverBudget) as error:
                outcomes.append((type(error), error.reason))
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
        reserved=st.integers(0, 40),
        run=st.sampled_from(["r1", "r2"]),
    )
    def intend(
        self, attempt: str, name: str, owner: str, fence: int, reserved: int, run: str
    ) -> None:
        intent = Intent(
            attempt=attempt,
            name=name,
            path="/p",
            request="h",
            owner=owner,
            fence=fence,
            run=run,
            account="default",
            reserved=reserved,
            caps=(Cap(scope=f"run:{run}", most=60), Cap(scope="project", most=100)),
        )
        self.both(lambda ledger: ledger.intend(intent))

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

    @rule(
        attempt=attempts,
        state=st.sampled_from(["ambiguous", "refused", "failed", "abandoned"]),
        charged=st.none() | st.integers(0, 50),
    )
    def mark(self, attempt: str, state: AttemptState, charged: int | None) -> None:
        self.both(lambda ledger: ledger.mark(attempt, state, "so", charged=charged))

    @rule(attempt=consumes(attempts), text=st.text(), charged=st.none() | st.integers(0, 50))
    def store(self, attempt: str, text: str, charged: int | None) -> None:
        made = Stored(attempt=attempt, text=text.encode("utf-8", "replace").decode())
        self.both(lambda ledger: ledger.store(made, charged))

    @rule(
        node=st.sampled_from("abc"),
        content=st.sampled_from("xy"),
        take=st.integers(1, 3),
        planned=st.sampled_from("pq"),
    )
    def assign(self, node: str, content: str, take: int, planned: str) -> None:
        self.both(lambda ledger: ledger.assign("r1", node, content, take, planned))

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "pair"):
            return
        for attempt in sorted(self.ids):
            self.both(lambda ledger, one=attempt: ledger.attempt(one))  # type: ignore[misc]  # a default binds the loop's value
            self.both(lambda ledger, one=attempt: ledger.stages(one))  # type: ignore[misc]  # as above
            self.both(lambda ledger, one=attempt: ledger.result(one))  # type: ignore[misc]  # as above
        self.both(lambda ledger: ledger.assignments("r1"))
        self.both(
            lambda ledger: {key: set(steps) for key, steps in ledger.planned(("p", "q")).items()}
        )
        self.both(lambda ledger: [one.id for one in ledger.open_receipts("g")])
        for scope in ("run:r1", "run:r2", "project"):
            self.both(lambda ledger, one=scope: ledger.spending(one))  # type: ignore[misc]  # as above


TwoLedgers.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
test_both_ledgers_agree_whatever_is_done_to_them = TwoLedgers.TestCase


# ---- forgetting
