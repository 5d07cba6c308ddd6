"""Our chats against a fake server that we did not write: by all three protocols, whole and streamed."""

import base64
import hashlib
import json
from pathlib import Path

import httpx
import pytest

from omnidsl.planning.plan import Options
from omnidsl.planning.values import FileInput, MessagesInput, TurnInput, Value
from omnidsl.running import Gateway, RunResult
from omnidsl.running.events import StepText
from omnidsl.testing import Bench, step
from omnidsl.testing.scripted import PIXEL
from tests.peers.conftest import Aimock, Json

KEY = "sk-planted-0123456789"
COUNT = {"toolCalls": [{"name": "answer", "arguments": '{"value": 3}'}]}
FIXTURES: list[dict[str, object]] = [
    {"match": {"userMessage": "say hello"}, "response": {"content": "Hi there, my good friend!"}},
    {"match": {"userMessage": "say 你好"}, "response": {"content": "你好，朋友！😀"}},
    {"match": {"userMessage": "what is it"}, "response": {"content": "One pixel."}},
    {
        "match": {"userMessage": "count natively", "model": "claude-sonnet-5"},
        "response": COUNT,
    },
    {"match": {"userMessage": "count"}, "response": {"content": '{"value": 3}'}},
    {
        "match": {"userMessage": "think"},
        "response": {"content": "So it is.", "reasoning": "Let me see."},
    },
    {
        "match": {"userMessage": "end by filter"},
        "response": {"content": "so far", "finishReason": "content_filter"},
    },
    {
        "match": {"userMessage": "refuse natively", "model": "claude-sonnet-5"},
        "response": {"content": "so far", "finishReason": "refusal"},
    },
    {
        "match": {"userMessage": "end by length"},
        "response": {"content": "half a sen", "finishReason": "length"},
    },
    {
        "match": {"userMessage": "too often"},
        "response": {"error": {"message": "Slow down", "type": "rate_limit_error"}, "status": 429},
    },
    {
        "match": {"userMessage": "no money"},
        "response": {
            "error": {
                "message": "No money",
                "type": "insufficient_quota",
                "code": "insufficient_quota",
            },
            "status": 429,
        },
    },
    {
        "match": {"userMessage": "broken"},
        "response": {"error": {"message": "Broken", "type": "server_error"}, "status": 500},
    },
]

WAYS = {
    "openai": ("openai.chat", False),
    "claude": ("claude.chat", False),
    "gemini": ("gemini.chat", False),
    "claude native": ("claude.chat", True),
    "gemini native": ("gemini.chat", True),
}


@pytest.fixture(scope="module")
def address(aimock: Aimock) -> str:
    """One that only lets our key in, wherever it travels."""
    return aimock(*FIXTURES, keys=KEY)


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def bench(tmp_path: Path, address: str, request: pytest.FixtureRequest) -> Bench:
    made = Bench(tmp_path, Gateway.at(address, key=KEY))
    made.listening = request.param
    return made


def ask(bench: Bench, way: str, words: Value, expects: str = "") -> RunResult:
    operation, native = WAYS[way]
    bench.settings = {name: {"native": native} for name in ("claude", "gemini")}
    options = Options(retries=0)
    node = step("says", operation, {"messages": words}, expects=expects, options=options)
    return bench.run(bench.plan(node))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", ["say hello", "say 你好"])
def test_an_answer_is_understood(bench: Bench, way: str, words: str) -> None:
    says = ask(bench, way, words).results["says"]

    expected = {"say hello": "Hi there, my good friend!", "say 你好": "你好，朋友！😀"}[words]
    told = "".join(one.text for one in bench.events if isinstance(one, StepText))
    assert (expected, "stop") == (says.text, says.facts["finish_reason"])
    assert (expected if bench.listening else "") == told


@pytest.mark.parametrize("way", WAYS)
def test_what_an_answer_used_is_known(bench: Bench, way: str) -> None:
    usage = ask(bench, way, "say hello").results["says"].facts["usage"]

    assert isinstance(usage, dict)
    assert {"prompt_tokens", "completion_tokens", "total_tokens"} <= set(usage)


@pytest.mark.parametrize("way", WAYS)
def test_a_typed_answer_is_understood(bench: Bench, way: str) -> None:
    words = "count natively" if way == "claude native" else "count"

    result = ask(bench, way, words, expects="int(1..4)")

    assert 3 == result.results["says"].value


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_arrives_where_the_server_looks_for_it(
    bench: Bench, way: str, tmp_path: Path, address: str
) -> None:
    (tmp_path / "a.png").write_bytes(PIXEL)
    file = FileInput("a.png", hashlib.sha256(PIXEL).hexdigest(), len(PIXEL))
    words = MessagesInput((TurnInput("user", (f"what is it, {tmp_path.name}? ", file)),))

    says = ask(bench, way, words).results["says"]

    seen = [json.dumps(one["body"]) for one in journal(address)]
    (asked,) = (one for one in seen if tmp_path.name in one)
    assert "One pixel." == says.text
    # What came by a vendor's own protocol stands in this journal without its pictures.
    assert way.endswith("native") or base64.b64encode(PIXEL).decode() in asked


@pytest.mark.parametrize("way", WAYS)
def test_thoughts_are_no_part_of_the_answer(bench: Bench, way: str) -> None:
    assert "So it is." == ask(bench, way, "think").results["says"].text


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_was_cut_is_told_of(bench: Bench, way: str) -> None:
    result = ask(bench, way, "end by length")

    assert "half a sen" == result.results["says"].text
    assert "cut-short" in [getattr(one, "reason", "") for one in bench.events]


@pytest.mark.parametrize("way", WAYS)
def test_what_a_filter_stopped_is_a_refusal(bench: Bench, way: str) -> None:
    # It hands every reason but three on to Claude's protocol as it is.
    words = "refuse natively" if way == "claude native" else "end by filter"

    result = ask(bench, way, words)

    assert ["refused-answer"] == [one.reason for one in result.failures]


TROUBLE = [("too often", 1, "rate-limited"), ("no money", 1, "quota"), ("broken", 3, "")]
OPENAIS_OWN = "no money"
TROUBLED = [
    (way, *row)
    for way in WAYS
    for row in TROUBLE
    if row[0] != OPENAIS_OWN or not way.endswith("native")
]


@pytest.mark.parametrize(("way", "words", "status", "reason"), TROUBLED)
def test_a_refusal_is_judged_and_trouble_held(
    bench: Bench, way: str, words: str, status: int, reason: str
) -> None:
    result = ask(bench, way, words)

    assert status == result.status
    assert ([reason] if reason else []) == [one.reason for one in result.failures]


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_key_is_a_refused_key(tmp_path: Path, address: str, way: str) -> None:
    bench = Bench(tmp_path, Gateway.at(address, key="sk-another-0123456789"))

    result = ask(bench, way, "say hello")

    assert ["auth"] == [one.reason for one in result.failures]


def journal(address: str) -> list[Json]:
    key = {"authorization": f"Bearer {KEY}"}
    found: list[Json] = httpx.get(f"{address}/__aimock/journal", headers=key).json()
    return found
