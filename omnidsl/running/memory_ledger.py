"""The ledger in memory: for trials, and the second implementation that the law suite holds against the first."""

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import time

import attrs

from omnidsl.planning.keys import attempt_id, step_key
from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON
from omnidsl.running.errors import Fenced, LedgerError
from omnidsl.running.records import (
    Attempt,
    AttemptState,
    RunRecord,
    RunState,
    Stage,
    StageState,
    Stored,
)


class _Books:
    """Everything that a transaction can undo."""

    def __init__(self) -> None:
        self.runs: dict[str, RunRecord] = {}
        self.assignments: dict[tuple[str, str], tuple[str, int]] = {}
        self.attempts: dict[str, Attempt] = {}
        self.stages: dict[tuple[str, str], Stage] = {}
        self.results: dict[str, Stored] = {}
        self.events: dict[tuple[str, int], str] = {}

    def snapshot(self) -> "_Books":
        """Return a copy; the records in it are frozen, so the tables are enough."""
        twin = _Books()
        for name, table in vars(self).items():
            setattr(twin, name, copy.copy(table))
        return twin


class MemoryLedger:
    """See `Ledger`. Nothing survives the process."""

    def __init__(self) -> None:
        self._books = _Books()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Ledger.transaction`."""
        before = self._books.snapshot()
        try:
            yield
        except BaseException:
            self._books = before
            raise

    def close(self) -> None:
        """See `Ledger.close`."""

    # ---- runs

    def add_run(self, run: RunRecord) -> None:
        """See `Ledger.add_run`."""
        if run.id in self._books.runs:
            raise LedgerError(
                "ledger-broken", path="memory", words=f"the run {run.id} is there already"
            )
        self._books.runs[run.id] = attrs.evolve(run, plan=json.loads(json.dumps(run.plan)))

    def run(self, run_id: str) -> RunRecord | None:
        """See `Ledger.run`."""
        return self._books.runs.get(run_id)

    def runs(self) -> list[RunRecord]:
        """See `Ledger.runs`."""
        newest_first = list(self._books.runs.values())[::-1]
        return sorted(newest_first, key=lambda run: -run.started)

    def own_run(self, run_id: str, owner: str, before: str) -> bool:
        """See `Ledger.own_run`."""
        run = self._books.runs.get(run_id)
        if run is None or run.owner != before:
            return False
        self._books.runs[run_id] = attrs.evolve(run, owner=owner, state="running", ended=None)
        return True

    def end_run(self, run_id: str, state: RunState) -> None:
        """See `Ledger.end_run`."""
        if run_id in self._books.runs:
            self._books.runs[run_id] = attrs.evolve(
                self._books.runs[run_id], state=state, ended=time()
            )

    # ---- keys

    def assign(self, run_id: str, node: str, content: str, take: int) -> str:
        """See `Ledger.assign`."""
        mine = self._books.assignments.get((run_id, node))
        if mine is not None and mine[0] == content:
            return step_key(*mine)
        taken = {
            number
            for (run, _), (other, number) in self._books.assignments.items()
            if run == run_id and other == content
        }
        while take in taken:
            take += 1
        self._books.assignments[(run_id, node)] = (content, take)
        return step_key(content, take)

    def assignments(self, run_id: str) -> Mapping[str, str]:
        """See `Ledger.assignments`."""
        return {
            node: step_key(*key)
            for (run, node), key in self._books.assignments.items()
            if run == run_id
        }

    # ---- attempts

    def open_attempt(self, attempt: Attempt) -> Attempt:
        """See `Ledger.open_attempt`."""
        number = len(self.attempts(attempt.step)) + 1
        opened = attrs.evolve(
            attempt,
            id=attempt_id(attempt.step, number),
            number=number,
            fence=1,
            state="open",
            receipt=None,
            opened=time(),
        )
        self._books.attempts[opened.id] = opened
        return opened

    def attempts(self, step: str) -> list[Attempt]:
        """See `Ledger.attempts`."""
        return [one for one in self._books.attempts.values() if one.step == step]

    def attempt(self, attempt_id: str) -> Attempt | None:
        """See `Ledger.attempt`."""
        return self._books.attempts.get(attempt_id)

    def take_over(self, attempt_id: str, owner: str, fence: int) -> Attempt:
        """See `Ledger.take_over`."""
        before = self._books.attempts.get(attempt_id)
        if before is None or before.fence != fence:
            raise Fenced("fenced", step=attempt_id)
        self._books.attempts[attempt_id] = attrs.evolve(before, owner=owner, fence=fence + 1)
        return self._books.attempts[attempt_id]

    def mark(self, attempt_id: str, state: AttemptState, reason: str = "") -> None:
        """See `Ledger.mark`."""
        if attempt_id in self._books.attempts:
            before = self._books.attempts[attempt_id]
            self._books.attempts[attempt_id] = attrs.evolve(before, state=state, reason=reason)

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        """See `Ledger.receive`."""
        if attempt_id in self._books.attempts:
            before = self._books.attempts[attempt_id]
            self._books.attempts[attempt_id] = attrs.evolve(
                before, state="submitted", receipt=receipt
            )

    def open_receipts(self, gateway: str) -> list[Attempt]:
        """See `Ledger.open_receipts`."""
        bought = (
            one
            for one in self._books.attempts.values()
            if one.gateway == gateway and one.state == "submitted"
        )
        return sorted(bought, key=lambda one: one.opened)

    # ---- stages

    def intend(
        self, attempt_id: str, name: str, path: str, request: str, owner: str, fence: int
    ) -> Stage:
        """See `Ledger.intend`."""
        attempt = self._books.attempts.get(attempt_id)
        if attempt is None or (attempt.owner, attempt.fence) != (owner, fence):
            raise Fenced("fenced", step=attempt_id)
        before = self._books.stages.get((attempt_id, name))
        if before is not None and before.state != "refused":
            words = f"stage {name} of {attempt_id} is {before.state}"
            raise LedgerError("ledger-broken", path="memory", words=words)
        tries = 1 if before is None else before.tries + 1
        stage = Stage(attempt=attempt_id, name=name, path=path, request=request, tries=tries)
        self._books.stages[(attempt_id, name)] = stage
        return stage

    def settle(self, attempt_id: str, name: str, state: StageState) -> None:
        """See `Ledger.settle`."""
        before = self._books.stages.get((attempt_id, name))
        if before is not None:
            self._books.stages[(attempt_id, name)] = attrs.evolve(before, state=state)

    def stages(self, attempt_id: str) -> list[Stage]:
        """See `Ledger.stages`."""
        return [one for one in self._books.stages.values() if one.attempt == attempt_id]

    # ---- results

    def store(self, result: Stored) -> None:
        """See `Ledger.store`."""
        if result.attempt not in self._books.attempts:
            raise LedgerError(
                "ledger-broken", path="memory", words=f"there is no attempt {result.attempt}"
            )
        self._books.results[result.attempt] = attrs.evolve(
            result, facts=json.loads(json.dumps(result.facts))
        )
        self.mark(result.attempt, "done")

    def result(self, attempt_id: str) -> Stored | None:
        """See `Ledger.result`."""
        return self._books.results.get(attempt_id)

    # ---- events

    def append(self, run_id: str, sequence: int, body: Mapping[str, JSON]) -> None:
        """See `Ledger.append`."""
        if (run_id, sequence) in self._books.events:
            raise LedgerError(
                "ledger-broken",
                path="memory",
                words=f"event {sequence} of {run_id} is there already",
            )
        self._books.events[(run_id, sequence)] = json.dumps(body)

    def events(self, run_id: str, after: int = 0) -> list[Mapping[str, JSON]]:
        """See `Ledger.events`."""
        mine = sorted(key for key in self._books.events if key[0] == run_id and key[1] > after)
        return [json.loads(self._books.events[key]) for key in mine]

    def last_sequence(self, run_id: str) -> int:
        """See `Ledger.last_sequence`."""
        return max((number for run, number in self._books.events if run == run_id), default=0)
