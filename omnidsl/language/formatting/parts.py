"""A recipe as its layout sees it: a file is lines, a line is words, groups in brackets and blocks in braces.

`flat` is what a line, group or block would be on one line of text; None where it cannot be: a comment stands inside, its
author gave it several lines, or it is too long for one anyway.
"""

import re
from collections.abc import Sequence
from functools import cache

from omnidsl.language.formatting.columns import columns
from omnidsl.language.formatting.spelling import ends_in_brace, ends_in_number_sign
from omnidsl.language.formatting.trivia import Comment, Word

INDENT = "    "

WIDTH = 100
"""Columns of a line that can be broken."""

LONGEST = 4 * WIDTH
"""Columns of brackets or braces that can stand on one line at all, where a comment wants that."""

_DIRECTIVE = re.compile(r"#[ \t]+omni[ \t]*[:：]", re.IGNORECASE)

ARROW, RESULT, SIGN = "->", "result", "sign"
"""Kinds of words: a step's arrow, the one before a pipeline's type, a sign before its only operand."""

OPERANDS = frozenset(
    "NAME MEMBER PROMPT STRING LONGSTRING NUMBER RATIO DURATION _TRUE _FALSE RPAR RSQB".split()
)
"""What an operand ends with: brackets behind it are a call or an index, a sign behind it has two operands."""

ENDS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
_BREAKABLE = frozenset((ARROW, "LPAR", "LSQB", "LBRACE", "_AND", "_OR"))
_TIGHT_BEFORE = frozenset(("RPAR", "RSQB", "COMMA", "DOT", "_COLON", ".."))
_TIGHT_AFTER = frozenset(("LPAR", "LSQB", "DOT", "..", SIGN))


class Line:
    """A statement, an item, a line of a prompt, or one item of a list: its parts in order.

    `breakable` says that some part could take several lines.
    """

    __slots__ = ("breakable", "flat", "parts")

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.breakable = False
        self.flat: str | None = None

    @property
    def comments(self) -> tuple[Comment, ...]:
        """Comments on lines of their own before it."""
        return self.parts[0].comments

    @property
    def spaced(self) -> bool:
        """Whether an empty line stands right before its first word."""
        return self.parts[0].spaced

    @property
    def fresh(self) -> bool:
        """Whether its author began a new line for it."""
        return self.parts[0].fresh

    @property
    def pinned(self) -> bool:
        """Whether a comment speaks of this very line, as `# omni: ignore[OM421]` does: it must not become several."""
        told = (self.parts[-1].trailing, *(one.text for one in self.comments))
        return any(_DIRECTIVE.match(one) for one in told)

    def space(self) -> None:
        """Let an empty line stand right before its first word."""
        first = self.parts[0]
        (first if isinstance(first, Word) else first.opening).spaced = True


class Enclosed:
    """What groups and blocks share: two words with something between them."""

    __slots__ = ("closing", "flat", "opening")

    def __init__(self, opening: Word) -> None:
        self.opening = opening
        self.closing = opening
        self.flat: str | None = None

    @property
    def kind(self) -> str:
        """The kind of the word that it begins with."""
        return self.opening.kind

    @property
    def comments(self) -> tuple[Comment, ...]:
        """Comments on lines of their own before it."""
        return self.opening.comments

    @property
    def spaced(self) -> bool:
        """Whether an empty line stands right before it."""
        return self.opening.spaced

    @property
    def fresh(self) -> bool:
        """Whether its author began a new line for it."""
        return self.opening.fresh

    @property
    def glued(self) -> bool:
        """Whether nothing stands before it."""
        return self.opening.glued

    @property
    def trailing(self) -> str:
        """The comment behind it on its last line."""
        return self.closing.trailing


class Group(Enclosed):
    """Items in `( )` or `[ ]`; `comma` says that the last one has a comma too where each has a line."""

    __slots__ = ("comma", "items")

    def __init__(self, opening: Word) -> None:
        super().__init__(opening)
        self.items: list[Line] = []
        self.comma = False


class Block(Enclosed):
    """Lines in `{ }`; `open` says that even an empty one takes two lines."""

    __slots__ = ("lines", "open")

    def __init__(self, opening: Word) -> None:
        super().__init__(opening)
        self.lines: list[Line] = []
        self.open = False


Part = Word | Group | Block


@cache
def parted(before: str, kind: str) -> bool:
    """Say whether a blank stands between two kinds of words on one line."""
    if kind in _TIGHT_BEFORE:
        return False
    if before in _TIGHT_AFTER:
        return before == kind == SIGN
    return kind not in ("LPAR", "LSQB") or before not in OPERANDS


def ending(kind: str) -> str:
    """Return the kind of the word that a part ends with."""
    return ENDS.get(kind, kind)


def flatten(line: Line) -> None:
    """Settle what a line would be on one line of text."""
    flat = flat_parts(line.parts)
    line.flat = flat
    line.breakable = flat is None or any(part.kind in _BREAKABLE for part in line.parts)


def flat_parts(parts: Sequence[Part]) -> str | None:
    """Return parts on one line of text, or None where they cannot stand so.

    Comments before the first and behind the last do not count: they stand outside.
    """
    texts: list[str] = []
    before = ""
    last = len(parts) - 1
    for at, part in enumerate(parts):
        kind = part.kind
        if at:
            if part.comments or (kind == ARROW and part.fresh):
                return None
            if parted(before, kind) and not (kind == "PVALUE" and part.glued):
                texts.append(" ")
        if isinstance(part, Word):
            texts.append(part.text)
            before = kind
        elif part.flat is None:
            return None
        else:
            texts.append(part.flat)
            before = ending(kind)
        if part.trailing and at < last:
            return None
    return "".join(texts)


def flat_group(group: Group) -> str | None:
    """Return items on one line of text, or None where they cannot stand so."""
    if group.opening.trailing or group.closing.comments:
        return None
    flats = []
    for item in group.items:
        if item.flat is None or "\n" in item.flat or item.comments or item.parts[-1].trailing:
            return None
        flats.append(item.flat)
    flat = f"{group.opening.text}{', '.join(flats)}{group.closing.text}"
    return flat if columns(flat) <= LONGEST else None


def flat_block(block: Block) -> str | None:
    """Return an empty block, or one line that its author wrote between the braces."""
    opening, closing = block.opening, block.closing
    if opening.trailing or closing.comments or block.open:
        return None
    if not block.lines:
        return "{}"
    line = block.lines[0]
    if len(block.lines) > 1 or closing.fresh or line.fresh:
        return None
    if line.flat is None or "\n" in line.flat:
        return None
    gap = gap_before_brace(block.lines)
    flat = f"{{ {line.flat}{' ' if gap is None else gap}}}"
    return flat if columns(flat) <= LONGEST else None


def gap_before_brace(lines: Sequence[Line]) -> str | None:
    """Return what stands between the last text of a block and its `}` on the same line.

    None where the `}` may as well have a line of its own. A `}` that ends a text would close the block there, and a `#`
    would begin a comment.
    """
    last = lines[-1].parts[-1] if lines else None
    if not isinstance(last, Word) or last.kind not in ("TEXT", "PVALUE"):
        return None
    if ends_in_number_sign(last.text):
        return ""
    return " " if ends_in_brace(last.text) else None
