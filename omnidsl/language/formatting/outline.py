"""From words to the outline of a file: brackets and braces find their partners, comments of commas and arrows their place."""

from collections.abc import Sequence

from omnidsl.language.formatting.parts import (
    ARROW,
    ENDS,
    OPERANDS,
    RESULT,
    SIGN,
    Block,
    Group,
    Line,
    ending,
    flat_block,
    flat_group,
    flatten,
)
from omnidsl.language.formatting.trivia import NEWLINE, Comment, Word

DEEPEST = 200
"""Levels of brackets and braces, as the parser's own limit."""


class TooDeepError(Exception):
    """Raised where brackets and braces nest deeper than `DEEPEST`; `at` is the place of the first too many."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def outline(words: Sequence[Word]) -> list[Line]:
    """Return the lines of a file from its words, without those for its beginning and end.

    Raises TooDeepError.
    """
    return _Outliner(words).file()


class _Outliner:
    __slots__ = ("_before", "_carried", "_line", "_lines", "_outer", "_words")

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._line = Line()
        self._lines: list[Line] = []
        self._outer: list[tuple[Group | Block, Line, list[Line]]] = []
        self._before = Word("", "")
        self._carried: tuple[Comment, ...] = ()

    def file(self) -> list[Line]:
        for at, word in enumerate(self._words):
            kind = word.kind
            if kind == NEWLINE:
                if self._before.kind not in (ARROW, RESULT):
                    self._end_line()
                continue
            if self._carried:
                word.comments = self._carried + word.comments
                self._carried = ()
            if kind in ENDS:
                self._open(word)
            elif kind in ("RPAR", "RSQB"):
                self._close_group(word)
            elif kind == "RBRACE":
                self._close_block(word)
            elif kind == "COMMA" and self._in_group():
                self._carry(word)
                continue
            else:
                if kind == ARROW:
                    self._point(word, self._words[at + 1 : at + 3])
                elif kind == "ADD":
                    self._sign(word)
                self._line.parts.append(word)
            self._before = word
        self._end_line()
        return self._lines

    def _in_group(self) -> bool:
        return bool(self._outer) and isinstance(self._outer[-1][0], Group)

    def _end_line(self) -> None:
        if self._line.parts:
            flatten(self._line)
            self._lines.append(self._line)
            self._line = Line()

    def _open(self, word: Word) -> None:
        if len(self._outer) == DEEPEST:
            raise TooDeepError(word.start)
        part: Group | Block
        if word.kind == "LBRACE":
            part = Block(word)
            part.open = self._line.parts[0].kind == "_CHAT"
        else:
            part = Group(word)
            part.comma = word.kind == "LSQB" and not self._behind_operand()
        self._outer.append((part, self._line, self._lines))
        self._line, self._lines = Line(), []

    def _close_group(self, word: Word) -> None:
        ends_in_comma = bool(self._lines) and not self._line.parts
        self._end_line()
        group, self._line, lines = self._outer.pop()
        if isinstance(group, Group):
            group.closing, group.items = word, self._lines
            group.comma = group.comma or len(group.items) > 1 or ends_in_comma
            group.flat = None if ends_in_comma else flat_group(group)
        self._lines = lines
        self._line.parts.append(group)

    def _close_block(self, word: Word) -> None:
        self._end_line()
        block, self._line, lines = self._outer.pop()
        if isinstance(block, Block):
            block.closing, block.lines = word, self._lines
            block.flat = flat_block(block)
        self._lines = lines
        self._line.parts.append(block)

    def _carry(self, comma: Word) -> None:
        """End an item of a list: a comment around its comma stays behind the item, or goes with the next one."""
        self._end_line()
        if comma.trailing and not comma.comments and not self._before.trailing:
            self._before.trailing = comma.trailing
        elif comma.trailing:
            comma.comments += (Comment(comma.trailing),)
        self._carried = comma.comments

    def _point(self, arrow: Word, behind: Sequence[Word]) -> None:
        """Let an arrow begin its line: what stands between it and its target moves in front of it."""
        target = behind[-1] if behind[0].kind == NEWLINE else behind[0]
        if arrow.trailing and not arrow.comments and not self._before.trailing:
            self._before.trailing = arrow.trailing
        elif arrow.trailing:
            arrow.comments += (Comment(arrow.trailing),)
        arrow.trailing = ""
        arrow.comments += target.comments
        arrow.fresh = arrow.fresh or target.fresh
        target.comments = ()
        if self._line.parts[0].kind == "_PIPELINE":
            arrow.kind = RESULT

    def _sign(self, word: Word) -> None:
        if not self._behind_operand():
            word.kind = SIGN

    def _behind_operand(self) -> bool:
        parts = self._line.parts
        return bool(parts) and ending(parts[-1].kind) in OPERANDS
