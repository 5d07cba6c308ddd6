"""The parsing engine: stock Lark on `grammars/prompt.lark`, behind one narrow function.

Nothing but `pieces` knows which engine reads the grammar, so that a faster one can take its place.
"""

from functools import cache
from typing import TYPE_CHECKING

from omnidsl.language.grammars_path import grammar_folder

if TYPE_CHECKING:
    from lark import Lark, Token, Tree


class Piece:
    """A stretch `[start, end)` of a prompt: `kind` is URL, WORD, WEIGHT, PARAM, DASHED, COMMA or GROUP.

    A GROUP is a permutation with its braces; `inner` are its own commas and groups.
    """

    __slots__ = ("end", "inner", "kind", "start")

    def __init__(self, kind: str, start: int, end: int, inner: "tuple[Piece, ...]" = ()) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.inner = inner

    def __repr__(self) -> str:
        return f"Piece({self.kind}, {self.start}, {self.end})"


@cache
def _lark() -> "Lark":
    from lark import Lark

    return Lark.open(str(grammar_folder() / "prompt.lark"), parser="lalr", start="prompt")


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a prompt whose braces balance, in order; white space belongs to none.

    Nesting must be bounded by the caller.
    """
    return [_piece(child) for child in _lark().parse(text).children]


def _piece(node: "Token | Tree[Token]") -> Piece:
    from lark import Token

    if isinstance(node, Token):
        start = node.start_pos or 0
        return Piece(node.type, start, start + len(node))
    opening, *inner, closing = (_piece(child) for child in node.children)
    return Piece(
        "GROUP",
        opening.start,
        closing.end,
        tuple(one for one in inner if one.kind in ("COMMA", "GROUP")),
    )
