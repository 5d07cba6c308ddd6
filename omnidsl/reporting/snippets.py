"""Places of a text drawn for people: the lines they stand on, and a mark under each.

A line is never taken whole: lines may be megabytes long and hold thousands of findings, so that only the window
around a place is ever copied, measured and shown.
"""

import re
from collections.abc import Iterable, Iterator

from omnidsl.language.source import Position, Source, Span
from omnidsl.reporting.terminal import columns, printable

TAB = "    "
CUT = "…"
WIDENER = "\ufe0f"
"""The variation selector that makes a narrow sign a wide emoji: nothing by itself, one column after another."""


class Mark:
    """A place to underline with `sign` (`^` for what is wrong, `-` for what explains it) and its words."""

    __slots__ = ("sign", "source", "span", "words")

    def __init__(self, source: Source, span: Span, sign: str, words: str) -> None:
        size = len(source.text)
        start = min(max(span.start, 0), size)
        self.source = source
        self.span = Span(start, min(max(span.end, start), size))
        self.sign = sign
        self.words = words

    def __repr__(self) -> str:
        return f"Mark({self.source.name!r}, {self.span}, {self.sign!r}, {self.words!r})"

    @property
    def position(self) -> Position:
        """Row and column of its first character."""
        return self.source.position(self.span.start)


class Row:
    """One line of a drawing: its number in the text (None under a line), the text, the kind of what it holds.

    `kind` is `code`, `^`, `-` or `gap`.
    """

    __slots__ = ("kind", "number", "text")

    def __init__(self, number: int | None, text: str, kind: str) -> None:
        self.number = number
        self.text = text
        self.kind = kind

    def __repr__(self) -> str:
        return f"Row({self.number}, {self.text!r}, {self.kind!r})"


class _Piece:
    """The part of a mark on one row: offsets into the source, and words (None: show the row, mark nothing)."""

    __slots__ = ("end", "mark", "row", "start", "words")

    def __init__(self, mark: Mark, row: int, start: int, end: int, words: str | None = "") -> None:
        self.mark = mark
        self.row = row
        self.start = start
        self.end = end
        self.words = words


def draw(marks: Iterable[Mark], width: int) -> list[Row]:
    """Draw marks of one source in reading order, source lines at most `width` columns wide (and two for cuts)."""
    pieces = sorted(
        (piece for mark in marks for piece in _pieces(mark)), key=lambda one: (one.row, one.start)
    )
    drawn: list[Row] = []
    shown = (0, "")
    for piece in pieces:
        if shown[0] and piece.row > shown[0] + 1:
            drawn.append(Row(None, "", "gap"))
        code, before, under = _window(piece, width)
        if (piece.row, code) != shown:  # marks far apart on a long line have windows of their own
            drawn.append(Row(piece.row, code, "code"))
        shown = (piece.row, code)
        if piece.words is not None:
            underline = " " * before + piece.mark.sign * under
            drawn.append(Row(None, f"{underline} {piece.words}".rstrip(), piece.mark.sign))
    return drawn


def _pieces(mark: Mark) -> Iterator[_Piece]:
    """Split a mark by rows; of one over several lines the first and the last are shown."""
    text, start, end = mark.source.text, mark.span.start, mark.span.end
    if end > start and text[end - 1] == "\n":
        end -= 1  # a span that takes its newline ends on its own line
    if start == end == len(text) and text.endswith("\n"):
        # The end of a file is a place without text; the line above it says where one is.
        yield _Piece(mark, mark.source.position(start).row - 1, start - 1, start - 1, words=None)
    first, last = mark.source.position(start), mark.source.position(end)
    if first.row == last.row:
        yield _Piece(mark, first.row, start, end, mark.words)
        return
    yield _Piece(mark, first.row, start, end)
    start_of_last = end - last.column + 1
    indent = re.compile(r"[ \t]{0,80}").match(text, start_of_last, end)
    yield _Piece(mark, last.row, indent.end() if indent else start_of_last, end, mark.words)


def _window(piece: _Piece, width: int) -> tuple[str, int, int]:
    """Return the line's text around a piece, the columns before its mark, and the columns of the mark."""
    text = piece.mark.source.text
    line_start = piece.start - piece.mark.source.position(piece.start).column + 1
    reach_left, reach_right = (
        max(line_start, piece.start - width),
        min(len(text), piece.start + 2 * width),
    )
    newline = text.find("\n", piece.start, reach_right + 1)
    line_end = reach_right if newline < 0 else newline
    if newline > line_start and text[newline - 1] == "\r":
        line_end -= 1
    start = min(piece.start, line_end)
    end = max(start, min(piece.end, line_end))
    cells = [_cell(one) for one in text[reach_left:line_end]]
    a, b = start - reach_left, end - reach_left
    whole = reach_left == line_start and (newline >= 0 or line_end == len(text))
    left, right = _fit([_size(one) for one in cells], a, b, width, whole=whole)
    cut_left = CUT if reach_left + left > line_start else ""
    cut_right = CUT if right < len(cells) or (newline < 0 and line_end < len(text)) else ""
    before = cut_left + "".join(cells[left:a])
    upto = before + "".join(cells[a : min(b, right)])
    code = (upto + "".join(cells[min(b, right) : right]) + cut_right).rstrip()
    return code, columns(before), max(1, columns(upto) - columns(before))


def _fit(sizes: list[int], a: int, b: int, width: int, *, whole: bool) -> tuple[int, int]:
    """Grow a window from the cells `[a, b)` to both sides while it has room; cut the cells themselves if it has none.

    `whole` says that the cells are the whole line: where they are not, a sign for what was cut takes room too.
    """
    if whole and sum(sizes) <= width:
        return 0, len(sizes)
    room = width - 2 * len(CUT)
    left = right = a
    while right < b and room >= sizes[right]:
        room -= sizes[right]
        right += 1
    grows = right == b
    while grows:
        grows = False
        if left > 0 and room >= sizes[left - 1]:
            left -= 1
            room -= sizes[left]
            grows = True
        if right < len(sizes) and room >= sizes[right]:
            room -= sizes[right]
            right += 1
            grows = True
    return left, right


def _size(cell: str) -> int:
    return 1 if cell == WIDENER else columns(cell)


def _cell(character: str) -> str:
    return TAB if character == "\t" else printable(character)
