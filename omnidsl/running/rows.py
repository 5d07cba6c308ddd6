"""Records as rows of the ledger's tables, and back."""

import json
import math
import sqlite3
from collections.abc import Mapping

import attrs

from omnidsl.plugins.backend import Receipt
from omnidsl.running.records import Attempt, RunRecord, SavedFile, Stage, Stored, StoredFile

Row = Mapping[str, object]
"""A row to be written, by column."""


def dump(value: object) -> str:
    """Return JSON as it is kept: in ASCII, since a lone surrogate, which a gateway can send, has no UTF-8 form.

    So can numbers that JSON does not have (`NaN`): they are kept as null.
    """
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"))


def _finite(value: object) -> object:
    match value:
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {name: _finite(one) for name, one in value.items()}
        case list() | tuple():
            return [_finite(one) for one in value]
    return value


def plain(text: str) -> str:
    """Return a text as it is kept in a column of its own: `?` for what has no UTF-8 form."""
    return text.encode("utf-8", "replace").decode()


def run_row(run: RunRecord) -> Row:
    """Return the row of a run."""
    return {**_fields(run), "plan": dump(run.plan), "options": dump(run.options)}


def run_of(row: sqlite3.Row) -> RunRecord:
    """Return the run of a row."""
    read = {"plan": json.loads(row["plan"]), "options": json.loads(row["options"])}
    return RunRecord(**{**dict(row), **read})


def attempt_row(attempt: Attempt) -> Row:
    """Return the row of an attempt."""
    return {**_fields(attempt), "receipt": receipt_text(attempt.receipt)}


def attempt_of(row: sqlite3.Row) -> Attempt:
    """Return the attempt of a row."""
    receipt = None if row["receipt"] is None else Receipt(**json.loads(row["receipt"]))
    return Attempt(**{**dict(row), "receipt": receipt})


def receipt_text(receipt: Receipt | None) -> str | None:
    """Return a receipt as it is kept."""
    return None if receipt is None else dump(attrs.asdict(receipt))


def stage_row(stage: Stage) -> Row:
    """Return the row of a stage."""
    return {**_fields(stage), "scopes": dump(stage.scopes)}


def stage_of(row: sqlite3.Row) -> Stage:
    """Return the stage of a row."""
    return Stage(**{**dict(row), "scopes": tuple(json.loads(row["scopes"]))})


def result_row(result: Stored, made: float) -> Row:
    """Return the row of a result."""
    files = [_file_row(one) for one in result.files]
    return {
        "attempt": result.attempt,
        "text": None if result.text is None else plain(result.text),
        "facts": dump(result.facts),
        "artifacts": dump(files),
        "made": made,
    }


def _file_row(file: StoredFile) -> Row:
    """Return a file as it is kept: without its part where it is the result itself, as all were once."""
    row = attrs.asdict(file)
    return row if file.part else {name: one for name, one in row.items() if name != "part"}


def result_of(row: sqlite3.Row) -> Stored:
    """Return the result of a row."""
    return Stored(
        attempt=row["attempt"],
        text=row["text"],
        facts=json.loads(row["facts"]),
        files=tuple(StoredFile(**one) for one in json.loads(row["artifacts"])),
    )


def saved_row(saved: SavedFile) -> Row:
    """Return the row of a saved file."""
    return _fields(saved)


def saved_of(row: sqlite3.Row) -> SavedFile:
    """Return the saved file of a row."""
    return SavedFile(**dict(row))


def _fields(record: attrs.AttrsInstance) -> dict[str, object]:
    return attrs.asdict(record, recurse=False)
