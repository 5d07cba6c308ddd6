"""The store, and copies out of it."""

import asyncio
import hashlib
import tomllib
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnidsl.planning.plan import Save
from omnidsl.plugins import Artifact, File, Grid
from omnidsl.running import Gateway, saving
from omnidsl.running.artifacts import FolderStore, as_type, extension, media_type
from omnidsl.running.errors import FetchError, SaveError
from omnidsl.running.events import Notice
from omnidsl.running.saving import Copied, Taken, numbered, save_artifact, save_text
from omnidsl.testing import Bench
from omnidsl.testing.scripted import PIXEL


async def no_fetch(url: str, into: BinaryIO, limit: int) -> None:
    raise AssertionError(url)


def keep(store: FolderStore, data: bytes, kind: str = "image") -> Artifact:
    stored = asyncio.run(store.take(File(kind, data=data), no_fetch))
    found = store.find(stored.sha256)
    assert found is not None
    return found


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "artifacts")


@pytest.fixture
def pixel(store: FolderStore) -> Artifact:
    return keep(store, PIXEL)


def test_a_file_is_named_by_what_it_holds(pixel: Artifact) -> None:
    sha256 = hashlib.sha256(PIXEL).hexdigest()

    assert (sha256, len(PIXEL), "image/png") == (pixel.sha256, pixel.size, pixel.media_type)
    assert f"{sha256}.png" == pixel.path.name
    assert PIXEL == pixel.path.read_bytes()


def test_the_same_bytes_are_kept_once_and_never_written_to(
    store: FolderStore, pixel: Artifact
) -> None:
    before = pixel.path.stat().st_ino

    again = keep(store, PIXEL)

    assert (pixel.path, before) == (again.path, again.path.stat().st_ino)
    assert 0 == again.path.stat().st_mode & 0o222


def test_nothing_temporary_is_left_behind(
    store: FolderStore, pixel: Artifact, tmp_path: Path
) -> None:
    with pytest.raises(FetchError):
        keep(store, b"no picture")

    assert [pixel.path] == [one for one in (tmp_path / "artifacts").rglob("*") if one.is_file()]


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", "image", "an empty file"),
        (b"<!DOCTYPE html><html>", "image", "an HTML page"),
        (b"plain words", "image", "text"),
        (b"\0\1\2", "image", "bytes of no known kind"),
        (PIXEL, "audio", "image/png"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00", "image", "audio/mpeg"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    store: FolderStore, data: bytes, kind: str, words: str
) -> None:
    with pytest.raises(FetchError, match=words) as caught:
        keep(store, data, kind)

    assert "wrong-content" == caught.value.reason


@given(st.text(max_size=80))
@settings(max_examples=50)
def test_no_text_leads_out_of_the_store(text: str) -> None:
    assert FolderStore(Path("/nonexistent")).find(text) is None


def test_a_file_whose_bytes_changed_is_not_whole_and_goes(
    store: FolderStore, pixel: Artifact
) -> None:
    assert store.whole(pixel.sha256) is not None
    pixel.path.chmod(0o600)
    pixel.path.write_bytes(PIXEL + b"x")

    assert store.whole(pixel.sha256) is None
    assert not pixel.path.exists()


def test_an_artifact_takes_the_class_of_its_type(pixel: Artifact) -> None:
    assert isinstance(as_type(pixel, "grid"), Grid)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("image/png", "png"), ("image/jpeg", "jpg"), ("audio/mpeg", "mp3"), ("audio/x-wav", "wav"), ("image/svg+xml", "svgxml"),
     ("application/octet-stream", "octetstream"), ("odd", "bin"), ("a/../../x", "x")],
)  # fmt: skip  # a table reads whole
def test_an_extension_comes_from_the_content_and_holds_no_path(kind: str, expected: str) -> None:
    assert expected == extension(kind)


def test_the_first_bytes_say_what_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(PIXEL)

    assert "image/png" == media_type(tmp_path / "x.txt")


# ---- saving


def test_a_copy_is_no_link(store: FolderStore, pixel: Artifact, tmp_path: Path) -> None:
    copied = save_artifact(store, pixel, tmp_path / "out", "a/b.png", Taken())

    copied.path.write_bytes(b"edited")
    assert PIXEL == pixel.path.read_bytes()
    assert tmp_path / "out" / "a" / "b.png" == copied.path


def test_saving_again_replaces_the_file(
    store: FolderStore, pixel: Artifact, tmp_path: Path
) -> None:
    (tmp_path / "x.png").write_bytes(b"before")

    save_artifact(store, pixel, tmp_path, "x.png", Taken())

    assert PIXEL == (tmp_path / "x.png").read_bytes()


@pytest.mark.parametrize(
    ("wanted", "name", "corrected"),
    [
        ("x.png", "x.png", False), ("x.PNG", "x.PNG", False), ("x.jpg", "x.png", True), ("x", "x.png", True),
        ("v6.1", "v6.1.png", True), ("猫.jpeg", "猫.png", True), ("a.b.jpg", "a.b.png", True),
    ],
)  # fmt: skip  # a table reads whole
def test_a_wrong_extension_becomes_the_contents_own(
    store: FolderStore, pixel: Artifact, tmp_path: Path, wanted: str, name: str, *, corrected: bool
) -> None:
    copied = save_artifact(store, pixel, tmp_path, wanted, Taken())

    assert (name, corrected) == (copied.path.name, copied.corrected)


