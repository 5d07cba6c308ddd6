"""The ledger's contract: the truth about money, whatever it is written in.

Every method is atomic, and durable when it returns unless it runs inside `transaction`, which makes several one.
Implementations: `SqliteLedger` (the real one) and `MemoryLedger` (for tests and trials); one law suite holds both.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    RunRecord,
    RunState,
    Stage,
    StageState,
    Stored,
)


class Ledger(Protocol):
    """Runs, attempts, stages, results and events. One writer at a time; readers never wait."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside one atomic, durable change; nests, an inner one is undone alone when it raises."""
        ...

    def close(self) -> None:
        """Let go of the ledger; nothing may be called after it."""
        ...

    # ---- runs

    def add_run(self, run: RunRecord) -> None:
        """Keep a new run with its plan; LedgerError when its id is taken."""
        ...

    def run(self, run_id: str) -> RunRecord | None:
        """Return a run, or None."""
        ...

    def runs(self) -> list[RunRecord]:
        """Return all runs, newest first."""
        ...

    def own_run(self, run_id: str, owner: str, before: str) -> bool:
        """Give a run to `owner` and set it running, if its owner still is `before`; tell whether that was so."""
        ...

    def end_run(self, run_id: str, state: RunState) -> None:
        """Write how a run ended."""
        ...

    # ---- keys

    def assign(self, run_id: str, node: str, content: str, take: int) -> str:
        """Return the step key of a node: the one it has, else the first take from `take` on that the run has free."""
        ...

    def assignments(self, run_id: str) -> Mapping[str, str]:
        """Return the step keys of a run by node."""
        ...

    # ---- attempts

    def open_attempt(self, attempt: Attempt) -> Attempt:
        """Open a new purchase of `attempt.step`; number, id, fence and state are set here, the rest is kept."""
        ...

    def attempts(self, step: str) -> list[Attempt]:
        """Return every attempt of a step, oldest first."""
        ...

    def attempt(self, attempt_id: str) -> Attempt | None:
        """Return an attempt, or None."""
        ...

    def take_over(self, attempt_id: str, owner: str, fence: int) -> Attempt:
        """Give an attempt to `owner`, if its fence still is `fence`; Fenced otherwise."""
        ...

    def mark(self, attempt_id: str, state: AttemptState, reason: str = "") -> None:
        """Write how an attempt stands."""
        ...

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        """Keep a receipt and set the attempt `submitted`; a late one is evidence all the same, whoever owns it."""
        ...

    def open_receipts(self, gateway: str) -> list[Attempt]:
        """Return the attempts that were bought at a gateway and never collected, oldest first."""
        ...

    # ---- stages

    def intend(
        self, attempt_id: str, name: str, path: str, request: str, owner: str, fence: int
    ) -> Stage:
        """Write that a paid request is about to be sent; Fenced when the attempt is another's by now.

        LedgerError when the stage has an intent whose outcome is unknown, or an answer.
        """
        ...

    def settle(self, attempt_id: str, name: str, state: StageState) -> None:
        """Write what came of a paid request."""
        ...

    def stages(self, attempt_id: str) -> list[Stage]:
        """Return the stages of an attempt in the order of their first intents."""
        ...

    # ---- results

    def store(self, result: Stored) -> None:
        """Keep what an attempt made and set it `done`; a second time replaces it."""
        ...

    def result(self, attempt_id: str) -> Stored | None:
        """Return what an attempt made, or None."""
        ...

    # ---- events

    def append(self, run_id: str, sequence: int, body: Mapping[str, JSON]) -> None:
        """Keep an event."""
        ...

    def events(self, run_id: str, after: int = 0) -> list[Mapping[str, JSON]]:
        """Return a run's events behind a sequence number, in order."""
        ...

    def last_sequence(self, run_id: str) -> int:
        """Return the number of a run's last event, 0 for none."""
        ...
