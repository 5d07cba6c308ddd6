"""The store of files: named by what they hold, written once, verified before they are named."""

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Protocol, cast

import attrs
import filetype

from omnidsl.plugins.media import Artifact, Audio, File, Grid, Image, Video
from omnidsl.running.durable import fresh_file, settle
from omnidsl.running.errors import FetchError, StepError
from omnidsl.running.records import StoredFile
from omnidsl.running.soundness import check_sound


@attrs.frozen
class FileLimits:
    """The largest file of each kind that is taken, in bytes, and the most pixels of a picture."""

    image: int = 64 * 2**20
    audio: int = 256 * 2**20
    video: int = 2 * 2**30
    pixels: int = 200_000_000

    def of(self, kind: str) -> int:
        """Return the most bytes of a kind; one that is not known is no larger than a picture."""
        return {"audio": self.audio, "video": self.video}.get(kind, self.image)


_CLASSES: dict[str, type[Artifact]] = {"image": Image, "grid": Grid, "audio": Audio, "video": Video}

_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/x-icon": "ico",
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "video/quicktime": "mov",
    "video/x-matroska": "mkv",
}

_FEW = 8 * 2**20
"""Bytes of a picture that is held in memory until it is judged."""

_HEAD = 8192
"""Bytes that say what a file is."""

Fetch = Callable[[str, BinaryIO, int], Awaitable[object]]
"""Writes what lies at a URL into a file, at most so many bytes; raises FetchError."""


_USUAL = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
"""Endings that stored files mostly have, and what they say: looked for first, since folders grow."""


class ArtifactStore(Protocol):
    """Where the bytes of results and inputs lie: each under its SHA-256, once, and never changed.

    Implementations: `FolderStore` (the real one) and `MemoryStore` (for trials); one law suite holds both.
    """

    async def take(self, file: File, fetch: Fetch) -> StoredFile:
        """Store what a backend offers; FetchError when it cannot be had, is not whole, or not of the kind it must be."""
        ...

    def add(self, path: Path) -> Artifact:
        """Copy a file of the user's into the store; OSError when it cannot be read."""
        ...

    def find(self, sha256: str) -> Artifact | None:
        """Return a stored file, or None."""
        ...

    def whole(self, sha256: str) -> Artifact | None:
        """Return a stored file after reading it all; one whose bytes have changed is dropped and None returned."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Open a stored file for reading; FileNotFoundError where there is none."""
        ...

    def kept(self) -> Iterator[Artifact]:
        """Yield every stored file, in no order."""
        ...

    def drop(self, sha256: str) -> int:
        """Remove a stored file and return how many bytes it had; 0 where there is none."""
        ...


def extension(media_type: str) -> str:
    """Return the usual extension of a media type, without a dot."""
    if media_type in _EXTENSIONS:
        return _EXTENSIONS[media_type]
    return re.sub(r"[^a-z0-9]", "", media_type.partition("/")[2].removeprefix("x-")) or "bin"


def media_type(path: Path) -> str:
    """Return what a file's first bytes say it is; `application/octet-stream` where they say nothing."""
    with path.open("rb") as file:
        return _guess(file.read(_HEAD))


def _guess(start: bytes) -> str:
    guess = filetype.guess(start) if start else None
    return "application/octet-stream" if guess is None else str(guess.mime)


def as_type(artifact: Artifact, kind: str) -> Artifact:
    """Return an artifact as the class of a type of the language (`image`, `grid`, `audio`, `video`)."""
    cls = _CLASSES.get(kind, Artifact)
    return cls(artifact.path, artifact.sha256, artifact.size, artifact.media_type)


def kind_of(artifact: Artifact) -> str:
    """Return the type of the language that an artifact is of."""
    return next((kind for kind, cls in _CLASSES.items() if type(artifact) is cls), "image")


