"""The ledger's contract: the truth about money, whatever it is written in.

Every method is atomic, and durable when it returns unless it runs inside `transaction`, which makes several one.
A change of state that `Lifecycle` does not have is a LedgerError, as is one of an attempt or a stage that is not there.
Implementations: `SqliteLedger` (the real one) and `MemoryLedger` (for tests and trials); one law suite holds both.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    Intent,
    RunRecord,
    RunState,
    SavedFile,
    Spending,
    Stage,
    StageState,
    Stored,
)


class Ledger(Protocol):
    """Runs, attempts, stages, results and events. One writer at a time; readers never wait."""

    def transaction(self, *, flat: bool = False) -> AbstractContextManager[None]:
        """Make everything inside one atomic, durable change; nests, an inner one is undone alone when it raises.

        With `flat` that may cost too much: when an inner one has raised, all of it is undone, and Spoiled raised at its end.
        """
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

    def runs(self, most: int | None = None) -> list[RunRecord]:
        """Return the newest runs, newest first; None: all."""
        ...

    def own_run(self, run_id: str, owner: str, before: str) -> bool:
        """Give a run to `owner` and set it running, if its owner still is `before`; tell whether that was so."""
        ...

    def end_run(self, run_id: str, state: RunState) -> None:
        """Write how a run ended."""
        ...

    # ---- keys

    def assign(self, run_id: str, node: str, content: str, take: int, planned: str = "") -> str:
        """Return the step key of a node: the one it has, else the first take from `take` on that the run has free.

        `planned` is the key that the node had in its plan.
        """
        ...

    def planned(self, keys: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the step keys that all runs gave to planned keys, newest first; no entry for an unknown one."""
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

    def mark(
        self,
        attempt_id: str,
        state: AttemptState,
        reason: str = "",
        *,
        charged: int | None = None,
        fence: int | None = None,
    ) -> None:
        """Write how an attempt stands; Fenced when `fence` is given and the attempt has another by now.

        An end settles its money: `charged` micros, by default all that is reserved for `failed` and `abandoned`, and
        nothing for `refused`.
        """
        ...

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        """Keep a receipt, the proof of a purchase: even a late one, whoever owns the attempt and however it stands.

        The attempt is `submitted` afterwards, unless it is done or has failed. A receipt of another task takes the
        place of the one that was there, which is kept (see `replaced_receipts`).
        """
        ...

    def replaced_receipts(self, attempt_id: str) -> list[Receipt]:
        """Return the receipts that others took the place of, by task: each of them was paid for."""
        ...

    def open_receipts(self, gateway: str) -> list[Attempt]:
        """Return the attempts that were bought at a gateway and never collected, oldest first."""
        ...

    # ---- stages

    def intend(self, intent: Intent) -> Stage:
        """Write that a paid request is about to be sent, and reserve its price within every cap.

        Fenced when the attempt is another's by now; OverBudget when a cap would be passed; LedgerError when the stage
        has an intent whose outcome is unknown, or an answer. Nothing is written then.
        """
        ...

    def settle(
        self, attempt_id: str, name: str, state: StageState, *, tries: int | None = None
    ) -> None:
        """Write what came of a paid request; `refused` releases what was reserved for it.

        With `tries` only of that try: a late word about an earlier one says nothing about the one under way.
        """
        ...

    def stages(self, attempt_id: str) -> list[Stage]:
        """Return the stages of an attempt in the order of their first intents."""
        ...

    def spending(self, scope: str) -> Spending:
        """Return what was spent within a scope (see `Cap`)."""
        ...

    # ---- results

    def store(self, result: Stored, charged: int | None = None) -> None:
        """Keep what an attempt made and set it `done`; a second time replaces it.

        What was reserved becomes what is charged: `charged` micros, or all of it.
        """
        ...

    def result(self, attempt_id: str) -> Stored | None:
        """Return what an attempt made, or None."""
        ...

    def results(self) -> Iterator[Stored]:
        """Yield everything that attempts made; nothing may be written meanwhile."""
        ...

    def forget(self, attempt_id: str) -> None:
        """Remove what an attempt made: an equal request is bought anew. What it cost stays."""
        ...

    # ---- saved files

    def add_saved(self, saved: SavedFile) -> None:
        """Write where a run saved a file; a second one under the same path replaces it."""
        ...

    def saved(self, run_id: str | None = None) -> list[SavedFile]:
        """Return what a run saved, or all runs did, oldest first."""
        ...

    def saved_as(self, *, path: str = "", sha256: str = "") -> list[SavedFile]:
        """Return what was saved under an absolute path, or as a copy with these bytes, newest first."""
        ...

    # ---- events

    def append(self, run_id: str, sequence: int, body: Mapping[str, JSON]) -> None:
        """Keep an event."""
        ...

    def events(self, run_id: str, after: int = 0) -> list[Mapping[str, JSON]]:
        """Return a run's events behind a sequence number, in order."""
        ...

    def drop_events(self, run_id: str) -> int:
        """Remove a run's events but the first and the last; return how many."""
        ...

    def last_sequence(self, run_id: str) -> int:
        """Return the number of a run's last event, 0 for none."""
        ...
