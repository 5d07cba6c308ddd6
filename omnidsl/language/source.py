"""A recipe's text, and places in it.

Plain slotted classes: attrs would cost forty milliseconds at every start of `omni check`.
"""

from bisect import bisect_right


class Span:
    """A half-open range of character offsets `[start, end)` into one `Source`."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Span({self.start}, {self.end})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and (self.start, self.end) == (other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.start, self.end))

    def __lt__(self, other: "Span") -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def to(self, other: "Span") -> "Span":
        """Return the smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class Position:
    """A place as people count it: row and column from 1, columns in characters."""

    __slots__ = ("column", "row")

    def __init__(self, row: int, column: int) -> None:
        self.row = row
        self.column = column

    def __repr__(self) -> str:
        return f"Position({self.row}, {self.column})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Position) and (self.row, self.column) == (other.row, other.column)

    def __hash__(self) -> int:
        return hash((self.row, self.column))


class Source:
    """One text with a name: `name` is shown to people, `path` is the file it came from (or None)."""

    __slots__ = ("_starts", "name", "path", "text")

    def __init__(self, text: str, name: str = "<text>", path: str | None = None) -> None:
        self.text = text
        self.name = name
        self.path = path
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts, find, at = [0], self.text.find, 0
            while (at := find("\n", at) + 1) > 0:
                starts.append(at)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """Return row and column of a character offset (the end of the text is a valid place)."""
        starts = self._line_starts()
        row = bisect_right(starts, offset)
        return Position(row, offset - starts[row - 1] + 1)

    def line(self, row: int) -> str:
        """Return the text of a row, counted from 1, without its newline."""
        starts = self._line_starts()
        end = starts[row] - 1 if row < len(starts) else len(self.text)
        return self.text[starts[row - 1] : end].removesuffix("\r")

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]
