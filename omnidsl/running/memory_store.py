"""The store in memory: for trials, and the second implementation that the law suite holds against the first."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from omnidsl.plugins.media import Artifact, File
from omnidsl.running.artifacts import (
    Fetch,
    FileLimits,
    digest,
    extension,
    media_type,
    verify,
    write,
)
from omnidsl.running.records import StoredFile


class MemoryStore:
    """See `ArtifactStore`. Nothing survives the process; the paths of its artifacts are names, and nothing lies there."""

    def __init__(self, limits: FileLimits | None = None) -> None:
        self._limits = limits or FileLimits()
        self._files: dict[str, tuple[bytes, str]] = {}

    async def take(self, file: File, fetch: Fetch) -> StoredFile:
        """See `ArtifactStore.take`."""
        target = io.BytesIO()
        await write(file, target, fetch, self._limits)
        stored = await asyncio.to_thread(verify, file.kind, target, self._limits)
        self._files.setdefault(stored.sha256, (target.getvalue(), stored.media_type))
        return stored

    def add(self, path: Path) -> Artifact:
        """See `ArtifactStore.add`."""
        data = path.read_bytes()
        sha256 = digest(io.BytesIO(data))
        self._files.setdefault(sha256, (data, media_type(path)))
        return self._artifact(sha256)

    def find(self, sha256: str) -> Artifact | None:
        """See `ArtifactStore.find`."""
        return self._artifact(sha256) if sha256 in self._files else None

    def whole(self, sha256: str) -> Artifact | None:
        """See `ArtifactStore.whole`."""
        return self.find(sha256)

    def open(self, sha256: str) -> BinaryIO:
        """See `ArtifactStore.open`."""
        if sha256 not in self._files:
            raise FileNotFoundError(f"the store has no file {sha256}")
        return io.BytesIO(self._files[sha256][0])

    def kept(self) -> Iterator[Artifact]:
        """See `ArtifactStore.kept`."""
        return (self._artifact(sha256) for sha256 in tuple(self._files))

    def drop(self, sha256: str) -> int:
        """See `ArtifactStore.drop`."""
        return len(self._files.pop(sha256, (b"", ""))[0])

    def _artifact(self, sha256: str) -> Artifact:
        data, media = self._files[sha256]
        return Artifact(Path("memory") / f"{sha256}.{extension(media)}", sha256, len(data), media)
