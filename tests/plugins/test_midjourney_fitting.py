"""Pictures that are made small enough for a prompt, where a recipe asks for it."""

import base64
import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Pillow

from omnidsl.planning.values import FileInput, PromptInput, Ref
from omnidsl.plugins import Failed
from omnidsl.running import Gateway
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step
from omnidsl_midjourney.fitting import fitted


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def bench(tmp_path: Path, script: MidjourneyScript) -> Iterator[Bench]:
    with ScriptedGateway(script) as gateway:
        yield Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def png(colour: str, size: tuple[int, int] = (3, 2)) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def noise(size: tuple[int, int], mode: str = "RGB", form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Pillow.effect_noise(size, 90).convert(mode).save(out, form)
    return out.getvalue()


def test_a_picture_that_is_small_enough_stays_as_it_is() -> None:
    small = png("red")

    assert small == fitted(small) == fitted(small, 64)


@pytest.mark.parametrize("most", [2**20, 50_000, 3_000])
def test_a_large_picture_becomes_a_jpeg_of_at_most_so_many_bytes_and_of_its_shape(
    most: int,
) -> None:
    made = fitted(noise((1500, 1000)), most=most)

    with Pillow.open(io.BytesIO(made)) as picture:
        assert ("JPEG", 1.5) == (picture.format, round(picture.width / picture.height, 1))
    assert len(made) <= most


def test_a_side_bounds_the_picture_whatever_its_bytes() -> None:
    with Pillow.open(io.BytesIO(fitted(png("red", (400, 100)), 100))) as picture:
        assert (100, 25) == picture.size


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Pillow.new("RGBA", (200, 100), (0, 0, 0, 0)).save(out, "PNG")

    with Pillow.open(io.BytesIO(fitted(out.getvalue(), 64))) as picture:
        assert (255, 255, 255) == picture.getpixel((5, 5))


@pytest.mark.parametrize(
    "broken", [b"", b"GIF89a", png("red")[:40], b"<svg/>", noise((400, 300))[:2000]]
)
def test_what_cannot_be_read_is_said_to_be_so(broken: bytes) -> None:
    with pytest.raises(Failed) as raised:
        fitted(broken, 64)

    assert "unreadable-picture" == raised.value.reason


def test_a_picture_of_too_many_pixels_is_not_unfolded() -> None:
    out = io.BytesIO()
    Pillow.new("1", (20_000, 10_000)).save(out, "PNG")

    with pytest.raises(Failed, match="200"):
        fitted(out.getvalue())


def test_without_pillow_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    large = png("red", (100, 100))
    monkeypatch.setitem(sys.modules, "PIL", None)

    with pytest.raises(Failed) as raised:
        fitted(large, 64)

    assert "needs-pillow" == raised.value.reason


def test_a_picture_is_made_to_fit_without_a_gateway_and_goes_with_the_prompt(
    bench: Bench, script: MidjourneyScript, tmp_path: Path
) -> None:
    data = noise((1100, 1100))
    (tmp_path / "large.png").write_bytes(data)
    large = FileInput("large.png", hashlib.sha256(data).hexdigest(), len(data))

    done = bench.run(
        bench.plan(
            step("f", "midjourney.fit", {"picture": large}, result="image"),
            step("g", "midjourney.imagine", {"prompt": PromptInput(("fox",), (Ref("f"),))}),
        )
    )

    sent = base64.b64decode(script.submitted[0].json()["base64Array"][0].partition(",")[2])
    assert len(data) > 2**20 >= len(sent)
    assert (0, done.results["f"].path.read_bytes()) == (done.status, sent)  # type: ignore[union-attr]  # it has a picture
