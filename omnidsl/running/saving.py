"""Copying results out of the store to where the recipe wants them, below the output folder and nowhere else."""

import contextlib
import os
import shutil
import sys
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import attrs

from omnidsl.plugins.media import Artifact
from omnidsl.running.artifacts import extension
from omnidsl.running.durable import fresh_file, settle
from omnidsl.running.errors import SaveError

_SAME = (
    {"jpg", "jpeg", "jpe"},
    {"tif", "tiff"},
    {"mp4", "m4v"},
    {"ogg", "oga", "opus"},
    {"m4a", "mp4"},
)
"""Extensions that mean the same content."""

_FICLONE = 0x40049409
"""Linux's request to share a file's blocks copy-on-write."""


@attrs.frozen
class Copied:
    """A file in the output folder; `corrected` when its extension is not the one that was asked for."""

    path: Path
    sha256: str
    size: int
    corrected: bool = False


def save_artifact(artifact: Artifact, output: Path, wanted: str) -> Copied:
    """Copy a stored file to `wanted`, a POSIX path below `output`; SaveError says why not."""
    name = _inside(wanted)
    right = extension(artifact.media_type)
    corrected = not _same_extension(name.suffix.lstrip(".").lower(), right)
    if corrected:
        # Only a suffix that is an extension is replaced: in `v6.1` nothing is lost.
        known = name.suffix.lstrip(".").isalnum() and not name.suffix.lstrip(".").isdecimal()
        name = (
            name.with_suffix(f".{right}")
            if name.suffix and known
            else name.with_name(f"{name.name}.{right}")
        )
    target = _target(output, name)
    try:
        with artifact.path.open("rb") as source, fresh_file(target.parent) as (file, temporary):
            _copy(source, file)
            settle(file, temporary, target)
    except OSError as error:
        raise SaveError("disk", path=str(target), words=error.strerror or str(error)) from None
    return Copied(target, artifact.sha256, artifact.size, corrected)


def save_bytes(data: bytes, output: Path, wanted: str, sha256: str) -> Copied:
    """Write bytes to `wanted`, a POSIX path below `output`; SaveError says why not."""
    target = _target(output, _inside(wanted))
    try:
        with fresh_file(target.parent) as (file, temporary):
            file.write(data)
            settle(file, temporary, target)
    except OSError as error:
        raise SaveError("disk", path=str(target), words=error.strerror or str(error)) from None
    return Copied(target, sha256, len(data))


def numbered(wanted: str, number: int) -> str:
    """Return the path of the `number`-th of several files: `song.mp3` gives `song-2.mp3`."""
    path = PurePosixPath(wanted)
    return str(path.with_name(f"{path.stem}-{number}{path.suffix}"))


def _same_extension(asked: str, right: str) -> bool:
    return asked == right or any({asked, right} <= group for group in _SAME)


def _inside(wanted: str) -> PurePosixPath:
    """Return a path that names a file below a folder; SaveError for any other."""
    name = PurePosixPath(wanted)
    odd = any(part == ".." or "\\" in part or "\0" in part for part in name.parts)
    if not name.parts or name.is_absolute() or odd:
        raise SaveError("save-escapes", path=wanted)
    return name


def _target(output: Path, name: PurePosixPath) -> Path:
    """Return where to write, its folders made; a path that leaves the output folder, by a symlink too, is refused."""
    parts = name.parts
    try:
        output.mkdir(parents=True, exist_ok=True)
        base = output.resolve(strict=True)
        folder = base
        inside = True
        for part in parts[:-1]:
            folder = folder / part
            folder.mkdir(exist_ok=True)
            # Looked at before anything is made below it.
            inside = folder.resolve(strict=True).is_relative_to(base)
            if not inside:
                break
    except OSError as error:
        raise SaveError(
            "disk", path=str(output / name), words=error.strerror or str(error)
        ) from None
    if not inside:
        raise SaveError("save-escapes", path=str(name))
    target = folder / parts[-1]
    if target.is_dir():
        raise SaveError("disk", path=str(target), words="a folder is in the way")
    return target


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    """Share the blocks where the file system can, else copy; never a hard link: an edit would reach the store."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
            os.lseek(target.fileno(), 0, os.SEEK_END)
            return
    shutil.copyfileobj(source, target, 2**20)
