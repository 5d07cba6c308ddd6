"""Files that hold prompts: one a line, or a column of a table."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli.discovery import SUFFIX
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.prompts.lists import Entry, is_comment, lines
from omnidsl.prompts.tables import DELIMITERS, Table

if TYPE_CHECKING:
    from omnidsl.language.source import Source

LARGEST = 100_000_000
"""Bytes in a list; some half a million long prompts."""

_REASONS = {"OM603": "list-folder", "OM604": "list-large", "OM605": "list-binary"}
"""The reader's findings that speak of recipes, and what is said of a list instead."""

Read = tuple["Source | None", Diagnostic | None]


class Listing:
    """The prompts of a text, and what is wrong with its form.

    It is a table where its name ends as one's does, or where a column is named.
    """

    __slots__ = ("entries", "faults", "is_table")

    def __init__(self, source: "Source", column: str | None = None) -> None:
        delimiter = DELIMITERS.get(Path(source.path or source.name).suffix.lower(), "")
        self.is_table = bool(delimiter) or column is not None
        self.entries: Sequence[Entry]
        self.faults: list[Diagnostic] = []
        if self.is_table:
            table = Table(source, column or "", delimiter or ",")
            self.entries, self.faults = table.entries, table.faults
        else:
            self.entries = list(lines(source))


class Comments:
    """Where comments stand in a plain list, as `omnidsl.checking.suppressions` asks: on lines of their own."""

    def __init__(self, source: "Source") -> None:
        self._source = source

    def leave_open(self, at: int) -> bool:
        """Say whether a `#` begins a comment."""
        text = self._source.text
        line = text.rfind("\n", 0, at) + 1
        return not text[line:at].strip(" \t") and is_comment(text[at : at + 2])

    def rows(self, at: int) -> Iterator[int]:
        """Yield the row that a place is in."""
        yield self._source.position(at).row


def read_list(path: str, read: Callable[[], Read]) -> Read:
    """Return a list's text, or why there is none, in words that are about lists."""
    if path.lower().endswith(SUFFIX):
        return None, unusable(path, "list-recipe")
    source, fault = read()
    if fault is not None and fault.code in _REASONS:
        return None, unusable(path, _REASONS[fault.code])
    return source, fault


def unusable(path: str, reason: str) -> Diagnostic:
    """Return the finding that says why a file is no list of prompts."""
    return Diagnostic("OM440", values={"path": path, "problem": Words(reason)})
