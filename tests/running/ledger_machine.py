"""A ledger and a model of it, driven together: two owners with stale memories, lost answers, budgets, and crashes.

What a crash leaves behind is what was committed. The machine crashes between any two calls, and inside transactions.
"""

import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from omnidsl.plugins import Receipt
from omnidsl.running.claims import Claimant, Made, Mine, Theirs, claim
from omnidsl.running.errors import Fenced, LedgerError, OverBudget, RunningError
from omnidsl.running.ledger import Ledger
from omnidsl.running.memory_ledger import MemoryLedger
from omnidsl.running.records import Attempt, Cap, Intent, RunRecord, Spending, Stored
from omnidsl.running.sqlite_ledger import SqliteLedger

OWNERS = ("a", "b")
STEPS = ("x.1", "y.1")
NAMES = ("submit", "modal")
LIMIT = {"run:a": 40, "run:b": 40, "project": 60}
ENDS = ("done", "failed", "refused", "abandoned")


@attrs.define
class StageModel:
    """What is known of one paid request; `sent` says that the last one may have been taken."""

    state: str = "intent"
    tries: int = 1
    reserved: int = 0
    charged: int = 0
    scope: str = ""
    sent: bool = True


@attrs.define
class AttemptModel:
    """What is known of one purchase."""

    step: str
    owner: str
    fence: int = 1
    state: str = "open"
    receipt: str | None = None
    replaced: set[str] = attrs.field(factory=set)
    stored: bool = False
    stages: dict[str, StageModel] = attrs.field(factory=dict)

    def charge(self, amount: int | None) -> None:
        """Settle the money."""
        unrefused = [one for one in self.stages.values() if one.state != "refused"]
        for one in self.stages.values():
            payer = (unrefused or list(self.stages.values()))[-1]
            one.charged = one.charged + one.reserved if amount is None else amount * (one is payer)
            one.reserved = 0


