"""Who is alive: every run holds an OS lock on a file of its own while it works, and a dead process holds none."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from omnidsl.running.errors import SettingsError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    _is_free = _lock

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _is_free(file: int) -> bool:
        # Shared, so that two who ask at the same time do not take each other for the owner.
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def locks_hold(file: Path) -> bool:
    """Tell whether the file system takes locks, by one on a file that is there; nothing is changed."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except OSError:
        return True  # that it cannot be read is another matter
    try:
        return _is_free(handle)
    finally:
        os.close(handle)


_NAME = re.compile(r"[0-9a-f]{32}")
"""The names of owners; a ledger from elsewhere may hold others, such as the way to somebody's file."""


class Owners:
    """The lock files of one state directory. Valid on one machine; the state directory is not shared over a network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def enter(self) -> Iterator[str]:
        """Become an owner: yield its name, whose lock is held until the block or the process ends.

        SettingsError where the folder cannot be written to.
        """
        name = uuid4().hex
        path = self._folder / name
        file = self._create(path)
        try:
            yield name
        finally:
            os.close(file)
            # The lock is what counts; in a folder that became read-only the file stays, and whoever asks next clears it.
            with contextlib.suppress(OSError):
                path.unlink()

    def _create(self, path: Path) -> int:
        # Locked before it has its name, so that nobody sees it unlocked while it is alive.
        unborn = path.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            _lock(file)
            unborn.rename(path)
        except OSError as error:
            words = error.strerror or str(error)
            raise SettingsError("disk", path=str(self._folder), words=words) from None
        return file

    def alive(self, name: str) -> bool:
        """Tell whether an owner still holds its lock; what a dead one left is cleared away. Nobody (`""`) is not alive."""
        if _NAME.fullmatch(name) is None:
            return False
        path = self._folder / name
        try:
            file = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return False
        try:
            dead = _is_free(file)
        finally:
            os.close(file)
        if dead:
            with contextlib.suppress(OSError):
                path.unlink()
        return not dead
