import base64
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
KEY = {"Authorization": "Bearer sk-buyer"}


@pytest.fixture
def ask(client: httpx.Client) -> Callable[..., httpx.Response]:
    """Ask for a picture."""

    def post(**fields: object) -> httpx.Response:
        return client.post("/v1/images/generations", json={"prompt": "a cat", **fields})

    return post


def size_of(content: bytes) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.format, picture.size


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (1024, 1024)),
        ({"model": "dall-e-2", "size": "256x256"}, (256, 256)),
        ({"model": "dall-e-3", "size": "1792x1024"}, (1792, 1024)),
    ],
)
def test_a_picture_of_the_wanted_size_lies_at_the_address_of_the_reply(
    ask: Callable[..., httpx.Response], fields: Json, expected: tuple[int, int]
) -> None:
    row = ask(**fields).json()["data"][0]

    assert ("PNG", expected) == size_of(httpx.get(row["url"]).content)
    assert "" == row["b64_json"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"model": "dall-e-2", "size": "256x256", "response_format": "b64_json"}, "PNG"),
        ({"model": "gpt-image-1"}, "PNG"),
        ({"model": "gpt-image-1", "output_format": "jpeg"}, "JPEG"),
        ({"model": "gpt-image-2", "size": "512x256", "output_format": "webp"}, "WEBP"),
    ],
)
def test_bytes_come_with_the_reply_where_they_are_asked_for_or_always(
    ask: Callable[..., httpx.Response], fields: Json, expected: str
) -> None:
    row = ask(**fields).json()["data"][0]

    assert expected == size_of(base64.b64decode(row["b64_json"]))[0]
    assert "" == row["url"]


def test_the_newer_models_say_what_they_drew_and_count_tokens(
    ask: Callable[..., httpx.Response],
) -> None:
    body = ask(model="gpt-image-1", size="1536x1024", quality="low").json()

    assert ("1536x1024", "low", "png") == (body["size"], body["quality"], body["output_format"])
    assert body["usage"]["total_tokens"] > body["usage"]["output_tokens"] > 0


def test_several_pictures_are_several_pictures(ask: Callable[..., httpx.Response]) -> None:
    rows = ask(model="dall-e-2", size="256x256", n=3).json()["data"]

    assert 3 == len({one["url"] for one in rows})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"prompt": ""}, "invalid_image_request"),
        ({"prompt": "x" * 1001, "model": "dall-e-2"}, "invalid_value"),
        ({"size": "1024×1024"}, "invalid_image_request"),
        ({"size": "300x300"}, "invalid_image_request"),
        ({"model": "dall-e-3", "size": "256x256"}, "invalid_image_request"),
        ({"model": "gpt-image-2", "size": "1000x1000"}, "invalid_value"),
        ({"model": "gpt-image-2", "size": "1600x160"}, "invalid_value"),
        ({"n": 0}, "invalid_image_request"),
        ({"n": "2"}, "invalid_image_request"),
        ({"n": 11}, "invalid_image_request"),
        ({"model": "dall-e-3", "n": 2}, "invalid_value"),
        ({"model": "gpt-image-1", "response_format": "url"}, "invalid_value"),
        ({"response_format": "picture"}, "invalid_value"),
        ({"model": "dall-e-3", "quality": "low"}, "invalid_value"),
        ({"model": "dall-e-2", "style": "vivid"}, "invalid_value"),
        ({"output_format": "jpeg"}, "invalid_value"),
        ({"prompt": "a [[sandbox:fail]]"}, "invalid_value"),
        ({"prompt": "a [[sandbox:banned]]"}, "sensitive_words_detected"),
    ],
)
def test_what_a_model_does_not_take_is_refused_and_not_sold(
    sandbox: Sandbox, ask: Callable[..., httpx.Response], fields: Json, code: str
) -> None:
    before = sandbox.books().submissions

    answer = ask(**fields)

    assert (400, code) == (answer.status_code, answer.json()["error"]["code"])
    assert before == sandbox.books().submissions


def test_an_unknown_model_has_no_channel(ask: Callable[..., httpx.Response]) -> None:
    assert 503 == ask(model="crayon").status_code


def test_a_saturated_model_is_free_the_second_time(ask: Callable[..., httpx.Response]) -> None:
    answers = [ask(prompt="a [[sandbox:queue-full]]", size="256x256") for _ in range(2)]

    assert [429, 200] == [one.status_code for one in answers]


def test_an_attempt_that_is_sold_twice_stands_in_the_books() -> None:
    body = {"prompt": "a cat", "size": "256x256"}
    with Sandbox(artifact="fixed:1k") as sandbox:
        url = f"{sandbox.url}/v1/images/generations"
        for number in (1, 1, 2):
            httpx.post(url, json=body, headers=KEY | {"Idempotency-Key": f"attempt-{number}"})
        books = sandbox.books()

    assert (3, 1, [3]) == (books.submissions, books.duplicates, list(books.by_prompt.values()))
    assert {"image": 3} == books.by_operation


@pytest.mark.parametrize("name", ["picture-" + "0" * 32, "task-1", "..%2fsandbox.sqlite", "x"])
def test_nothing_but_a_generated_picture_is_shown(client: httpx.Client, name: str) -> None:
    assert 404 == client.get(f"/generated/{name}").status_code
