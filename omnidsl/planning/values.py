"""The values that stand in a plan: what is known, what a step will give, and what is put together from both.

In JSON a plain value is itself and the others are objects with one key that begins with `$`.
"""

from collections.abc import Iterator, Mapping

from omnidsl._record import Record
from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.values import Duration, Ratio

if TYPE_CHECKING:
    from omnidsl.plugins.media import JSON


class Ref(Record):
    """The result of a step, or one part of it (`text`, `sheet`, `prompt`, …; empty: the whole)."""

    __slots__ = ("node", "part")
    __match_args__ = ("node", "part")

    def __init__(self, node: str, part: str = "") -> None:
        self.node = node
        self.part = part


class Computed(Record):
    """A value to be computed once results are there; operations are those of `omnidsl.checking.computing`, and `if`.

    `if` has a condition, the value where it holds, and the one where it does not; with two arguments there is none.
    """

    __slots__ = ("arguments", "operation")
    __match_args__ = ("operation", "arguments")

    def __init__(self, operation: str, arguments: "tuple[Value, ...]") -> None:
        self.operation = operation
        self.arguments = arguments


Pending = Ref | Computed
"""What only a run can know."""


class TextInput(Record):
    """A text with parts that steps will give."""

    __slots__ = ("parts",)
    __match_args__ = ("parts",)

    def __init__(self, parts: tuple[str | Pending, ...]) -> None:
        self.parts = parts


class FileInput(Record):
    """A file of the project: where it is, and what it held when the plan was made (sha256 hex, size in bytes)."""

    __slots__ = ("path", "sha256", "size")
    __match_args__ = ("path", "sha256", "size")

    def __init__(self, path: str, sha256: str, size: int) -> None:
        self.path = path
        self.sha256 = sha256
        self.size = size


class PromptInput(Record):
    """One Midjourney job: its text, where results are still to be filled in as data, and its reference pictures."""

    __slots__ = ("images", "parts")
    __match_args__ = ("parts", "images")

    def __init__(
        self, parts: tuple[str | Pending, ...], images: tuple[FileInput | Pending, ...] = ()
    ) -> None:
        self.parts = parts
        self.images = images


class TurnInput(Record):
    """One turn of a conversation: texts, files and results in reading order."""

    __slots__ = ("parts", "role")
    __match_args__ = ("role", "parts")

    def __init__(self, role: str, parts: tuple[str | Pending | FileInput, ...]) -> None:
        self.role = role
        self.parts = parts


class MessagesInput(Record):
    """A conversation, oldest turn first."""

    __slots__ = ("turns",)
    __match_args__ = ("turns",)

    def __init__(self, turns: tuple[TurnInput, ...]) -> None:
        self.turns = turns


Value = (
    bool
    | int
    | float
    | str
    | None
    | Ref
    | Computed
    | Ratio
    | Duration
    | TextInput
    | FileInput
    | PromptInput
    | MessagesInput
    | tuple["Value", ...]
)


INDEX = Ref("", "index")
"""In the path of a list that a step gives: the place of the item that is saved, counted from 1."""


def refs(value: Value) -> Iterator[Ref]:
    """Yield every step result that a value needs, in order."""
    if isinstance(value, Ref):
        if value != INDEX:
            yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from refs(one)
    elif isinstance(value, Computed):
        yield from refs(value.arguments)
    elif isinstance(value, TextInput):
        yield from refs(value.parts)
    elif isinstance(value, PromptInput):
        yield from refs(value.parts)
        yield from refs(value.images)
    elif isinstance(value, MessagesInput):
        for turn in value.turns:
            yield from refs(turn.parts)


def to_json(value: Value) -> "JSON":
    """Return a value in its stored form."""
    match value:
        case tuple():
            return [to_json(one) for one in value]
        case Ref():
            part: dict[str, JSON] = {"part": value.part} if value.part else {}
            return {"$result": {"step": value.node, **part}}
        case Computed():
            return {"$call": [value.operation, *(to_json(one) for one in value.arguments)]}
        case Ratio():
            return {"$ratio": [value.width, value.height]}
        case Duration():
            return {"$duration": value.seconds}
        case TextInput():
            return {"$text": to_json(value.parts)}
        case FileInput():
            return {"$file": {"path": value.path, "sha256": value.sha256, "size": value.size}}
        case PromptInput():
            return {"$prompt": {"text": to_json(value.parts), "images": to_json(value.images)}}
        case MessagesInput():
            turns: list[JSON] = [
                {"role": one.role, "parts": to_json(one.parts)} for one in value.turns
            ]
            return {"$messages": turns}
    return value


def from_json(data: "JSON") -> Value:
    """Read what `to_json` wrote; ValueError for anything else."""
    if isinstance(data, list):
        return tuple(from_json(one) for one in data)
    if not isinstance(data, Mapping):
        return data
    match data:
        case {"$result": {"step": str(node), **rest}}:
            part = rest.get("part", "")
            return Ref(node, part if isinstance(part, str) else "")
        case {"$call": [str(operation), *arguments]}:
            return Computed(operation, tuple(from_json(one) for one in arguments))
        case {"$ratio": [int(width), int(height)]}:
            return Ratio(width, height)
        case {"$duration": int(seconds) | float(seconds)}:
            return Duration(seconds)
        case {"$text": [*parts]}:
            return TextInput(tuple(_text_or_pending(one) for one in parts))
        case {"$file": {"path": str(path), "sha256": str(sha256), "size": int(size)}}:
            return FileInput(path, sha256, size)
        case {"$prompt": {"text": [*parts], "images": [*images]}}:
            texts = tuple(_text_or_pending(one) for one in parts)
            return PromptInput(texts, tuple(_file_or_pending(one) for one in images))
        case {"$messages": [*turns]}:
            return MessagesInput(tuple(_turn(one) for one in turns))
    raise ValueError(f"a plan holds a value of unknown form: {data!r}")


def _text_or_pending(data: "JSON") -> str | Pending:
    value = from_json(data)
    if isinstance(value, str | Pending):
        return value
    raise ValueError(f"a text's part is neither text nor result: {data!r}")


def _file_or_pending(data: "JSON") -> FileInput | Pending:
    value = from_json(data)
    if isinstance(value, FileInput | Pending):
        return value
    raise ValueError(f"a picture is neither file nor result: {data!r}")


def _turn(data: "JSON") -> TurnInput:
    match data:
        case {"role": str(role), "parts": [*parts]}:
            values = tuple(from_json(one) for one in parts)
            kept = tuple(one for one in values if isinstance(one, str | Pending | FileInput))
            if len(kept) == len(values):
                return TurnInput(role, kept)
    raise ValueError(f"a conversation's turn has an unknown form: {data!r}")