@pytest.mark.parametrize(
    "wanted",
    [
        "../x.png",
        "a/../../x.png",
        "/etc/x.png",
        "",
        "a\\..\\x.png",
        "a\0.png",
        "..",
        "link/x.png",
        "deep/link/x.png",
    ],
)
def test_a_path_that_leaves_the_output_folder_is_refused(
    store: FolderStore, pixel: Artifact, tmp_path: Path, wanted: str
) -> None:
    output, outside = tmp_path / "out", tmp_path / "outside"
    (output / "deep").mkdir(parents=True)
    outside.mkdir()
    (output / "link").symlink_to(outside)
    (output / "deep" / "link").symlink_to(outside)

    with pytest.raises(SaveError):
        save_artifact(store, pixel, output, wanted, Taken())

    assert [] == list(outside.iterdir())


def test_a_symlink_in_the_files_place_is_replaced_and_not_followed(
    store: FolderStore, pixel: Artifact, tmp_path: Path
) -> None:
    victim = tmp_path / "victim.png"
    victim.write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.png").symlink_to(victim)

    save_artifact(store, pixel, tmp_path / "out", "x.png", Taken())

    assert b"mine" == victim.read_bytes()
    assert PIXEL == (tmp_path / "out" / "x.png").read_bytes()


def test_a_folder_in_the_way_is_named(store: FolderStore, pixel: Artifact, tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()

    with pytest.raises(SaveError, match="a folder is in the way"):
        save_artifact(store, pixel, tmp_path, "x.png", Taken())


def test_a_file_where_a_folder_should_be_is_named(
    store: FolderStore, pixel: Artifact, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(SaveError, match="cannot write"):
        save_artifact(store, pixel, tmp_path, "a/x.png", Taken())


def test_several_files_are_numbered() -> None:
    assert ["a/song-1.mp3", "a/song-2.mp3"] == [numbered("a/song.mp3", number) for number in (1, 2)]


def save(text: str, output: Path, wanted: str, *, taken: Taken | None = None) -> Copied:
    return save_text(text.encode(), "text/plain", output, wanted, taken or Taken())


@pytest.mark.parametrize(
    ("wanted", "name", "corrected"),
    [
        ("t.png", "t.txt", True), ("t.MP3", "t.txt", True), ("a.b.jpg", "a.b.txt", True), ("t.zip", "t.txt", True),
        ("t.txt", "t.txt", False), ("t.md", "t.md", False), ("t.srt", "t.srt", False), ("t.vtt", "t.vtt", False),
        ("t.html", "t.html", False), ("t.csv", "t.csv", False), ("t.svg", "t.svg", False), ("t.JSON", "t.JSON", False),
        ("v6.1", "v6.1", False), ("猫", "猫", False), ("t.prompt", "t.prompt", False),
    ],
)  # fmt: skip  # a table reads whole
def test_a_text_is_saved_under_no_pictures_ending(
    tmp_path: Path, wanted: str, name: str, *, corrected: bool
) -> None:
    copied = save("words", tmp_path, wanted)

    assert (name, corrected) == (copied.path.name, copied.corrected)
    assert "words" == copied.path.read_text("utf-8")


def test_json_under_a_pictures_ending_becomes_json(tmp_path: Path) -> None:
    copied = save_text(b"[1]", "application/json", tmp_path, "t.png", Taken())

    assert "t.json" == copied.path.name


def test_the_endings_are_lower_case_and_stand_once() -> None:
    table = tomllib.loads(
        (Path(saving.__file__).parent / "data" / "endings.toml").read_text("utf-8")
    )

    assert {"media", "same"} == set(table)
    assert all(one.isalnum() and one == one.lower() for one in table["media"])
    assert len(table["media"]) == len(set(table["media"]))
    assert {one for group in table["same"] for one in group} <= set(table["media"])


@pytest.mark.parametrize(
    ("first", "second"),
    [("t.png", "t.jpg"), ("t.txt", "t.png"), ("T.png", "t.jpg"), ("É.txt", "e\u0301.txt"), ("t.txt", "t.txt")],
)  # fmt: skip  # a table reads whole
def test_the_second_of_two_saves_to_one_path_is_refused_and_names_both(
    tmp_path: Path, first: str, second: str
) -> None:
    taken = Taken()
    kept = save("first", tmp_path, first, taken=taken)

    with pytest.raises(SaveError) as caught:
        save("second", tmp_path, second, taken=taken)

    assert ("save-collides", first, second) == (
        caught.value.reason,
        caught.value.values["other"],
        caught.value.values["wanted"],
    )
    assert ["first"] == [one.read_text("utf-8") for one in tmp_path.iterdir()]
    assert kept.path.exists()


def test_two_folders_that_are_one_count_as_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    taken = Taken()
    save("first", tmp_path, "real/t.txt", taken=taken)

    with pytest.raises(SaveError, match=r"real/t\.txt already"):
        save("second", tmp_path, "link/t.txt", taken=taken)


def test_a_path_that_could_not_be_written_is_free_again(tmp_path: Path) -> None:
    taken = Taken()
    with pytest.raises(RuntimeError), taken.taking(tmp_path / "t.txt", "t.png"):
        raise RuntimeError

    assert "t.txt" == save("words", tmp_path, "t.txt", taken=taken).path.name


def test_a_text_in_a_picture_s_place_is_told_and_a_collision_loses_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Gateway.sandbox("http://127.0.0.1:9"))
    plan = bench.plan(saves=[Save("one", "t.png"), Save("two", "t.txt")])

    result = bench.run(plan)

    notices = [one for one in bench.events if isinstance(one, Notice)]
    assert [("extension", "t.png")] == [(one.reason, one.values["wanted"]) for one in notices]
    assert [("save-collides", "t.txt")] == [
        (one.reason, one.values["wanted"]) for one in result.unsaved
    ]
    assert (1, "one") == (result.status, (tmp_path / "out" / "t.txt").read_text("utf-8"))
