"""The sandbox's messages as Anthropic's own client reads them."""

from collections.abc import Iterator

import pytest

from omnidsl_sandbox import Sandbox
from tests.peers.conftest import RED, Json, Peer


@pytest.fixture(scope="module")
def understood(peer: Peer) -> Iterator[Json]:
    with Sandbox(duration=0, seed=1) as sandbox:
        yield peer("anthropic_chat.py", sandbox.url, RED)


CAST = {"hero": "simulated hero: say hello", "age": 7}
UNDERSTOOD = [
    ("stop", "end_turn"),
    ("usage", True),
    ("pieces", True),
    ("cut", "max_tokens"),
    ("tool", ["tool_use", CAST, "tool_use"]),
    ("streamed_tool", ["tool_use", CAST, "tool_use"]),
    ("unwilling", ["refusal", []]),
    ("bearer", []),
    ("denied", ["AuthenticationError", 401, "authentication_error"]),
    ("broke", ["PermissionDeniedError", 403, "permission_error"]),
    ("full", ["RateLimitError", 429, "rate_limit_error"]),
    ("empty", ["BadRequestError", 400, "invalid_request_error"]),
]


@pytest.mark.parametrize(("name", "expected"), UNDERSTOOD)
def test_anthropics_client_understands(understood: Json, name: str, expected: object) -> None:
    assert expected == understood[name]


@pytest.mark.parametrize("name", ["plain", "streamed", "seen"])
def test_every_message_says_that_it_is_simulated(understood: Json, name: str) -> None:
    assert understood[name].startswith("SIMULATED")


def test_the_pieces_of_a_stream_are_the_whole_message(understood: Json) -> None:
    assert [understood["streamed"], "end_turn", True] == understood["final"]


def test_a_picture_is_seen(understood: Json) -> None:
    assert "8x6 pixels, mostly red" in understood["seen"]


def test_models_are_listed_as_anthropic_lists_them(understood: Json) -> None:
    assert {"claude-sonnet-4-5", "gpt-4o"} <= set(understood["models"])
