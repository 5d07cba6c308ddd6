"""Where the characters of a made text stand in the text that it was made of."""

from bisect import bisect_right

from omnidsl.language.source import Span


class Origin:
    """Chunks `(offset in the made text, offset in the source)`, ascending, each copied from one place."""

    __slots__ = ("_made", "_source")

    def __init__(self, chunks: list[tuple[int, int]]) -> None:
        self._made = [made for made, _ in chunks]
        self._source = [source for _, source in chunks]

    def offset(self, at: int) -> int:
        """Return where a character stands."""
        chunk = max(0, bisect_right(self._made, at) - 1)
        return self._source[chunk] + at - self._made[chunk]

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
        return bisect_right(self._made, start) == bisect_right(self._made, max(start, end - 1))

    def cut(self, slices: list[tuple[int, int]]) -> "Origin":
        """Return the origin of a text that is made of slices of this one's, in order."""
        chunks: list[tuple[int, int]] = []
        made = 0
        for start, end in slices:
            chunks.append((made, self.offset(start)))
            index = bisect_right(self._made, start)
            while index < len(self._made) and self._made[index] < end:
                chunks.append((made + self._made[index] - start, self._source[index]))
                index += 1
            made += end - start
        return Origin(chunks or [(0, 0)])


AS_GIVEN = Origin([(0, 0)])
"""Of a text that is the source itself."""
