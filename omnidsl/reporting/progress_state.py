"""How the steps of a run stand, as its events tell: what every display shows."""

from typing import Literal

from omnidsl.running.events import (
    Event,
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
)

Stage = Literal["started", "submitted", "waiting", "running"]


class ActiveStep:
    """A step at work: `since` is when it began (Unix seconds), `progress` 0 to 1 where known."""

    __slots__ = ("node", "progress", "since", "stage")

    def __init__(self, node: str, since: float) -> None:
        self.node = node
        self.since = since
        self.stage: Stage = "started"
        self.progress: float | None = None


class ProgressState:
    """Takes events in order. Attributes hold what is known so far; `finished` is None until the run ends."""

    def __init__(self) -> None:
        self.run = ""
        self.count = 0
        self.began = 0.0
        self.active: dict[str, ActiveStep] = {}
        self.ended = 0
        self.took: dict[str, float] = {}
        self.failed: list[StepFailed] = []
        self.held: list[StepHeld] = []
        self.saved: list[Saved] = []
        self.unsaved: list[SaveFailed] = []
        self.finished: RunFinished | None = None

    def take(self, event: Event) -> None:
        """Note one event."""
        match event:
            case RunStarted():
                self.run, self.count, self.began = event.run, len(event.steps), event.time
            case StepStarted():
                self.active[event.node] = ActiveStep(event.node, event.time)
            case StepSubmitted() if event.node in self.active:
                self.active[event.node].stage = "submitted"
            case StepProgress() if event.node in self.active:
                step = self.active[event.node]
                step.stage = "running" if event.state == "running" else "waiting"
                step.progress = event.progress if event.progress is not None else step.progress
            case StepDone():
                self._end(event.node, event.time)
            case StepSkipped():
                self._end(event.node, event.time)
            case StepFailed():
                self._end(event.node, event.time)
                self.failed.append(event)
            case StepHeld():
                self._end(event.node, event.time)
                self.held.append(event)
            case Saved():
                self.saved.append(event)
            case SaveFailed():
                self.unsaved.append(event)
            case RunFinished():
                self.active.clear()
                self.finished = event
            case _:
                pass

    def _end(self, node: str, now: float) -> None:
        self.ended += 1
        step = self.active.pop(node, None)
        if step is not None:
            self.took[node] = max(0.0, now - step.since)
