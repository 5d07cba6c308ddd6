"""Markdown tables that are aligned, so that they can be read as plain text too."""

from collections.abc import Iterable, Sequence

from wcwidth import wcswidth


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a column is as wide as its widest cell on a terminal, where a Chinese sign takes two places."""
    body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(wcswidth(row[index]) for row in (head, *body)) for index in range(len(head))]
    rule = "|".join(["", *("-" * (width + 2) for width in widths), ""])
    return "\n".join([_line(head, widths), rule, *(_line(row, widths) for row in body)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - wcswidth(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return f"| {' | '.join(padded)} |"
