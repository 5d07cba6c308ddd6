"""What is asked of Claude and Gemini: by the endpoint that all models share, and by their vendors' own."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import attrs
import pytest

from omnidsl import load
from omnidsl.plugins import JSON, ArgumentError, Made, Reply
from omnidsl.plugins.chat import Picture, Question, Turn, compatible
from omnidsl.running import Gateway
from omnidsl.running.events import StepText
from omnidsl.testing import Answer, Bench, Request, ScriptedGateway, step
from omnidsl_claude import Chat, messages
from omnidsl_claude.streamed import MessageStream
from omnidsl_gemini import contents
from omnidsl_sandbox import Sandbox

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
    described = "Give the answer by calling this, and say nothing else."
    assert [{"name": "answer", "description": described, "input_schema": NUMBER}] == body["tools"]


def test_a_model_that_cannot_be_made_to_call_a_tool_is_asked_to() -> None:
    asked = attrs.evolve(question(expects=NUMBER), model="claude-fable-5")

    assert {"type": "auto"} == messages.request(asked)["tool_choice"]


@pytest.mark.parametrize("request_of", [messages.request, contents.request])
def test_a_turn_of_somebody_else_is_refused_before_anybody_is_asked(
    request_of: Callable[[Question], dict[str, JSON]],
) -> None:
    with pytest.raises(ArgumentError, match="turns of user and assistant"):
        request_of(question((Turn("user", ("hi",)), Turn("tool", ("3",)))))


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
    url = {"url": "data:image/png;base64,aGk="}
    shown = [{"type": "text", "text": "look: "}, {"type": "image_url", "image_url": url}]
    assert {"role": "user", "content": shown} == rows[1]


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


def test_a_stated_type_is_said_in_words_too_where_gateways_drop_it(
    tmp_path: Path, gateway: ScriptedGateway
) -> None:
    bench = Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))
    nodes = [
        step(service, f"{service}.chat", {"messages": "hi"}, expects="list[text]")
        for service in ("claude", "gemini")
    ]

    bench.run(bench.plan(*nodes))

    said = {
        one.json()["model"]: "by this JSON Schema" in one.json()["messages"][0]["content"]
        for one in gateway.requests
    }
    assert {"claude-sonnet-5": True, "gemini-3.8-flash": False} == said


STEADY = [
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5-5",
    "claude-sonnet-5",
    "claude-haiku-5-5",
    "claude-fable-5",
    "claude-mythos-5",
]
GENTLE = ["claude-opus-4-6", "claude-sonnet-4-6", "claude-sonnet-4-5-20250929", "claude-haiku-4-5"]
TEMPERATURES = [
    *((model, 1.0, []) for model in STEADY + GENTLE),
    *((model, 0.9, ["OM247"]) for model in STEADY),
    *((model, 0.0, []) for model in GENTLE),
    *((model, 1.1, ["OM207"]) for model in GENTLE),
    *((model, -0.1, ["OM207"]) for model in GENTLE),
]


@pytest.mark.parametrize(("model", "temperature", "codes"), TEMPERATURES)
def test_the_check_and_the_last_gate_know_which_models_are_steady(
    tmp_path: Path, model: str, temperature: float, codes: list[str]
) -> None:
    arguments = f'model: "{model}", temperature: {temperature}'
    recipe = f'pipeline p {{\n    a = "hi" -> claude.chat({arguments})\n    save a as "a.txt"\n}}\n'
    (tmp_path / "a.omni").write_text(recipe, "utf-8")

    given: dict[str, Any] = {"messages": "hi", "model": model, "temperature": temperature}

    found = [one.code for one in load(tmp_path / "a.omni").check()]

    assert codes == found
    with pytest.raises(ArgumentError) if codes else nullcontext():
        Chat(**given)


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


# ---- what an answer used


CLAUDES = {
    "input_tokens": 3,
    "cache_creation_input_tokens": 20,
    "cache_read_input_tokens": 100,
    "output_tokens": 7,
    "service_tier": "standard",
    "cache_creation": {"ephemeral_5m_input_tokens": 20},
}
GEMINIS = {
    "promptTokenCount": 123,
    "candidatesTokenCount": 5,
    "thoughtsTokenCount": 2,
    "totalTokenCount": 130,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 123}],
}


def said(data: object) -> Reply:
    return Reply(200, {}, json.dumps(data).encode())


@pytest.mark.parametrize(
    "made",
    [
        messages.made(said({"content": [{"type": "text", "text": "hi"}], "usage": CLAUDES})),
        contents.made(
            said(
                {
                    "candidates": [{"content": {"parts": [{"text": "hi"}]}}],
                    "usageMetadata": GEMINIS,
                }
            )
        ),
    ],
    ids=["claude", "gemini"],
)
def test_what_was_read_from_a_cache_and_what_was_thought_is_paid_too(made: Made) -> None:
    used = {"prompt_tokens": 123, "completion_tokens": 7, "total_tokens": 130}

    assert used == made.facts["usage"]


def test_counts_of_a_stream_are_the_last_that_were_told() -> None:
    stream = MessageStream()
    told: list[tuple[str, dict[str, object]]] = [
        ("message_start", {"message": {"usage": {"input_tokens": 3, "output_tokens": 1}}}),
        ("message_delta", {"usage": {"input_tokens": None, "output_tokens": 7}}),
        ("message_stop", {}),
    ]
    for kind, more in told:
        stream.read(json.dumps({"type": kind, **more}))

    whole = stream.whole()

    assert isinstance(whole, dict)
    assert {"input_tokens": 3, "output_tokens": 7} == whole["usage"]


# ---- by whichever protocol, at the sandbox


NATIVE = {
    "claude.chat": "/v1/messages",
    "gemini.chat": "/v1beta/models/gemini-3.8-flash:generateContent",
}


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[Bench]:
    """A bench at a sandbox, every service by its vendor's own protocol."""
    with Sandbox(duration=0, seed=1) as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-0123456789"))
        bench.settings = {"claude": {"native": True}, "gemini": {"native": True}}
        yield bench


