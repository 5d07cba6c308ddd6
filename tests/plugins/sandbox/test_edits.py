"""Edits: as a form with one or several pictures, as JSON, with a mask; and what is refused."""

import base64
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
Edit = Callable[..., httpx.Response]


def picture(colour: object = "red", size: tuple[int, int] = (64, 64), form: str = "PNG") -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    Image.new(mode, size, colour).save(out, form)  # type: ignore[arg-type]  # what Pillow calls a colour
    return out.getvalue()


def left_clear() -> bytes:
    """A mask of 64 × 64 whose left half is clear."""
    mask = Image.new("RGBA", (64, 64), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 32, 64))
    out = io.BytesIO()
    mask.save(out, "PNG")
    return out.getvalue()


RED = picture()


@pytest.fixture
def edit(client: httpx.Client) -> Edit:
    """Send pictures to be edited as a form."""

    def post(
        pictures: list[bytes] | None = None, mask: bytes | None = None, **fields: str
    ) -> httpx.Response:
        name = "image" if pictures is None or len(pictures) == 1 else "image[]"
        files = [(name, ("a.png", one)) for one in ([RED] if pictures is None else pictures)]
        files += [("mask", ("mask.png", mask))] if mask is not None else []
        return client.post(
            "/v1/images/edits", data={"prompt": "a cat in it", **fields}, files=files
        )

    return post


def opened(answer: httpx.Response) -> Image.Image:
    row = answer.json()["data"][0]
    return Image.open(io.BytesIO(base64.b64decode(row["b64_json"])))


def test_the_clear_part_of_a_mask_is_painted_and_the_rest_stays(edit: Edit) -> None:
    with opened(edit(mask=left_clear())) as made:
        left, right = (made.convert("RGB").getpixel((x, 512)) for x in (200, 900))

    assert ((1024, 1024), (255, 0, 0)) == (made.size, right)
    assert (255, 0, 0) != left


def test_a_picture_that_was_edited_says_that_it_is_simulated(edit: Edit) -> None:
    with opened(edit()) as made:
        assert ("SIMULATED", "a cat in it") == (made.info["Title"], made.info["Description"])


@pytest.mark.parametrize(
    ("pictures", "fields", "expected"),
    [
        ([RED], {}, (1024, 1024)),
        ([RED, picture("blue", form="JPEG")], {"size": "1536x1024"}, (1536, 1024)),
        ([RED] * 16, {"quality": "low", "output_format": "webp"}, (1024, 1024)),
        (
            [RED],
            {"model": "dall-e-2", "size": "256x256", "response_format": "b64_json"},
            (256, 256),
        ),
    ],
)
def test_pictures_are_taken_one_or_many(
    edit: Edit, pictures: list[bytes], fields: dict[str, str], expected: tuple[int, int]
) -> None:
    with opened(edit(pictures, **fields)) as made:
        assert expected == made.size


def test_several_are_made_where_a_form_says_so(edit: Edit) -> None:
    fields = {"model": "dall-e-2", "size": "256x256", "n": "3"}

    assert 3 == len(edit(**fields).json()["data"])


def test_json_takes_pictures_as_addresses_that_hold_them(client: httpx.Client) -> None:
    image = {"image_url": f"data:image/png;base64,{base64.b64encode(RED).decode()}"}
    body = {"model": "gpt-image-1", "prompt": "a cat", "images": [image]}

    with opened(client.post("/v1/images/edits", json=body)) as made:
        assert (1024, 1024) == made.size


@pytest.mark.parametrize(
    ("pictures", "mask", "fields"),
    [
        ([], None, {}),
        ([RED] * 17, None, {}),
        ([RED, RED], None, {"model": "dall-e-2", "size": "256x256"}),
        ([picture(size=(64, 32))], None, {"model": "dall-e-2", "size": "256x256"}),
        ([picture(form="JPEG")], None, {"model": "dall-e-2", "size": "256x256"}),
        ([b"no picture"], None, {}),
        ([b"\x89PNG no picture"], None, {}),
        ([RED + bytes(4 * 2**20)], None, {"model": "dall-e-2", "size": "256x256"}),
        ([RED], picture(), {}),
        ([RED], picture((0, 0, 0, 0), size=(32, 32)), {}),
        ([RED], b"no picture", {}),
        ([RED], picture(form="JPEG"), {}),
        ([RED], None, {"model": "dall-e-3"}),
        ([RED], None, {"prompt": ""}),
        ([RED], None, {"prompt": "[[sandbox:fail]]"}),
        ([RED], None, {"response_format": "url"}),
        ([RED], None, {"n": "11"}),
        ([RED], None, {"n": "two"}),
        ([RED], None, {"input_fidelity": "some"}),
        ([RED], None, {"output_compression": "50"}),
        ([RED], None, {"output_format": "jpeg", "background": "transparent"}),
    ],
)
def test_what_cannot_be_edited_is_refused(
    edit: Edit, pictures: list[bytes], mask: bytes | None, fields: dict[str, str]
) -> None:
    assert 400 == edit(pictures, mask, **fields).status_code


@pytest.mark.parametrize(
    "body",
    [
        {"model": "dall-e-2", "prompt": "a cat", "images": []},
        {"model": "gpt-image-1", "prompt": "a cat"},
        {"model": "gpt-image-1", "prompt": "a cat", "images": [7]},
        {"model": "gpt-image-1", "prompt": "a cat", "images": [{"file_id": "file-1"}]},
        {"model": "gpt-image-1", "prompt": "a", "images": [{"image_url": "http://x.example/a"}]},
    ],
)
def test_json_that_names_no_picture_is_refused(client: httpx.Client, body: Json) -> None:
    assert 400 == client.post("/v1/images/edits", json=body).status_code
