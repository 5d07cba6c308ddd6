"""Writing files so that they are either not there or whole, even after a power cut."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def fresh_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a temporary file in a folder for writing and reading; it is gone afterwards unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{uuid4().hex}.new"
    with path.open("xb+") as file:
        try:
            yield file, path
        finally:
            if os.path.lexists(path):  # to unlink what is not there takes thirty times as long
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()


def settle(file: BinaryIO, temporary: Path, final: Path, *, named: bool = True) -> None:
    """Force a file's bytes to the disk, give it its name, and force the name to the disk too, unless not `named`.

    Without that a power cut may leave what was there before, and never half a file.
    """
    file.flush()
    os.fsync(file.fileno())
    temporary.replace(final)
    if named:
        sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
