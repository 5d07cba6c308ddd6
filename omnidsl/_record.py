"""The base of plain values that must cost nothing at start-up, where attrs would cost fifty milliseconds."""

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import ClassVar


class Record:
    """A value whose fields are named in `__match_args__`: equal to another of its class with equal fields."""

    __slots__ = ()
    __match_args__: "ClassVar[tuple[str, ...]]" = ()

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({fields})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__match_args__)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.__match_args__)))