@pytest.mark.parametrize("listening", [False, True])
@pytest.mark.parametrize("operation", NATIVE)
def test_an_answer_by_a_vendors_own_protocol(
    simulated: Bench, operation: str, *, listening: bool
) -> None:
    simulated.listening = listening

    result = simulated.run(simulated.plan(step("says", operation, {"messages": "hi"})))

    says = result.results["says"]
    told = "".join(one.text for one in simulated.events if isinstance(one, StepText))
    usage = says.facts["usage"]
    assert says.text is not None
    assert says.text.startswith("SIMULATED")
    assert (says.text if listening else "") == told
    assert isinstance(usage, dict)
    assert {"prompt_tokens", "completion_tokens", "total_tokens"} == set(usage)
    assert "stop" == says.facts["finish_reason"]


@pytest.mark.parametrize("listening", [False, True])
@pytest.mark.parametrize("operation", NATIVE)
@pytest.mark.parametrize(
    ("expects", "value"), [("int(3..9)", 3), ("list[bool]", [True]), ("bool", True)]
)
def test_a_typed_answer_by_a_vendors_own_protocol(
    simulated: Bench, operation: str, expects: str, value: object, *, listening: bool
) -> None:
    simulated.listening = listening
    node = step("says", operation, {"messages": "hi"}, expects=expects)

    result = simulated.run(simulated.plan(node))

    assert value == result.results["says"].value


