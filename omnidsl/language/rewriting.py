"""Replacing a file's content in one step: whoever reads it finds the old text or the new one, never half of either."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What a file may begin with; no `Source` holds it."""


class ChangedMeanwhileError(OSError):
    """A file does not hold any more what was read from it."""


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Replace a file's content `old` by `new`; mode and, where possible, owner stay, links are followed.

    Raises OSError where the file or its folder does not admit it (a file that nobody may write is not replaced, though
    its folder would allow it), ChangedMeanwhileError where the file does not hold `old`. Then the file is as it was.
    """
    target = os.path.realpath(path)
    status = os.stat(target)  # noqa: PTH116  # a text from here on: pathlib costs more than it gives
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    beside, file = _new_file(target)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(new)
            stream.flush()
            _take_over(stream.fileno(), status)
            os.fsync(stream.fileno())
        _must_hold(old, target)
        os.replace(beside, target)  # noqa: PTH105  # as above
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    _sync_folder(os.path.dirname(target))  # noqa: PTH120  # as above


def _must_hold(old: bytes, target: str) -> None:
    if Path(target).read_bytes() != old:
        raise ChangedMeanwhileError(errno.EBUSY, os.strerror(errno.EBUSY), target)


def _new_file(target: str) -> tuple[str, int]:
    """Create a file of a new name in the target's folder, since only there it can be renamed in one step."""
    folder, name = os.path.split(target)
    for number in range(100):
        beside = os.path.join(folder, f".{name[:100]}.{os.getpid()}-{number}.tmp")  # noqa: PTH118  # as above
        try:
            return beside, os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)


def _take_over(file: int, status: os.stat_result) -> None:
    if hasattr(os, "fchown"):
        with suppress(OSError):  # only an administrator may give files away; else it is ours
            os.fchown(file, status.st_uid, status.st_gid)
    if hasattr(os, "fchmod"):  # after the owner: a change of owner clears bits
        os.fchmod(file, stat.S_IMODE(status.st_mode))


def _sync_folder(folder: str) -> None:
    """Make the new name last through a loss of power, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # some network file systems cannot
        os.fsync(handle)
    os.close(handle)
