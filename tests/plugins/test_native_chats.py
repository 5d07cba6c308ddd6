"""What is asked of Claude and Gemini: by the endpoint that all models share, and by their vendors' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl.plugins import JSON, ArgumentError
from omnidsl.plugins.chat import Picture, Question, Turn, compatible
from omnidsl.running import Gateway
from omnidsl.testing import Answer, Bench, ScriptedGateway, step
from omnidsl_claude import messages
from omnidsl_gemini import contents

PICTURE = Picture("image/png", "aGk=")
TALK = (
    Turn("system", ("be brief",)),
    Turn("user", ("look: ", PICTURE, " \n")),
    Turn("assistant", ("ok",)),
    Turn("system", ("in French",)),
    Turn("user", ("what is it?",)),
    Turn("user", ("and why?",)),
)
ONE = (Turn("user", ("hi",)),)
NUMBER: dict[str, JSON] = {
    "type": "object",
    "properties": {"value": {"type": "array", "items": {"type": "integer", "minimum": 1}}},
    "required": ["value"],
    "additionalProperties": False,
}
ANYTHING: dict[str, JSON] = {"type": "object"}


def question(
    turns: tuple[Turn, ...] = ONE,
    *,
    expects: dict[str, JSON] | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
) -> Question:
    return Question(
        model="m", turns=turns, expects=expects, temperature=temperature, max_tokens=max_tokens
    )


# ---- Anthropic's own


def test_claude_gets_the_system_apart_and_both_sides_in_turn() -> None:
    body = messages.request(question(TALK))

    assert "be brief\n\nin French" == body["system"]
    assert [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "look: "},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "aGk="},
                },
            ],
        },
        {"role": "assistant", "content": "ok"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "what is it?"},
                {"type": "text", "text": "and why?"},
            ],
        },
    ] == body["messages"]


def test_claude_is_always_told_how_long_an_answer_may_be() -> None:
    asked = [messages.request(question(max_tokens=one))["max_tokens"] for one in (None, 7)]

    assert [4096, 7] == asked


def test_claude_answers_a_typed_binding_by_a_tool_that_it_must_call() -> None:
    body = messages.request(question(expects=NUMBER))

    assert {"type": "tool", "name": "answer"} == body["tool_choice"]
    described = "Give the answer by calling this."
    assert [{"name": "answer", "description": described, "input_schema": NUMBER}] == body["tools"]


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (Turn("system", ("be brief",)),),
        (Turn("assistant", ("hi",)), Turn("user", ("hi",))),
        (Turn("user", (" \n",)),),
    ],
)
def test_a_conversation_that_the_user_does_not_begin_is_refused_before_claude_is_asked(
    turns: tuple[Turn, ...],
) -> None:
    with pytest.raises(ArgumentError, match="that the user begins"):
        messages.request(question(turns))


# ---- Google's own


def test_gemini_gets_the_system_apart_and_knows_the_other_side_as_model() -> None:
    body = contents.request(question(TALK))

    assert {"parts": [{"text": "be brief\n\nin French"}]} == body["systemInstruction"]
    assert [
        {
            "role": "user",
            "parts": [
                {"text": "look: "},
                {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
            ],
        },
        {"role": "model", "parts": [{"text": "ok"}]},
        {"role": "user", "parts": [{"text": "what is it?"}, {"text": "and why?"}]},
    ] == body["contents"]
    assert "generationConfig" not in body


def test_gemini_gets_what_is_settled_about_the_answer() -> None:
    body = contents.request(question(temperature=0.5, max_tokens=7, expects=NUMBER))

    assert {
        "temperature": 0.5,
        "maxOutputTokens": 7,
        "responseMimeType": "application/json",
        "responseSchema": {
            "type": "OBJECT",
            "properties": {
                "value": {"type": "ARRAY", "items": {"type": "INTEGER", "minimum": 1}},
            },
            "required": ["value"],
        },
    } == body["generationConfig"]


@pytest.mark.parametrize(
    "expects",
    [
        ANYTHING,
        {"type": "object", "properties": {"value": {"type": "array", "items": {}}}},
    ],
)
def test_gemini_gets_no_schema_that_leaves_a_type_open(expects: dict[str, JSON]) -> None:
    body = contents.request(question(expects=expects))

    assert {"responseMimeType": "application/json"} == body["generationConfig"]


def test_gemini_is_not_asked_nothing() -> None:
    with pytest.raises(ArgumentError, match="with words in it"):
        contents.request(question((Turn("system", ("be brief",)),)))


# ---- by the endpoint that all share


def test_the_endpoint_of_all_models_gets_every_turn_as_it_stands() -> None:
    body = compatible.request(question(TALK))

    rows = body["messages"]
    assert isinstance(rows, list)
    assert ["system", "user", "assistant", "system", "user", "user"] == [
        one["role"] for one in rows if isinstance(one, dict)
    ]


@pytest.fixture
def gateway() -> Iterator[ScriptedGateway]:
    message = {"message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 1_000_000}
    with ScriptedGateway(lambda _: Answer.of({"choices": [message], "usage": usage})) as running:
        yield running


@pytest.mark.parametrize(
    ("operation", "model"),
    [("claude.chat", "claude-sonnet-5"), ("gemini.chat", "gemini-3.8-flash")],
)
def test_a_service_asks_by_model_name_at_the_endpoint_of_all(
    tmp_path: Path, gateway: ScriptedGateway, operation: str, model: str
) -> None:
    bench = Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))

    result = bench.run(bench.plan(step("says", operation, {"messages": "hi"})))

    (sent,) = gateway.requests
    assert ("/v1/chat/completions", model) == (sent.path, sent.json()["model"])
    assert "Bearer sk-test-0123456789" == sent.headers["authorization"]
    assert "hello" == result.results["says"].text


@pytest.mark.parametrize(
    ("operation", "temperature", "status"),
    [
        ("claude.chat", 1.0, 0),
        ("claude.chat", 1.1, 1),
        ("gemini.chat", 2.0, 0),
        ("gemini.chat", 2.1, 1),
        ("openai.chat", 2.0, 0),
        ("openai.chat", 2.1, 1),
    ],
)
def test_the_last_gate_knows_how_wild_each_may_be(
    tmp_path: Path, gateway: ScriptedGateway, operation: str, temperature: float, status: int
) -> None:
    bench = Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))
    node = step("says", operation, {"messages": "hi", "temperature": temperature})

    result = bench.run(bench.plan(node))

    assert (status, 1 - status) == (result.status, len(gateway.requests))
