"""A text that is too long for one request, in pieces: cut at ends of sentences, else of clauses, else of words."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise

from omnidsl.language import syntax
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source

_ENDS = (
    pattern(r"(?:[.!?…]+[\"'”’)\]」』）》]*(?=\s|\Z)|[。！？…；]+[\"'”’)\]」』）》]*)|\n+"),
    pattern(r"[,;:](?=\s)|[，、：—]+"),
    pattern(r"\s+"),
)
"""Where a text may be cut, the best places first; Chinese and English ends of sentences, of clauses, blanks."""

_FILLED = "\ufffc"
"""Stands for every character of what `${…}` is filled with: there is no end in it."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\u{d}"}

Known = Callable[[syntax.Expression], object]
"""Returns what an expression in a text is, or None where that is not known."""


class _Unit:
    """What is never cut: one character, or a `${…}`; `size` is in characters of the text."""

    __slots__ = ("size", "text", "written")

    def __init__(self, written: str, text: str) -> None:
        self.written = written
        self.text = text
        self.size = len(text)


def in_pieces(node: syntax.Text, source: Source, most: int, known: Known) -> list[str] | None:
    """Return literals that hold a text piece by piece, each at most so long; None where `${…}` alone is longer."""
    units = list(_units(node, source, known))
    text = "".join(one.text for one in units)
    places = [0]
    for one in units:
        places.append(places[-1] + one.size)
    cuts = _cuts(text, most, places)
    if cuts is None:
        return None
    found = []
    for start, end in pairwise(cuts):
        first, last = bisect_right(places, start) - 1, bisect_right(places, end) - 1
        if some := _trimmed(units[first:last]):
            found.append('"' + "".join(one.written for one in some) + '"')
    return found


def _units(node: syntax.Text, source: Source, known: Known) -> "list[_Unit]":
    found = []
    for one in node.parts:
        if isinstance(one, syntax.Piece):
            found += [_Unit(_ESCAPES.get(sign, sign), sign) for sign in one.text]
        else:
            # What is not known is taken for one character: it must not vanish at an edge.
            text = known(one)
            size = len(text) if isinstance(text, str) else 1
            found.append(_Unit(f"${{{source[one.span]}}}", _FILLED * max(1, size)))
    for first, second in pairwise(found):
        if first.written == "$" and second.written.startswith("{"):
            first.written = "\\$"
    return found


def _cuts(text: str, most: int, places: list[int]) -> list[int] | None:
    """Return the places of the cuts, both ends with them."""
    ends = [[match.end() for match in one.finditer(text)] for one in _ENDS]
    cuts = [0]
    while len(text) - cuts[-1] > most:
        start, far = cuts[-1], cuts[-1] + most
        choices = (one[bisect_right(one, far) - 1] for one in ends if one and one[0] <= far)
        cut = next((one for one in choices if one > start), 0)
        if not cut:
            cut = places[bisect_right(places, far) - 1]
        if cut <= start:
            return None
        cuts.append(cut)
    return [*cuts, len(text)]


def _trimmed(units: list[_Unit]) -> list[_Unit]:
    first, last = 0, len(units)
    while first < last and units[first].text.isspace():
        first += 1
    while last > first and units[last - 1].text.isspace():
        last -= 1
    return units[first:last]
