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

_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\u{d}"})

_ROOM = 16
"""What nobody knows before a run is left this part of a piece: a name fits beside the text, whatever it is."""

Known = Callable[[syntax.Expression], object]
"""Returns what an expression in a text is, or None where that is not known."""


class _Hole:
    """A `${…}` in a text, as it is written, and where what fills it stands."""

    __slots__ = ("end", "start", "written")

    def __init__(self, start: int, end: int, written: str) -> None:
        self.start = start
        self.end = end
        self.written = written


def in_pieces(node: syntax.Text, source: Source, most: int, known: Known) -> list[str] | None:
    """Return literals that hold a text piece by piece, each at most so long; None where `${…}` alone is longer."""
    text, holes = _filled(node, source, room(most), known)
    cuts = _cuts(text, most, holes)
    if cuts is None:
        return None
    return [
        '"' + _written(text, start, end, holes) + '"'
        for start, end in pairwise(cuts)
        if text[start:end].strip()
    ]


def room(most: int) -> int:
    """Return how many characters are left for what is not known; never none, or it would vanish at an edge."""
    return max(1, most // _ROOM)


def _filled(
    node: syntax.Text, source: Source, unknown: int, known: Known
) -> tuple[str, list[_Hole]]:
    """Return a text with everything in it filled in, and where that stands; `unknown` characters where nobody knows."""
    parts: list[str] = []
    holes: list[_Hole] = []
    size = 0
    for one in node.parts:
        if isinstance(one, syntax.Piece):
            parts.append(one.text)
        else:
            text = known(one)
            parts.append(_FILLED * max(1, len(text) if isinstance(text, str) else unknown))
            holes.append(_Hole(size, size + len(parts[-1]), f"${{{source[one.span]}}}"))
        size += len(parts[-1])
    return "".join(parts), holes


def _cuts(text: str, most: int, holes: list[_Hole]) -> list[int] | None:
    """Return the places of the cuts, both ends with them."""
    ends = [[match.end() for match in one.finditer(text)] for one in _ENDS]
    cuts = [0]
    while len(text) - cuts[-1] > most:
        start, far = cuts[-1], cuts[-1] + most
        choices = (one[bisect_right(one, far) - 1] for one in ends if one and one[0] <= far)
        cut = next((one for one in choices if one > start), 0) or _before_holes(far, holes)
        if cut <= start:
            return None
        cuts.append(cut)
    return [*cuts, len(text)]


def _before_holes(place: int, holes: list[_Hole]) -> int:
    """Return a place, or the beginning of the hole that it lies in."""
    number = bisect_right([one.start for one in holes], place) - 1
    inside = number >= 0 and place < holes[number].end
    return holes[number].start if inside else place


def _written(text: str, start: int, end: int, holes: list[_Hole]) -> str:
    """Return a part of a text as it stands between quotes, without white space at its edges."""
    part = text[start:end]
    start, end = start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
    found, at = [], start
    for one in holes:
        if start <= one.start < end:
            found += [_escaped(text[at : one.start]), one.written]
            at = one.end
    return "".join([*found, _escaped(text[at:end])])


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES).replace("${", "\\${")
