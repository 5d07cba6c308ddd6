"""From the outline of a recipe to its lines of text: indents, breaks, alignment, empty lines."""

from collections.abc import Sequence

from omnidsl.language.formatting.breaking import brackets_to_break, breaks, must_break
from omnidsl.language.formatting.columns import columns
from omnidsl.language.formatting.parts import (
    ARROW,
    INDENT,
    WIDTH,
    Block,
    Group,
    Line,
    Part,
    ending,
    flat_parts,
    gap_before_brace,
    parted,
)
from omnidsl.language.formatting.trivia import Comment, Word

WIDEST_NAME = 20
"""Columns of a category's name that others are aligned with; a longer one stands for itself."""

WIDEST_COMMENTED = 60
"""Columns of a line whose comment is aligned with its neighbours'."""


def lay_out(lines: Sequence[Line], end: Word) -> list[str]:
    """Return the lines of a file; `end` carries the comments behind the last item."""
    layout = _Layout()
    layout.file(lines, end)
    return layout.finished()


class _Layout:
    __slots__ = ("_column", "_comments", "_lines", "_text")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._comments: list[tuple[int, str]] = []
        self._text: list[str] = []
        self._column = 0

    def finished(self) -> list[str]:
        """Return the lines with their comments; those of neighbours of one indent stand below each other."""
        run: list[int] = []
        comments = dict(self._comments)
        for at, comment in self._comments:
            if run and (
                at != run[-1] + 1 or _indent(self._lines[at]) != _indent(self._lines[at - 1])
            ):
                self._align(run, comments)
                run = []
            if columns(self._lines[at]) <= WIDEST_COMMENTED and "\n" not in self._lines[at]:
                run.append(at)
            else:
                self._lines[at] += f"  {comment}"
        self._align(run, comments)
        return self._lines

    def _align(self, run: Sequence[int], comments: dict[int, str]) -> None:
        widths = [columns(self._lines[at]) for at in run]
        column = max(widths, default=0) + 2
        for at, width in zip(run, widths, strict=True):
            self._lines[at] += " " * (column - width) + comments[at]

    # One line of text

    def _begin(self, indent: int) -> None:
        self._text = [INDENT * indent]
        self._column = len(INDENT) * indent

    def _write(self, text: str) -> None:
        self._text.append(text)
        self._column += columns(text)

    def _finish(self, comment: str = "") -> None:
        if comment:
            self._comments.append((len(self._lines), comment))
        self._lines.append("".join(self._text))

    def _fits(self, text: str, more: int = 0) -> bool:
        """Say whether a text has room behind what is written, with more columns behind it."""
        first, newline, _ = text.partition("\n")
        return self._column + columns(first) + (0 if newline else more) <= WIDTH

    def _go_on(self, trailing: str, comments: Sequence[Comment], indent: int) -> None:
        """End a line within a statement, write comments below it, and begin the next line."""
        self._finish(trailing)
        self._lines += [INDENT * indent + one.text for one in comments]
        self._begin(indent)

    # Lines of a file or block

    def file(self, lines: Sequence[Line], end: Word) -> None:
        """Write items: between two there is an empty line, but those of one line may stand together."""
        stood_alone = True
        for at, line in enumerate(lines):
            alone = _alone(line)
            if at and not (alone and stood_alone):
                _part_from_previous(line)
            self._line(line, 0, first=not at)
            stood_alone = alone
        self._own_lines(end.comments, 0, first=not lines)

    def _own_lines(self, comments: Sequence[Comment], indent: int, *, first: bool) -> None:
        """Write comments on lines of their own; `first` says that nothing stands before them in their block."""
        for comment in comments:
            if comment.spaced and not first:
                self._lines.append("")
            self._lines.append(INDENT * indent + comment.text)
            first = False

    def _line(self, line: Line, indent: int, *, first: bool) -> None:
        comments = line.comments
        self._own_lines(comments, indent, first=first)
        if line.spaced and (comments or not first):
            self._lines.append("")
        self._begin(indent)
        self._parts(line, indent)
        self._finish(line.parts[-1].trailing)

    def _block(self, block: Block, indent: int) -> None:
        self._write("{")
        if block.lines or block.flat is None:
            self._finish(block.opening.trailing)
            _align_values(block.lines)
            for at, line in enumerate(block.lines):
                self._line(line, indent + 1, first=not at)
            self._own_lines(block.closing.comments, indent + 1, first=not block.lines)
            gap = None if block.closing.fresh else gap_before_brace(block.lines)
            if gap is None:
                self._begin(indent)
            else:
                self._text = [self._lines.pop(), gap]
        self._write("}")

    def _group(self, group: Group, indent: int) -> None:
        self._write(group.opening.text)
        if group.items or group.flat is None:
            trailing = group.opening.trailing
            for item in group.items:
                self._go_on(trailing, item.comments, indent + 1)
                self._parts(item, indent + 1, more=1, inside=True)
                if group.comma or item is not group.items[-1]:
                    self._write(",")
                trailing = item.parts[-1].trailing
            comments = group.closing.comments
            self._finish(trailing)
            self._lines += [INDENT * (indent + 1) + one.text for one in comments]
            self._begin(indent)
        self._write(group.closing.text)

    # Parts of a line

    def _parts(self, line: Line, indent: int, *, more: int = 0, inside: bool = False) -> None:
        """Write a line's parts; `more` columns follow, and `inside` brackets it may break at `or` and `and`."""
        flat = line.flat
        if flat is not None and (not line.breakable or self._fits(flat, more) or line.pinned):
            self._write(flat)
            return
        parts = line.parts
        places = breaks(parts, inside=inside)
        if not places or self._one_bracket_will_do(parts, places, indent, more):
            self._segment(parts, indent, more)
            return
        deeper = indent + (parts[places[0]].kind == ARROW)
        start = 0
        for end in [*places, len(parts)]:
            if start:
                self._go_on(parts[start - 1].trailing, parts[start].comments, deeper)
            last = end == len(parts)
            self._segment(parts[start:end], deeper if start else indent, more if last else 0)
            start = end

    def _one_bracket_will_do(
        self, parts: Sequence[Part], places: Sequence[int], indent: int, more: int
    ) -> bool:
        """Say whether a flow of one step rather breaks its last brackets: two lines do not hold it, and these do."""
        arrow = parts[places[0]]
        if len(places) > 1 or arrow.kind != ARROW or must_break(parts, places[0]):
            return False
        head, step = flat_parts(parts[: places[0]]), flat_parts(parts[places[0] :])
        margin = len(INDENT) * (indent + 1)
        two_lines = head is not None and self._fits(head) and step is not None
        if two_lines and margin + columns(step or "") + more <= WIDTH:
            return False
        last = max((at for at, part in enumerate(parts) if isinstance(part, Group)), default=0)
        front, back = flat_parts(parts[:last]), flat_parts(parts[last + 1 :])
        return (
            last > 0
            and front is not None
            and back is not None
            and self._fits(front, 2)
            and margin + columns(back) + more <= WIDTH
        )

    def _segment(self, parts: Sequence[Part], indent: int, more: int) -> None:
        """Write parts one after the other; brackets that must or should have a line for each item."""
        broken = brackets_to_break(parts, self._column, len(INDENT) * indent, more)
        here, before = indent, ""
        for at, part in enumerate(parts):
            kind = part.kind
            if at:
                trailing = parts[at - 1].trailing
                if trailing or part.comments:
                    here = indent if kind == "_ELSE" else indent + 1
                    self._go_on(trailing, part.comments, here)
                elif parted(before, kind):
                    self._write(" ")
            before = ending(kind)
            if isinstance(part, Word):
                self._write(part.text)
            elif isinstance(part, Block):
                self._block(part, indent)
                here = indent
            elif at not in broken and part.flat is not None:
                self._write(part.flat)
            else:
                self._group(part, here)


