"""Vectors: of length one, alike where texts are, in both forms; and what is refused."""

import base64
import math
import struct
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
Embed = Callable[..., httpx.Response]


@pytest.fixture
def embed(client: httpx.Client) -> Embed:
    """Ask for vectors."""

    def post(given: object, **fields: object) -> httpx.Response:
        body = {"model": "text-embedding-3-small", "input": given, **fields}
        return client.post("/v1/embeddings", json=body)

    return post


def vectors(answer: httpx.Response) -> list[list[float]]:
    return [one["embedding"] for one in answer.json()["data"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 1536),
        ({"model": "text-embedding-3-large"}, 3072),
        ({"model": "text-embedding-ada-002"}, 1536),
        ({"dimensions": 8}, 8),
    ],
)
def test_a_vector_has_the_length_of_its_model_and_is_one_long(
    embed: Embed, fields: Json, expected: int
) -> None:
    (found,) = vectors(embed("a fox", **fields))

    assert expected == len(found)
    assert math.isclose(1, math.hypot(*found))


def test_texts_with_words_in_common_are_nearer_than_others(embed: Embed) -> None:
    fox, vixen, ship = vectors(embed(["a red fox runs", "a red vixen runs", "the ship sank"]))

    assert math.dist(fox, vixen) < math.dist(fox, ship)


def test_both_forms_are_the_same_vector(embed: Embed) -> None:
    (floats,) = vectors(embed("a fox", dimensions=16))
    (packed,) = vectors(embed("a fox", dimensions=16, encoding_format="base64"))

    unpacked = struct.unpack("<16f", base64.b64decode(packed))  # type: ignore[arg-type]  # a text in this form
    assert all(
        math.isclose(one, two, abs_tol=1e-6) for one, two in zip(floats, unpacked, strict=True)
    )


def test_texts_come_back_in_their_order(embed: Embed) -> None:
    rows = embed(["one", "two", "one"]).json()["data"]

    assert [0, 1, 2] == [one["index"] for one in rows]
    assert rows[0]["embedding"] == rows[2]["embedding"] != rows[1]["embedding"]


@pytest.mark.parametrize(
    ("given", "fields", "status"),
    [
        ("", {}, 400),
        ([], {}, 400),
        (["a", ""], {}, 400),
        (["a", 7], {}, 400),
        (None, {}, 400),
        (["a"] * 2049, {}, 400),
        ("a" * 40_000, {}, 400),
        ("a", {"dimensions": 0}, 400),
        ("a", {"dimensions": 1537}, 400),
        ("a", {"dimensions": True}, 400),
        ("a", {"model": "text-embedding-ada-002", "dimensions": 8}, 400),
        ("a", {"encoding_format": "hex"}, 400),
        ("a", {"model": "gpt-4o"}, 503),
        ("[[sandbox:fail]]", {}, 400),
    ],
)
def test_what_has_no_vector_is_refused(
    embed: Embed, given: object, fields: Json, status: int
) -> None:
    assert status == embed(given, **fields).status_code
