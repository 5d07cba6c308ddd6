"""What a plugin prints: it goes to stderr with the plugin's name, since stdout belongs to results.

Whoever calls a plugin does so `apart`. What its threads print, and what other plugins' code prints deep below, is known by
the code that is on the stack.
"""

import contextlib
import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import TextIO

Speaker = str | Callable[[FrameType], str]
"""A plugin, or what says whose code is on a stack where that may be any."""

_SPEAKER: ContextVar[Speaker] = ContextVar("speaker", default="")


class Parted(io.TextIOBase):
    """Stands in for stdout: lets everybody's text through but that of plugins, which goes to stderr line by line."""

    def __init__(self, inner: TextIO, whose: Callable[[FrameType], str] | None = None) -> None:
        self.inner = inner
        self._whose = whose
        self._thread = threading.get_ident()
        self._begun: dict[str, str] = {}

    def write(self, text: str) -> int:
        """Write a text where it belongs."""
        speaker = _SPEAKER.get()
        if not speaker and self._whose is not None and threading.get_ident() != self._thread:
            speaker = self._whose  # a thread that a plugin has started knows nothing of who did
        if not isinstance(speaker, str):
            speaker = speaker(sys._getframe(1))  # noqa: SLF001  # who called us
        if not speaker:
            return self.inner.write(text)
        *lines, rest = (self._begun.pop(speaker, "") + text).split("\n")
        for line in lines:
            sys.stderr.write(f"[{speaker}] {line}\n")
        if rest:
            self._begun[speaker] = rest
        return len(text)

    def flush(self) -> None:
        """Pass on what was written."""
        self.inner.flush()

    def end(self) -> None:
        """Pass on what was begun and never ended."""
        for speaker, line in self._begun.items():
            sys.stderr.write(f"[{speaker}] {line}\n")
        self._begun.clear()

    def isatty(self) -> bool:
        """Say whether it ends in a terminal."""
        return self.inner.isatty()

    def fileno(self) -> int:
        """Return the number of the file below."""
        return self.inner.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io has an attribute here
        """The encoding of the file below."""
        return self.inner.encoding


@contextlib.contextmanager
def speaking(plugin: Speaker) -> Iterator[None]:
    """Say who speaks meanwhile, in this thread and its tasks: a plugin, or (empty) nobody but ourselves and our callers.

    For what waits for other things in between; somebody around it has `parted` stdout.
    """
    token = _SPEAKER.set(plugin)
    try:
        yield
    finally:
        _SPEAKER.reset(token)


@contextlib.contextmanager
def apart(plugin: str) -> Iterator[None]:
    """Have what is printed meanwhile go to stderr with the plugin's name, in this thread and its tasks."""
    with parted(), speaking(plugin):
        yield


@contextlib.contextmanager
def parted(whose: Callable[[FrameType], str] | None = None) -> Iterator[None]:
    """Stand in for stdout unless that is done already; `whose` says whose code is on the stack of a plugin's thread."""
    if isinstance(sys.stdout, Parted):
        yield
        return
    mine = sys.stdout = Parted(sys.stdout, whose)
    try:
        yield
    finally:
        mine.end()
        if sys.stdout is mine:  # else somebody has put it elsewhere meanwhile
            sys.stdout = mine.inner
