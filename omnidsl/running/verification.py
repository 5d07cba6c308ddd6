"""Whether a ledger hangs together: SQLite's own checks, references, states, money, kept replies and stored files."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import attrs

from omnidsl.planning.keys import attempt_id
from omnidsl.plugins.media import JSON
from omnidsl.running import rows
from omnidsl.running.artifacts import FolderStore, digest
from omnidsl.running.errors import LedgerError
from omnidsl.running.records import LIVE, AttemptState, RunState, Stage, StageState
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_file import SqliteFile
from omnidsl.running.words import words

_MOST = 20
"""Findings of SQLite itself that are told: the first says it all."""


@attrs.frozen
class Finding:
    """One thing that is not as it should be. `grave`: what the ledger says of money or purchases may be wrong.

    `reason` names the words in `data/findings.toml`, `values` fill them.
    """

    reason: str
    values: Mapping[str, JSON]
    grave: bool = True

    def message(self, language: str = "en") -> str:
        """Say what is wrong."""
        return words(self.reason, self.values, language=language)

    def help(self, language: str = "en") -> str:
        """Say the way out."""
        return words(self.reason, self.values, part="help", language=language)


def verify(state: Path, *, deep: bool = False) -> list[Finding]:
    """Return what is wrong with the ledger of a state directory; `deep` reads every stored file too.

    Nothing is changed. LedgerError where the ledger cannot be opened at all, as one of a newer format.
    """
    path = state / "ledger.sqlite3"
    try:
        file = existing(path)
    except LedgerError as error:
        if error.reason != "ledger-broken":
            raise
        return [Finding("broken-file", {"words": error.values["words"]})]
    # A run may be at work: an intent is older than its reply, so the replies are listed before the rows are read.
    replies = sorted((state / "replies").glob("omni-*"))
    try:
        with file.snapshot():
            found = inside(file)
            if any(one.reason in _UNREADABLE for one in found):
                return found
            return [
                *found,
                *_replies(file, state / "replies", replies),
                *_files(file, state / "artifacts", deep=deep),
            ]
    except LedgerError as error:  # pages that cannot be read
        return [Finding("broken-file", {"words": error.values.get("words", str(error))})]
    finally:
        file.close()


def existing(path: Path) -> SqliteFile:
    """Open the file of a ledger that is there; LedgerError where nothing has run yet."""
    if not path.exists():
        raise LedgerError("ledger-missing", path=str(path))
    return SqliteFile(path)


_UNREADABLE = ("broken-file", "broken-row")
"""Findings after which nothing else can be said."""


def inside(file: SqliteFile) -> list[Finding]:
    """Return what is wrong within the ledger's file."""
    broken = [
        Finding("broken-file", {"words": str(row[0])})
        for row in file.rows(f"PRAGMA integrity_check({_MOST})")
        if row[0] != "ok"
    ]
    if broken:
        return broken  # what could be read of it means nothing
    unreadable = list(_unreadable(file))
    if unreadable:
        return unreadable
    return [*_references(file), *_states(file), *_money(file)]


_JSON_COLUMNS = {
    "runs": ("plan", "options"),
    "attempts": ("receipt",),
    "stages": ("scopes",),
    "receipts": ("receipt",),
    "results": ("facts", "artifacts"),
    "events": ("body",),
}


_LATEST = 1e11
"""Seconds that no clock of ours shows: beyond them there are no dates."""

