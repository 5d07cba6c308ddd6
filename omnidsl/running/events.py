"""What a run tells: the only way out, for progress bars, JSON lines, plugins and the ledger alike."""

from collections.abc import Callable, Mapping
from typing import ClassVar, TypedDict

import attrs

from omnidsl.plugins.media import JSON
from omnidsl.running.words import words


@attrs.frozen(kw_only=True)
class Event:
    """The base: which run, the place in its stream counted from 1, and when (Unix time in seconds)."""

    event: ClassVar[str] = "event"
    kept: ClassVar[bool] = True
    """Whether the ledger keeps it."""

    run: str = ""
    sequence: int = 0
    time: float = 0.0

    def to_json(self) -> dict[str, JSON]:
        """Return the event as the one JSON object that `--json` prints and the ledger keeps."""
        return {
            "event": self.event,
            **{one.name: getattr(self, one.name) for one in attrs.fields(type(self))},
        }


@attrs.frozen(kw_only=True)
class RunStarted(Event):
    """A run begins, or goes on when `resumed`; `steps` are the ids of all its steps in plan order.

    `operations` counts them by operation; `project` is the absolute path of the folder that its plan's paths start from.
    `max_cost` is what it may spend, in micros of `currency`, where that is bounded, and `charged` what it has cost before.
    `gateways` are those that single services have of their own.
    """

    event: ClassVar[str] = "run-started"

    recipe: str
    pipeline: str
    gateway: str
    steps: list[str]
    resumed: bool = False
    project: str = ""
    operations: dict[str, int] = attrs.field(factory=dict)
    currency: str = ""
    max_cost: int | None = None
    charged: int = 0
    gateways: list[str] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class StepStarted(Event):
    """A step's inputs are there and it begins; `step` is its key."""

    event: ClassVar[str] = "step-started"

    node: str
    operation: str
    step: str


@attrs.frozen(kw_only=True)
class StepSubmitted(Event):
    """A step was paid for: under which attempt, and which task it is at the gateway (empty for an immediate answer).

    `reserved` is what it costs at most, in micros.
    """

    event: ClassVar[str] = "step-submitted"

    node: str
    step: str
    attempt: str
    task: str = ""
    account: str = "default"
    reserved: int = 0


@attrs.frozen(kw_only=True)
class StepProgress(Event):
    """How a task stands: `state` is `waiting` or `running`, `progress` 0 to 1 where known."""

    event: ClassVar[str] = "step-progress"

    node: str
    state: str
    progress: float | None = None


@attrs.frozen(kw_only=True)
class StepText(Event):
    """The next piece of an answer that comes as a stream, for who reads along: told, and not kept in the ledger."""

    event: ClassVar[str] = "step-text"
    kept: ClassVar[bool] = False

    node: str
    text: str


@attrs.frozen(kw_only=True)
class StepDone(Event):
    """A step has its result: `reused` when an earlier run paid for it. `files` are where its bytes lie.

    `charged` is what it has cost this run, in micros.
    """

    event: ClassVar[str] = "step-done"

    node: str
    step: str
    attempt: str
    reused: bool
    task: str = ""
    text: str | None = None
    files: list[str] = attrs.field(factory=list)
    charged: int = 0


@attrs.frozen(kw_only=True)
class _Told(Event):
    """An event with words: `reason` names them, `values` fill them, `message` and `help` are the English ones."""

    reason: str
    values: dict[str, JSON] = attrs.field(factory=dict)
    message: str = ""
    help: str = ""

    def say(self, part: str = "message", language: str = "en") -> str:
        """Return `message` or `help` in a language."""
        return words(self.reason, self.values, part=part, language=language)


@attrs.frozen(kw_only=True)
class StepFailed(_Told):
    """A step ended without a result; with the reason `needs` it was left out because a step before it did."""

    event: ClassVar[str] = "step-failed"

    node: str
    operation: str = ""


@attrs.frozen(kw_only=True)
class StepSkipped(Event):
    """A step is not taken: its branch was not, or its loop has no more rounds."""

    event: ClassVar[str] = "step-skipped"

    node: str
    operation: str = ""


@attrs.frozen(kw_only=True)
class StepHeld(_Told):
    """A step waits for a person: for a choice (`pick`), or since nobody can tell what became of its paid request."""

    event: ClassVar[str] = "step-held"

    node: str
    step: str
    attempt: str


@attrs.frozen(kw_only=True)
class Saved(Event):
    """A result was copied to the output folder; `path` is absolute, `sha256` that of the copy.

    `sidecar` is the absolute path of the file that says where it comes from, empty for none.
    """

    event: ClassVar[str] = "saved"

    node: str
    path: str
    size: int
    sha256: str
    sidecar: str = ""


@attrs.frozen(kw_only=True)
class SaveFailed(_Told):
    """A result could not be copied to the output folder; it stays in the store."""

    event: ClassVar[str] = "save-failed"

    node: str
    path: str


@attrs.frozen(kw_only=True)
class Notice(_Told):
    """Something worth knowing that is no failure."""

    event: ClassVar[str] = "notice"

    node: str = ""


@attrs.frozen(kw_only=True)
class RunFinished(Event):
    """A run ends; `status` is the exit status, the counts are of steps, and of files for `saved`.

    `charged` is what the run has cost, `reserved` what is in doubt or under way, in micros of `currency`. `stopped` says
    why steps were left out, where that was not a failure: `interrupted` or `deadline`.
    """

    event: ClassVar[str] = "run-finished"

    status: int
    done: int
    reused: int
    failed: int
    held: int
    left: int
    saved: int
    seconds: float
    skipped: int = 0
    charged: int = 0
    reserved: int = 0
    stopped: str = ""
    currency: str = ""


Listener = Callable[[Event], None]


class Told(TypedDict):
    """The fields of an event with words."""

    reason: str
    values: dict[str, JSON]
    message: str
    help: str


def told(reason: str, values: Mapping[str, JSON]) -> Told:
    """Return the fields of an event with words."""
    return {
        "reason": reason,
        "values": dict(values),
        "message": words(reason, values),
        "help": words(reason, values, part="help"),
    }
