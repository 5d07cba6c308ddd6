"""What a gallery shows of a run, read from the ledger and the store: nothing is fetched, nothing is paid."""

from collections.abc import Mapping
from pathlib import Path

import attrs

from omnidsl.planning.plan import Plan, PlanNode
from omnidsl.planning.values import MessagesInput, PromptInput, TextInput, Value
from omnidsl.plugins.media import JSON
from omnidsl.reporting.plan_values import shown
from omnidsl.running.artifacts import ArtifactStore
from omnidsl.running.errors import SettingsError, StepError
from omnidsl.running.expectations import Expectation
from omnidsl.running.history import History, RunSummary, StepRecord
from omnidsl.running.ledger import Ledger
from omnidsl.running.provenance import prompt_parameters
from omnidsl.running.records import RunRecord, Stored

KINDS = ("image", "audio", "video")


@attrs.frozen
class Medium:
    """One file: `kind` is `image`, `audio` or `video`; `path` is where the store has it, None where it is gone.

    `saved` is the name that it was saved under, below the project's folder where it lies there; `part` the part of the
    result that it is.
    """

    kind: str
    media_type: str
    size: int
    sha256: str
    path: Path | None
    saved: str = ""
    part: str = ""


@attrs.frozen(kw_only=True)
class Card:
    """One step: how it stands, what it was asked, what it made. Rows are pairs of a name and a text."""

    step: StepRecord
    prompt: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    media: tuple[Medium, ...] = ()
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    simulated: bool = False


@attrs.frozen
class Album:
    """A run and its steps in plan order."""

    run: RunSummary
    cards: tuple[Card, ...]

    @property
    def simulated(self) -> bool:
        """Whether any of it is the work of a simulator."""
        return any(one.simulated for one in self.cards)


def gather(
    ledger: Ledger, store: ArtifactStore, state: Path, record: RunRecord, project: Path
) -> Album:
    """Return what there is to show of a run; SettingsError where its plan is another version's."""
    history = History(ledger, state)
    steps = history.steps(record)
    try:
        plan = Plan.from_json(record.plan)
    except ValueError as error:
        raise SettingsError("plan-broken", words=str(error)) from None
    nodes = {one.id: one for one in plan.nodes}
    saved = {(one.attempt, one.original): one.path for one in ledger.saved(record.id)}
    cards = []
    for step in steps:
        stored = ledger.result(step.attempt) if step.attempt else None
        named = {
            original: _below(path, project)
            for (attempt, original), path in saved.items()
            if attempt == step.attempt
        }
        cards.append(_card(step, nodes[step.node], plan, stored, store, named))
    return Album(history.summary(record), tuple(cards))


def _card(
    step: StepRecord,
    node: PlanNode,
    plan: Plan,
    stored: Stored | None,
    store: ArtifactStore,
    saved: Mapping[str, str],
) -> Card:
    facts: Mapping[str, JSON] = {} if stored is None else stored.facts
    own = facts.get("prompt")
    prompts = [one for one in node.arguments.values() if isinstance(one, PromptInput)]
    asked = [*prompts, *(one for one in node.arguments.values() if _is_words(one))]
    drawn = stored is not None and bool(stored.files) and isinstance(own, str) and bool(own)
    prompt = str(own) if drawn else shown(asked[0]) if asked else ""
    parameters = prompt_parameters(prompt, plan) if prompt and prompts else {}
    return Card(
        step=step,
        prompt=prompt,
        parameters=tuple((name, _written(value)) for name, value in parameters.items()),
        arguments=tuple(
            (name, text)
            for name, value in node.arguments.items()
            if _tells(value) and (text := shown(value)) != prompt
        ),
        media=() if stored is None else tuple(_media(stored, store, saved)),
        text="" if stored is None else _answer(stored, node),
        facts=tuple((name, _written(facts[name])) for name in _SHOWN if facts.get(name)),
        simulated=facts.get("simulated") is True,
    )


_SHOWN = (
    "model",
    "seed",
    "usage",
    "titles",
    "durations",
    "lyrics",
    "revised_prompt",
    "language",
    "duration",
)
"""Facts that people want to see, in this order."""


def _media(stored: Stored, store: ArtifactStore, saved: Mapping[str, str]) -> list[Medium]:
    found = []
    for one in stored.files:
        artifact = store.find(one.sha256)
        path = None if artifact is None else artifact.path
        kind = one.media_type.partition("/")[0]
        kind = kind if kind in KINDS else one.kind
        name = saved.get(one.sha256, "")
        found.append(Medium(kind, one.media_type, one.size, one.sha256, path, name, one.part))
    return found


def _answer(stored: Stored, node: PlanNode) -> str:
    """Return a text as it is, and a typed answer as the value that it was read as."""
    if not node.expects or stored.text is None:
        return stored.text or ""
    try:
        return _written(Expectation(node.expects).read(stored.text))
    except StepError:
        return stored.text


def _is_words(value: Value) -> bool:
    """Tell whether an argument is what people asked in words: a text of several, or a conversation.

    Chinese has no blanks between words, and what a service calls a model, a voice or a size is ASCII.
    """
    if isinstance(value, str):
        return " " in value or not value.isascii()
    return isinstance(value, MessagesInput | TextInput)


def _tells(value: Value) -> bool:
    return value is not None and not isinstance(value, PromptInput)


def _below(path: str, project: Path) -> str:
    """Return a saved file's path below the project, else its name: where a project lies is nobody's business."""
    try:
        return Path(path).relative_to(project.absolute()).as_posix()
    except ValueError:
        return Path(path).name


def _written(value: JSON) -> str:
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_written(one)}" for name, one in value.items())
    return "" if value is None else str(value)
