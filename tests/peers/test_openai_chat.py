"""The sandbox's chat as OpenAI's own client reads it, and as their specification wants it."""

import httpx
import pytest

from omnidsl_sandbox import Sandbox
from tests.peers.conftest import Json, Judge, Peer

QUESTION = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def understood(peer: Peer, sandbox: Sandbox) -> Json:
    return peer("openai_chat.py", sandbox.url)


def test_openais_client_understands_the_sandbox(understood: Json) -> None:
    assert understood["plain"].startswith("SIMULATED")
    assert understood["streamed"].startswith("SIMULATED")
    assert 1 == len(understood["usage"])
    assert ("stop", "Cast") == (understood["finish"], understood["typed"])
    assert ["AuthenticationError", 401] == understood["denied"][:2]


def test_a_completion_is_as_the_specification_wants_it(faults: Judge, sandbox: Sandbox) -> None:
    answer = httpx.post(
        f"{sandbox.url}/v1/chat/completions",
        json=QUESTION,
        headers={"Authorization": "Bearer sk-a"},
    ).json()

    assert [] == faults("openai", "CreateChatCompletionRequest", QUESTION)
    assert [] == faults("openai", "CreateChatCompletionResponse", answer)


def test_the_judge_sees_what_is_wrong(faults: Judge) -> None:
    without_messages = faults("openai", "CreateChatCompletionRequest", {"model": "gpt-4o"})

    assert ["$: 'messages' is a required property"] == without_messages
