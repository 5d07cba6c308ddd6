"""What must be true after a soak, whatever went wrong in it: every finding is one line, and none is what is wanted."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs

from omnidsl.planning.plan import Plan
from omnidsl.running import RunResult
from omnidsl.running.records import Attempt, Stage
from omnidsl.running.sqlite_ledger import SqliteLedger

Ends = Mapping[str, Any]  # Any: JSON that the child wrote

DEFECTS = frozenset(("plugin", "ledger-broken", "illegal-move", "disk", "argument", "fenced"))
"""Reasons that no gateway, however bad, may bring about."""


@attrs.frozen
class Sale:
    """One row of the sandbox's books."""

    attempt: str
    request: str


@attrs.frozen
class Purchase:
    """One attempt and its stages, as the ledger has them."""

    attempt: Attempt
    stages: tuple[Stage, ...]

    @property
    def standing(self) -> str:
        """What the ledger believes about the money: `paid`, `doubt` or `unpaid`.

        Where a press opened a window, its answer is what is sold; a press that was answered may have opened one.
        """
        window = [one for one in self.stages if one.name == "modal"]
        states = {one.state for one in window or self.stages}
        if self.attempt.receipt is not None:
            return "paid"
        if "answered" in states:
            pressed = not window and any(one.name == "action" for one in self.stages)
            return "doubt" if pressed else "paid"
        return "doubt" if states & {"ambiguous", "intent"} else "unpaid"


def ends_of(result: RunResult) -> Ends:
    """Return how every step of a run ended, as JSON."""
    return {
        "status": result.status,
        "run": result.run,
        "done": sorted(result.results),
        "failed": {one.node: [one.reason, one.message] for one in result.failures},
        "held": {one.node: one.message for one in result.held},
        "skipped": sorted(result.skipped),
        "saved": [str(one) for one in result.saved],
        "unsaved": [{"message": one.message} for one in result.unsaved],
    }


def sales(books: Path) -> list[Sale]:
    """Return every sale in a sandbox's state folder."""
    with closing(sqlite3.connect(books / "sandbox.sqlite")) as connection:
        rows = connection.execute("SELECT attempt, request FROM sales ORDER BY number").fetchall()
    return [Sale(*row) for row in rows]


def purchases(state: Path, run: str) -> dict[str, Purchase]:
    """Return every purchase of a run by attempt id."""
    ledger = SqliteLedger(state / "ledger.sqlite3")
    with closing(ledger):
        return {
            attempt.id: Purchase(attempt, tuple(ledger.stages(attempt.id)))
            for step in ledger.assignments(run).values()
            for attempt in ledger.attempts(step)
        }


def findings(plan: Plan, ends: Ends, sold: list[Sale], bought: Mapping[str, Purchase]) -> list[str]:
    """Return everything that is wrong."""
    return [*_ends(plan, ends), *_books(sold, bought), *_requests(sold, bought), *_saved(ends)]


def _ends(plan: Plan, ends: Ends) -> Iterator[str]:
    """Every step is done, failed for a stated reason, or held."""
    known = Counter([*ends["done"], *ends["failed"], *ends["held"], *ends["skipped"]])
    for node in plan.nodes:
        if known[node.id] != 1:
            yield f"{node.id} has {known[node.id]} ends"
    for node, (reason, message) in ends["failed"].items():
        if reason == "argument" and "button" in message:
            continue  # the gateway printed a task without one of its buttons
        if not reason or not message.strip() or reason in DEFECTS:
            yield f"{node} failed for {reason or 'no reason'}: {message}"
    for one in ends["unsaved"]:
        yield f"not saved: {one['message']}"


def _books(sold: list[Sale], bought: Mapping[str, Purchase]) -> Iterator[str]:
    """What was sold is what the ledger knows as paid, or doubts; never what it takes for unpaid."""
    count = Counter(one.attempt for one in sold)
    for attempt, times in count.items():
        if times > 1:
            yield f"{attempt} was sold {times} times"
        if attempt not in bought:
            yield f"{attempt} was sold and is not in the ledger"
    for attempt, purchase in bought.items():
        if purchase.standing == "paid" and not count[attempt]:
            yield f"{attempt} ({purchase.attempt.state}) is paid in the ledger and was not sold"
        if purchase.standing == "unpaid" and count[attempt]:
            yield f"{attempt} ({purchase.attempt.state}) was sold and is unpaid in the ledger"


def _requests(sold: list[Sale], bought: Mapping[str, Purchase]) -> Iterator[str]:
    """A request that was sold again was bought again on purpose: the attempt before it had come to an end.

    Equal requests of several steps are takes, and each is bought once.
    """
    by_request: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for one in sold:
        if one.attempt in bought:
            attempt = bought[one.attempt].attempt
            by_request[one.request, attempt.step].append(attempt)
    for (request, _), attempts in by_request.items():
        rows = sorted(attempts, key=lambda one: one.number)
        if not all(one.state in ("failed", "abandoned") for one in rows[:-1]):
            yield f"{request[:80]} was sold again while {[(one.id, one.state) for one in rows]}"


def _saved(ends: Ends) -> Iterator[str]:
    for path in ends["saved"]:
        if not Path(path).is_file() or not Path(path).stat().st_size:
            yield f"{path} was said to be saved and is not there"


def leaks(folder: Path, secrets: tuple[str, ...]) -> list[str]:
    """Return every file below a folder that holds a secret."""
    needles = [one.encode() for one in secrets]
    return [
        f"{path.relative_to(folder)} holds {needle.decode()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for needle in needles
        if needle in path.read_bytes()
    ]


def table(ends: Ends, bought: Mapping[str, Purchase], sold: list[Sale]) -> str:
    """Return the outcomes for people."""
    reasons = Counter(reason for reason, _ in ends["failed"].values())
    times = Counter(one.attempt for one in sold)
    standing = Counter(
        (one.standing, "sold" if times[name] else "not sold") for name, one in bought.items()
    )
    rows = [("done", len(ends["done"])), ("held", len(ends["held"]))]
    rows += [(f"failed: {reason}", count) for reason, count in reasons.most_common()]
    rows += [(f"ledger {a}, {b}", count) for (a, b), count in sorted(standing.items())]
    return "\n".join(f"{name:<32} {count:>6}" for name, count in rows)


def read(path: Path) -> Ends:
    """Return what a child wrote at its end."""
    found: Ends = json.loads(path.read_text("utf-8"))
    return found
