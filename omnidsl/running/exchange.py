"""A ledger as JSON lines, one row a line: to look at, to keep elsewhere, to bring into another ledger.

The first line names the format. Every other one has the table as `row` and the columns as they are kept, JSON columns
read. The order is that of the references, so that a line speaks only of what stands before it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import attrs

from omnidsl.plugins.media import JSON
from omnidsl.running import rows
from omnidsl.running.errors import LedgerError
from omnidsl.running.migrations import FORMAT
from omnidsl.running.spending import changes
from omnidsl.running.sqlite_file import SqliteFile
from omnidsl.running.verification import existing, inside


@attrs.frozen
class _Table:
    """How a table travels: its columns in order, those that hold JSON, its key, and the order of its rows."""

    columns: tuple[str, ...]
    json: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    order: str


TABLES: Mapping[str, _Table] = {
    "runs": _Table(
        columns=(
            *("id", "recipe", "pipeline", "gateway", "plan", "owner", "state", "started"),
            *("ended", "options"),
        ),
        json=("plan", "options"),
        keys=(("id",),),
        order="started, id",
    ),
    "assignments": _Table(
        columns=("run", "node", "content", "take", "planned"),
        json=(),
        keys=(("run", "node"), ("run", "content", "take")),
        order="run, node",
    ),
    "attempts": _Table(
        columns=(
            *("id", "step", "number", "run", "node", "operation", "gateway", "account", "owner"),
            *("fence", "state", "reason", "receipt", "opened", "charged"),
        ),
        json=("receipt",),
        keys=(("id",), ("step", "number")),
        order="opened, step, number",
    ),
    "stages": _Table(
        columns=(
            *("attempt", "name", "path", "request", "tries", "state", "intended", "settled"),
            *("run", "owner", "fence", "account", "reserved", "charged", "scopes", "moment"),
            "signature",
        ),
        json=("scopes",),
        keys=(("attempt", "name"),),
        order="attempt, rowid",
    ),
    "receipts": _Table(
        columns=("attempt", "task", "receipt"),
        json=("receipt",),
        keys=(("attempt", "task"),),
        order="attempt, task",
    ),
    "results": _Table(
        columns=("attempt", "text", "facts", "artifacts", "made"),
        json=("facts", "artifacts"),
        keys=(("attempt",),),
        order="attempt",
    ),
    "saved": _Table(
        columns=("run", "path", "node", "attempt", "sha256", "original", "saved"),
        json=(),
        keys=(("run", "path"),),
        order="run, path",
    ),
    "events": _Table(
        columns=("run", "sequence", "body"),
        json=("body",),
        keys=(("run", "sequence"),),
        order="run, sequence",
    ),
}
"""What travels. The totals do not: they are added up anew."""

_CONFLICTS = 3
"""Rows that a refusal names."""


@attrs.frozen
class Imported:
    """How many rows were new, and how many were there already, word for word."""

    added: int
    known: int


def export(path: Path) -> Iterator[str]:
    """Yield the lines of a ledger, each without its line end; LedgerError where it cannot be read."""
    file = existing(path)
    try:
        with file.snapshot():
            yield _line({"row": "ledger", "format": FORMAT})
            for name, table in TABLES.items():
                query = f"SELECT {', '.join(table.columns)} FROM {name} ORDER BY {table.order}"  # noqa: S608  # names are ours
                for row in file.stream(query):
                    yield _line({"row": name, **_read(dict(row), table)})
    finally:
        file.close()


def bring_in(path: Path, lines: Iterable[str]) -> Imported:
    """Add the rows of exported lines to a ledger, which is made where there is none; all of them or none.

    A row that is there already must be the same. LedgerError for one that says something else, for a line that is none
    of ours, and where the ledger would not hang together afterwards.
    """
    file = SqliteFile(path)
    try:
        before = set(_told(file))
        with file.transaction():
            added, known = _add_all(file, lines)
            new = [one for one in _told(file) if one not in before]
            if new:
                raise LedgerError("import-inconsistent", words=new[0])
        return Imported(added, known)
    finally:
        file.close()


def _told(file: SqliteFile) -> list[str]:
    """Return what does not hang together; that a gateway sold something twice is bad, and may well be true."""
    return [one.message() for one in inside(file) if one.grave and one.reason != "sold-twice"]


def _add_all(file: SqliteFile, lines: Iterable[str]) -> tuple[int, int]:
    added = known = 0
    conflicts: list[str] = []
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    _check_head(next(numbered, (1, "")))
    for number, line in numbered:
        name, row = _parsed(number, line)
        table = TABLES[name]
        there = [one for key in table.keys for one in _there(file, name, table, key, row)]
        if not there:
            _add(file, number, name, row)
            added += 1
        elif all(one == row for one in there):
            known += 1
        elif len(conflicts) < _CONFLICTS:
            key = ", ".join(str(row[column]) for column in table.keys[0])
            conflicts.append(f"{name} {key} (line {number})")
    if conflicts:
        raise LedgerError("import-conflict", rows="; ".join(conflicts))
    return added, known


def _check_head(first: tuple[int, str]) -> None:
    number, line = first
    head = _json(number, line)
    if head.get("row") != "ledger":
        raise LedgerError("import-line", line=number, words="it does not begin as an export does")
    if head.get("format") != FORMAT:
        raise LedgerError("import-format", theirs=head.get("format"), ours=FORMAT)


def _parsed(number: int, line: str) -> tuple[str, dict[str, JSON]]:
    """Return the table of a line, and its row as it is kept."""
    found = _json(number, line)
    name = found.pop("row", None)
    if not isinstance(name, str) or name not in TABLES:
        raise LedgerError("import-line", line=number, words=f"there are no rows `{name}`")
    table = TABLES[name]
    wrong = set(found) ^ set(table.columns)
    if wrong:
        raise LedgerError("import-line", line=number, words=f"`{min(wrong)}` is missing or unknown")
    for column in table.json:
        if found[column] is not None or column != "receipt":
            found[column] = rows.dump(found[column])
    for column, value in found.items():
        if not _is_plain(value):
            raise LedgerError("import-line", line=number, words=f"`{column}` is no plain value")
    return name, {column: found[column] for column in table.columns}


def _json(number: int, line: str) -> dict[str, JSON]:
    try:
        found: JSON = json.loads(line)
    except (ValueError, RecursionError):
        raise LedgerError("import-line", line=number, words="it is no JSON") from None
    if not isinstance(found, dict):
        raise LedgerError("import-line", line=number, words="it is no object")
    return found


def _is_plain(value: JSON) -> TypeGuard[str | int | float | None]:
    if isinstance(value, bool | list | dict):
        return False
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return not isinstance(value, str) or not any("\ud800" <= one <= "\udfff" for one in value)


def _there(
    file: SqliteFile, name: str, table: _Table, key: tuple[str, ...], row: Mapping[str, JSON]
) -> list[dict[str, JSON]]:
    """Return the rows of the ledger that stand where a row would."""
    tests = " AND ".join(f"{column} = ?" for column in key)
    query = f"SELECT {', '.join(table.columns)} FROM {name} WHERE {tests}"  # noqa: S608  # names are ours
    return [dict(one) for one in file.rows(query, *(row[column] for column in key))]


def _add(file: SqliteFile, number: int, name: str, row: Mapping[str, JSON]) -> None:
    try:
        file.insert(name, row)
        if name == "stages":
            query = "SELECT * FROM stages WHERE attempt = ? AND name = ?"
            (kept,) = file.rows(query, row["attempt"], row["name"])
            for scope, change in changes(None, rows.stage_of(kept)).items():
                file.add_spending(scope, change)
    except LedgerError as error:
        raise LedgerError("import-line", line=number, words=error.values.get("words", "")) from None
    except (TypeError, ValueError) as error:
        raise LedgerError("import-line", line=number, words=str(error)) from None


def _read(row: dict[str, JSON], table: _Table) -> dict[str, JSON]:
    for column in table.json:
        text = row[column]
        row[column] = json.loads(text) if isinstance(text, str) else None
    return row


def _line(value: Mapping[str, JSON]) -> str:
    return json.dumps(value, separators=(",", ":"))
