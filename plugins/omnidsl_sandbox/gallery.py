"""Pictures on disk: drawn on first demand, off the event loop, once."""

import asyncio
import contextlib
import hashlib
import io
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import attrs

from omnidsl_sandbox.drawing.artwork import Artwork
from omnidsl_sandbox.options import Artifact
from omnidsl_sandbox.tasks import Task

if TYPE_CHECKING:
    from PIL import Image

T = TypeVar("T")


@attrs.frozen
class Picture:
    """The bytes of a picture, or a video, and their content type."""

    content: bytes
    media_type: str


class Gallery:
    """The pictures under `folder`, drawn by two threads at most; `close` ends them."""

    def __init__(self, folder: Path, artifact: Artifact) -> None:
        self._folder = folder
        self._artifact = artifact
        self._drawing: dict[str, asyncio.Future[bytes]] = {}
        self._threads = ThreadPoolExecutor(2, "sandbox-drawing")
        folder.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Wait for the pictures being drawn, start no others."""
        self._threads.shutdown(cancel_futures=True)

    async def final(self, task: Task) -> Picture:
        """Return the finished picture of a task, the same bytes every time."""
        if task.upload:
            content = await self.run(self._path(task.upload).read_bytes)
            return Picture(content, media_type(content))
        if self._artifact.size is not None or task.artwork is None:
            return Picture(self._fixed, "image/png")
        return Picture(await self._drawn(task), "image/png")

    async def video(self, task: Task, index: int) -> Picture:
        """Return a video of a finished task, counted from 1, the same bytes every time."""
        artwork, number = task.artwork, task.chosen or index
        if artwork is None or self._artifact.size is not None:
            return Picture(await self.run(self._still), "video/mp4")

        def draw() -> bytes:
            from omnidsl_sandbox.drawing.motion import film

            return film(artwork, number, self._mask)

        return Picture(await self.run(draw), "video/mp4")

    async def preview(self, task: Task, percent: int) -> Picture:
        """Return a coarse picture of a task that is not done."""
        artwork = task.artwork
        if artwork is None or self._artifact.size is not None:
            return await self.final(task)

        def draw() -> bytes:
            from omnidsl_sandbox.drawing.rendering import render_preview

            return render_preview(artwork, percent, self._mask)

        return Picture(await self.run(draw), "image/webp")

    async def picture(self, artwork: Artwork, job: str, form: str) -> bytes:
        """Return a new picture that belongs to no task, as a file of a form (`png`, `jpeg`, `webp`)."""
        if self._artifact.size is not None:
            return self._fixed

        def draw() -> bytes:
            from omnidsl_sandbox.drawing.rendering import as_form, render

            return as_form(render(artwork, job, self._mask), form)

        return await self.run(draw)

    async def keep(self, content: bytes, kind: str = "upload") -> str:
        """Store a picture; return the name under which it is found."""
        name = f"{kind}-" + hashlib.sha256(content).hexdigest()[:32]
        await self.run(lambda: self._write(name, content))
        return name

    async def kept(self, name: str) -> bytes | None:
        """Return a picture that was kept; None for a name that there is none of. The name must be trusted."""
        path = self._path(name)
        return await self.run(lambda: path.read_bytes() if path.exists() else None)

    async def run(self, work: Callable[[], T]) -> T:
        """Run work on a drawing thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _drawn(self, task: Task) -> bytes:
        # Two requests for a new picture share one drawing.
        if task.id not in self._drawing:
            future = asyncio.ensure_future(self.run(lambda: self._draw(task)))
            self._drawing[task.id] = future
            future.add_done_callback(lambda _: self._drawing.pop(task.id, None))
        return await asyncio.shield(self._drawing[task.id])

    def _draw(self, task: Task) -> bytes:
        path = self._path(f"task-{task.id}")
        if path.exists():
            return path.read_bytes()
        from omnidsl_sandbox.drawing.rendering import render

        if task.artwork is None:
            return self._fixed
        content = render(task.artwork, task.job, self._mask)
        # On a full disk it is served all the same, and drawn again the next time.
        with contextlib.suppress(OSError):
            self._write(path.name, content)
        return content

    def _mask(self, name: str) -> "Image.Image":
        from PIL import Image

        return Image.open(io.BytesIO(self._path(name).read_bytes()))

    def _write(self, name: str, content: bytes) -> None:
        # Renamed into place, so that a kill leaves no half a picture.
        path = self._path(name)
        if not path.exists():
            draft = path.with_name(f"{name}.{secrets.token_hex(4)}.part")
            try:
                draft.write_bytes(content)
                os.replace(draft, path)  # noqa: PTH105 - replaces on every platform
            finally:
                draft.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name

    def _still(self) -> bytes:
        from omnidsl_sandbox.drawing.film import padded
        from omnidsl_sandbox.drawing.motion import still

        return padded(still(), self._artifact.size or 0)

    @cached_property
    def _fixed(self) -> bytes:
        from omnidsl_sandbox.drawing.rendering import fixed

        return fixed(self._artifact.size or 128)


def media_type(content: bytes) -> str:
    """Return the content type of a PNG, JPEG, GIF or WebP by its first bytes."""
    if content.startswith(b"\x89PNG"):
        return "image/png"
    if content.startswith(b"\xff\xd8"):
        return "image/jpeg"
    if content.startswith(b"GIF8"):
        return "image/gif"
    return "image/webp" if content[8:12] == b"WEBP" else "application/octet-stream"