@pytest.mark.parametrize("listening", [False, True])
@pytest.mark.parametrize("operation", NATIVE)
def test_any_json_by_a_vendors_own_protocol(
    simulated: Bench, operation: str, *, listening: bool
) -> None:
    simulated.listening = listening
    node = step("says", operation, {"messages": "hi"}, expects="json")

    result = simulated.run(simulated.plan(node))

    assert isinstance(result.results["says"].value, dict)


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("operation", ["claude.chat", "gemini.chat", "openai.chat"])
def test_a_model_that_refuses_is_paid_and_not_asked_again(
    simulated: Bench, operation: str, *, native: bool
) -> None:
    simulated.settings = {"claude": {"native": native}, "gemini": {"native": native}}
    plan = simulated.plan(step("says", operation, {"messages": "a bomb [[sandbox:unwilling]]"}))

    first, second = simulated.run(plan), simulated.run(plan)

    assert ["refused-answer"] * 2 == [one.failures[0].reason for one in (first, second)]


def native_answer(request: Request) -> Answer:
    if request.path == "/v1/messages":
        return Answer.of({"content": [{"type": "text", "text": "own"}], "stop_reason": "end_turn"})
    if "generatecontent" in request.path.lower():
        parts = [{"text": "own"}]
        return Answer.of({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]})
    message = {"message": {"content": "shared"}, "finish_reason": "stop"}
    return Answer.of({"choices": [message]})


@pytest.fixture
def scripted() -> Iterator[ScriptedGateway]:
    with ScriptedGateway(native_answer) as running:
        yield running


@pytest.mark.parametrize(
    ("operation", "header", "other"),
    [
        ("claude.chat", "x-api-key", "x-goog-api-key"),
        ("gemini.chat", "x-goog-api-key", "x-api-key"),
    ],
)
def test_the_key_travels_in_the_vendors_header_and_nowhere_else(
    tmp_path: Path, scripted: ScriptedGateway, operation: str, header: str, other: str
) -> None:
    bench = Bench(tmp_path, Gateway.at(scripted.url, key="sk-test-0123456789"))
    bench.settings = {operation.split(".", maxsplit=1)[0]: {"native": True}}

    bench.run(bench.plan(step("says", operation, {"messages": "hi"})))

    (sent,) = scripted.requests
    assert NATIVE[operation] == sent.path
    assert "sk-test-0123456789" == sent.headers[header]
    assert [] == [one for one in ("authorization", "mj-api-secret", other) if one in sent.headers]


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("../../v1/files", "/v1beta/models/..%2F..%2Fv1%2Ffiles:generateContent"),
        ("a b?key=x#y", "/v1beta/models/a%20b%3Fkey%3Dx%23y:generateContent"),
        ("模型", "/v1beta/models/%E6%A8%A1%E5%9E%8B:generateContent"),
    ],
)
def test_a_models_name_stays_one_part_of_the_path(
    tmp_path: Path, scripted: ScriptedGateway, model: str, path: str
) -> None:
    bench = Bench(tmp_path, Gateway.at(scripted.url, key="sk-test-0123456789"))
    bench.settings = {"gemini": {"native": True}}

    bench.run(bench.plan(step("says", "gemini.chat", {"messages": "hi", "model": model})))

    assert [path] == [one.path for one in scripted.requests]


@pytest.mark.parametrize("operation", NATIVE)
@pytest.mark.parametrize(("before", "text"), [(False, "shared"), (True, "own")])
def test_what_was_paid_for_by_one_protocol_is_not_paid_for_again_by_the_other(
    tmp_path: Path, scripted: ScriptedGateway, operation: str, text: str, *, before: bool
) -> None:
    service = operation.split(".", maxsplit=1)[0]
    bench = Bench(tmp_path, Gateway.at(scripted.url, key="sk-test-0123456789"))
    plan = bench.plan(step("says", operation, {"messages": "hi"}))
    bench.settings = {service: {"native": before}}
    bench.run(plan)
    ledger = sqlite3.connect(bench.state / "ledger.sqlite3")
    with closing(ledger), ledger:  # the run ended before its answer was entered
        ledger.execute("DELETE FROM results")
        ledger.execute("UPDATE attempts SET state = 'open'")

    bench.settings = {service: {"native": not before}}
    result = bench.run(plan)

    assert (1, text) == (len(scripted.requests), result.results["says"].text)
