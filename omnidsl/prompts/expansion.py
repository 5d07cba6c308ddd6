"""Permutations: `{a, b}` anywhere in a prompt makes several prompts, before anything else is read.

Groups nest; `\\,` `\\{` `\\}` are plain; an alternative may be empty; the leftmost group varies slowest. What an expansion
yields is again a prompt of the same language, without groups.
"""

import re
from bisect import bisect_right

from omnidsl.language.source import Span
from omnidsl.prompts._engine import Piece, pieces

DEEPEST = 32
"""How deep groups may nest; what lies deeper is reported and taken as plain text."""

MOST = 10**9
"""Where counting stops: more jobs than anybody can pay for."""

DEFAULT_MAX_JOBS = 40
"""The most jobs that Midjourney makes of one prompt, on its largest plans."""

_BRACE = re.compile(r"\\[{}]|[{}]")


class Origin:
    """Where the characters of a made text come from: chunks, each of them copied from one place."""

    __slots__ = ("_made", "_source")

    def __init__(self, chunks: list[tuple[int, int]]) -> None:
        self._made = [made for made, _ in chunks]
        self._source = [source for _, source in chunks]

    def offset(self, at: int) -> int:
        """Return the place of a character."""
        chunk = bisect_right(self._made, at) - 1
        return self._source[chunk] + at - self._made[chunk]

    def span(self, start: int, end: int) -> Span:
        """Return the place of a stretch; it takes in the group's braces where it crosses some."""
        first = self.offset(start - 1) + 1 if start == end and start else self.offset(start)
        return Span(first, max(first, self.offset(end - 1) + 1 if end > start else first))

    def copied_whole(self, start: int, end: int) -> bool:
        """Say whether a stretch stands in the source as it is, so that an edit may replace it there."""
        last = max(start, end - 1)
        return bisect_right(self._made, start) == bisect_right(self._made, last)

    def of(self, chunks: list[tuple[int, int]]) -> "Origin":
        """Return the origin of a text made of chunks of this one, composed to point into the first source."""
        composed: list[tuple[int, int]] = []
        for (made, here), (after, _) in zip(chunks, [*chunks[1:], (-1, -1)], strict=True):
            length = after - made if after >= 0 else len_unknown(self._made, here)
            composed.append((made, self.offset(here)))
            index = bisect_right(self._made, here)
            while index < len(self._made) and self._made[index] < here + length:
                composed.append((made + self._made[index] - here, self._source[index]))
                index += 1
        return Origin(composed)
