"""What the ledger keeps: runs, attempts, stages, results, as frozen values."""

from collections.abc import Mapping
from typing import Literal

import attrs

from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.media import JSON

RunState = Literal["running", "done", "failed", "held", "interrupted"]

AttemptState = Literal["open", "submitted", "done", "failed", "refused", "ambiguous", "abandoned"]
"""`open`: nothing bought yet; `submitted`: a receipt is there; `refused`: nothing was paid; `abandoned`: given up."""

StageState = Literal["intent", "answered", "refused", "ambiguous"]

LIVE: frozenset[str] = frozenset(("open", "submitted", "ambiguous"))
"""The states of an attempt that still has to be brought to an end."""


@attrs.frozen(kw_only=True)
class RunRecord:
    """One run: its plan in stored form, who works on it, and how it stands. Times are Unix seconds.

    `options` is what the run was asked for (`max_cost`, `until`, …), so that going on with it keeps to that.
    """

    id: str
    recipe: str
    pipeline: str
    gateway: str
    plan: Mapping[str, JSON]
    owner: str
    state: RunState = "running"
    started: float
    ended: float | None = None
    options: Mapping[str, JSON] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Attempt:
    """One deliberate purchase; `fence` grows with every change of owner.

    `charged` is what it cost in micros, the stages together; None until that is settled.
    """

    id: str
    step: str
    number: int
    run: str
    node: str
    operation: str
    gateway: str
    account: str
    owner: str
    fence: int = 1
    state: AttemptState = "open"
    reason: str = ""
    receipt: Receipt | None = None
    opened: float = 0.0
    charged: int | None = None


@attrs.frozen(kw_only=True)
class Cap:
    """A limit on what may be spent within a scope: `run:ID`, `project`, `project:2026-11`.

    `most` is in micros, what is reserved and what is charged together; None counts and forbids nothing.
    `currency` is what people call its unit.
    """

    scope: str
    most: int | None = None
    currency: str = ""


@attrs.frozen(kw_only=True)
class Intent:
    """A paid request that is about to be sent: whose it is, what it may cost, and which limits that counts against.

    `request` hashes path and body, `reserved` is the upper price in micros; `moment` is now, in the written form of
    `Moment`, which no later change of the wall clock touches, and `signature` tells the key that it goes with from others.
    """

    attempt: str
    name: str
    path: str
    request: str
    owner: str
    fence: int
    run: str
    account: str
    reserved: int = 0
    caps: tuple[Cap, ...] = ()
    moment: str = ""
    signature: str = ""


@attrs.frozen(kw_only=True)
class Stage:
    """One paid request of an attempt; `tries` counts how often it was deliberately sent, `request` hashes its body.

    `run`, `owner`, `fence` and `account` are those of the last intent, at the time `intended`
    (by the wall clock) and the `moment` (by one that nobody can set); `settled` is when its
    outcome was written. `reserved` and `charged` are micros: what is still held, and what it has cost, counted in
    every one of `scopes`.
    """

    attempt: str
    name: str
    path: str
    request: str
    tries: int = 1
    state: StageState = "intent"
    run: str = ""
    owner: str = ""
    fence: int = 1
    account: str = "default"
    reserved: int = 0
    charged: int = 0
    scopes: tuple[str, ...] = ()
    intended: float = 0.0
    moment: str = ""
    signature: str = ""
    settled: float | None = None

    @classmethod
    def intended_by(
        cls, intent: Intent, before: "Stage | None", state: StageState, at: float
    ) -> "Stage":
        """Return the stage after an intent, written at a time (Unix seconds); `before` is as it stood, None for a new one."""
        return cls(
            attempt=intent.attempt,
            name=intent.name,
            path=intent.path,
            request=intent.request,
            tries=1 if before is None else before.tries + 1,
            state=state,
            run=intent.run,
            owner=intent.owner,
            fence=intent.fence,
            account=intent.account,
            reserved=intent.reserved,
            scopes=tuple(cap.scope for cap in intent.caps),
            intended=at,
            moment=intent.moment,
            signature=intent.signature,
        )


@attrs.frozen
class Spending:
    """What a scope has spent, in micros: `reserved` for what is under way or in doubt, `charged` for what is settled."""

    reserved: int = 0
    charged: int = 0

    @property
    def total(self) -> int:
        """Both together: what counts against a limit."""
        return self.reserved + self.charged


@attrs.frozen(kw_only=True)
class StoredFile:
    """One file of a result: `kind` is what it was declared to be (`image`, `audio`, `video`), `part` the part that it is of."""

    kind: str
    sha256: str
    size: int
    media_type: str
    part: str = ""


@attrs.frozen(kw_only=True)
class Stored:
    """What an attempt made."""

    attempt: str
    text: str | None = None
    facts: Mapping[str, JSON] = attrs.field(factory=dict)
    files: tuple[StoredFile, ...] = ()


@attrs.frozen(kw_only=True)
class SavedFile:
    """One file that a run saved: `path` is absolute, `sha256` that of the saved copy, `original` that of what is stored.

    `attempt` is empty for a text that several steps had a part in. `saved` is when, in Unix seconds.
    """

    run: str
    node: str
    attempt: str
    path: str
    sha256: str
    original: str
    saved: float