_SHAPES = (
    ("runs", "plan", "json_type(plan) = 'object'"),
    ("runs", "options", "json_type(options) = 'object'"),
    ("events", "body", "json_type(body) = 'object'"),
    ("results", "facts", "json_type(facts) = 'object'"),
    (
        "attempts",
        "receipt",
        (
            "receipt IS NULL OR (json_type(receipt, '$.task') IS 'text'"
            " AND json_type(receipt, '$.account') IS 'text' AND json_type(receipt, '$.facts') IS 'object'"
            " AND (SELECT count(*) FROM json_each(receipt)) = 3)"
        ),
    ),
    (
        "results",
        "artifacts",
        (
            "json_type(artifacts) = 'array' AND NOT EXISTS (SELECT 1 FROM json_each(artifacts) AS one"
            " WHERE one.type IS NOT 'object'"
            " OR json_type(artifacts, one.fullkey || '.kind') IS NOT 'text'"
            " OR json_type(artifacts, one.fullkey || '.sha256') IS NOT 'text'"
            " OR json_type(artifacts, one.fullkey || '.size') IS NOT 'integer'"
            " OR json_type(artifacts, one.fullkey || '.media_type') IS NOT 'text'"
            " OR coalesce(json_type(artifacts, one.fullkey || '.part'), 'text') IS NOT 'text'"
            " OR (SELECT count(*) FROM json_each(artifacts, one.fullkey)) !="
            " 4 + (json_type(artifacts, one.fullkey || '.part') IS NOT NULL))"
        ),
    ),
    (
        "stages",
        "scopes",
        (
            "json_type(scopes) = 'array'"
            " AND NOT EXISTS (SELECT 1 FROM json_each(scopes) AS one WHERE one.type IS NOT 'text')"
        ),
    ),
    *(
        (table, column, f"{column} IS NULL OR {column} BETWEEN 0 AND {most}")
        for table, columns, most in (
            ("runs", ("started", "ended"), _LATEST),
            ("attempts", ("opened",), _LATEST),
            ("attempts", ("charged",), 2**62),
            ("stages", ("intended", "settled"), _LATEST),
            ("stages", ("reserved", "charged"), 2**62),
            ("results", ("made",), _LATEST),
            ("saved", ("saved",), _LATEST),
        )
        for column in columns
    ),
)
"""What rows must be like, so that whoever reads them can: by table and column."""


def _unreadable(file: SqliteFile) -> Iterator[Finding]:
    """Look for what nobody can read; a ledger from elsewhere may hold anything that its columns take."""
    no_json = [
        (table, column, f"{column} IS NULL OR json_valid({column})")
        for table, columns in _JSON_COLUMNS.items()
        for column in columns
    ]
    # Shapes are asked of JSON alone.
    for group in (no_json, _SHAPES):
        found = list(_unlike(file, group))
        yield from found
        if found:
            return


def _unlike(file: SqliteFile, tests: Sequence[tuple[str, str, str]]) -> Iterator[Finding]:
    for table, column, test in tests:
        (row,) = file.rows(f"SELECT count(*) AS found FROM {table} WHERE NOT ({test})")  # noqa: S608  # texts are ours
        if row["found"]:
            values: dict[str, JSON] = {"table": table, "column": column, "count": row["found"]}
            yield Finding("broken-row", values)


_LINKS = (
    ("assignments", "run", "runs", "id"),
    ("attempts", "run", "runs", "id"),
    ("stages", "attempt", "attempts", "id"),
    ("receipts", "attempt", "attempts", "id"),
    ("results", "attempt", "attempts", "id"),
    ("saved", "run", "runs", "id"),
    ("events", "run", "runs", "id"),
)


def _references(file: SqliteFile) -> Iterator[Finding]:
    for table, column, target, key in _LINKS:
        query = (
            f"SELECT DISTINCT {column} AS missing FROM {table}"  # noqa: S608  # names are ours
            f" WHERE {column} NOT IN (SELECT {key} FROM {target}) ORDER BY 1"
        )
        for row in file.rows(query):
            yield Finding("missing-row", {"table": table, "target": target, "id": row["missing"]})


