"""The scanners of the prompt grammar, from its compiled tables, and one narrow function."""

import re
from functools import cache

from omnidsl.language._prompt_tables import TABLES
from omnidsl.language.lalr_tables import FIXED

Piece = tuple[str, int, int, tuple["Piece", ...]]
"""A stretch of a prompt: its kind, where it starts and ends, what is inside.

The kind is URL, WORD (one or more words, with the blanks between them), WEIGHT, PARAM, DASHED, COMMA or GROUP. A GROUP is a
permutation with its braces; inside are its own commas and groups. A tuple, for a prompt has a dozen of them.
"""


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a prompt whose braces balance, in order; white space around them belongs to none.

    The grammar's scanners find them without its parser: outside groups any piece may follow any other, inside them any
    alternative, comma and group. Nesting must be bounded by the caller.
    """
    end = len(text.rstrip())  # or blanks at the end are looked at from each of them
    outside, inside = _scanners()
    if "{" not in text:
        return [
            (one.lastgroup, one.start(one.lastindex), one.end(), ())  # type: ignore[misc,arg-type]  # every alternative is a named group
            for one in outside.finditer(text, 0, end)
        ]
    found: list[Piece] = []
    at = 0
    while (one := outside.match(text, at, end)) is not None:
        start, at = one.span(one.lastindex)  # type: ignore[arg-type]  # as above
        if one.lastgroup == _SIGN:
            piece = _group(text, start, end, inside)
            at = piece[2]
        else:
            piece = (one.lastgroup, start, at, ())  # type: ignore[assignment]  # as above
        found.append(piece)
    return found


_SIGN = FIXED[0]
"""The group of a scanner that holds braces and commas."""


@cache
def _scanners() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the scanners of what stands outside and inside groups."""
    start = TABLES.starts["prompt"]
    group = TABLES.states[start]["OPEN"]
    outside, inside = (re.compile(TABLES.scanners[TABLES.own[state]]) for state in (start, group))
    return outside, inside


def _group(text: str, start: int, end: int, inside: re.Pattern[str]) -> Piece:
    """Return the group that opens at a place."""
    commas_and_groups: list[Piece] = []
    at = start + 1
    while (one := inside.match(text, at, end)) is not None:
        begin, at = one.span(one.lastindex)  # type: ignore[arg-type]  # every alternative is a named group
        if one.lastgroup != _SIGN:
            continue
        sign = text[begin]
        if sign == "}":
            break
        if sign == "{":
            nested = _group(text, begin, end, inside)
            at = nested[2]
            commas_and_groups.append(nested)
        else:
            commas_and_groups.append(("COMMA", begin, at, ()))
    return "GROUP", start, at, tuple(commas_and_groups)