def _alone(line: Line) -> bool:
    """Say whether an item takes one line of text."""
    flat = line.flat
    if flat is None or "\n" in flat:
        return False
    return not line.breakable or columns(flat) <= WIDTH or line.pinned


def _part_from_previous(line: Line) -> None:
    """Let an empty line stand before an item, its comments included."""
    if line.comments:
        line.comments[0].spaced = True
    else:
        line.space()


def _align_values(lines: Sequence[Line]) -> None:
    """Let the values of categories on lines that follow each other begin in one column."""
    run: list[Line] = []
    for line in lines:
        named = line.parts[0].kind == "CATEGORY" and len(line.parts) > 1
        if not named or line.spaced or any(one.spaced for one in line.comments):
            _align(run)
            run = []
        if named:
            run.append(line)
    _align(run)


def _align(run: Sequence[Line]) -> None:
    names = [_name(line) for line in run]
    widest = max((width for name in names if (width := columns(name)) <= WIDEST_NAME), default=0)
    for line, name in zip(run, names, strict=True):
        if line.flat is not None and (blanks := widest - columns(name)) > 0:
            line.flat = f"{name}{' ' * blanks}{line.flat[len(name) :]}"


def _name(line: Line) -> str:
    first = line.parts[0]
    return first.text if isinstance(first, Word) else ""


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
