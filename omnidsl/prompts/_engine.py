"""The engine on the prompt grammar: its compiled tables, and one narrow function."""

import re
from functools import cache

from omnidsl.language._prompt_tables import TABLES
from omnidsl.language.lalr import Assembly, Branch, Leaf, Trees, parse

_ASSEMBLY = Assembly(TABLES, Trees.branch)


Piece = tuple[str, int, int, tuple["Piece", ...]]
"""A stretch of a prompt: its kind, where it starts and ends, what is inside.

The kind is URL, WORD (one or more words, with the blanks between them), WEIGHT, PARAM, DASHED, COMMA or GROUP. A GROUP is a
permutation with its braces; inside are its own commas and groups. A tuple, for a prompt has a dozen of them.
"""


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a prompt whose braces balance, in order; white space around them belongs to none.

    Nesting must be bounded by the caller.
    """
    if "{" not in text and "}" not in text:
        end = len(text.rstrip())  # or blanks at the end are looked at from each of them
        return [
            (one.lastgroup, *one.span(one.lastindex), ())  # type: ignore[misc,arg-type]  # every alternative is a named group
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
        return node.kind, node.span.start, node.span.end, ()
    opening, *inner, closing = (_piece(child) for child in node.children if child is not None)
    commas_and_groups = tuple(one for one in inner if one[0] in ("COMMA", "GROUP"))
    return "GROUP", opening[1], closing[2], commas_and_groups
