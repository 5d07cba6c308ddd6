"""The store of files: named by what they hold, written once, verified before they are named."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import BinaryIO, Protocol

import filetype

from omnidsl.plugins.media import Artifact, Audio, File, Grid, Image, Video
from omnidsl.running.durable import fresh_file, settle
from omnidsl.running.errors import FetchError, StepError
from omnidsl.running.records import StoredFile

LIMITS = {"image": 64 * 2**20, "audio": 256 * 2**20, "video": 2 * 2**30}
"""The largest file of each kind that is fetched, in bytes."""

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

Fetch = Callable[[str, BinaryIO, int], Awaitable[object]]
"""Writes what lies at a URL into a file, at most so many bytes; raises FetchError."""


class ArtifactStore(Protocol):
    """Where the bytes of results and inputs lie."""

    async def take(self, file: File, fetch: Fetch) -> StoredFile:
        """Store what a backend offers; FetchError when it cannot be had or is not of the kind it must be."""
        ...

    def find(self, sha256: str) -> Artifact | None:
        """Return a stored file, or None."""
        ...


def extension(media_type: str) -> str:
    """Return the usual extension of a media type, without a dot."""
    if media_type in _EXTENSIONS:
        return _EXTENSIONS[media_type]
    return re.sub(r"[^a-z0-9]", "", media_type.partition("/")[2].removeprefix("x-")) or "bin"


def media_type(path: Path) -> str:
    """Return what a file's first bytes say it is; `application/octet-stream` where they say nothing."""
    guess = filetype.guess(str(path))
    return "application/octet-stream" if guess is None else str(guess.mime)


def as_type(artifact: Artifact, kind: str) -> Artifact:
    """Return an artifact as the class of a type of the language (`image`, `grid`, `audio`, `video`)."""
    cls = _CLASSES.get(kind, Artifact)
    return cls(artifact.path, artifact.sha256, artifact.size, artifact.media_type)


class FolderStore:
    """The store as a folder: `ab/abcdef….png`. See `ArtifactStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, file: File, fetch: Fetch) -> StoredFile:
        """See `ArtifactStore.take`."""
        try:
            with fresh_file(self._folder) as (target, temporary):
                await self._write(file, target, fetch)
                target.flush()
                found = media_type(temporary)
                size = target.tell()
                _check_kind(file, target, found)
                sha256 = _hash(target)
                self._name(target, temporary, sha256, found)
        except FetchError:
            raise
        except OSError as error:
            raise StepError("disk", path=str(self._folder), words=str(error)) from None
        return StoredFile(kind=file.kind, sha256=sha256, size=size, media_type=found)

    @staticmethod
    async def _write(file: File, target: BinaryIO, fetch: Fetch) -> None:
        limit = LIMITS.get(file.kind, LIMITS["image"])
        if file.url is not None:
            await fetch(file.url, target, limit)
        elif file.data is not None:
            if len(file.data) > limit:
                raise FetchError("too-large", url="the reply", limit=limit, final=True)
            target.write(file.data)

    def add(self, path: Path) -> Artifact:
        """Copy a file of the user's into the store; OSError when it cannot be read."""
        with path.open("rb") as source, fresh_file(self._folder) as (target, temporary):
            while chunk := source.read(2**20):
                target.write(chunk)
            target.flush()
            sha256 = _hash(target)
            if (known := self.find(sha256)) is not None:
                return known
            self._name(target, temporary, sha256, media_type(temporary))
        known = self.find(sha256)
        if known is None:
            raise OSError(f"{path} could not be stored")
        return known

    def find(self, sha256: str) -> Artifact | None:
        """See `ArtifactStore.find`."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            return None
        for path in sorted((self._folder / sha256[:2]).glob(f"{sha256}.*")):
            return Artifact(path, sha256, path.stat().st_size, media_type(path))
        return None

    def whole(self, sha256: str) -> Artifact | None:
        """Return a stored file after reading it all; one whose bytes have changed is dropped and None returned."""
        found = self.find(sha256)
        if found is None:
            return None
        with found.path.open("rb") as file:
            if _hash(file) == sha256:
                return found
        found.path.unlink(missing_ok=True)
        return None

    def _name(self, file: BinaryIO, temporary: Path, sha256: str, found: str) -> None:
        final = self._folder / sha256[:2] / f"{sha256}.{extension(found)}"
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():
            return  # the same bytes; write-once
        temporary.chmod(0o444)
        settle(file, temporary, final)


def _hash(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()


def _check_kind(file: File, target: BinaryIO, found: str) -> None:
    if found.partition("/")[0] != file.kind:
        raise FetchError("wrong-content", expected=file.kind, words=_words(target, found))


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
