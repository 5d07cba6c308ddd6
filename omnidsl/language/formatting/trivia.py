"""Words and what stands around them: comments, empty lines, line ends.

The engine's tokens leave white space and comments out. Here each token becomes a `Word` that carries them: comments of
their own lines go with the word behind them, a comment at the end of a line with the word before it.
"""

from collections.abc import Sequence

from omnidsl.language.engine import Raw
from omnidsl.language.formatting.spelling import is_text, spelled_category, spelled_terms

NEWLINE = "_NL"
_BLANKS = " \t\r\ufeff"


class Comment:
    """A comment on a line of its own; `spaced` says that an empty line stands before it."""

    __slots__ = ("spaced", "text")

    def __init__(self, text: str, *, spaced: bool = False) -> None:
        self.text = text
        self.spaced = spaced

    def __repr__(self) -> str:
        return f"Comment({self.text!r}, spaced={self.spaced})"


class Word:
    """A token as it will be written, with its trivia.

    `start` is its place in the text that was read. `kind` is the terminal's name, for signs without a name (`->`, `..`) the sign itself. `comments` stand on lines of
    their own before it, `trailing` behind it on its line. `fresh` says that a new line begins between the word before
    and this one, `spaced` that an empty line stands right before it, `glued` that nothing stands there.
    """

    __slots__ = ("comments", "fresh", "glued", "kind", "spaced", "start", "text", "trailing")

    def __init__(self, kind: str, text: str, start: int = 0) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.comments: tuple[Comment, ...] = ()
        self.trailing = ""
        self.fresh = False
        self.spaced = False
        self.glued = False

    def __repr__(self) -> str:
        return f"Word({self.kind}, {self.text!r})"


START, END = "start", "end"
"""Kinds of the words that stand for the beginning and the end of a file: comments there need somebody to go with."""


def read_words(text: str, tokens: Sequence[Raw]) -> list[Word]:
    """Return a file's words in order, between one for its beginning and one for its end.

    Newlines that end a statement stay as words of the kind `_NL`.
    """
    before = Word(START, "")
    words = [before]
    at = 0
    for terminal, begin, stop in tokens:
        if terminal == NEWLINE:
            words.append(Word(NEWLINE, "", begin))
            continue
        written = text[begin:stop]
        kind = written if terminal[:2] == "__" else terminal  # a sign without a name
        if kind == "CATEGORY":
            written = spelled_category(written)
        elif kind == "TEXT":
            if words[-1].kind == "CATEGORY" and not is_text(before.text):
                written = spelled_terms(written)
        elif kind == "_COLON":
            written = ":"
        word = Word(kind, written, begin)
        gap = text[at:begin]
        if gap != " ":
            if not gap:
                word.glued = True
            elif "\n" in gap or "#" in gap:
                _attach(gap, before, word)
        at = stop
        before = word
        words.append(word)
    end = Word(END, "")
    _attach(text[at:], before, end)
    words.append(end)
    return words


def _attach(gap: str, before: Word, after: Word) -> None:
    """Give what stands between two words to one of them each."""
    first, *lines = gap.split("\n")
    if before.kind == START:
        first, lines = "", [first, *lines]
    before.trailing = first.strip(_BLANKS).rstrip()
    if not lines:
        return
    after.fresh = True
    comments = []
    spaced = False
    last = len(lines) - 1
    for number, line in enumerate(lines):
        comment = line.strip(_BLANKS).rstrip()
        if comment:
            comments.append(Comment(comment, spaced=spaced))
            spaced = False
        elif number < last:
            spaced = True
    after.comments = tuple(comments)
    after.spaced = spaced


def comments_of(text: str, tokens: Sequence[Raw]) -> list[str]:
    """Return every comment of a file in order."""
    found = []
    at = 0
    for kind, begin, stop in tokens:
        if kind == NEWLINE:
            continue
        gap = text[at:begin]
        if "#" in gap:
            found += _comments(gap)
        at = stop
    return found + _comments(text[at:])


def _comments(gap: str) -> list[str]:
    stripped = (line.strip(_BLANKS).rstrip() for line in gap.split("\n"))
    return [line for line in stripped if line]
