"""What became of earlier runs, read from the ledger alone: also of those that were killed, and of those still at work."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import attrs

from omnidsl.planning.plan import Plan, PlanNode
from omnidsl.plugins.media import JSON
from omnidsl.running.errors import SettingsError
from omnidsl.running.ledger import Ledger
from omnidsl.running.owners import Owners
from omnidsl.running.records import LIVE, Attempt, RunRecord, RunState, Stage
from omnidsl.running.words import commands, way

RunStanding = Literal[RunState, "killed"]
"""How a run stands; `killed`: nobody works on it, and it never said how it ended."""

StepStanding = Literal[
    "done", "reused", "failed", "held", "left", "skipped", "at-work", "unfetched", "in-doubt", "waiting"
]  # fmt: skip  # one line a kind of thing
"""How a step stands. `left`: one that it needs has no result; `skipped`: its branch was not taken; `unfetched`: paid
for, and nobody fetches it; `in-doubt`: a paid request was sent, and nobody can tell what became of it yet; `waiting`:
it has not begun."""

TROUBLE: frozenset[str] = frozenset(("failed", "held", "unfetched", "in-doubt"))
"""The standings that a person can do something about."""


@attrs.frozen(kw_only=True)
class RunSummary:
    """One run: when (Unix seconds), how it stands, its steps, and its money in micros of `currency`.

    The counts are those that it ended with, or has come to so far; `at_work` are steps that were paid for and have not ended.
    `charged` and `reserved` are what all its purchases cost, and what is in doubt or under way; `options` what it was asked for.
    `gateways` are those that single services of it had of their own.
    """

    run: str
    recipe: str
    pipeline: str
    gateway: str
    started: float
    ended: float | None
    state: RunStanding
    steps: int
    done: int
    reused: int
    failed: int
    held: int
    left: int
    skipped: int
    at_work: int
    currency: str
    charged: int
    reserved: int
    options: Mapping[str, JSON] = attrs.field(factory=dict)
    gateways: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class StepRecord:
    """One step of a run. `attempt` is the purchase that stands for it, `task` its number at the gateway.

    `charged` and `reserved` are micros that this run paid for it; `files` the absolute paths of what was saved of it.
    `reason` and `values` say why it stands so (see `omnidsl.running.words`); `commands` are what helps, to be typed as
    they are. `progress` is 0 to 1 where known.
    """

    node: str
    operation: str
    state: StepStanding
    attempt: str = ""
    task: str = ""
    account: str = ""
    charged: int = 0
    reserved: int = 0
    files: tuple[str, ...] = ()
    reason: str = ""
    values: Mapping[str, JSON] = attrs.field(factory=dict)
    commands: tuple[str, ...] = ()
    progress: float | None = None


@attrs.frozen(kw_only=True)
class Orphan:
    """A task that was paid for and that nobody fetches; going on with `run`, or any equal run, fetches it."""

    run: str
    node: str
    operation: str
    attempt: str
    task: str
    gateway: str


def _others(record: RunRecord) -> tuple[str, ...]:
    """Return the gateways that single services of a run had of their own, as its plan names them."""
    found = record.plan.get("gateways")
    named = found.values() if isinstance(found, dict) else ()
    return tuple(dict.fromkeys(str(one) for one in named if one != record.gateway))


class History:
    """The runs of one state directory. Reads through `ledger`, which the caller closes."""

    def __init__(self, ledger: Ledger, state: Path) -> None:
        self._ledger = ledger
        self._owners = Owners(state / "owners")
        self._alive: dict[str, bool] = {}

    def runs(self, most: int | None = None) -> list[RunSummary]:
        """Return the newest runs, newest first; None: all."""
        return [self.summary(one) for one in self._ledger.runs(most)]

    def summary(self, record: RunRecord) -> RunSummary:
        """Return how one run stands."""
        standing: RunStanding = record.state
        if record.state == "running" and not self._is_alive(record.owner):
            standing = "killed"
        told = _Told.of(self._events(record))
        money = self._ledger.spending(f"run:{record.id}")
        return RunSummary(
            run=record.id,
            recipe=record.recipe,
            pipeline=record.pipeline,
            gateway=record.gateway,
            gateways=_others(record),
            started=record.started,
            ended=record.ended,
            state=standing,
            currency=told.currency,
            charged=money.charged,
            reserved=money.reserved,
            options=record.options,
            **told.counts(),
        )

    def _events(self, record: RunRecord) -> Sequence[Mapping[str, JSON]]:
        """Return the events that say how a run stands: the last one where it has ended, else all."""
        if record.state != "running":
            last = self._ledger.last_sequence(record.id)
            events = self._ledger.events(record.id, last - 1)
            if events and events[-1].get("event") == "run-finished":
                return events
        return self._ledger.events(record.id)

    def orphans(self, runs: Iterable[RunSummary]) -> list[Orphan]:
        """Return what was paid for at the gateways of some runs and is fetched by nobody, oldest first."""
        gateways = (one for run in runs for one in (run.gateway, *run.gateways))
        return [
            Orphan(
                run=one.run,
                node=one.node,
                operation=one.operation,
                attempt=one.id,
                task="" if one.receipt is None else one.receipt.task,
                gateway=one.gateway,
            )
            for gateway in dict.fromkeys(gateways)
            for one in self._ledger.open_receipts(gateway)
            if not self._is_alive(one.owner)
        ]

    def steps(self, record: RunRecord) -> list[StepRecord]:
        """Return the steps of a run in plan order; SettingsError where its plan is another version's."""
        try:
            plan = Plan.from_json(record.plan)
        except ValueError as error:
            raise SettingsError("plan-broken", words=str(error)) from None
        told = _Told.of(self._ledger.events(record.id))
        assigned = self._ledger.assignments(record.id)
        found = []
        for node in plan.nodes:
            attempts = self._ledger.attempts(assigned[node.id]) if node.id in assigned else []
            step = self._step(record, node, attempts[-1] if attempts else None, told)
            found.append(attrs.evolve(step, files=tuple(told.files.get(node.id, ()))))
        return found

    def _step(
        self, record: RunRecord, node: PlanNode, attempt: Attempt | None, told: "_Told"
    ) -> StepRecord:
        event = told.last.get(node.id, {})
        state = self._standing(record, attempt, event)
        reason, values = _why(event, attempt, state)
        stages = [one for one in self._stages(attempt) if one.run == record.id]
        return StepRecord(
            node=node.id,
            operation=node.operation,
            state=state,
            attempt="" if attempt is None else attempt.id,
            task=attempt.receipt.task if attempt is not None and attempt.receipt else "",
            account="" if attempt is None else attempt.account,
            charged=sum(one.charged for one in stages),
            reserved=sum(one.reserved for one in stages),
            reason=reason,
            values=values,
            commands=_commands(record, node, state, reason, values),
            progress=told.progress.get(node.id) if state == "at-work" else None,
        )

    def _standing(
        self, record: RunRecord, attempt: Attempt | None, event: Mapping[str, JSON]
    ) -> StepStanding:
        """Return how a step stands: what was bought by its attempt, what never came so far by the run's last word."""
        name = event.get("event")
        if attempt is None or (attempt.state in ("open", "refused") and event):
            if name == "step-failed":
                return "left" if event.get("reason") == "needs" else "failed"
            ended: Mapping[JSON, StepStanding] = {
                "step-done": "done",
                "step-skipped": "skipped",
                "step-held": "held",
            }
            if name in ended:
                return ended[name]
        if attempt is None:
            return "waiting"
        if attempt.state in LIVE and name == "step-held":
            return "held"
        if attempt.state in LIVE and self._is_alive(attempt.owner):
            sent = attempt.state != "open" or bool(self._stages(attempt))
            return "failed" if name == "step-failed" else "at-work" if sent else "waiting"
        match attempt.state:
            case "done":
                own = any(one.run == record.id for one in self._stages(attempt))
                return "reused" if event.get("reused") is True and not own else "done"
            case "submitted":
                return "unfetched"
            case "ambiguous":
                return "held"
            case "open":
                unknown = any(one.state != "refused" for one in self._stages(attempt))
                return "in-doubt" if unknown else "waiting"
        return "failed"

    def _stages(self, attempt: Attempt | None) -> list[Stage]:
        """Return the paid requests of an attempt; a run may have gone on with what another one began."""
        return [] if attempt is None else self._ledger.stages(attempt.id)

    def _is_alive(self, owner: str) -> bool:
        if owner not in self._alive:
            self._alive[owner] = self._owners.alive(owner)
        return self._alive[owner]


