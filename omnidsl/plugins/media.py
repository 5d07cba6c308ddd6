"""The values that operations take and make: files, handles on remote tasks, prompts, messages."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import attrs

JSON = bool | int | float | str | None | list["JSON"] | dict[str, "JSON"]


@attrs.frozen
class Artifact:
    """A file in the content-addressed store: verified, write-once.

    `path` is where the bytes lie, `size` is in bytes, `media_type` is what the content is (not what was claimed).
    """

    path: Path
    sha256: str
    size: int
    media_type: str


@attrs.frozen
class Image(Artifact):
    """One picture."""


@attrs.frozen
class Grid(Artifact):
    """A contact sheet of four pictures; not an image until one of them is chosen."""


@attrs.frozen
class Audio(Artifact):
    """One sound file."""


@attrs.frozen
class Video(Artifact):
    """One video file."""


Media_co = TypeVar("Media_co", bound=Artifact | str | Sequence[Artifact], covariant=True)


@attrs.frozen
class Handle(Generic[Media_co]):
    """A finished remote task on one account of one gateway: what a button can be pressed on, that of a text too.

    `step` and `attempt` name the purchase that made it; `facts` are what its backend chose to remember.
    """

    gateway: str
    account: str
    task: str
    step: str
    attempt: int
    facts: Mapping[str, JSON] = attrs.field(factory=dict)


@attrs.frozen
class PromptJob:
    """One Midjourney job: the prompt text that is sent, and its reference pictures (files, or URLs left in `text`)."""

    text: str
    images: tuple[Artifact, ...] = ()


@attrs.frozen
class Message:
    """One turn of a conversation; `parts` are texts and pictures in reading order."""

    role: str
    parts: tuple[str | Artifact, ...]


@attrs.frozen
class Messages:
    """A conversation, oldest turn first."""

    turns: tuple[Message, ...]


@attrs.frozen
class File:
    """A file that a backend offers: at a URL (fetched by the runner, under its rules), or as bytes.

    `kind` is what it must turn out to be: `image`, `audio`, `video`. `part` is the part of the result that it belongs to
    (see `Operation.parts`); empty: the result itself. One that is `optional` is left out, and told of, where it cannot be
    had: what was paid for is not lost with it.
    """

    kind: str
    url: str | None = None
    data: bytes | None = attrs.field(default=None, repr=False)
    part: str = ""
    optional: bool = False


def _grouped(files: Iterable[File]) -> tuple[File, ...]:
    """Return files part by part, those of the result itself first: their places are how the ledger knows them."""
    order: dict[str, list[File]] = {"": []}
    for one in files:
        order.setdefault(one.part, []).append(one)
    return tuple(one for group in order.values() for one in group)


@attrs.frozen
class Made:
    """What an operation made: a text, files, or both; `facts` are what people and later steps may ask for.

    Facts that people know by name: `task_id`, `prompt`, `prompt_en`, `buttons`, `model`, `usage`.
    """

    text: str | None = None
    files: tuple[File, ...] = attrs.field(default=(), converter=_grouped)
    facts: Mapping[str, JSON] = attrs.field(factory=dict)
