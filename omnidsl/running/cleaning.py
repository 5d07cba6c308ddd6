"""Making room: what a state folder holds and nobody needs any more.

The ledger decides first, in one transaction with its own changes; files go after it, so that what is cut short leaves
files that nothing refers to, and never a result without its files. Runs with a purchase that is open or in doubt keep
all they have, and so does whatever a run that stays has a part in.
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from omnidsl.running.artifacts import FolderStore
from omnidsl.running.errors import SettingsError
from omnidsl.running.ledger import Ledger
from omnidsl.running.owners import Owners
from omnidsl.running.records import LIVE, Attempt, RunRecord
from omnidsl.running.sqlite_ledger import SqliteLedger

YOUNG = 3600.0
"""Seconds for which a file that nothing refers to is left alone: a run may be about to name it."""

_SHA256 = re.compile(r'"sha256": "([0-9a-f]{64})"')
_REPLY = re.compile(r"(omni-[0-9a-f]{32}\.\d+\.\d+)-")
_LITTER = re.compile(r"\.?[0-9a-f]{32}\.new")


@attrs.frozen(kw_only=True)
class Wish:
    """What is to go: results of one run, or of those that ended before a moment (Unix seconds); files that nothing refers to.

    With neither only litter goes: files that a killed process left half written. `dry` removes nothing.
    """

    run: str | None = None
    before: float | None = None
    unreferenced: bool = False
    dry: bool = False


@attrs.define
class Amount:
    """How many things of a kind, and how many bytes they take."""

    count: int = 0
    size: int = 0

    def add(self, size: int) -> None:
        """Count one more."""
        self.count += 1
        self.size += size


@attrs.define(kw_only=True)
class Cleaned:
    """What went, by kind, and the runs that were asked for and stay: those at work, and those with open purchases."""

    artifacts: Amount = attrs.field(factory=Amount)
    replies: Amount = attrs.field(factory=Amount)
    litter: Amount = attrs.field(factory=Amount)
    events: Amount = attrs.field(factory=Amount)
    at_work: list[str] = attrs.field(factory=list)
    unsettled: list[str] = attrs.field(factory=list)


def clean(state: Path, output: Path, wish: Wish, now: float) -> Cleaned:
    """Remove from a state folder, and the litter of saves from an output folder, what is wished; SettingsError for no such run."""
    cleaned = Cleaned()
    owners = Owners(state / "owners")
    alive = any(owners.alive(name) for name in _names(state / "owners"))
    ledger = SqliteLedger(state / "ledger.sqlite3")
    try:
        sweep = _Sweep(state, ledger, owners, wish, cleaned, now, alive)
        with _undone(ledger, dry=wish.dry):
            over = sweep.forget()
            needed = sweep.needed()
        sweep.artifacts(over, needed)
        sweep.replies(over)
        sweep.litter((state, output))
    finally:
        ledger.close()
    return cleaned


@attrs.define
class _Over:
    """The purchases that are over, by attempt id, and the files that went with them, by SHA-256."""

    attempts: set[str] = attrs.field(factory=set)
    files: set[str] = attrs.field(factory=set)


class _UndoneError(Exception):
    """Raised to leave a transaction without a trace."""


@contextlib.contextmanager
def _undone(ledger: Ledger, *, dry: bool) -> Iterator[None]:
    """Make the block one transaction, and undo it where nothing is to be changed."""
    with contextlib.suppress(_UndoneError), ledger.transaction():
        yield
        if dry:
            raise _UndoneError


@attrs.frozen(eq=False)
class _Sweep:
    """One cleaning at work; `alive` is whether any run is."""

    state: Path
    ledger: Ledger
    owners: Owners
    wish: Wish
    cleaned: Cleaned
    now: float
    alive: bool

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.state / "artifacts")

    # ---- the ledger

    def forget(self) -> "_Over":
        """Have the ledger forget the files of the runs that go, and return what is over with them."""
        over = _Over()
        runs = self.ledger.runs()
        going = {one.id for one in self._going(runs)}
        if not going:
            return over
        wanted = {
            step
            for run in runs
            if run.id not in going
            for step in self.ledger.assignments(run.id).values()
        }
        for run in sorted(going):
            for attempt in self._attempts(run):
                if attempt.step not in wanted and attempt.run in going:
                    stored = self.ledger.result(attempt.id)
                    if stored is not None and stored.files:
                        self.ledger.forget(attempt.id)
                        over.files.update(one.sha256 for one in stored.files)
                    over.attempts.add(attempt.id)
            self.cleaned.events.count += self.ledger.drop_events(run)
        return over

    def _going(self, runs: Iterable[RunRecord]) -> Iterator[RunRecord]:
        """Yield the runs that are wished away and can go."""
        wish, found = self.wish, False
        for run in runs:
            named = run.id == wish.run
            found = found or named
            old = wish.before is not None and (run.ended or run.started) < wish.before
            if not (named or (old and wish.run is None)):
                continue
            if run.state == "running" and self.owners.alive(run.owner):
                self.cleaned.at_work.append(run.id)
            elif any(one.state in LIVE for one in self._attempts(run.id)):
                self.cleaned.unsettled.append(run.id)
            else:
                yield run
        if wish.run is not None and not found:
            raise SettingsError("no-such-run", run=wish.run, path=str(self.state))

    def _attempts(self, run: str) -> list[Attempt]:
        steps = dict.fromkeys(self.ledger.assignments(run).values())
        return [one for step in steps for one in self.ledger.attempts(step)]

    def needed(self) -> set[str]:
        """Return the SHA-256 of all files that results have, and that plans which may go on take in."""
        found = {one.sha256 for stored in self.ledger.results() for one in stored.files}
        for run in self.ledger.runs():
            if run.state != "done":
                found.update(_SHA256.findall(json.dumps(run.plan)))
        return found

    # ---- files

    def artifacts(self, over: "_Over", needed: set[str]) -> None:
        """Remove the files of purchases that are over, and those that nothing refers to, where that is wished."""
        if not over.files and not self.wish.unreferenced:
            return
        for one in self.store.kept():
            mine = one.sha256 in over.files and not self.alive
            stray = one.sha256 in over.files or self.wish.unreferenced
            if one.sha256 not in needed and (mine or (stray and self._is_old(one.path))):
                self.cleaned.artifacts.add(one.size)
                if not self.wish.dry:
                    self.store.drop(one.sha256)

    def replies(self, over: "_Over") -> None:
        """Remove the replies to purchases that are over.

        One of which the ledger knows nothing stays, whatever is wished: where a ledger is older than its replies, as an
        old copy is, it is all that tells what was bought (`verify` points to it).
        """
        for path in _files(self.state / "replies"):
            found = _REPLY.match(path.name)
            if found is not None and found[1] in over.attempts:
                self._unlink(path, self.cleaned.replies)

    def litter(self, folders: Iterable[Path]) -> None:
        """Remove what killed processes left half written, and the locks that dead owners left."""
        for folder in folders:
            for path in _below(folder):
                if _LITTER.fullmatch(path.name) and self._is_old(path):
                    self._unlink(path, self.cleaned.litter)
        if self.wish.dry:
            return
        for name in _names(self.state / "owners"):
            self.owners.alive(name)  # clears away what a dead one left

    def _is_old(self, path: Path) -> bool:
        try:
            return path.stat().st_mtime <= self.now - YOUNG
        except OSError:
            return False

    def _unlink(self, path: Path, amount: Amount) -> None:
        with contextlib.suppress(OSError):
            size = path.stat().st_size
            if not self.wish.dry:
                path.unlink()
            amount.add(size)


def _names(folder: Path) -> list[str]:
    return [one.name for one in _files(folder) if re.fullmatch(r"[0-9a-f]{32}", one.name)]


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_file()) if folder.is_dir() else []


def _below(folder: Path) -> Iterator[Path]:
    """Yield all files below a folder, without following a link out of it."""
    if folder.is_dir() and not folder.is_symlink():
        for one in sorted(folder.iterdir()):
            if one.is_symlink():
                continue
            if one.is_dir():
                yield from _below(one)
            elif one.is_file():
                yield one
