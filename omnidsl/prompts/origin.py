"""Where the characters of a made text stand in the text that it was made of."""

from bisect import bisect_right

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

_BRACE = pattern(r"\\.|[{}]")


class Origin:
    """Chunks of a text: where each begins there, and in the source, both ascending, each copied from one place."""

    __slots__ = ("_made", "_source")

    def __init__(self, chunks: list[tuple[int, int]]) -> None:
        """Take the chunks as `(offset in the made text, offset in the source)`."""
        self._made = [made for made, _ in chunks]
        self._source = [source for _, source in chunks]

    def chunks(self) -> tuple[list[int], list[int]]:
        """Return where each chunk begins in the made text, and where in the source."""
        return self._made, self._source

    def offset(self, at: int) -> int:
        """Return where a character stands."""
        begins, sources = self.chunks()
        chunk = max(0, bisect_right(begins, at) - 1)
        return sources[chunk] + at - begins[chunk]

    def span(self, start: int, end: int) -> Span:
        """Return where a stretch stands; it takes in the braces of groups that it crosses."""
        if end > start:
            first = self.offset(start)
            return Span(first, max(first, self.offset(end - 1)) + 1)
        first = self.offset(start - 1) + 1 if start else self.offset(0)
        return Span(first, first)

    def joint(self, at: int, source: str) -> int:
        """Return where to insert between two characters of which a group's braces may have parted the places.

        Of all places between the two it is the first one that lies in the fewest groups: what is put inside one becomes a
        part of an alternative, and white space there vanishes. `source` is the text that the places are of.
        """
        before = self.offset(at - 1) + 1 if at else self.offset(0)
        after = self.offset(at)
        best = place = before
        deep = least = 0
        while place < after:
            sign = source[place]
            place += 2 if sign == "\\" else 1
            deep += (sign == "{") - (sign == "}")
            if deep < least:
                best, least = place, deep
        return best

    def whole(self, start: int, end: int) -> bool:
        """Say whether a stretch was copied from one place, so that an edit may replace it there."""
        begins, _ = self.chunks()
        return bisect_right(begins, start) == bisect_right(begins, max(start, end - 1))

    def cut(self, slices: "Callable[[], list[tuple[int, int]]]") -> "Origin":
        """Return the origin of a text that is made of slices of this one's, in order; they are asked for when needed."""
        return _Cut(self, slices)


class _Cut(Origin):
    """The origin of slices of another text, worked out when a place is asked for: most texts are without findings."""

    __slots__ = ("_slices", "_whole")

    def __init__(self, whole: Origin, slices: "Callable[[], list[tuple[int, int]]]") -> None:
        self._whole: Origin | None = whole
        self._slices = slices

    def chunks(self) -> tuple[list[int], list[int]]:
        """Return the chunks of the slices."""
        if self._whole is not None:
            Origin.__init__(self, self._cut(self._whole))
            self._whole = None
        return self._made, self._source

    def _cut(self, whole: Origin) -> list[tuple[int, int]]:
        begins, sources = whole.chunks()
        chunks: list[tuple[int, int]] = []
        made = 0
        for start, end in self._slices():
            chunks.append((made, whole.offset(start)))
            index = bisect_right(begins, start)
            while index < len(begins) and begins[index] < end:
                chunks.append((made + begins[index] - start, sources[index]))
                index += 1
            made += end - start
        return chunks or [(0, 0)]


AS_GIVEN = Origin([(0, 0)])
"""Of a text that is the source itself."""


def group_end(source: str, place: int) -> int:
    """Return where the innermost group that a character stands in ends; the length of the text where it stands in none."""
    deep = 0
    for found in _BRACE.finditer(source, place):
        deep += (found[0] == "{") - (found[0] == "}")
        if deep < 0:
            return found.start()
    return len(source)
