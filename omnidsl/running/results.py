"""What a run gives back."""

from collections.abc import Mapping
from pathlib import Path

import attrs

from omnidsl.planning.values import Ref, Value
from omnidsl.plugins.media import JSON, Artifact
from omnidsl.running.errors import RunningError


@attrs.frozen(kw_only=True)
class Result:
    """What one step made. `value` is what a typed binding read out of the text, else the text.

    `parts` are further files, by the part of the result that they are (see `omnidsl.plugins.Operation`).

    `step` and `number` name the purchase (see `omnidsl.planning.keys`), `attempt` both together. `arguments` are those of
    the request in canonical form.
    """

    node: str
    operation: str
    type: str
    step: str
    number: int
    attempt: str
    gateway: str
    account: str = "default"
    text: str | None = None
    value: JSON = None
    files: tuple[Artifact, ...] = ()
    parts: Mapping[str, tuple[Artifact, ...]] = attrs.field(factory=dict)
    facts: Mapping[str, JSON] = attrs.field(factory=dict)
    reused: bool = False
    arguments: Mapping[str, JSON] = attrs.field(factory=dict)

    @property
    def path(self) -> Path | None:
        """Where the first file lies in the store, or None."""
        return self.files[0].path if self.files else None

    @property
    def all_files(self) -> tuple[Artifact, ...]:
        """Its files and those of its parts, in the order in which the ledger has them."""
        return (*self.files, *(one for files in self.parts.values() for one in files))

    @property
    def task_id(self) -> str | None:
        """The task's number at the gateway."""
        return _text(self.facts.get("task_id"))

    @property
    def prompt(self) -> str | None:
        """The prompt that the service kept."""
        return _text(self.facts.get("prompt"))

    @property
    def prompt_en(self) -> str | None:
        """The prompt in English, as the service translated it."""
        return _text(self.facts.get("prompt_en"))

    @property
    def buttons(self) -> list[JSON]:
        """The buttons that the finished task offers."""
        found = self.facts.get("buttons")
        return found if isinstance(found, list) else []


@attrs.frozen
class Skipped:
    """A step that was not taken: its branch was not, or its loop had no more rounds."""

    node: str


@attrs.frozen
class Failure:
    """A step that has no result; with the reason `needs` it was left out because one before it has none."""

    node: str
    reason: str
    message: str
    help: str
    values: Mapping[str, JSON]

    @classmethod
    def of(cls, node: str, error: RunningError) -> "Failure":
        """Return the failure of a node by an error."""
        return cls(node, error.reason, error.message(), error.help(), error.values)


@attrs.frozen
class Held:
    """A step that waits for a person: a `pick`, or one whose paid request was sent and its answer lost."""

    node: str
    step: str
    attempt: str
    message: str
    help: str
    values: Mapping[str, JSON]


@attrs.frozen(kw_only=True)
class RunResult:
    """How a run ended. `status` is the exit status: 0 done, 1 a step failed, 3 held, 130 or 143 interrupted."""

    run: str
    status: int
    results: Mapping[str, Result]
    saved: tuple[Path, ...] = ()
    failures: tuple[Failure, ...] = ()
    held: tuple[Held, ...] = ()
    unsaved: tuple[Failure, ...] = ()
    skipped: tuple[str, ...] = ()
    returns: Value = None

    @property
    def returned(self) -> Result | None:
        """The result that the pipeline returns, where it returns one step's and that step is done."""
        return self.results.get(self.returns.node) if isinstance(self.returns, Ref) else None


def _text(found: JSON) -> str | None:
    return found if isinstance(found, str) else None
