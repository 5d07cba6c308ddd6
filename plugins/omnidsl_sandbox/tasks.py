"""A Midjourney task and what can be seen of it: one stored record, and a pure function of time.

No timer runs. A task stores when it was submitted; its status is computed from the clock, the duration of a task and how
stale a fetch may be. So a restarted sandbox needs nothing but its records to go on.
"""

import enum
from typing import Literal

import attrs

from omnidsl_sandbox.drawing.artwork import Artwork
from omnidsl_sandbox.markers import Marker, markers

_MODAL_PATIENCE = (
    3600 * 1000
)  # milliseconds after which new-api gives up (wire reference, section 1.8)
_STARTS = 0.12  # parts of the duration
_SEEN = 0.04
_STEPS = (0, 15, 31, 46, 62, 78, 93)


class Status(enum.StrEnum):
    """The statuses on the wire (wire reference, section 1.6); UNSEEN is new-api's empty one."""

    UNSEEN = ""
    SUBMITTED = "SUBMITTED"
    MODAL = "MODAL"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCEL = "CANCEL"


class Ending(enum.StrEnum):
    """How a task is going to end."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEVER = "never"
    CANCEL = "cancel"


Result = Literal["grid", "single", "plain", "descriptions", "shortened", "videos", "video"]
"""What lies there when a task is done; `plain` is a picture without buttons, `shortened` no picture at all.

`videos` are several, of which `video` is one that was chosen.
"""


@attrs.frozen(kw_only=True)
class Song:
    """What a song is to be: `words` are those that its sound is made of, `seconds` 0 where nobody said how long.

    `lyrics` is what is sung, `extras` what only some gateways hand on. `half` says that one of its versions fails.
    """

    title: str
    words: str
    lyrics: str = ""
    tags: str = ""
    description: str = ""
    model: str = ""
    extras: str = ""
    seconds: float = 0.0
    half: bool = False


@attrs.frozen(kw_only=True)
class Task:
    """One submitted task.

    `account` is a label and no key. `submitted` and `confirmed` are milliseconds of the epoch; a task that waits for a
    modal has `modal` set and `confirmed` 0. `job` is the uuid inside its buttons. `upload` names a stored picture that
    is served instead of a drawing. `basis` and `take` are what its seed was made of. `chosen` is the number of
    a single video among those that it comes from, `batch` how many those are.
    """

    id: str
    account: str
    action: str
    prompt: str
    state: str
    description: str
    submitted: int
    job: str
    basis: str
    take: int
    custom_id: str = ""
    parent: str = ""
    modal: bool = False
    confirmed: int = 0
    ending: Ending = Ending.SUCCESS
    fail_reason: str = ""
    result: Result = "grid"
    artwork: Artwork | None = None
    upload: str = ""
    text: str = ""
    chosen: int = 0
    batch: int = 4
    song: Song | None = None

    @property
    def videos(self) -> int:
        """How many videos lie there when it is done."""
        return {"videos": self.batch, "video": 1}.get(self.result, 0)


@attrs.frozen
class Snapshot:
    """What a fetch sees: `percent` 0 to 100, times in epoch milliseconds (0: not yet), the picture so far."""

    status: Status
    percent: int = 0
    started: int = 0
    finished: int = 0
    picture: Literal["none", "preview", "final"] = "none"
    timed_out: bool = False


def observe(task: Task, now: int, duration: float, refresh: float) -> Snapshot:
    """Return the task as a gateway sees it at `now` (epoch milliseconds) that looked last up to `refresh` s ago."""
    found = _observed(task, now, duration, refresh)
    return attrs.evolve(found, picture="none") if task.result == "shortened" else found


def _observed(task: Task, now: int, duration: float, refresh: float) -> Snapshot:
    pause = round(refresh * 1000)
    seen = now - now % pause if pause else now
    if task.modal and not task.confirmed:
        return _waiting(task, seen)
    start = task.confirmed or task.submitted
    length = duration * 1000
    share = (seen - start) / length if length else float(seen >= start)
    if task.ending is Ending.NEVER:
        share = min(share, 0.5)
    if share < _SEEN:
        return Snapshot(Status.MODAL if task.confirmed else Status.UNSEEN)
    if share < _STARTS:
        return Snapshot(Status.SUBMITTED)
    started = start + round(length * _STARTS)
    if share < 1:
        percent = _STEPS[int((share - _STARTS) / (1 - _STARTS) * len(_STEPS))]
        return Snapshot(
            Status.IN_PROGRESS, percent, started, picture="preview" if percent else "none"
        )
    finished = start + round(length)
    if task.ending is Ending.CANCEL:
        return Snapshot(Status.CANCEL, _STEPS[-1], started, finished)
    if task.ending is Ending.FAILURE:
        return Snapshot(Status.FAILURE, 100, started, finished)
    return Snapshot(Status.SUCCESS, 100, started, finished, picture="final")


def _waiting(task: Task, seen: int) -> Snapshot:
    patience = -1 if Marker.MODAL_TIMEOUT in markers(task.prompt) else _MODAL_PATIENCE
    if seen - task.submitted > patience:
        gone = task.submitted + max(0, patience)
        return Snapshot(Status.FAILURE, 100, 0, gone, timed_out=True)
    return Snapshot(Status.MODAL if seen >= task.submitted else Status.UNSEEN)
