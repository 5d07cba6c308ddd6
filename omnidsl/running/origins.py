"""Finding out where a file comes from: by what lies beside it, what it carries, or what a ledger knows of it.

Files are from anywhere: what they say of themselves is only what they say, and is believed where the ledger knows
the same bytes.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import attrs

from omnidsl.planning.costs import Prices
from omnidsl.planning.keys import canonical_arguments
from omnidsl.planning.plan import Plan, Save
from omnidsl.plugins.media import JSON
from omnidsl.running import png
from omnidsl.running.artifacts import FolderStore, digest, media_type
from omnidsl.running.errors import LedgerError
from omnidsl.running.gateway import Gateway
from omnidsl.running.ledger import Ledger
from omnidsl.running.provenance import KEYWORD, SIDECAR, Author, Document, Source, sidecar_of
from omnidsl.running.records import SavedFile, StoredFile
from omnidsl.running.results import Result
from omnidsl.running.sqlite_ledger import SqliteLedger

_LARGEST = 16 * 2**20
"""Bytes of a sidecar, or of a text inside a picture, that are read at most."""

Teller = Literal["sidecar", "embedded", "ledger"]


@attrs.frozen(kw_only=True)
class Origin:
    """Where a file comes from, and who says so.

    `changed`: its sidecar speaks of other bytes than it has now. `known`: a ledger here has saved these very bytes.
    `stored`: the original still lies in a store here.
    """

    path: Path
    sha256: str
    size: int
    media_type: str
    document: Mapping[str, JSON]
    teller: Teller
    changed: bool = False
    known: bool = False
    stored: bool = False

    @property
    def plan(self) -> Plan | None:
        """The part of the plan that made it; None where it is missing or broken."""
        found = self.document.get("plan")
        try:
            return Plan.from_json(found) if isinstance(found, dict) else None
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


def find_origin(path: Path, states: Iterable[Path], prices: Prices) -> Origin | None:
    """Return where a file comes from, as far as it says or one of the state folders knows; OSError where it cannot be read.

    A sidecar that is named stands for its file.
    """
    if path.name.endswith(SIDECAR) and (named := path.with_name(path.name[: -len(SIDECAR)])).exists():  # fmt: skip  # one condition
        path = named
    if not path.is_file():
        raise FileNotFoundError("not a file")
    with path.open("rb") as file:
        sha256 = digest(file)
        size = file.seek(0, 2)
        inside = _parsed(png.text(file, KEYWORD, _LARGEST))
    beside = _beside(path)
    remembered, stored = None, False
    for state in states:
        with _opened(state) as ledger:
            saved = None if ledger is None else _saved(ledger, sha256)
            if ledger is not None and saved is not None:
                remembered = remembered or _remembered(ledger, saved, size, prices)
                stored = stored or FolderStore(state / "artifacts").find(saved.original) is not None
    tellers: list[tuple[Teller, Document | None]] = [
        ("sidecar", beside),
        ("embedded", inside),
        ("ledger", remembered),
    ]
    mine = beside is not None and _hash_of(beside) == sha256
    if beside is not None and not mine:
        tellers.append(tellers.pop(0))  # what speaks of other bytes is heard last
    for teller, found in tellers:
        if found is not None:
            plan = (remembered or {}).get("plan")
            return Origin(
                path=path,
                sha256=sha256,
                size=size,
                media_type=media_type(path),
                document={"plan": plan, **found} if plan is not None else found,
                teller=teller,
                changed=teller == "sidecar" and not mine,
                known=remembered is not None,
                stored=stored,
            )
    return None


# ---- what the file says


def _beside(path: Path) -> Document | None:
    sidecar = sidecar_of(path)
    try:
        if not sidecar.is_file() or sidecar.stat().st_size > _LARGEST:
            return None
        return _parsed(sidecar.read_text("utf-8", "replace"))
    except OSError:
        return None


def _parsed(text: str | None) -> Document | None:
    """Read a document; None for anything else."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match found:
        case {
            "format": 1,
            "run": str(),
            "recipe": {"path": str()},
            "pipeline": str(),
            "bindings": dict(),
            "original": {"sha256": str(), "size": int()},
            "parents": list(),
        }:
            return found  # type: ignore[no-any-return]  # the pattern has looked at it
    return None


def _hash_of(document: Mapping[str, JSON]) -> str:
    match document.get("file"):
        case {"sha256": str(sha256)}:
            return sha256
    return ""


# ---- what a ledger knows


@contextmanager
def _opened(state: Path) -> Iterator[SqliteLedger | None]:
    try:
        ledger = SqliteLedger(state / "ledger.sqlite3")
    except LedgerError:
        yield None
        return
    try:
        yield ledger
    finally:
        ledger.close()


def _saved(ledger: Ledger, sha256: str) -> SavedFile | None:
    """Return the last save of these bytes, or of the original that has them."""
    found = ledger.saved_as(sha256=sha256)
    if not found:
        found = [one for one in reversed(ledger.saved()) if one.original == sha256]
    return found[0] if found else None


def _remembered(ledger: Ledger, saved: SavedFile, size: int, prices: Prices) -> Document | None:
    """Return the document that was written when the file was saved, made anew."""
    run = ledger.run(saved.run)
    try:
        plan = None if run is None else Plan.from_json(run.plan)
    except ValueError:
        plan = None
    save = None if plan is None else _save(plan, saved)
    if run is None or plan is None or save is None:
        return None
    result, original, number = _made(ledger, plan, saved, size)
    attempt = ledger.attempt(saved.attempt) if saved.attempt else None
    recipe = run.options.get("recipe")
    author = Author(
        plan,
        run.id,
        Gateway(plan.gateway, "", ""),
        prices,
        recipe=recipe if isinstance(recipe, str) else None,
    )
    steps = ledger.assignments(run.id)

    def task_of(node: str) -> str | None:
        bought = ledger.attempts(steps[node]) if node in steps else []
        return next((one.receipt.task for one in reversed(bought) if one.receipt), None)

    source = Source(save, result, attempt, number, task_of)
    document = author.document(source, original)
    document["saved"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(saved.saved))
    return document


def _save(plan: Plan, saved: SavedFile) -> Save | None:
    """Return the save that a file is from: of its step, and by its name where several are."""
    mine = [one for one in plan.saves if saved.node in one.needs or not one.needs]
    stem = Path(saved.path).stem
    named = (one for one in mine if isinstance(one.path, str) and Path(one.path).stem == stem)
    return next(named, mine[0] if mine else None)


def _made(
    ledger: Ledger, plan: Plan, saved: SavedFile, size: int
) -> tuple[Result | None, StoredFile, int]:
    """Return the result that a file is from, the original, and which file of the result it is."""
    original = StoredFile(
        kind="text", sha256=saved.original, size=size, media_type="application/octet-stream"
    )
    attempt = ledger.attempt(saved.attempt) if saved.attempt else None
    stored = None if attempt is None else ledger.result(attempt.id)
    node = next((one for one in plan.nodes if one.id == saved.node), None)
    if attempt is None or stored is None or node is None:
        return None, original, 1
    files = [one.sha256 for one in stored.files]
    number = files.index(saved.original) if saved.original in files else 0
    if files and saved.original in files:
        original = stored.files[number]
    result = Result(
        node=node.id,
        operation=node.operation,
        type=node.result,
        step=attempt.step,
        number=attempt.number,
        attempt=attempt.id,
        gateway=attempt.gateway,
        account=attempt.account,
        text=stored.text,
        facts=stored.facts,
        reused=attempt.run != saved.run,
        arguments=canonical_arguments(node.arguments, node.expects),
    )
    return result, original, number + 1
