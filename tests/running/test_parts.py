"""What a result has beside itself: typed parts, media among them, from the recipe to the saved files."""

import json
from pathlib import Path

import pytest

from omnidsl import Gateway, load
from omnidsl.running.verification import verify
from omnidsl.testing import Answer, ScriptedGateway
from omnidsl.testing.scripted import PIXEL
from tests.conftest import Install

PLUGIN = f'''
"""A service whose results have parts."""
import json
from typing import ClassVar
import attrs
from omnidsl.plugins import Audio, Backend, File, Image, Immediate, Made, Service, argument, hookimpl

PIXEL = bytes.fromhex("{PIXEL.hex()}")

@attrs.frozen
class Sheet(Immediate[list[Image]]):
    """Draw pictures, with their titles and covers."""
    parts: ClassVar = {{"titles": list[str], "covers": list[Image], "length": float}}
    text: str = argument(subject=True, help="x", zh="x")

@attrs.frozen
class Glue(Immediate[dict]):
    """Say how many pictures there are."""
    pictures: list[Image] = argument(min_items=2, max_items=3, max_bytes=100, help="x", zh="x")

class Albums(Backend):
    async def call(self, call, context):
        await context.pay("/v1/album", {{"id": call.attempt_id}})
        if isinstance(call.operation, Glue):
            return Made(text=json.dumps({{"count": len(call.operation.pictures)}}))
        files = (File("image", data=PIXEL, part="covers"), File("image", data=PIXEL), File("image", data=PIXEL + b"x"),
                 File("image", data=PIXEL + b"yy", part="covers"))
        length = "very" if call.operation.text == "wrong" else 2.5
        return Made(files=files, facts={{"titles": ["one", "two"], "length": length}})

@hookimpl
def omnidsl_services():
    return [Service(name="albums", operations=(Sheet, Glue), implementation="albums:Albums")]
'''


@pytest.fixture(autouse=True)
def albums(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(install("albums", PLUGIN))
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))


def gateway() -> ScriptedGateway:
    return ScriptedGateway(lambda _: Answer.of({"id": "x"}))


def recipe(folder: Path, body: str) -> Path:
    path = folder / "album.omni"
    path.write_text("pipeline main {\n" + body + "\n}\n", "utf-8")
    return path


def test_parts_are_named_indexed_saved_and_handed_on(tmp_path: Path) -> None:
    path = recipe(
        tmp_path,
        """
        album = albums.sheet("songs")
        count = albums.glue(pictures: album.covers)
        both = albums.glue(pictures: [album[1], album.covers[2]])
        save album as "album-${index}.png"
        save album.covers as "cover-${index}.png"
        save album.covers[2] as "second.png"
        save "${album.titles[1]}, ${album.titles[2]}: ${album.length}" as "titles.txt"
        save count as "count.json"
        save both as "both.json"
        """,
    )
    loaded = load(path)
    assert [] == loaded.check()

    with gateway() as served:
        done = loaded.run(
            gateway=Gateway.at(served.url, key="sk-test-0123456789"), output=tmp_path / "out"
        )

    assert (0, ()) == (done.status, done.failures)
    out = tmp_path / "out"
    sizes = {one.name: one.stat().st_size for one in out.iterdir() if one.suffix == ".png"}
    assert {"album-1.png", "album-2.png", "cover-1.png", "cover-2.png", "second.png"} == set(sizes)
    assert "one, two: 2.5" == (out / "titles.txt").read_text("utf-8")
    assert {"count": 2} == json.loads((out / "count.json").read_text("utf-8"))
    assert {"count": 2} == json.loads((out / "both.json").read_text("utf-8"))
    assert [] == verify(tmp_path / "state", deep=True)
    result = done.results["album"]
    assert (2, ["covers"]) == (len(result.files), [*result.parts])
    assert [len(PIXEL), len(PIXEL) + 2] == [one.size for one in result.parts["covers"]]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ('save album.covers as "x-${index}.png"', []),
        ('save album.cover as "x.png"', ["OM112"]),
        ('save album.titles[1] as "x.txt"', []),
        ('other = albums.glue(pictures: album.titles)\n save other as "x.json"', ["OM221"]),
        ('other = albums.glue(pictures: [album[1]])\n save other as "x.json"', ["OM207"]),
        (
            (
                "other = albums.glue(pictures: [album[1], album[1], album[1], album[1]])\n"
                ' save other as "x.json"'
            ),
            ["OM208"],
        ),
        (
            (
                'other = albums.glue(pictures: [file("big.png"), file("big.png")])\n'
                ' save other as "x.json"'
            ),
            ["OM612"],
        ),
    ],
)
def test_parts_and_limits_of_lists_and_files_are_checked(
    tmp_path: Path, line: str, codes: list[str]
) -> None:
    (tmp_path / "big.png").write_bytes(PIXEL + b"\0" * 200)
    path = recipe(
        tmp_path, f'album = albums.sheet("songs")\nsave album as "a-${{index}}.png"\n{line}'
    )

    assert codes == [one.code for one in load(path).check()]


def test_a_part_of_another_type_than_is_declared_goes_nowhere(tmp_path: Path) -> None:
    path = recipe(
        tmp_path,
        """
        album = albums.sheet("wrong")
        count = albums.glue(pictures: album.covers)
        save album as "a-${index}.png"
        save "${album.length}" as "length.txt"
        save count as "count.json"
    """,
    )

    with gateway() as served:
        done = load(path).run(
            gateway=Gateway.at(served.url, key="sk-test-0123456789"), output=tmp_path / "out"
        )

    assert ["nothing-to-save"] == [one.reason for one in done.unsaved]
    assert "length" not in done.results["album"].facts
    assert {"count": 2} == done.results["count"].value


def test_an_index_that_there_is_not_fails_the_step_with_its_bounds(tmp_path: Path) -> None:
    path = recipe(tmp_path, 'album = albums.sheet("songs")\nsave album.covers[7] as "x.png"')

    with gateway() as served:
        done = load(path).run(
            gateway=Gateway.at(served.url, key="sk-test-0123456789"), output=tmp_path / "out"
        )

    assert ["out-of-range"] == [one.reason for one in done.unsaved]
