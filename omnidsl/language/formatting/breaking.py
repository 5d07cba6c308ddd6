"""Where a line that is too long is broken: before `->`, before `or` and `and`, or inside which brackets."""

from collections.abc import Sequence

from omnidsl.language.formatting.columns import columns
from omnidsl.language.formatting.parts import (
    ARROW,
    INDENT,
    WIDTH,
    Block,
    Group,
    Part,
    ending,
    parted,
)
from omnidsl.language.formatting.trivia import Word


def brackets_to_break(parts: Sequence[Part], column: int, margin: int, more: int) -> set[int]:
    """Return the places of brackets whose items take a line each, so that the parts keep to the width.

    What gets a comma behind its last item stays broken when it is read again: then less may be needed elsewhere, and
    that is settled here already.
    """
    kept = {at for at, part in enumerate(parts) if isinstance(part, Group) and part.flat is None}
    while True:
        chosen = _widest_brackets(parts, kept, column, margin, more)
        stays = kept | {
            at for at in chosen if isinstance(group := parts[at], Group) and group.comma
        }
        if stays == kept:
            return chosen | kept
        kept = stays


def _widest_brackets(
    parts: Sequence[Part], kept: set[int], column: int, margin: int, more: int
) -> set[int]:
    """Choose brackets to break beside those that are: of several that would help the widest.

    No part is looked at more often than there are columns.
    """
    chosen: set[int] = set()
    widest, width, at, before = -1, 0, 0, ""
    while at < len(parts):
        part = parts[at]
        if at and (part.comments or parts[at - 1].trailing):
            column, widest = margin + len(INDENT), -1
        elif at:
            column += parted(before, part.kind)
        own = 1 if at in kept else _columns_of(part)
        helps = isinstance(part, Group) and part.items and at not in kept and column < WIDTH
        if helps and (widest < 0 or own >= width):
            widest, width = at, own
        column += own
        if column + (more if at == len(parts) - 1 else 0) > WIDTH and widest >= 0:
            chosen.add(widest)
            column, at, before, widest = margin + 1, widest + 1, ending(parts[widest].kind), -1
            continue
        if isinstance(part, Block) or at in kept:
            column, widest = margin + 1, -1
        before = ending(part.kind)
        at += 1
    return chosen


def _columns_of(part: Part) -> int:
    """Return the columns of a part on one line; of a block that of its brace, with which the line ends."""
    if isinstance(part, Word):
        return columns(part.text)
    return 1 if isinstance(part, Block) or part.flat is None else columns(part.flat)


def breaks(parts: Sequence[Part], *, inside: bool) -> list[int]:
    """Return where lines begin when a line is too long: at each `->`, inside brackets else at each `or` or `and`."""
    for kind in (ARROW, "_OR", "_AND") if inside else (ARROW,):
        if places := [at for at, part in enumerate(parts) if part.kind == kind and at]:
            return places
    return []


def must_break(parts: Sequence[Part], at: int) -> bool:
    """Say whether a line begins at a part because of its author, or of a comment."""
    part = parts[at]
    return bool(part.fresh or part.comments or parts[at - 1].trailing)
