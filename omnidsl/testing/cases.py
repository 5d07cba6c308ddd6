"""What an author tells the conformance suite of a service: sample calls, and how its gateway answers."""

import io
import wave
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

import attrs

from omnidsl.plugins.backend import State
from omnidsl.plugins.outcomes import Verdict
from omnidsl.testing.scripted import PIXEL, Answer, Behaviour, CutShort, HangUp, Request, Silence


@attrs.frozen
class Attached:
    """A small file that lies beside the recipe of a sample; recipes write `file("NAME")`."""

    name: str
    data: bytes = attrs.field(repr=False)


def _tone() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
    return target.getvalue()


PICTURE = Attached("picture.png", PIXEL)
"""A picture of one pixel."""

SOUND = Attached("sound.wav", _tone())
"""A tenth of a second of silence."""

FILM = Attached("film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64))
"""The head of a film: enough to be known as one."""


@attrs.frozen
class Code:
    """An argument as a recipe writes it: `chat { user: "hi" }`, `["a", "b"]`."""

    text: str


@attrs.frozen
class Part:
    """A part of what a step before makes: `Part(song, "clips[1]")` is `song.clips[1]`."""

    of: "Sample"
    path: str


@attrs.frozen
class Sample:
    """One call of an operation, as small as it may be.

    `operation` is its name in the service, or `service.name` for one of another service. An argument may be a text or a
    number, a file (`PICTURE`, `SOUND`, `FILM`, or `Attached` with bytes of your own), `Code`, or another `Sample` (or a
    `Part` of it): a step before this one, whose result it takes. `sales` is how many paid requests it takes. `files` is how many files it
    makes; None: it is not looked at. `listing` says what `find` can tell of its request where the answer was lost: nothing
    (`none`), that it was taken (`presence`), or also that it was not (`complete`).
    """

    operation: str
    arguments: Mapping[str, "Argument"] = attrs.field(factory=dict)
    sales: int = 1
    files: int | None = None
    listing: Literal["none", "presence", "complete"] = "none"

    @property
    def before(self) -> "tuple[Sample, ...]":
        """The steps that it needs, the farthest first."""
        given = [one.of if isinstance(one, Part) else one for one in self.arguments.values()]
        found = [one for one in given if isinstance(one, Sample)]
        steps = [step for one in found for step in (*one.before, one)]
        return tuple({id(one): one for one in steps}.values())


Argument = (
    str | int | float | bool | Attached | Code | Sample | Part | Sequence[Attached] | Sequence[str]
)
"""What an argument of a sample may be."""


@attrs.frozen(kw_only=True)
class ReplyCase:
    """A reply to a paid request, and what it must be taken for.

    `verdict` is `accepted`, `rejected`, `retry-later` or `ambiguous`, `reason` the slug that people see (empty: any).
    `operation` names the sample that asks; without it the first one does.
    """

    name: str
    reply: "Answer | HangUp | Silence | CutShort"
    verdict: Verdict
    reason: str = ""
    operation: str = ""


@attrs.frozen(kw_only=True)
class StatusCase:
    """A reply to a question about a task, and the state that it tells; None: the task is unknown there.

    `reply` is an answer, or makes one from the request. `words` must be found in the reason, where it is not empty.
    """

    name: str
    reply: Answer | Callable[[Request], Answer]
    state: State | None
    words: str = ""
    operation: str = ""


@attrs.frozen(kw_only=True)
class Cases:
    """The table of one service.

    `gateway` makes a fresh gateway in good order: a function from a request to an answer, which has its tasks finished at
    once. `sells` are parts of the paths whose POST costs money. `batched`: many tasks are asked about in one request.
    `carries_attempt`: the attempt's id travels with a purchase, as a header or in the body; where some requests alone have
    a place for it, the names of their operations. `stranger` is a task's number
    that the service never gave. `untried` names operations without a sample, and says why.
    """

    service: str
    gateway: Callable[[], Behaviour]
    sells: tuple[str, ...]
    samples: tuple[Sample, ...]
    replies: tuple[ReplyCase, ...] = ()
    statuses: tuple[StatusCase, ...] = ()
    batched: bool = True
    carries_attempt: bool | Collection[str] = True
    stranger: str = "0000000000000000"
    untried: Mapping[str, str] = attrs.field(factory=dict)

    def samples_of(self, operation: str, argument: str = "") -> list[Sample]:
        """Return the samples of an operation, those that give an argument where it is named."""
        found = [one for one in self.samples if one.operation == operation]
        return [one for one in found if argument in ("", *one.arguments)]

    def carries(self, operation: str) -> bool:
        """Tell whether the attempt's id travels with what an operation buys."""
        told = self.carries_attempt
        return told if isinstance(told, bool) else operation in told

    def sample(self, operation: str = "") -> Sample:
        """Return the first sample of an operation, without a name the first one; LookupError where there is none."""
        return self.samples_of(operation)[0] if operation else self.samples[0]
