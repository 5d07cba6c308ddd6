"""The engine on the prompt grammar: its compiled tables, and one narrow function."""

import re
from functools import cache

from omnidsl.language._prompt_tables import TABLES
from omnidsl.language.lalr import Assembly, Branch, Leaf, Trees, parse

_ASSEMBLY = Assembly(TABLES, Trees.branch)


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


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a prompt whose braces balance, in order; white space belongs to none.

    Nesting must be bounded by the caller.
    """
    if "{" not in text and "}" not in text:
        end = len(text.rstrip())  # or blanks at the end are looked at from each of them
        return [
            Piece(one.lastgroup or "", *one.span(one.lastindex or 0))
            for one in _flat().finditer(text, 0, end)
        ]
    return _parsed(text)


@cache
def _flat() -> re.Pattern[str]:
    """Return the scanner of a prompt without braces: there, any other piece may follow any other, and nothing nests."""
    return re.compile(TABLES.scanners[TABLES.own[TABLES.starts["prompt"]]])


def _parsed(text: str) -> list[Piece]:
    return [
        _piece(child) for child in parse(_ASSEMBLY, text, "prompt").children if child is not None
    ]


def _piece(node: Branch | Leaf) -> Piece:
    if isinstance(node, Leaf):
        return Piece(node.kind, node.span.start, node.span.end)
    opening, *inner, closing = (_piece(child) for child in node.children if child is not None)
    commas_and_groups = tuple(one for one in inner if one.kind in ("COMMA", "GROUP"))
    return Piece("GROUP", opening.start, closing.end, commas_and_groups)