def _why(
    event: Mapping[str, JSON], attempt: Attempt | None, state: StepStanding
) -> tuple[str, Mapping[str, JSON]]:
    """Return the reason of a trouble and its values, as the run told them."""
    if state not in TROUBLE and state != "left":
        return "", {}
    reason, values = event.get("reason"), event.get("values")
    if isinstance(reason, str) and isinstance(values, dict):
        return reason, values
    return "", {} if attempt is None or not attempt.reason else {"words": attempt.reason}


def _commands(
    record: RunRecord,
    node: PlanNode,
    state: StepStanding,
    reason: str,
    values: Mapping[str, JSON],
) -> tuple[str, ...]:
    """Return what helps a step on: what its reason names, else what brings its kind of trouble on."""
    known: dict[str, JSON] = {**values, "run": record.id, "node": node.id}
    if state == "held":
        return tuple(commands(reason or "held", known))
    if state in ("unfetched", "in-doubt"):
        return (f"omni resume {record.id}",)
    if state != "failed":
        return ()
    if reason and (found := commands(reason, known)):
        return tuple(found)
    ways = {"resume": f"omni resume {record.id}", "retry": f"omni retry {record.id}"}
    best = ways.get(way(reason) if reason else "retry")
    return () if best is None else (best,)


class _Told:
    """What a run's events say: of its last stretch where it was gone on with, and of all the files that it saved."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.currency = ""
        self.last: dict[str, Mapping[str, JSON]] = {}
        self.progress: dict[str, float] = {}
        self.files: dict[str, dict[str, None]] = {}
        self.finished: Mapping[str, JSON] | None = None

    @classmethod
    def of(cls, events: Sequence[Mapping[str, JSON]]) -> "_Told":
        """Return what a run's events say, in order."""
        told = cls()
        for event in events:
            told._take(event)
        return told

    def _take(self, event: Mapping[str, JSON]) -> None:
        node, progress = event.get("node"), event.get("progress")
        match event.get("event"):
            case "run-started":
                names, currency = event.get("steps"), event.get("currency")
                self.names = [str(one) for one in names] if isinstance(names, list) else []
                self.currency = str(currency or "")
                self.last, self.progress, self.finished = {}, {}, None
            case "run-finished":
                self.finished = event
                self.currency = str(event.get("currency") or self.currency)
            case "step-progress" if isinstance(node, str):
                if isinstance(progress, int | float):
                    self.progress[node] = progress
            case "saved" if isinstance(node, str):
                self.files.setdefault(node, {})[str(event.get("path"))] = None
            case "notice" | "save-failed":
                pass
            case _ if isinstance(node, str):
                self.last[node] = event

    def counts(self) -> dict[str, int]:
        """Return the counts of a `RunSummary`."""
        names = ("done", "reused", "failed", "held", "left", "skipped")
        if self.finished is not None:
            found = {name: _count(self.finished.get(name)) for name in names}
            return {**found, "steps": sum(found.values()), "at_work": 0}
        seen = Counter(_ended(one) for one in self.last.values())
        found = {name: seen[name] for name in names}
        return {**found, "steps": len(self.names), "at_work": seen["at-work"]}


def _ended(event: Mapping[str, JSON]) -> str:
    match event.get("event"):
        case "step-done":
            return "reused" if event.get("reused") is True else "done"
        case "step-failed":
            return "left" if event.get("reason") == "needs" else "failed"
        case "step-held":
            return "held"
        case "step-skipped":
            return "skipped"
        case "step-started":
            return "waiting"
    return "at-work"


def _count(value: JSON) -> int:
    return value if isinstance(value, int) else 0
