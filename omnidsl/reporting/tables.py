"""Tables for people, in a number of columns: English and Chinese words in cells that are folded where there is no room."""

import os
import sys
from collections.abc import Iterator, Sequence

from omnidsl.reporting.terminal import columns, pad, printable
from omnidsl.reporting.wrapping import wrap

_GAP = "   "


def window(*, without: int, least: int) -> int:
    """Return how wide a table on stdout may be: as `COLUMNS` says or its window is; `without` either, as wide as that."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return max(least, int(given))
    if not sys.stdout.isatty():
        return without
    return max(least, os.get_terminal_size(sys.stdout.fileno()).columns)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the lines of a table at most `width` columns wide, as far as two columns a cell allow that.

    Cells are plain words: what would steer a terminal is made visible. Columns without a word are left out.
    """
    used = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    if not used:
        return []
    shown = [[printable(row[at]) for at in used] for row in rows]
    widths = [
        max(columns(one) for one in column)
        for column in zip([heads[at] for at in used], *shown, strict=True)
    ]
    widths = _fitting(widths, width - 2 - len(_GAP) * (len(used) - 1))
    rule = "─" * (sum(widths) + len(_GAP) * (len(used) - 1))
    head = _lines([heads[at] for at in used], widths)
    return [*head, f" {rule}", *(line for row in shown for line in _lines(row, widths))]


def _fitting(widths: list[int], room: int) -> list[int]:
    """Narrow the widest columns, all to one measure, until they fit; no column below two."""
    most = max(widths, default=0)
    while most > 2 and sum(min(one, most) for one in widths) > room:
        most -= 1
    spare = room - sum(min(one, most) for one in widths)
    fitted = []
    for one in widths:  # what one measure for all leaves over goes to the first that lack it
        more = 1 if one > most and spare > 0 else 0
        spare -= more
        fitted.append(min(one, most + more))
    return fitted


def _lines(cells: Sequence[str], widths: list[int]) -> Iterator[str]:
    folded = [list(_folded(cell, width)) for cell, width in zip(cells, widths, strict=True)]
    for at in range(max(map(len, folded), default=0)):
        parts = [
            pad(lines[at] if at < len(lines) else "", width)
            for lines, width in zip(folded, widths, strict=True)
        ]
        yield f" {_GAP.join(parts)}".rstrip()


def _folded(cell: str, width: int) -> Iterator[str]:
    """Yield a cell's lines; a word that is wider than the column is cut."""
    for line in wrap(cell, width):
        rest = line
        while columns(rest) > width:
            end = 1
            while columns(rest[: end + 1]) <= width:
                end += 1
            yield rest[:end]
            rest = rest[end:]
        yield rest
