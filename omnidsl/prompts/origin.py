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
