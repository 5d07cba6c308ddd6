"""The laws of the store of files, for every implementation."""

import asyncio
import hashlib
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from omnidsl.plugins import Artifact, File
from omnidsl.running import Gateway
from omnidsl.running.artifacts import ArtifactStore, FileLimits, FolderStore
from omnidsl.running.errors import FetchError
from omnidsl.running.memory_store import MemoryStore
from omnidsl.running.transport import Transport
from omnidsl.testing import Answer, ScriptedGateway
from omnidsl.testing.scripted import PIXEL

SHA256 = hashlib.sha256(PIXEL).hexdigest()
Make = Callable[[FileLimits], ArtifactStore]


@pytest.fixture(params=["folder", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "memory":
        return MemoryStore
    return lambda limits: FolderStore(tmp_path / "artifacts", limits)


@pytest.fixture
def store(make: Make) -> ArtifactStore:
    return make(FileLimits())


async def pixel(url: str, into: BinaryIO, limit: int) -> None:
    del url, limit
    into.write(PIXEL)


def keep(store: ArtifactStore, data: bytes = PIXEL, kind: str = "image") -> Artifact:
    stored = asyncio.run(store.take(File(kind, data=data), pixel))
    found = store.find(stored.sha256)
    assert found is not None
    return found


def read(store: ArtifactStore, sha256: str) -> bytes:
    with store.open(sha256) as file:
        return file.read()


def test_what_is_taken_is_found_by_what_it_holds(store: ArtifactStore) -> None:
    found = keep(store)

    assert (SHA256, len(PIXEL), "image/png") == (found.sha256, found.size, found.media_type)
    assert PIXEL == read(store, SHA256)


def test_what_lies_at_an_address_is_fetched(store: ArtifactStore) -> None:
    stored = asyncio.run(store.take(File("image", url="https://x/y"), pixel))

    assert (SHA256, "image", len(PIXEL)) == (stored.sha256, stored.kind, stored.size)


def test_a_file_of_the_user_s_is_copied(store: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "mine.bin").write_bytes(PIXEL)

    assert SHA256 == store.add(tmp_path / "mine.bin").sha256
    assert PIXEL == read(store, SHA256)


def test_a_file_that_is_not_there_cannot_be_added(store: ArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        store.add(tmp_path / "none")


def test_equal_bytes_are_one_file(store: ArtifactStore) -> None:
    keep(store)
    keep(store)

    assert [SHA256] == [one.sha256 for one in store.kept()]


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "0" * 64, "g" * 64])
def test_what_nobody_stored_is_not_found(store: ArtifactStore, sha256: str) -> None:
    assert (None, None, 0) == (store.find(sha256), store.whole(sha256), store.drop(sha256))
    with pytest.raises(FileNotFoundError):
        store.open(sha256)


def test_what_is_whole_says_so(store: ArtifactStore) -> None:
    assert keep(store) == store.whole(SHA256)


def test_what_is_dropped_is_gone_and_gives_its_bytes(store: ArtifactStore) -> None:
    keep(store)

    assert len(PIXEL) == store.drop(SHA256)
    assert (None, []) == (store.find(SHA256), list(store.kept()))


def test_what_was_dropped_can_be_taken_again(store: ArtifactStore) -> None:
    keep(store)
    store.drop(SHA256)

    assert SHA256 == keep(store).sha256


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (PIXEL[:-1], "image", "cut-off"),
        (PIXEL[:40], "image", "cut-off"),
        (PIXEL, "video", "wrong-content"),
        (b"", "image", "wrong-content"),
        (PIXEL.replace(b"IDAT", b"IDAX"), "image", "broken"),
    ],
)
def test_what_is_not_right_is_refused_and_leaves_nothing(
    store: ArtifactStore, data: bytes, kind: str, reason: str
) -> None:
    with pytest.raises(FetchError) as caught:
        keep(store, data, kind)

    assert (reason, []) == (caught.value.reason, list(store.kept()))


def test_a_reply_that_is_too_large_is_refused_for_good(make: Make) -> None:
    with pytest.raises(FetchError) as caught:
        keep(make(FileLimits(image=len(PIXEL) - 1)))

    assert ("too-large", True) == (caught.value.reason, caught.value.final)


@pytest.mark.parametrize(("kind", "limit"), [("image", 101), ("audio", 102), ("video", 103)])
def test_an_address_is_fetched_within_its_kind_s_limit(make: Make, kind: str, limit: int) -> None:
    async def fetch(url: str, into: BinaryIO, limit: int) -> None:
        del into
        raise FetchError("too-large", url=url, limit=limit, final=True)

    store = make(FileLimits(image=101, audio=102, video=103))
    with pytest.raises(FetchError) as caught:
        asyncio.run(store.take(File(kind, url="https://x/y"), fetch))

    assert limit == caught.value.values["limit"]


def test_a_large_file_is_streamed_to_the_disk_in_little_memory(tmp_path: Path) -> None:
    head = struct.pack(
        ">I4s16sI4sI4s", 24, b"ftyp", b"isom\0\0\0\0isommp42", 8, b"moov", 0, b"mdat"
    )
    body = head + bytes(24 * 2**20)
    with ScriptedGateway(lambda _: Answer(200, body)) as server:
        gateway = Gateway.at(server.url, key="sk-x")
        store = FolderStore(tmp_path)

        async def take() -> int:
            async with Transport(gateway) as transport:
                file = File("video", url=f"{server.url}/film.mp4")
                return (await store.take(file, transport.download)).size

        tracemalloc.start()
        try:
            size = asyncio.run(take())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert len(body) == size
    assert peak < size / 4
