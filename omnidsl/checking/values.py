"""The values of the language while a recipe is checked and planned. Text, int, number, bool and list are Python's own."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.symbols import Symbol
from omnidsl.checking.types import Type
from omnidsl.prompts.values import number_text

if TYPE_CHECKING:
    from omnidsl.prompts import Job


class Ratio:
    """`16:9`; compared as it is written, not reduced."""

    __slots__ = ("height", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height

    def __str__(self) -> str:
        return f"{self.width}:{self.height}"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ratio) and (self.width, self.height) == (other.width, other.height)

    def __hash__(self) -> int:
        return hash((self.width, self.height))


class Duration:
    """A length of time in seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __str__(self) -> str:
        return f"{self.seconds:g}s"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.seconds == other.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)


class Later:
    """A value that a step will give (`node`, and a `part` of it), or one that nobody has bound yet (no node)."""

    __slots__ = ("node", "part", "type")

    def __init__(self, type_: Type, node: str = "", part: str = "") -> None:
        self.type = type_
        self.node = node
        self.part = part

    def __repr__(self) -> str:
        return f"Later({self.type}, {self.node!r}, {self.part!r})"


class Computed(Later):
    """A value to be computed once results are there: `operation` of `arguments`, of which at least one comes later.

    Operations are those of `omnidsl.checking.computing`, and `if`: a condition, the value where it holds, and the one
    where it does not. With two arguments there is none where it does not hold: lists leave such an item out.
    """

    __slots__ = ("arguments", "operation")

    def __init__(self, type_: Type, operation: str, arguments: list["Value"]) -> None:
        super().__init__(type_)
        self.operation = operation
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"Computed({self.type}, {self.operation!r}, {self.arguments!r})"


class Joined:
    """A text put together from known parts and parts that come later."""

    __slots__ = ("parts",)

    def __init__(self, parts: list["str | Later"]) -> None:
        self.parts = parts


class ProjectFile:
    """A file of the project: its absolute path and, where it was read, nothing more."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"ProjectFile({self.path!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProjectFile) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)


class Raw(str):
    """A text that `raw(…)` marks: in a prompt it is taken as typed, not as data. Any text made with it is data again."""

    __slots__ = ()


class Instance:
    """A prompt or chat with its arguments; rendered when it is sent.

    `job` is one of several that a prompt makes, counted from 1; None: all of them.
    """

    __slots__ = ("arguments", "job", "symbol")

    def __init__(
        self, symbol: Symbol, arguments: dict[str, "Value"], job: int | None = None
    ) -> None:
        self.symbol = symbol
        self.arguments = arguments
        self.job = job


class Parts:
    """A job of a prompt, whose parts can be asked for: all of them, its `vocabulary`, or its `parameters`.

    `pictures` are the paths of its reference pictures.
    """

    __slots__ = ("job", "kind", "pictures")

    def __init__(self, kind: str, job: "Job", pictures: list[str]) -> None:
        self.kind = kind
        self.job = job
        self.pictures = pictures


class Record:
    """A value with named parts: what `plan(…)` tells."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[str, "Value"]) -> None:
        self.parts = parts


Value = (
    str
    | int
    | float
    | bool
    | Ratio
    | Duration
    | list["Value"]
    | Later
    | Joined
    | ProjectFile
    | Instance
    | Parts
    | Record
)


def text_of(value: Value) -> str:
    """Return how a plain value is written into a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return str(value)
