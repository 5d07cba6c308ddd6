"""Tables of prompts, CSV and TSV, read with the place of every field, which Python's own reader does not tell.

The form is that of RFC 4180 as Python's `csv` reads it: a test compares the two.
"""

import re
from collections.abc import Iterator

from omnidsl.language.catalogue import Words, quoted
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest
from omnidsl.prompts.lists import Entry

DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
"""What parts the fields of a table, by the ending of its name."""

COLUMNS = ("prompt", "prompts", "提示词", "提示詞")
"""What the column is called that is taken where none is named."""

_QUOTED = pattern(r'"([^"]*+(?:""[^"]*+)*+)"')
_MOST_NAMES = 8


class Field:
    """One field: `[start, end)` in the file, quotation marks and all, and its `value`."""

    __slots__ = ("end", "quoted", "start", "value")

    def __init__(self, value: str, start: int, end: int, *, quoted: bool) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.quoted = quoted

    def __repr__(self) -> str:
        return f"Field({self.value!r}, {self.start}, {self.end})"


class BrokenTableError(ValueError):
    """Raised where the form of a table is broken, so that no field behind can be told from another."""

    def __init__(self, span: Span, problem: str) -> None:
        super().__init__(span, problem)
        self.span = span
        self.problem = problem


def rows(text: str, delimiter: str = ",") -> Iterator[list[Field]]:
    """Yield the rows of a table; empty lines are none. Raises `BrokenTableError` where a quotation mark is not closed."""
    plain = re.compile(rf"[^{delimiter}\r\n]*")
    at, row = 0, list[Field]()
    while at < len(text) or row:
        if text.startswith('"', at):
            field = _quoted(text, at, delimiter)
        else:
            end = found.end() if (found := plain.match(text, at)) else at
            field = Field(text[at:end], at, end, quoted=False)
        row.append(field)
        if text.startswith(delimiter, field.end):
            at = field.end + 1
            continue
        if len(row) > 1 or field.quoted or field.value:
            yield row
        row = []
        at = field.end + (2 if text.startswith("\r\n", field.end) else 1)


def _quoted(text: str, at: int, delimiter: str) -> Field:
    found = _QUOTED.match(text, at)
    if found is None:
        raise BrokenTableError(Span(at, at + 1), "table-open-quote")
    end = found.end()
    if end < len(text) and text[end] not in f"{delimiter}\r\n":
        raise BrokenTableError(Span(end, end + 1), "table-behind-quote")
    return Field(found[1].replace('""', '"'), at, end, quoted=True)


class Table:
    """The prompts of one column: `entries`, and the `faults` of the table."""

    __slots__ = ("_delimiter", "_source", "entries", "faults")

    def __init__(self, source: Source, column: str = "", delimiter: str = ",") -> None:
        """Read a table. `column` is a name of the first row, or a number from 1, and then all rows hold prompts."""
        self._source = source
        self._delimiter = delimiter
        self.entries: list[Entry] = []
        self.faults: list[Diagnostic] = []
        try:
            self._read(column)
        except BrokenTableError as error:
            values = {"problem": Words(error.problem)}
            self.faults.append(Diagnostic("OM442", error.span, source=source, values=values))

    def _read(self, column: str) -> None:
        index = -1
        for row in rows(self._source.text, self._delimiter):
            if index < 0:
                index, is_head = self._column(row, column)
                if index < 0:
                    return
                if is_head:
                    continue
            if index >= len(row):
                values = {"problem": Words("table-short-row")}
                span = Span(row[0].start, row[-1].end)
                self.faults.append(Diagnostic("OM442", span, source=self._source, values=values))
            elif row[index].value.strip():
                self.entries.append(self._entry(row[index]))

    def _column(self, head: list[Field], wanted: str) -> tuple[int, bool]:
        """Return the place of a column, from 0, and whether the first row is its head; -1 where there is none."""
        if wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:9]) <= len(head):
            return int(wanted) - 1, False
        names = [one.value.strip() for one in head]
        folded = [one.casefold() for one in names]
        for name in (wanted.strip().casefold(),) if wanted else COLUMNS:
            if name in folded:
                return folded.index(name), True
        if not wanted and len(head) == 1:
            return 0, False
        shown = [one for one in names if one]
        more = ["…"] if len(shown) > _MOST_NAMES else []
        values = {
            "column": wanted or COLUMNS[0],
            "columns": quoted([*shown[:_MOST_NAMES], *more]),
        }
        self.faults.append(
            Diagnostic(
                "OM441",
                Span(head[0].start, head[-1].end),
                source=self._source,
                values=values,
                suggestions=nearest(wanted, shown) if wanted else (),
            )
        )
        return -1, False

    def _entry(self, field: Field) -> Entry:
        value = field.value
        marks = None
        if field.quoted:
            marks = [at for at, sign in enumerate(value) if sign == '"'] if '"' in value else []
        special = f'{self._delimiter}\r\n"'
        return Entry(value, field.start, field.end, quotes=marks, special=special)
