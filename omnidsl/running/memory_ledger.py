"""The ledger in memory: for trials, and the second implementation that the law suite holds against the first."""

import copy
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import time

import attrs

from omnidsl.planning.keys import attempt_id, step_key
from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON
from omnidsl.running.errors import Fenced, LedgerError
from omnidsl.running.lifecycle import Lifecycle
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
from omnidsl.running.rows import dump, plain
from omnidsl.running.spending import changes, charge_at_end, check_cap


class _Books:
    """Everything that a transaction can undo."""

    def __init__(self) -> None:
        self.runs: dict[str, RunRecord] = {}
        self.assignments: dict[tuple[str, str], tuple[str, int]] = {}
        self.planned: dict[tuple[str, str], str] = {}
        self.attempts: dict[str, Attempt] = {}
        self.stages: dict[tuple[str, str], Stage] = {}
        self.results: dict[str, Stored] = {}
        self.receipts: dict[tuple[str, str], Receipt] = {}
        self.spending: dict[str, Spending] = {}
        self.saved: dict[tuple[str, str], SavedFile] = {}
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
        self._before: list[_Books] = []
        self._lifecycle = Lifecycle()

    @contextmanager
    def transaction(self, *, flat: bool = False) -> Iterator[None]:
        """See `Ledger.transaction`; a flat one is as any other here."""
        del flat
        before = self._books.snapshot()
        self._before.append(before)
        try:
            yield
        except BaseException:
            self._books = before
            raise
        finally:
            self._before.pop()

    def committed(self) -> _Books:
        """Return what a crash at this moment would leave: nothing of a transaction that has not ended."""
        return (self._before[0] if self._before else self._books).snapshot()

    def restore(self, books: _Books) -> None:
        """Go on with what a crash left."""
        self._books = books

    def close(self) -> None:
        """See `Ledger.close`."""

    # ---- runs

    def add_run(self, run: RunRecord) -> None:
        """See `Ledger.add_run`."""
        if run.id in self._books.runs:
            raise LedgerError(
                "ledger-broken", path="memory", words=f"the run {run.id} is there already"
            )
        self._books.runs[run.id] = attrs.evolve(
            run,
            plan=json.loads(json.dumps(run.plan)),
            options=json.loads(json.dumps(run.options)),
        )

    def run(self, run_id: str) -> RunRecord | None:
        """See `Ledger.run`."""
        return self._books.runs.get(run_id)

    def runs(self, most: int | None = None) -> list[RunRecord]:
        """See `Ledger.runs`."""
        newest_first = list(self._books.runs.values())[::-1]
        return sorted(newest_first, key=lambda run: -run.started)[:most]

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

    def assign(self, run_id: str, node: str, content: str, take: int, planned: str = "") -> str:
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
        self._books.planned[(run_id, node)] = planned
        return step_key(content, take)

    def planned(self, keys: Collection[str]) -> Mapping[str, Sequence[str]]:
        """See `Ledger.planned`."""
        found: dict[str, dict[str, None]] = {}
        for run in self.runs():
            for (run_id, node), key in self._books.planned.items():
                if run_id == run.id and key in keys:
                    step = step_key(*self._books.assignments[(run_id, node)])
                    found.setdefault(key, {})[step] = None
        return {key: tuple(steps) for key, steps in found.items()}

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
        name = attempt_id(attempt.step, number)
        opened = attrs.evolve(
            attempt,
            id=name,
            number=number,
            fence=1,
            state=self._lifecycle.attempt(name, "open", None),
            receipt=None,
            opened=time(),
            charged=None,
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

    def mark(
        self,
        attempt_id: str,
        state: AttemptState,
        reason: str = "",
        *,
        charged: int | None = None,
        fence: int | None = None,
    ) -> None:
        """See `Ledger.mark`."""
        attempt = self._known(attempt_id)
        if fence is not None and attempt.fence != fence:
            raise Fenced("fenced", step=attempt_id)
        after = self._lifecycle.attempt(attempt_id, f"mark {state}", attempt.state)
        self._books.attempts[attempt_id] = attrs.evolve(attempt, state=after, reason=plain(reason))
        self._charge(attempt_id, after, charged)

    def receive(self, attempt_id: str, receipt: Receipt) -> None:
        """See `Ledger.receive`."""
        attempt = self._known(attempt_id)
        after = self._lifecycle.attempt(attempt_id, "receive", attempt.state)
        before = attempt.receipt
        if before is not None and before.task != receipt.task:
            self._books.receipts[(attempt_id, before.task)] = before
        self._books.attempts[attempt_id] = attrs.evolve(attempt, state=after, receipt=receipt)

    def _known(self, attempt_id: str) -> Attempt:
        attempt = self._books.attempts.get(attempt_id)
        if attempt is None:
            raise LedgerError("no-such-attempt", attempt=attempt_id)
        return attempt

    def replaced_receipts(self, attempt_id: str) -> list[Receipt]:
        """See `Ledger.replaced_receipts`."""
        mine = [key for key in self._books.receipts if key[0] == attempt_id]
        return [self._books.receipts[key] for key in sorted(mine)]

    def open_receipts(self, gateway: str) -> list[Attempt]:
        """See `Ledger.open_receipts`."""
        bought = (
            one
            for one in self._books.attempts.values()
            if one.gateway == gateway and one.state == "submitted"
        )
        return sorted(bought, key=lambda one: one.opened)

    # ---- stages

    def intend(self, intent: Intent) -> Stage:
        """See `Ledger.intend`."""
        attempt = self._books.attempts.get(intent.attempt)
        if attempt is None or (attempt.owner, attempt.fence) != (intent.owner, intent.fence):
            raise Fenced("fenced", step=intent.attempt)
        before = self._books.stages.get((intent.attempt, intent.name))
        state = self._lifecycle.stage(
            intent.attempt, intent.name, "intend", before.state if before else None
        )
        after = self._lifecycle.attempt(intent.attempt, "intend", attempt.state)
        for cap in intent.caps:
            check_cap(cap, self.spending(cap.scope), intent.reserved)
        stage = Stage.intended_by(intent, before, state, time())
        self._write_stage(before, stage)
        if (after, intent.account) != (attempt.state, attempt.account):
            self._books.attempts[attempt.id] = attrs.evolve(
                attempt, state=after, reason="", account=intent.account
            )
        return stage

    def settle(
        self, attempt_id: str, name: str, state: StageState, *, tries: int | None = None
    ) -> None:
        """See `Ledger.settle`."""
        before = self._books.stages.get((attempt_id, name))
        if before is None:
            raise LedgerError("no-such-attempt", attempt=f"{attempt_id} ({name})")
        if tries is not None and before.tries != tries:
            return
        after = self._lifecycle.stage(attempt_id, name, f"settle {state}", before.state)
        stage = attrs.evolve(before, state=after, settled=time())
        if after == "refused":
            stage = attrs.evolve(stage, reserved=0, charged=0)
        self._write_stage(before, stage)

    def _write_stage(self, before: Stage | None, stage: Stage) -> None:
        self._books.stages[(stage.attempt, stage.name)] = stage
        for scope, change in changes(before, stage).items():
            known = self.spending(scope)
            self._books.spending[scope] = Spending(
                known.reserved + change.reserved, known.charged + change.charged
            )

    def stages(self, attempt_id: str) -> list[Stage]:
        """See `Ledger.stages`."""
        return [one for one in self._books.stages.values() if one.attempt == attempt_id]

    # ---- money

    def spending(self, scope: str) -> Spending:
        """See `Ledger.spending`."""
        return self._books.spending.get(scope, Spending())

    def _charge(self, attempt_id: str, state: AttemptState, charged: int | None) -> None:
        before = self.stages(attempt_id)
        after = charge_at_end(before, state, charged)
        if not after:
            return
        for old, new in zip(before, after, strict=True):
            self._write_stage(old, new)
        self._books.attempts[attempt_id] = attrs.evolve(
            self._books.attempts[attempt_id], charged=sum(one.charged for one in after)
        )

    # ---- results

    def store(self, result: Stored, charged: int | None = None) -> None:
        """See `Ledger.store`."""
        attempt = self._known(result.attempt)
        after = self._lifecycle.attempt(result.attempt, "store", attempt.state)
        self._books.results[result.attempt] = attrs.evolve(
            result,
            facts=json.loads(dump(result.facts)),
            text=None if result.text is None else plain(result.text),
        )
        self._books.attempts[attempt.id] = attrs.evolve(attempt, state=after, reason="")
        self._charge(result.attempt, after, charged)

    def result(self, attempt_id: str) -> Stored | None:
        """See `Ledger.result`."""
        return self._books.results.get(attempt_id)

    def results(self) -> Iterator[Stored]:
        """See `Ledger.results`."""
        return iter(tuple(self._books.results.values()))

    def forget(self, attempt_id: str) -> None:
        """See `Ledger.forget`."""
        self._books.results.pop(attempt_id, None)

    # ---- saved files

    def add_saved(self, saved: SavedFile) -> None:
        """See `Ledger.add_saved`."""
        self._books.saved[(saved.run, saved.path)] = saved

    def saved(self, run_id: str | None = None) -> list[SavedFile]:
        """See `Ledger.saved`."""
        mine = (one for one in self._books.saved.values() if run_id in (None, one.run))
        return sorted(mine, key=lambda one: (one.saved, one.run, one.path))

    def saved_as(self, *, path: str = "", sha256: str = "") -> list[SavedFile]:
        """See `Ledger.saved_as`."""
        return [
            one
            for one in reversed(self.saved())
            if path in ("", one.path) and sha256 in ("", one.sha256)
        ]

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

    def drop_events(self, run_id: str) -> int:
        """See `Ledger.drop_events`."""
        mine = sorted(key for key in self._books.events if key[0] == run_id)[1:-1]
        for key in mine:
            del self._books.events[key]
        return len(mine)

    def last_sequence(self, run_id: str) -> int:
        """See `Ledger.last_sequence`."""
        return max((number for run, number in self._books.events if run == run_id), default=0)
