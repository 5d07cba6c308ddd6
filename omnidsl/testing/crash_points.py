"""Where a process may be killed: methods of the real thing, patched in a process that is about to die.

No run knows of them: a point is installed by whoever forks or starts the process, and fires once, at the occurrence that
was asked for.
"""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Self

from omnidsl.plugins.backend import Backend
from omnidsl.running.payment import PaidContext
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.running.telling import Telling
from omnidsl.running.transport import Transport

Patch = Callable[[Callable[..., Any]], Callable[..., Any]]


def die() -> None:
    """End as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Count:
    """Lets the first occurrences pass."""

    def __init__(self, at: int, last: Callable[[], None]) -> None:
        self._left = at
        self._last = last

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._last()


def _before(count: Callable[[], None]) -> Patch:
    def patch(method: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: object, **named: object) -> object:
            count()
            return method(*args, **named)

        return wrapped

    return patch


def _after(count: Callable[[], None]) -> Patch:
    def patch(method: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: object, **named: object) -> object:
            made = method(*args, **named)
            count()
            return made

        return wrapped

    return patch


def _during(seconds: float, at: int, last: Callable[[], None]) -> Patch:
    """Let an asynchronous method begin, and end the process while it waits."""

    def patch(method: Callable[..., Any]) -> Callable[..., Any]:
        count = _Count(at, lambda: threading.Timer(seconds, last).start())

        async def wrapped(*args: object, **named: object) -> object:
            count()
            return await method(*args, **named)

        return wrapped

    return patch


class _Torn:
    """A file that is written half a piece into."""

    def __init__(self, file: BinaryIO, last: Callable[[], None]) -> None:
        self._file = file
        self._last = last

    def write(self, data: bytes) -> int:
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        self._last()
        return self._file.write(data[len(data) // 2 :])

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _half_written(at: int, last: Callable[[], None]) -> Patch:
    """Stop in the middle of a reply's file."""

    def patch(method: Callable[..., Any]) -> Callable[..., Any]:
        count = 0

        def wrapped(self: Spool, path: Path) -> BinaryIO | _Torn:
            nonlocal count
            file: BinaryIO = method(self, path)
            count += 1
            return _Torn(file, last) if count == at else file

        return wrapped

    return patch


def _torn(at: int, last: Callable[[], None]) -> Patch:
    def patch(method: Callable[..., Any]) -> Callable[..., Any]:
        count = 0

        async def wrapped(
            self: object, url: str, into: BinaryIO, *rest: object, **named: object
        ) -> object:
            nonlocal count
            count += 1
            torn = _Torn(into, last) if count == at else into
            return await method(self, url, torn, *rest, **named)

        return wrapped

    return patch


def _named(folder: str, at: int, last: Callable[[], None]) -> Patch:
    """Stop at the renames that give files of one folder their names."""
    count = _Count(at, last)

    def patch(method: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(self: Path, target: Path) -> Path:
            if folder in Path(target).parts:
                count()
            renamed: Path = method(self, target)
            return renamed

        return wrapped

    return patch


STREAMING = "while its answer streams in"

POINTS: dict[str, Callable[[int, float, Callable[[], None]], tuple[type, str, Patch]]] = {
    "before the purchase": lambda at, _, last: (PaidContext, "_send", _before(_Count(at, last))),
    "before the intent": lambda at, _, last: (SqliteLedger, "intend", _before(_Count(at, last))),
    "after the intent": lambda at, _, last: (Transport, "pay", _before(_Count(at, last))),
    "while the request is under way": lambda at, latency, last: (
        Transport,
        "pay",
        _during(max(latency / 2, 0.002), at, last),
    ),
    STREAMING: lambda at, _, last: (Telling, "hear", _before(_Count(at + 1, last))),
    "after the reply, before it is on the disk": lambda at, _, last: (
        Spool,
        "keep",
        _before(_Count(at, last)),
    ),
    "while the reply is written": lambda at, _, last: (Spool, "_open", _half_written(at, last)),
    "after the reply is on the disk": lambda at, _, last: (
        Spool,
        "keep",
        _after(_Count(at, last)),
    ),
    "after the reply is settled": lambda at, _, last: (
        SqliteLedger,
        "settle",
        _after(_Count(at, last)),
    ),
    "before the receipt": lambda at, _, last: (SqliteLedger, "receive", _before(_Count(at, last))),
    "while polling": lambda at, _, last: (Backend, "poll", _before(_Count(at, last))),
    "while collecting": lambda at, _, last: (Backend, "collect", _before(_Count(at, last))),
    "while downloading": lambda at, _, last: (Transport, "download", _torn(at, last)),
    "before a file has its name": lambda at, _, last: (
        Path,
        "replace",
        _named("artifacts", at, last),
    ),
    "before the result is kept": lambda at, _, last: (
        SqliteLedger,
        "store",
        _before(_Count(at, last)),
    ),
    "before a saved copy has its name": lambda at, _, last: (
        Path,
        "replace",
        _named("out", at, last),
    ),
}
"""By name: what is patched, given the occurrence, the gateway's latency in seconds, and what to do there."""


def install(
    point: str,
    backend: type[Backend],
    at: int = 1,
    latency: float = 0.0,
    last: Callable[[], None] = die,
) -> None:
    """Have this process end at a point, at its `at`-th occurrence; `backend` is whose polling and collecting is meant."""
    owner, name, patch = POINTS[point](at, latency, last)
    owner = backend if owner is Backend else owner
    setattr(owner, name, patch(getattr(owner, name)))
