"""The sandbox's chat as OpenAI's own client reads it."""

from collections.abc import Iterator

import pytest

from omnidsl_sandbox import Sandbox
from tests.peers.conftest import RED, Json, Peer


@pytest.fixture(scope="module")
def understood(peer: Peer) -> Iterator[Json]:
    with Sandbox(duration=0, seed=1) as sandbox:
        yield peer("openai_chat.py", sandbox.url, RED)


@pytest.mark.parametrize("name", ["plain", "streamed", "seen"])
def test_every_answer_says_that_it_is_simulated(understood: Json, name: str) -> None:
    assert understood[name].startswith("SIMULATED")


UNDERSTOOD = [
    ("finish", "stop"),
    ("typed", "Cast"),
    ("likely", True),
    ("unwilling", [None, True]),
    ("denied", ["AuthenticationError", 401, None]),
    ("broke", ["PermissionDeniedError", 403, "insufficient_user_quota"]),
]


@pytest.mark.parametrize(("name", "expected"), UNDERSTOOD)
def test_openais_client_understands(understood: Json, name: str, expected: object) -> None:
    assert expected == understood[name]


def test_usage_comes_once_at_the_end_of_a_stream(understood: Json) -> None:
    assert 1 == len(understood["usage"])


def test_a_picture_is_seen(understood: Json) -> None:
    assert "8x6 pixels, mostly red" in understood["seen"]