class LedgerMachine(RuleBasedStateMachine):
    """The laws of every ledger. Subclasses say what a ledger is made of, and what a crash leaves of it."""

    crashes: ClassVar[int] = 0

    def made(self) -> Ledger:
        """Return a new ledger."""
        raise NotImplementedError

    def left(self, ledger: Ledger) -> Callable[[], Ledger]:
        """Take what a crash at this moment leaves behind; the answer opens a ledger on it."""
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.ledger = self.made()
        self.model: dict[str, AttemptModel] = {}
        self.seen: dict[tuple[str, str], int] = {}
        self.alive = set(OWNERS)
        for owner in OWNERS:
            run = RunRecord(
                id=owner, recipe="r", pipeline="p", gateway="g", plan={}, owner=owner, started=1.0
            )
            self.ledger.add_run(run)

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()

    def expect(self, error: type[RunningError] | None, act: Callable[[], object]) -> bool:
        """Do something, and hold whether that is refused; tell whether it was done."""
        if error is None:
            act()
            return True
        with pytest.raises(error) as caught:
            act()
        assert type(caught.value) is error
        return False

    def some(self, data: st.DataObject) -> tuple[str, AttemptModel]:
        """Draw an attempt, mostly one that is at work."""
        everyone = sorted(self.model)
        live = [name for name, one in self.model.items() if one.state not in ENDS]
        mostly: list[int] = [0, 1, 2, 3]
        anyone = not live or data.draw(st.sampled_from(mostly)) == 0
        name = data.draw(st.sampled_from(everyone if anyone else live))
        return name, self.model[name]

    has_attempts = precondition(lambda self: bool(getattr(self, "model", None)))

    # ---- who works on what

    @rule(owner=st.sampled_from(OWNERS), step=st.sampled_from(STEPS))
    def come_to_a_step(self, owner: str, step: str) -> None:
        self.alive.add(owner)
        mine = [name for name, one in self.model.items() if one.step == step]
        made = [
            name for name in mine if self.model[name].state == "done" and self.model[name].stored
        ]
        live = [name for name in mine if self.model[name].state not in ENDS]
        who = Claimant(
            run=owner, node="n", owner=owner, operation="s.o", gateway="g", account="default"
        )
        found = claim(self.ledger, step, who, alive=self.alive.__contains__, again=True)
        name = found.attempt.id
        match found:
            case Made():
                assert made
                assert name == made[-1]
            case Theirs():
                assert not made
                assert name == live[-1]
                assert self.model[name].owner != owner
            case Mine() if live and not made:
                assert name == live[-1]
                before = self.model[name]
                changed = before.owner != owner
                assert not changed or before.owner not in self.alive
                before.owner, before.fence = owner, before.fence + changed
                self.seen[owner, name] = before.fence
            case Mine():
                assert not made
                assert name not in self.model
                self.model[name] = AttemptModel(step, owner)
                self.seen[owner, name] = 1
            case _:
                raise AssertionError(found)

    @has_attempts
    @rule(data=st.data(), owner=st.sampled_from(OWNERS), behind=st.integers(0, 1))
    def take_over(self, data: st.DataObject, owner: str, behind: int) -> None:
        name, model = self.some(data)
        fence = model.fence - behind
        if self.expect(
            Fenced if behind else None, lambda: self.ledger.take_over(name, owner, fence)
        ):
            model.owner, model.fence = owner, model.fence + 1
            self.seen[owner, name] = model.fence

    # ---- purchases

    @has_attempts
    @rule(
        data=st.data(),
        overtaken=st.integers(0, 3).map(lambda one: one == 0),
        stage=st.sampled_from(NAMES),
        price=st.sampled_from([0, 1, 20, 40]),
    )
    def send(self, data: st.DataObject, overtaken: bool, stage: str, price: int) -> None:
        """Buy, as somebody who may have been overtaken meanwhile."""
        name, model = self.some(data)
        owner = next(one for one in OWNERS if (one == model.owner) != overtaken)
        self.submit(name, owner, stage, price)

    @has_attempts
    @rule(data=st.data(), outcome=st.sampled_from(["answered", "refused", "ambiguous"]))
    def buy(self, data: st.DataObject, outcome: str) -> None:
        """Go on with a purchase as its owner does, once more where something was sent already."""
        name, model = self.some(data)
        self.submit(name, model.owner, "submit", 20)
        self.hear(name, "submit", outcome)

    def submit(self, name: str, owner: str, stage: str, price: int) -> None:
        """Write an intent; the request counts as sent."""
        model = self.model[name]
        fence = self.seen.get((owner, name), 1)
        scope = f"run:{owner}"
        intent = Intent(
            attempt=name,
            name=stage,
            path="/p",
            request="h",
            owner=owner,
            fence=fence,
            run=owner,
            account="default",
            reserved=price,
            caps=tuple(Cap(scope=one, most=LIMIT[one]) for one in (scope, "project")),
        )
        before = model.stages.get(stage)
        error: type[RunningError] | None = None
        if (owner, fence) != (model.owner, model.fence):
            error = Fenced
        elif (before is not None and before.state != "refused") or model.state in ENDS:
            error = LedgerError
        elif price and any(
            self.total(one).total + price > LIMIT[one] for one in (scope, "project")
        ):
            error = OverBudget
        if self.expect(error, lambda: self.ledger.intend(intent)):
            assert before is None or not before.sent, (
                "sent twice, and the first may have been taken"
            )
            tries = 1 if before is None else before.tries + 1
            model.stages[stage] = StageModel("intent", tries, price, 0, scope)
            model.state = "open" if model.state == "ambiguous" else model.state

    @has_attempts
    @rule(
        data=st.data(),
        outcome=st.sampled_from(["answered", "refused", "ambiguous"]),
        late=st.integers(0, 3).map(lambda one: one == 0),
    )
    def hear_of_it(self, data: st.DataObject, outcome: str, late: bool) -> None:
        name, model = self.some(data)
        if not model.stages:
            return
        self.hear(name, data.draw(st.sampled_from(sorted(model.stages))), outcome, late=late)

    def hear(self, name: str, stage: str, outcome: str, *, late: bool = False) -> None:
        """Write what came of a request, or of the one before it."""
        one = self.model[name].stages.get(stage)
        if one is None:
            return
        tries = one.tries - late
        known = one.state == "answered"
        settle = lambda: self.ledger.settle(name, stage, outcome, tries=tries)  # type: ignore[arg-type]  # noqa: E731  # a literal of the table
        if late:
            self.expect(None, settle)
        elif self.expect(LedgerError if known and outcome == "refused" else None, settle):
            one.state = "answered" if known else outcome
            one.sent = outcome != "refused"
            if outcome == "refused":
                one.reserved, one.charged = 0, 0

    @has_attempts
    @rule(data=st.data(), task=st.sampled_from(["17", "18"]))
    def receive(self, data: st.DataObject, task: str) -> None:
        name, model = self.some(data)
        self.ledger.receive(name, Receipt(task))
        if model.receipt not in (None, task):
            model.replaced.add(str(model.receipt))
        model.receipt = task
        if model.state not in ("done", "failed"):
            model.state = "submitted"

    @has_attempts
    @rule(data=st.data(), charged=st.none() | st.integers(0, 50))
    def keep_the_result(self, data: st.DataObject, charged: int | None) -> None:
        name, model = self.some(data)
        self.ledger.store(Stored(attempt=name, text="t"), charged)
        model.state, model.stored = "done", True
        model.charge(charged)

    @has_attempts
    @rule(
        data=st.data(),
        state=st.sampled_from(["ambiguous", "refused", "failed", "abandoned"]),
        charged=st.none() | st.integers(0, 50),
        owner=st.sampled_from(OWNERS),
    )
    def mark(self, data: st.DataObject, state: str, charged: int | None, owner: str) -> None:
        name, model = self.some(data)
        fence = self.seen.get((owner, name), 1)
        bought = state in ("failed", "abandoned")
        legal = model.state in ("open", "ambiguous", state) or (
            bought and model.state == "submitted"
        )
        error = Fenced if fence != model.fence else None if legal else LedgerError
        mark = lambda: self.ledger.mark(name, state, "so", charged=charged, fence=fence)  # type: ignore[arg-type]  # noqa: E731  # as above
        if self.expect(error, mark):
            model.state = state
            if state != "ambiguous":
                model.charge(charged or 0 if state == "refused" else charged)

    @has_attempts
    @rule(data=st.data())
    def clean(self, data: st.DataObject) -> None:
        name, model = self.some(data)
        if model.state == "done":
            self.ledger.forget(name)
            model.stored = False

    # ---- crashes

    @rule(owner=st.sampled_from(OWNERS))
    def die(self, owner: str) -> None:
        self.alive.discard(owner)
        self.reopen(self.left(self.ledger))

    @has_attempts
    @rule(data=st.data())
    def die_in_the_middle(self, data: st.DataObject) -> None:
        """What a transaction wrote that was not committed is gone."""
        name, _ = self.some(data)

        with contextlib.ExitStack() as unended:
            unended.enter_context(self.ledger.transaction())
            self.ledger.receive(name, Receipt("19"))
            self.ledger.store(Stored(attempt=name, text="never"), 7)
            left = self.left(self.ledger)
        self.reopen(left)

    def reopen(self, left: Callable[[], Ledger]) -> None:
        type(self).crashes += 1
        self.ledger.close()
        self.ledger = left()

    # ---- laws

    def total(self, scope: str) -> Spending:
        stages = [
            stage
            for one in self.model.values()
            for stage in one.stages.values()
            if scope in (stage.scope, "project")
        ]
        return Spending(sum(one.reserved for one in stages), sum(one.charged for one in stages))

    @invariant()
    def nothing_is_lost(self) -> None:
        for name, model in getattr(self, "model", {}).items():
            found = self.ledger.attempt(name)
            assert found is not None
            receipt = None if found.receipt is None else found.receipt.task
            assert (model.owner, model.fence, model.state, model.receipt) == (
                found.owner,
                found.fence,
                found.state,
                receipt,
            )
            assert sorted(model.replaced) == [
                one.task for one in self.ledger.replaced_receipts(name)
            ]
            assert model.stored == (self.ledger.result(name) is not None)
            assert {
                key: (one.state, one.tries, one.reserved, one.charged)
                for key, one in model.stages.items()
            } == {
                one.name: (one.state, one.tries, one.reserved, one.charged)
                for one in self.ledger.stages(name)
            }

    @invariant()
    def the_totals_are_the_sums_of_the_stages(self) -> None:
        for scope in LIMIT if hasattr(self, "model") else ():
            assert self.total(scope) == self.ledger.spending(scope)

    @invariant()
    def what_waits_to_be_collected_is_known(self) -> None:
        if hasattr(self, "model"):
            waiting = {name for name, one in self.model.items() if one.state == "submitted"}
            assert waiting == {one.id for one in self.ledger.open_receipts("g")}

    @invariant()
    def purchases_are_numbered(self) -> None:
        steps = Counter(one.step for one in getattr(self, "model", {}).values())
        for step, count in steps.items():
            found: list[Attempt] = self.ledger.attempts(step)
            assert list(range(1, count + 1)) == [one.number for one in found]