class FolderStore:
    """The store as a folder: `ab/abcdef….png`. See `ArtifactStore`."""

    def __init__(self, folder: Path, limits: FileLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or FileLimits()

    async def take(self, file: File, fetch: Fetch) -> StoredFile:
        """See `ArtifactStore.take`."""
        try:
            if file.kind == "image":
                return await self._take_picture(file, fetch)
            with fresh_file(self._folder) as (target, temporary):
                await write(file, target, fetch, self._limits)
                return await asyncio.to_thread(self._keep, file.kind, target, temporary)
        except FetchError:
            raise
        except OSError as error:
            raise StepError(
                "disk", path=str(self._folder), words=error.strerror or str(error)
            ) from None

    async def _take_picture(self, file: File, fetch: Fetch) -> StoredFile:
        """Judge a picture in memory, where it mostly fits, and write it once; other media are written as they come."""
        with SpooledTemporaryFile(_FEW) as spooled:
            target = cast("BinaryIO", spooled)  # it is one in all but name
            await write(file, target, fetch, self._limits)
            return await asyncio.to_thread(self._keep_picture, file.kind, target)

    def _keep_picture(self, kind: str, target: BinaryIO) -> StoredFile:
        verified = verify(kind, target, self._limits)
        if not self._has(verified):
            with fresh_file(self._folder) as (named, temporary):
                target.seek(0)
                shutil.copyfileobj(target, named, 2**20)
                self._name(named, temporary, verified)
        return verified

    def _keep(self, kind: str, target: BinaryIO, temporary: Path) -> StoredFile:
        verified = verify(kind, target, self._limits)
        if not self._has(verified):
            self._name(target, temporary, verified)
        return verified

    def add(self, path: Path) -> Artifact:
        """See `ArtifactStore.add`."""
        with path.open("rb") as source, fresh_file(self._folder) as (target, temporary):
            while chunk := source.read(2**20):
                target.write(chunk)
            target.flush()
            sha256 = digest(target)
            if (known := self.find(sha256)) is not None:
                return known
            found = media_type(temporary)
            self._name(
                target, temporary, StoredFile(kind="", sha256=sha256, size=0, media_type=found)
            )
        known = self.find(sha256)
        if known is None:
            raise OSError(f"{path} could not be stored")
        return known

    def find(self, sha256: str) -> Artifact | None:
        """See `ArtifactStore.find`."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            return None
        for ending, kind in _USUAL.items():
            usual = self._folder / sha256[:2] / f"{sha256}.{ending}"
            with contextlib.suppress(OSError):
                return Artifact(usual, sha256, usual.stat().st_size, kind)
        for path in sorted((self._folder / sha256[:2]).glob(f"{sha256}.*")):
            return Artifact(path, sha256, path.stat().st_size, media_type(path))
        return None

    def whole(self, sha256: str) -> Artifact | None:
        """See `ArtifactStore.whole`."""
        found = self.find(sha256)
        if found is None:
            return None
        with found.path.open("rb") as file:
            if digest(file) == sha256:
                return found
        found.path.unlink(missing_ok=True)
        return None

    def open(self, sha256: str) -> BinaryIO:
        """See `ArtifactStore.open`."""
        found = self.find(sha256)
        if found is None:
            raise FileNotFoundError(f"the store has no file {sha256}")
        return found.path.open("rb")

    def kept(self) -> Iterator[Artifact]:
        """See `ArtifactStore.kept`."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*.*"):
            sha256 = path.name.partition(".")[0]
            if (found := self.find(sha256)) is not None:
                yield found

    def drop(self, sha256: str) -> int:
        """See `ArtifactStore.drop`."""
        found = self.find(sha256)
        if found is None:
            return 0
        found.path.unlink(missing_ok=True)
        return found.size

    def _has(self, stored: StoredFile) -> bool:
        """Tell whether the same bytes are here already; who cleans up sees that they are wanted."""
        try:
            os.utime(self._place(stored))
        except FileNotFoundError:
            return False
        return True

    def _name(self, file: BinaryIO, temporary: Path, stored: StoredFile) -> None:
        final = self._place(stored)
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o444)
        settle(file, temporary, final)

    def _place(self, stored: StoredFile) -> Path:
        name = f"{stored.sha256}.{extension(stored.media_type)}"
        return self._folder / stored.sha256[:2] / name


async def write(file: File, target: BinaryIO, fetch: Fetch, limits: FileLimits) -> None:
    """Write what a backend offers into an open file; FetchError when it cannot be had or is too large."""
    limit = limits.of(file.kind)
    if file.url is not None:
        await fetch(file.url, target, limit)
    elif file.data is not None:
        if len(file.data) > limit:
            raise FetchError("too-large", url="the reply", limit=limit, final=True)
        target.write(file.data)


def verify(kind: str, target: BinaryIO, limits: FileLimits) -> StoredFile:
    """Return what an open file holds; FetchError where it is not whole, or not of the kind that it must be."""
    target.flush()
    size = target.seek(0, 2)
    target.seek(0)
    found = _guess(target.read(_HEAD))
    if found.partition("/")[0] != kind:
        raise FetchError("wrong-content", expected=kind, words=_words(target, found))
    check_sound(target, size, found, most_pixels=limits.pixels)
    return StoredFile(kind=kind, sha256=digest(target), size=size, media_type=found)


def digest(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file, read from its beginning."""
    found = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(2**20):
        found.update(chunk)
    return found.hexdigest()


def _words(file: BinaryIO, found: str) -> str:
    """Say what a file that is not what it should be seems to be."""
    if found != "application/octet-stream":
        return found
    file.seek(0)
    start = file.read(200).lstrip()
    if not start:
        return "an empty file"
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    # What it says is not repeated: an error page may hold what nobody should see.
    return "text" if _is_text(start) else "bytes of no known kind"


def _is_text(start: bytes) -> bool:
    return b"\0" not in start and all(one >= 32 or one in b"\t\r\n" for one in start)
