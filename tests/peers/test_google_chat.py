"""The sandbox's contents as Google's own client reads them."""

from collections.abc import Iterator

import pytest

from omnidsl_sandbox import Sandbox
from tests.peers.conftest import RED, Json, Peer


@pytest.fixture(scope="module")
def understood(peer: Peer) -> Iterator[Json]:
    with Sandbox(duration=0, seed=1) as sandbox:
        yield peer("google_chat.py", sandbox.url, RED)


UNDERSTOOD = [
    ("finish", "STOP"),
    ("usage", True),
    ("pieces", True),
    ("last", "STOP"),
    ("cut", "MAX_TOKENS"),
    ("schema", 7),
    ("json_schema", 7),
    ("any", ["reply", "simulated"]),
    ("blocked", "PROHIBITED_CONTENT"),
    ("older", []),
    ("denied", ["ClientError", 401, "UNAUTHENTICATED"]),
    ("broke", ["ClientError", 403, "PERMISSION_DENIED"]),
    ("full", ["ClientError", 429, "RESOURCE_EXHAUSTED"]),
    ("banned", ["ClientError", 400, "INVALID_ARGUMENT"]),
]


@pytest.mark.parametrize(("name", "expected"), UNDERSTOOD)
def test_googles_client_understands(understood: Json, name: str, expected: object) -> None:
    assert expected == understood[name]


@pytest.mark.parametrize("name", ["plain", "streamed", "seen"])
def test_every_answer_says_that_it_is_simulated(understood: Json, name: str) -> None:
    assert understood[name].startswith("SIMULATED")


def test_a_picture_is_seen(understood: Json) -> None:
    assert "8x6 pixels, mostly red" in understood["seen"]


@pytest.mark.parametrize("name", ["models", "older models"])
def test_models_are_listed_as_google_lists_them(understood: Json, name: str) -> None:
    assert "models/gemini-2.5-flash" in understood[name]
