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
    """One run: its plan in stored form, who works on it, and how it stands. Times are Unix seconds."""

    id: str
    recipe: str
    pipeline: str
    gateway: str
    plan: Mapping[str, JSON]
    owner: str
    state: RunState = "running"
    started: float
    ended: float | None = None


@attrs.frozen(kw_only=True)
class Attempt:
    """One deliberate purchase; `fence` grows with every change of owner."""

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


@attrs.frozen(kw_only=True)
class Stage:
    """One paid request of an attempt; `tries` counts how often it was deliberately sent, `request` hashes its body."""

    attempt: str
    name: str
    path: str
    request: str
    tries: int = 1
    state: StageState = "intent"


@attrs.frozen(kw_only=True)
class StoredFile:
    """One file of a result: `kind` is what it was declared to be (`image`, `audio`, `video`)."""

    kind: str
    sha256: str
    size: int
    media_type: str


@attrs.frozen(kw_only=True)
class Stored:
    """What an attempt made."""

    attempt: str
    text: str | None = None
    facts: Mapping[str, JSON] = attrs.field(factory=dict)
    files: tuple[StoredFile, ...] = ()
