"""How the steps of a run stand, as its events tell: what every display shows."""

from collections import Counter
from typing import Literal

from omnidsl.running.events import (
    Event,
    Notice,
    RunFinished,
    RunStarted,
    Saved,
    SaveFailed,
    StepDone,
    StepFailed,
    StepHeld,
    StepProgress,
    StepSkipped,
    StepStarted,
    StepSubmitted,
    StepText,
)
from omnidsl.running.gateway import SANDBOX

Stage = Literal["started", "submitted", "waiting", "running"]

FEW = 40
"""Steps of a run that are told one by one where nobody looks; more are counted."""

_SURE = 3.0
"""Steps that have to be made, or a tenth of them all, before the time that is left is guessed at."""

_STOPPING = frozenset(("stopping", "stopping-idle", "deadline", "deadline-idle"))
"""Notices that say that a run begins to stop."""

_TAIL = 400
"""Characters of a streamed answer that are kept for show."""


class ActiveStep:
    """A step at work: `began` is when its inputs were there, `since` when it was submitted, if it was (Unix seconds).

    `progress` is 0 to 1 where known.

    `reserved` is what it may cost, in micros, and `tail` the end of an answer that comes as a stream.
    """

    __slots__ = ("began", "node", "operation", "progress", "reserved", "since", "stage", "tail")

    def __init__(self, node: str, operation: str, began: float) -> None:
        self.node = node
        self.operation = operation
        self.began = began
        self.since = began
        self.stage: Stage = "started"
        self.progress: float | None = None
        self.reserved = 0
        self.tail = ""


class Group:
    """The steps of one operation: `at_work` counts those that were submitted, `ended` includes the failed and the held ones."""

    __slots__ = ("at_work", "ended", "failed", "held", "total")

    def __init__(self, total: int = 0) -> None:
        self.total = total
        self.at_work = 0
        self.ended = 0
        self.failed = 0
        self.held = 0


class Problem:
    """Steps that ended without a result for one reason, and the first of them."""

    __slots__ = ("count", "first")

    def __init__(self, first: StepFailed | StepHeld) -> None:
        self.first = first
        self.count = 0


class ProgressState:
    """Takes events in order, each at the same small cost, whatever the number of steps.

    Attributes hold what is known so far; `finished` is None until the run ends. `queued` are the steps that began and
    were not submitted yet, `active` those that were; `told` counts what was said, by label and reason.
    """

    def __init__(self) -> None:
        self.run = ""
        self.count = 0
        self.began = 0.0
        self.queued: dict[str, ActiveStep] = {}
        self.active: dict[str, ActiveStep] = {}
        self.groups: dict[str, Group] = {}
        self.problems: dict[tuple[str, str], Problem] = {}
        self.told: Counter[tuple[str, str]] = Counter()
        self.ended = 0
        self.currency = ""
        self.simulated = False
        self.spent = 0
        self.reserved = 0
        self.took: dict[str, float] = {}
        self.failed: list[StepFailed] = []
        self.held: list[StepHeld] = []
        self.saved: list[Saved] = []
        self.unsaved: list[SaveFailed] = []
        self.stopping = False
        self.finished: RunFinished | None = None
        self._made = 0
        self._work_began: float | None = None

    def take(self, event: Event) -> None:
        """Note one event."""
        match event:
            case RunStarted():
                self.run, self.count, self.began = event.run, len(event.steps), event.time
                self.currency, self.simulated = event.currency, event.gateway == SANDBOX
                self.spent = event.charged
                self.groups = {name: Group(count) for name, count in event.operations.items()}
            case StepStarted():
                self.queued[event.node] = ActiveStep(event.node, event.operation, event.time)
            case StepSubmitted():
                self._submitted(event)
            case StepProgress() if event.node in self.active:
                active = self.active[event.node]
                active.stage = "running" if event.state == "running" else "waiting"
                active.progress = event.progress if event.progress is not None else active.progress
            case StepText():
                self._reading(event)
            case StepDone():
                self.spent += event.charged
                self._made += not event.reused and bool(event.step)
                self._end(event.node, event.time)
            case StepSkipped():
                self._end(event.node, event.time, event.operation)
            case StepFailed():
                self.spent += self._reserved(event.node)  # until the run's end says it exactly
                self._end(event.node, event.time, event.operation).failed += 1
                self.failed.append(event)
                self._trouble("failed" if event.reason != "needs" else "left", event)
            case StepHeld():
                self.reserved += self._reserved(event.node)
                self._end(event.node, event.time).held += 1
                self.held.append(event)
                self._trouble("held", event)
            case Notice():
                self.told["notice", event.reason] += 1
                self.stopping = self.stopping or event.reason in _STOPPING
            case Saved():
                self.saved.append(event)
            case SaveFailed():
                self.unsaved.append(event)
            case RunFinished():
                self.queued.clear()
                self.active.clear()
                self.spent, self.reserved = event.charged, event.reserved
                self.finished = event
            case _:
                pass

    def seconds_left(self, now: float) -> float | None:
        """Return how long the rest may take, at the pace of what was made so far; None while nobody can tell."""
        if self._work_began is None:
            return None
        part = sum(one.progress or 0.0 for one in self.active.values())
        made = self._made + part
        if made < min(_SURE, self.count / 10) or made <= 0:
            return None
        left = max(0.0, self.count - self.ended - part)
        return max(0.0, now - self._work_began) * left / made

    def _submitted(self, event: StepSubmitted) -> None:
        step = self._at_work(event.node, event.time)
        if step is not None:
            step.stage = "submitted"
            step.reserved = event.reserved
            self.reserved += event.reserved

    def _reading(self, event: StepText) -> None:
        step = self._at_work(event.node, event.time)
        if step is not None:
            step.stage = "running"
            step.tail = (step.tail + event.text)[-_TAIL:]

    def _at_work(self, node: str, now: float) -> ActiveStep | None:
        """Return a step that begins to be worked on, or is already."""
        if node in self.active:
            return self.active[node]
        step = self.queued.pop(node, None)
        if step is not None:
            step.since = now
            self.active[node] = step
            self._group(step.operation).at_work += 1
            if self._work_began is None:
                self._work_began = now
        return step

    def _reserved(self, node: str) -> int:
        step = self.active.get(node)
        return 0 if step is None else step.reserved

    def _group(self, operation: str) -> Group:
        return self.groups.setdefault(operation, Group())

    def _trouble(self, label: str, event: StepFailed | StepHeld) -> None:
        key = (label, event.reason)
        self.told[key] += 1
        self.problems.setdefault(key, Problem(event)).count += 1

    def _end(self, node: str, now: float, operation: str = "") -> Group:
        self.ended += 1
        at_work = self.active.pop(node, None)
        step = at_work or self.queued.pop(node, None)
        if step is not None:
            self.took[node] = max(0.0, now - step.began)
            operation = step.operation
        group = self._group(operation)
        if at_work is not None:
            group.at_work -= 1
            self.reserved -= at_work.reserved
        group.ended += 1
        return group