class MemoryMachine(LedgerMachine):
    """In memory a crash leaves the last snapshot that was committed."""

    maker: ClassVar[type[MemoryLedger]] = MemoryLedger

    def made(self) -> Ledger:
        return self.maker()

    def left(self, ledger: Ledger) -> Callable[[], Ledger]:
        assert isinstance(ledger, MemoryLedger)
        books = ledger.committed()

        def opened() -> Ledger:
            again = self.maker()
            again.restore(books)
            return again

        return opened


class SqliteMachine(LedgerMachine):
    """On disk a crash leaves the file and its write-ahead log as they are, whoever has them open."""

    def made(self) -> Ledger:
        self.folder = Path(tempfile.mkdtemp(prefix="omni-ledger-"))
        self.turn = 0
        return SqliteLedger(self.folder / "0" / "ledger.sqlite3")

    def left(self, ledger: Ledger) -> Callable[[], Ledger]:
        assert isinstance(ledger, SqliteLedger)
        self.turn += 1
        target = self.folder / str(self.turn)
        target.mkdir()
        for name in ("ledger.sqlite3", "ledger.sqlite3-wal"):
            if (source := ledger.path.with_name(name)).exists():
                shutil.copyfile(source, target / name)
        return lambda: SqliteLedger(target / "ledger.sqlite3")

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder, ignore_errors=True)
