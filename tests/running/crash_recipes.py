"""What the runs of the crash matrix make, and what their ledgers say that was bought."""

from collections.abc import Collection

import attrs

from omnidsl.planning.plan import Options, PlanNode, Save
from omnidsl.planning.values import PromptInput, Ref, Value
from omnidsl.plugins.index import load
from omnidsl.running.ledger import Ledger
from omnidsl.testing import step
from omnidsl.testing.crash_points import STREAMING

_TASKS = frozenset(("before the receipt", "while polling", "while collecting"))
_FILES = frozenset(
    (
        "while downloading",
        "before a file has its name",
        "before a saved copy has its name",
    )
)
_ONCE = frozenset(
    ("while polling", "before a file has its name", "before a saved copy has its name")
)
"""Points that a recipe comes to once at least: equal files are stored once."""


@attrs.frozen
class Recipe:
    """A chain of steps: operations by their names here, what is sold in all, and how often it pays.

    `payments` counts paid requests, which are more than `sales` where a window is opened first. A `careless` one has
    its steps bought again in doubt, for the judge to notice; `native` speaks Claude's own protocol.
    """

    name: str
    chain: tuple[str, ...]
    sales: int
    payments: int
    listening: bool = False
    careless: bool = False
    native: bool = False

    def steps(self, token: str) -> list[PlanNode]:
        """Return the steps, with a text in their first request that no other run has."""
        options = Options(on_ambiguous="resubmit" if self.careless else None)
        made: list[PlanNode] = []
        for operation in self.chain:
            before = made[-1].id if made else ""
            arguments = _arguments(operation, before, token)
            made.append(step(operation, _OPERATIONS[operation], arguments, options=options))
        return made

    @property
    def saves(self) -> list[Save]:
        """What is saved: the last step's result."""
        last = self.chain[-1]
        if last in _SONGS:
            return []
        return [Save(Ref(last), "last.txt" if last in _TEXTS else "last.png")]

    @property
    def never(self) -> Collection[str]:
        """Points that this recipe does not come to."""
        never = set() if self.listening else {STREAMING}
        if self.chain[0] in ("chat", "claude"):
            never |= _TASKS | _FILES - {"before a saved copy has its name"}
        elif self.chain[0] in ("image", "speech"):
            never |= _TASKS | {"while downloading"}
        elif self.chain[0] in _SONGS:
            never |= {"before a saved copy has its name", "while polling", "while collecting"}
        return never

    def occurrences(self, point: str) -> int:
        """Return how often this recipe comes to a point."""
        if point in _ONCE:
            return 1
        if point in _TASKS or point in _FILES or point == "before the result is kept":
            return len(self.chain)
        return self.payments

    def later(self, held: Collection[str]) -> Collection[str]:
        """Return the steps behind those that are held."""
        places = [self.chain.index(one) for one in held]
        return self.chain[min(places) + 1 :] if places else ()


_OPERATIONS = {
    "imagine": "midjourney.imagine",
    "upscale": "midjourney.upscale",
    "zoom": "midjourney.zoom",
    "chat": "openai.chat",
    "image": "openai.image",
    "speech": "openai.speech",
    "transcribe": "openai.transcribe",
    "edit": "openai.edit",
    "claude": "claude.chat",
    "song": "suno.music",
    "waltz": "udio.music",
}
_SONGS = ("song", "waltz")
_TEXTS = ("chat", "claude", "transcribe")


def _arguments(operation: str, before: str, token: str) -> dict[str, Value]:
    match operation:
        case "imagine":
            return {"prompt": PromptInput((f"a red fox {token}",))}
        case "upscale":
            return {"grid": Ref(before), "index": 1}
        case "zoom":
            return {"picture": Ref(before), "factor": 1.3}
        case "image":
            return {"prompt": f"a red fox {token}"}
        case "edit":
            return {"picture": Ref(before), "prompt": f"a red fox, older {token}"}
        case "song" | "waltz":
            return {"prompt": f"about a fox {token}"}
        case "speech":
            return {"text": f"A red fox. {token}"}
        case "transcribe":
            return {"recording": Ref(before)}
    return {"messages": f"Name a fox. {token}"}


def _known(recipe: Recipe) -> bool:
    """Tell whether the installed services have what a recipe asks for."""
    services = load().services
    names = [_OPERATIONS[one].split(".") for one in recipe.chain]
    return all(operation in services[service].operations for service, operation in names)


RECIPES = [
    recipe
    for recipe in (
        Recipe("upscale", ("imagine", "upscale"), sales=2, payments=2),
        Recipe("custom zoom", ("imagine", "upscale", "zoom"), sales=3, payments=4),
        Recipe("chat", ("chat",), sales=1, payments=1),
        Recipe("image", ("image",), sales=1, payments=1),
        Recipe("sounds", ("speech", "transcribe"), sales=2, payments=2),
        Recipe("streamed chat", ("chat",), sales=1, payments=1, listening=True),
        Recipe("edit", ("image", "edit"), sales=2, payments=2),
        Recipe("native chat", ("claude",), sales=1, payments=1, native=True),
        Recipe("song", ("song",), sales=1, payments=1),
        Recipe("waltz", ("waltz",), sales=1, payments=1),
    )
    if _known(recipe)
]


def purchases(ledger: Ledger) -> tuple[int, int, set[str]]:
    """Return how many sales a ledger is certain of, how many it is in doubt about, and the attempts that it holds.

    The request that opens a window is not a sale.
    """
    certain = doubtful = 0
    held: set[str] = set()
    for run in ledger.runs():
        for key in ledger.assignments(run.id).values():
            for attempt in ledger.attempts(key):
                if attempt.run != run.id:
                    continue
                if attempt.state == "ambiguous":
                    held.add(attempt.id)
                for stage in ledger.stages(attempt.id):
                    if stage.name == "action":
                        continue
                    certain += stage.state == "answered"
                    doubtful += stage.state in ("intent", "ambiguous")
    return certain, doubtful, held
