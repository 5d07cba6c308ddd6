"""The pure functions of the language: reproducible, with no clock, no unseeded chance and no environment."""

from collections.abc import Callable, Sequence

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.types import ANY, INT, TEXT, Type, list_of, parse_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from omnidsl.plugins.brought import FunctionView

    Item = TypeVar("Item")

LIST = list_of(ANY)


class Function:
    """A function: its parameters in order, and what it gives for arguments of these types."""

    __slots__ = ("name", "parameters", "result")

    def __init__(
        self,
        name: str,
        parameters: tuple[tuple[str, Type], ...],
        result: Type | Callable[[dict[str, Type]], Type],
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.result = result

    def gives(self, arguments: dict[str, Type]) -> Type:
        """Return the type of the result."""
        return self.result if isinstance(self.result, Type) else self.result(arguments)


def _item(arguments: dict[str, Type]) -> Type:
    return arguments.get("list", LIST).item or ANY


def _some(arguments: dict[str, Type]) -> Type:
    return list_of(_item(arguments))


FUNCTIONS = {
    one.name: one
    for one in (
        Function("choose", (("list", LIST), ("seed", INT)), _item),
        Function("file", (("path", TEXT),), Type("image")),
        Function("join", (("list", LIST), ("sep", TEXT)), TEXT),
        Function("len", (("list", LIST),), INT),
        Function("lines", (("path", TEXT),), list_of(TEXT)),
        Function("pick", (("grid", Type("grid")),), INT),  # a step: see `checking.asking`
        Function("raw", (("text", TEXT),), TEXT),
        Function("sample", (("list", LIST), ("k", INT), ("seed", INT)), _some),
    )
}


_ENDINGS = {
    **dict.fromkeys("aac aif aiff flac m4a mp3 mpga oga ogg opus wav weba".split(), "audio"),
    **dict.fromkeys("avi m4v mkv mov mp4 mpeg mpg webm".split(), "video"),
}


def medium(path: str) -> str:
    """Return the type that a file's name promises: `audio`, `video`, and `image` for all others."""
    return _ENDINGS.get(path.rpartition(".")[2].lower(), "image")


def of_plugin(view: "FunctionView") -> Function:
    """Return a function that a plugin brings: its types are known, what it gives is not."""
    parameters = tuple((name, parse_type(text)) for name, text in view.arguments.items())
    return Function(view.name, parameters, parse_type(view.returns))


def functions_of(space: str, known: "Mapping[str, FunctionView]") -> list[str]:
    """Return the names of the functions `space.name`, without their space."""
    return [one.partition(".")[2] for one in known if one.startswith(f"{space}.")]


def drawn(items: "Sequence[Item]", count: int, seed: int) -> "list[Item]":
    """Return `count` different items in the order in which they are drawn.

    What is drawn follows from the seed and the items' places alone, on every platform and for ever: the places are
    ordered by the SHA-256 of `SEED:PLACE`, counted from 1. A larger `count` therefore only draws more.
    """
    from hashlib import sha256  # milliseconds that only a recipe with chance in it pays

    def lot(place: int) -> bytes:
        return sha256(f"{seed}:{place + 1}".encode("ascii")).digest()

    places = sorted(range(len(items)), key=lot)
    return [items[place] for place in places[:count]]
