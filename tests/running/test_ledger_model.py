"""Ledgers against a model, with crashes; and proof that the machine would notice what it is there for."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from omnidsl.plugins import Receipt
from omnidsl.running import lifecycle
from omnidsl.running.errors import RunningError
from omnidsl.running.lifecycle import Lifecycle, Move
from omnidsl.running.memory_ledger import MemoryLedger
from omnidsl.running.records import Attempt, Intent, Stage, StageState, Stored
from tests.running.ledger_machine import MemoryMachine, SqliteMachine

PATIENT = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_the_ledger_in_memory_keeps_to_the_model_whatever_dies() -> None:
    run_state_machine_as_test(MemoryMachine, settings=PATIENT)

    assert MemoryMachine.crashes > 0


def test_the_ledger_on_disk_keeps_to_the_model_whatever_dies() -> None:
    # What fails here is seldom worth the minutes that making it smaller takes: the one in memory does that.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    few = settings(PATIENT, max_examples=25, stateful_step_count=30, phases=phases)
    run_state_machine_as_test(SqliteMachine, settings=few)

    assert SqliteMachine.crashes > 0


# ---- ledgers with one thing wrong each


class NoFence(MemoryLedger):
    """Lets a stale owner send."""

    def intend(self, intent: Intent) -> Stage:
        attempt = self.attempt(intent.attempt)
        if attempt is not None:
            intent = attrs.evolve(intent, owner=attempt.owner, fence=attempt.fence)
        return super().intend(intent)


class NoCompare(MemoryLedger):
    """Lets anybody take over whatever they have seen."""

    def take_over(self, attempt_id: str, owner: str, fence: int) -> Attempt:
        attempt = self.attempt(attempt_id)
        return super().take_over(attempt_id, owner, fence if attempt is None else attempt.fence)


class NoCaps(MemoryLedger):
    """Counts, and forbids nothing."""

    def intend(self, intent: Intent) -> Stage:
        caps = tuple(attrs.evolve(one, most=None) for one in intent.caps)
        return super().intend(attrs.evolve(intent, caps=caps))


class NoRelease(MemoryLedger):
    """Keeps what was reserved for a refused request."""

    def _write_stage(self, before: Stage | None, stage: Stage) -> None:
        if before is not None and stage.state == "refused":
            stage = attrs.evolve(stage, reserved=before.reserved)
        super()._write_stage(before, stage)


class NoLateReceipt(MemoryLedger):
    """Has no use for the receipt of an attempt that was given up."""

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        attempt = self.attempt(attempt_id)
        if attempt is None or attempt.state != "abandoned":
            super().receive(attempt_id, receipt)


class LateWordsCount(MemoryLedger):
    """Takes a word about an earlier request for one about the one under way."""

    def settle(
        self, attempt_id: str, name: str, state: StageState, *, tries: int | None = None
    ) -> None:
        del tries
        super().settle(attempt_id, name, state)


class ChargesOnTop(MemoryLedger):
    """Charges a result that is stored again once more."""

    def store(self, result: Stored, charged: int | None = None) -> None:
        attempt = self.attempt(result.attempt)
        before = attempt.charged if attempt is not None else None
        super().store(result, charged if charged is None else charged + (before or 0))


class NotDurable(MemoryLedger):
    """Loses the last receipt in a crash."""

    def restore(self, books: Any) -> None:  # whatever it kept
        super().restore(books)
        for name, one in self._books.attempts.items():
            if one.receipt is not None and one.state == "submitted":
                self._books.attempts[name] = attrs.evolve(one, receipt=None, state="open")


class Torn(MemoryLedger):
    """Leaves half of a transaction behind."""

    def committed(self) -> Any:  # as above
        return self._books.snapshot()


def sends_again(*states: str) -> type[MemoryLedger]:
    """Return a ledger whose table lets a request be sent again from more states."""

    class Again(MemoryLedger):
        def __init__(self) -> None:
            super().__init__()
            moves: Sequence[Move[StageState]] = [
                attrs.evolve(one, before=(*one.before, *states)) if one.name == "intend" else one
                for one in lifecycle.STAGES
            ]
            self._lifecycle = Lifecycle(stages=moves)

    return Again


MUTANTS: dict[str, Callable[[], type[MemoryLedger]]] = {
    "no fence": lambda: NoFence,
    "no compare-and-set": lambda: NoCompare,
    "no caps": lambda: NoCaps,
    "no release": lambda: NoRelease,
    "late receipts are dropped": lambda: NoLateReceipt,
    "late words count": lambda: LateWordsCount,
    "charges on top": lambda: ChargesOnTop,
    "receipts are not durable": lambda: NotDurable,
    "torn transactions": lambda: Torn,
    "sends after a doubt": lambda: sends_again("ambiguous"),
    "sends after an answer": lambda: sends_again("answered"),
    "sends after an intent": lambda: sends_again("intent"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_machine_notices_a_ledger_that_is_wrong(name: str) -> None:
    wrong = MUTANTS[name]()

    class Machine(MemoryMachine):
        maker: ClassVar[type[MemoryLedger]] = wrong

    quick = settings(
        PATIENT, max_examples=500, phases=[Phase.generate], database=None, derandomize=True
    )
    with pytest.raises((AssertionError, pytest.fail.Exception, RunningError)):
        run_state_machine_as_test(Machine, settings=quick)
