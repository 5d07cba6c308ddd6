"""Copying results out of the store to where the recipe wants them, below the output folder and nowhere else.

A copy is whole or not there, and the store has the original: a name that a power cut took is saved again by the next run.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import sys
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypedDict

import attrs

from omnidsl.plugins.media import JSON, Artifact
from omnidsl.running import png
from omnidsl.running.artifacts import ArtifactStore, digest, extension
from omnidsl.running.durable import fresh_file, settle
from omnidsl.running.errors import SaveError
from omnidsl.running.provenance import KEYWORD, Author, Document, sidecar_of

_TEXTS: Mapping[str, str] = {"text/plain": "txt", "application/json": "json"}
"""The extension that a text gets where it was to be saved under one of a picture, a sound or the like."""

_FICLONE = 0x40049409
"""Linux's request to share a file's blocks copy-on-write."""


@attrs.frozen
class Copied:
    """A file in the output folder, and its sidecar where it has one; `sha256` and `size` are the copy's own.

    `corrected` when its extension is not the one that was asked for.
    """

    path: Path
    sha256: str
    size: int
    corrected: bool = False
    sidecar: Path | None = None


@attrs.frozen
class Origin:
    """What a saved file is to say of itself, and who writes it."""

    author: Author
    document: Document


class Taken:
    """The files that one run has saved, so that no save of it overwrites another's.

    Paths that some file system takes for one (capitals, composed or decomposed letters) count as one.
    """

    def __init__(self) -> None:
        self._wanted: dict[str, list[str]] = {}

    @contextlib.contextmanager
    def taking(self, target: Path, wanted: str) -> Iterator[None]:
        """Take a path while the block saves to it, and for good unless that fails; SaveError when it is taken."""
        try:
            real = target.parent.resolve() / target.name
        except OSError as error:
            raise SaveError("disk", path=str(target), words=error.strerror or str(error)) from None
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(real)).casefold())
        mine = [wanted]
        found = self._wanted.setdefault(key, mine)  # one step, since saves run in threads
        if found is not mine:
            raise SaveError("save-collides", wanted=wanted, path=str(target), other=found[0])
        try:
            yield
        except BaseException:
            del self._wanted[key]
            raise


def save_artifact(
    store: ArtifactStore,
    artifact: Artifact,
    output: Path,
    wanted: str,
    taken: Taken,
    origin: Origin | None = None,
) -> Copied:
    """Copy a stored file to `wanted`, a POSIX path below `output`; SaveError says why not.

    What `origin` says goes into the copy where that is a PNG, and beside it.
    """
    name = _inside(wanted)
    right = extension(artifact.media_type)
    corrected = not _same_extension(_ending(name), right)
    target = _target(output, _corrected(name, right) if corrected else name)
    with taken.taking(target, wanted), _disk(target):
        with store.open(artifact.sha256) as source, fresh_file(target.parent) as (file, temporary):
            _copy(source, file)
            marked = artifact.media_type == "image/png" and _marked(file, origin)
            sha256 = digest(file) if marked else artifact.sha256
            size = file.seek(0, os.SEEK_END)
            settle(file, temporary, target, named=False)
        copied = Copied(target, sha256, size, corrected)
        return _with_sidecar(copied, artifact.media_type, wanted, taken, origin)


def save_text(
    data: bytes,
    media_type: str,
    output: Path,
    wanted: str,
    taken: Taken,
    origin: Origin | None = None,
) -> Copied:
    """Write a text (`text/plain` or `application/json`) to `wanted`, a POSIX path below `output`; SaveError says why not."""
    name = _inside(wanted)
    corrected = _ending(name) in _endings()["media"]
    target = _target(output, _corrected(name, _TEXTS[media_type]) if corrected else name)
    with taken.taking(target, wanted), _disk(target):
        with fresh_file(target.parent) as (file, temporary):
            file.write(data)
            settle(file, temporary, target, named=False)
        copied = Copied(target, hashlib.sha256(data).hexdigest(), len(data), corrected)
        return _with_sidecar(copied, media_type, wanted, taken, origin)


@contextlib.contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Turn what the disk says into a SaveError."""
    try:
        yield
    except SaveError:
        raise
    except OSError as error:
        raise SaveError("disk", path=str(path), words=error.strerror or str(error)) from None


def _marked(file: BinaryIO, origin: Origin | None) -> bool:
    """Put the origin into a PNG, in front of its end, where the blocks before stay shared; tell whether it was done."""
    if origin is None or origin.author.mode not in ("both", "embedded"):
        return False
    try:
        end = max(chunk.at for chunk in png.chunks(file)) - 8
    except png.NoPngError:
        return False
    file.seek(end)
    rest = file.read()
    file.seek(end)
    file.write(png.text_chunk(KEYWORD, origin.author.embedded(origin.document)) + rest)
    return True


def _with_sidecar(
    copied: Copied, media_type: str, wanted: str, taken: Taken, origin: Origin | None
) -> Copied:
    """Write the sidecar of a saved file, or remove the one of a file that was there before."""
    path = sidecar_of(copied.path)
    if origin is None or origin.author.mode not in ("both", "sidecar"):
        path.unlink(missing_ok=True)
        return copied
    itself: dict[str, JSON] = {
        "name": copied.path.name,
        "sha256": copied.sha256,
        "size": copied.size,
        "media_type": media_type,
    }
    text = origin.author.sidecar({**origin.document, "file": itself})
    try:
        with taken.taking(path, wanted), fresh_file(path.parent) as (file, temporary):
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            # Not forced to the disk: what it says stands in the ledger too.
            temporary.replace(path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG and not isinstance(error, SaveError):
            return copied
        raise
    return attrs.evolve(copied, sidecar=path)


def numbered(wanted: str, number: int) -> str:
    """Return the path of the `number`-th of several files: `song.mp3` gives `song-2.mp3`."""
    path = PurePosixPath(wanted)
    return str(path.with_name(f"{path.stem}-{number}{path.suffix}"))


class _Endings(TypedDict):
    media: Sequence[str]
    same: Sequence[Sequence[str]]


@cache
def _endings() -> _Endings:
    text = (Path(__file__).parent / "data" / "endings.toml").read_text("utf-8")
    found: _Endings = tomllib.loads(text)  # type: ignore[assignment]  # the form is held by a test of the data
    return found


def _ending(name: PurePosixPath) -> str:
    return name.suffix.lstrip(".").lower()


def _corrected(name: PurePosixPath, right: str) -> PurePosixPath:
    """Return a name with the right extension; only a suffix that is an extension is replaced: `v6.1` keeps its own."""
    known = _ending(name).isalnum() and not _ending(name).isdecimal()
    return (
        name.with_suffix(f".{right}")
        if name.suffix and known
        else name.with_name(f"{name.name}.{right}")
    )


def _same_extension(asked: str, right: str) -> bool:
    return asked == right or any({asked, right} <= set(group) for group in _endings()["same"])


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