def _states(file: SqliteFile) -> Iterator[Finding]:
    """Look for what no sequence of moves of `Lifecycle` leads to."""
    done = {row["attempt"] for row in file.rows("SELECT attempt FROM results")}
    for row in file.rows("SELECT * FROM attempts ORDER BY step, number"):
        name, state = row["id"], row["state"]
        if name != attempt_id(row["step"], row["number"]):
            yield Finding("wrong-id", {"attempt": name, "step": row["step"]})
        if state not in get_args(AttemptState):
            yield Finding("unknown-state", {"what": name, "state": state})
        if (state == "done") != (name in done):
            forgotten = state == "done"  # `omni clean` lets results go
            reason = "done-without-result" if forgotten else "result-without-done"
            yield Finding(reason, {"attempt": name, "state": state}, grave=not forgotten)
        if (state == "submitted" and row["receipt"] is None) or (
            state in ("open", "refused", "ambiguous") and row["receipt"] is not None
        ):
            yield Finding("receipt-and-state", {"attempt": name, "state": state})
    query = (
        "SELECT attempt, task FROM receipts JOIN attempts ON id = attempt"
        " WHERE task IS NOT json_extract(attempts.receipt, '$.task') ORDER BY attempt, task"
    )
    for row in file.rows(query):
        yield Finding("sold-twice", {"attempt": row["attempt"], "task": row["task"]})
    for row in file.rows("SELECT attempt, name, state, tries FROM stages ORDER BY attempt, rowid"):
        if row["state"] not in get_args(StageState) or row["tries"] < 1:
            what = f"{row['attempt']} ({row['name']})"
            yield Finding("unknown-state", {"what": what, "state": row["state"]})
    for row in file.rows("SELECT id, state FROM runs ORDER BY id"):
        if row["state"] not in get_args(RunState):
            yield Finding("unknown-state", {"what": row["id"], "state": row["state"]})


def _money(file: SqliteFile) -> Iterator[Finding]:
    """Hold the totals against the sums of the stages."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    paid: dict[str, int] = defaultdict(int)
    for stage in _stages(file):
        paid[stage.attempt] += stage.charged
        for scope in stage.scopes:
            sums[scope][0] += stage.reserved
            sums[scope][1] += stage.charged
    for row in file.rows("SELECT * FROM spending"):
        sums[row["scope"]][0] -= row["reserved"]
        sums[row["scope"]][1] -= row["charged"]
    for scope, (reserved, charged) in sorted(sums.items()):
        if reserved or charged:
            values: dict[str, JSON] = {"scope": scope, "reserved": reserved, "charged": charged}
            yield Finding("wrong-total", values)
    for row in file.rows("SELECT id, charged FROM attempts WHERE charged IS NOT NULL ORDER BY id"):
        if row["charged"] != paid[row["id"]]:
            yield Finding("wrong-charge", {"attempt": row["id"]})


def _stages(file: SqliteFile) -> list[Stage]:
    return [rows.stage_of(row) for row in file.rows("SELECT * FROM stages ORDER BY attempt, rowid")]


def _replies(file: SqliteFile, folder: Path, listed: Sequence[Path]) -> Iterator[Finding]:
    """Hold the kept replies against the stages."""
    spool = Spool(folder)
    live = {
        row["id"]
        for row in file.rows("SELECT id, state, receipt FROM attempts")
        if row["state"] in LIVE and row["receipt"] is None
    }
    known: set[str] = set()
    for stage in _stages(file):
        tries = range(1, stage.tries + 1)
        known.update(spool.path(attrs.evolve(stage, tries=one)).name for one in tries)
        if stage.state == "answered" and stage.attempt in live and spool.find(stage) is None:
            path = str(spool.path(stage))
            values: dict[str, JSON] = {"attempt": stage.attempt, "stage": stage.name, "path": path}
            yield Finding("reply-missing", values)
    for reply in listed:
        if reply.name not in known:
            yield Finding("reply-unknown", {"path": str(reply)})


def _files(file: SqliteFile, folder: Path, *, deep: bool) -> Iterator[Finding]:
    """Hold the stored files against the results."""
    store = FolderStore(folder)
    seen: set[str] = set()
    for row in file.rows("SELECT * FROM results ORDER BY attempt"):
        for one in rows.result_of(row).files:
            if one.sha256 in seen:
                continue
            seen.add(one.sha256)
            found = store.find(one.sha256)
            if found is None:
                values: dict[str, JSON] = {"attempt": row["attempt"], "sha256": one.sha256}
                yield Finding("file-missing", values, grave=False)
            elif found.size != one.size or (deep and not _is_whole(store, one.sha256)):
                yield Finding("file-damaged", {"path": str(found.path)})


def _is_whole(store: FolderStore, sha256: str) -> bool:
    try:
        with store.open(sha256) as file:
            return digest(file) == sha256
    except OSError:
        return False
