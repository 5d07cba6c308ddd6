"""What the two versions of a song are made of, and what every gateway shows of the task that makes them."""

import hashlib
import uuid
from typing import Literal

from omnidsl_sandbox.drawing.artwork import Artwork, Tile
from omnidsl_sandbox.drawing.chance import Chance
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import JsonObject
from omnidsl_sandbox.markers import without_markers
from omnidsl_sandbox.sounds import tone
from omnidsl_sandbox.tasks import Song, Status, Task

Platform = Literal["suno", "udio"]

VERSIONS = (1, 2)
_COVER = 512  # pixels of a side
_STREAM = 1.2  # seconds of a sound that is not whole yet
_STATUSES = {
    Status.UNSEEN: "NOT_START",
    Status.SUBMITTED: "SUBMITTED",
    Status.MODAL: "SUBMITTED",
    Status.IN_PROGRESS: "IN_PROGRESS",
    Status.SUCCESS: "SUCCESS",
    Status.FAILURE: "FAILURE",
    Status.CANCEL: "FAILURE",  # nothing is cancelled here
}


def partition(platform: Platform, account: str) -> str:
    """Return the name under which a platform's tasks of an account are stored: Midjourney's do not show them."""
    return f"{platform} {account}"


def song_of(task: Task) -> Song:
    """Return what was ordered."""
    return task.song or Song(title="", words="")


def clip_id(task: Task, version: int) -> str:
    """Return the id of a version, a uuid that its task decides."""
    digest = hashlib.sha256(f"{task.job} {version}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def length(task: Task, version: int) -> float:
    """Return how long a version is, in seconds: what was asked for, or about a minute."""
    asked = song_of(task).seconds
    return asked or round(Chance(f"{task.job} {version}").between("length", 40, 64), 1)


def sound(task: Task, version: int, *, whole: bool) -> bytes:
    """Return a version as an MP3; a stream of what is not whole yet is short."""
    song = song_of(task)
    words = f"{song.title}, version {version}: {song.words}"
    return tone(words, length(task, version) if whole else _STREAM, "mp3")


def cover(task: Task, version: int) -> Artwork:
    """Return the picture of a version."""
    song = song_of(task)
    words = without_markers(f"{song.title}, {song.tags}")
    return Artwork(words, _COVER, _COVER, (Tile(words, f"{task.job} {version}"),))


def fails_alone(task: Task, version: int) -> bool:
    """Tell whether a version fails alone: the second one, where a marker asks for that."""
    return song_of(task).half and version == VERSIONS[-1]


def address(gateway: Gateway, task: Task, file: str) -> str:
    """Return the address of one of a task's files."""
    return f"{gateway.url}/songs/{task.id}/{file}"


def shown(gateway: Gateway, task: Task, action: str) -> JsonObject:
    """Return what every task of this family shows of itself, without what it made; times are in seconds."""
    snapshot = gateway.see(task)
    ended = snapshot.status in (Status.SUCCESS, Status.FAILURE, Status.CANCEL)
    good = snapshot.status is Status.SUCCESS
    return {
        "task_id": task.id,
        "notify_hook": "",
        "action": action,
        "status": _STATUSES[snapshot.status],
        "fail_reason": task.fail_reason if ended and not good else "",
        "submit_time": task.submitted // 1000,
        "start_time": snapshot.started // 1000,
        "finish_time": snapshot.finished // 1000,
        "progress": "100%" if ended else "0%",
    }
