"""What all nodes have, and names as they are written."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.source import Span

if TYPE_CHECKING:
    from typing import ClassVar


class Node:
    """The base of all nodes; two nodes are equal when they say the same, wherever they stand."""

    __slots__ = ("span",)
    fields: "ClassVar[tuple[str, ...]]" = ()

    span: Span
    depth: int = 1
    """Levels of nesting; classes whose nodes have parts that nest have a slot for it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.fields)})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name) for name in self.fields
        )

    __hash__ = object.__hash__


class Word(Node):
    """A name as it was written: where it is defined, or a part of a path."""

    __slots__ = ("text",)
    fields = ("text",)

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text
