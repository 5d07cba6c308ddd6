"""The OpenAI backend: what it sends, and what it makes of whatever comes back."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from omnidsl.planning.values import FileInput, MessagesInput, TurnInput, Value
from omnidsl.running import Gateway, RunResult
from omnidsl.running.events import Notice
from omnidsl.testing import Answer, Bench, Request, ScriptedGateway, step
from omnidsl.testing.scripted import PIXEL


def answer(content: object = "hello", **fields: Any) -> Answer:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, "refusal": None},
        "finish_reason": "stop",
    }
    usage = {
        "prompt_tokens": 3,
        "completion_tokens": 2,
        "total_tokens": 5,
        "prompt_tokens_details": {"x": 1},
    }
    return Answer.of(
        {
            "id": "chatcmpl-1",
            "model": "gpt-4o-mini-2024",
            "choices": [choice | fields],
            "usage": usage,
        }
    )


class Script:
    """Answers every chat with `reply`."""

    def __init__(self) -> None:
        self.reply: Callable[[Request], Answer] = lambda _: answer()

    def __call__(self, request: Request) -> Answer:
        return self.reply(request)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def gateway(script: Script) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))


def chat(bench: Bench, expects: str = "", **arguments: Value) -> RunResult:
    given: dict[str, Value] = {"messages": "hi", **arguments}
    return bench.run(bench.plan(step("says", "openai.chat", given, expects=expects)))


def test_a_text_is_one_turn_of_the_user(bench: Bench, gateway: ScriptedGateway) -> None:
    result = chat(bench)

    sent = gateway.requests[0]
    assert ("/v1/chat/completions", "hello") == (sent.path, result.results["says"].text)
    assert {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]} == sent.json()


def test_the_attempt_travels_as_idempotency_key_and_not_as_user(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    result = chat(bench)

    assert result.results["says"].attempt == gateway.requests[0].headers["idempotency-key"]
    assert "user" not in gateway.requests[0].json()


def test_every_argument_is_sent(bench: Bench, gateway: ScriptedGateway) -> None:
    chat(bench, system="be brief", temperature=0.5, max_tokens=7, model="gpt-4o")

    body = gateway.requests[0].json()
    assert ("gpt-4o", 0.5, 7) == (body["model"], body["temperature"], body["max_tokens"])
    assert {"role": "system", "content": "be brief"} == body["messages"][0]


@pytest.mark.parametrize("model", ["o1-mini", "o3", "gpt-5", "gpt-5-mini", "openai/o4-mini"])
def test_reasoning_models_get_the_limit_under_its_newer_name(
    bench: Bench, gateway: ScriptedGateway, model: str
) -> None:
    chat(bench, max_tokens=7, model=model)

    body = gateway.requests[0].json()
    assert (7, False) == (body["max_completion_tokens"], "max_tokens" in body)


def test_pictures_of_a_conversation_are_sent_as_data_urls(
    bench: Bench, gateway: ScriptedGateway, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PIXEL)
    file = FileInput("a.png", hashlib.sha256(PIXEL).hexdigest(), len(PIXEL))
    turns = (
        TurnInput("system", ("judge",)),
        TurnInput("user", ("look: ", file)),
        TurnInput("assistant", ("ok",)),
    )

    chat(bench, messages=MessagesInput(turns))

    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    assert [
        {"role": "system", "content": "judge"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "look: "},
                {"type": "image_url", "image_url": {"url": url}},
            ],
        },
        {"role": "assistant", "content": "ok"},
    ] == gateway.requests[0].json()["messages"]


def test_usage_and_model_are_facts(bench: Bench) -> None:
    facts = chat(bench).results["says"].facts

    assert {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5} == facts["usage"]
    assert "gpt-4o-mini-2024" == facts["model"]


@pytest.mark.parametrize(
    "content",
    ["hello", [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}, {"odd": 1}, 3]],
)
def test_an_answer_is_read_as_text_or_parts(bench: Bench, script: Script, content: object) -> None:
    script.reply = lambda _: answer(content)

    assert "hello" == chat(bench).results["says"].text


REFUSED = [
    (
        answer(None, message={"content": None, "refusal": "I cannot help with that."}),
        "refused-answer",
        "I cannot help",
    ),
    (answer("", finish_reason="content_filter"), "refused-answer", "content filter"),
    (answer(""), "empty-answer", "the answer is empty"),
    (answer(None), "empty-answer", "the answer is empty"),
    (answer("", finish_reason="length"), "empty-answer", "longest length"),
    (answer({"odd": 1}), "empty-answer", "the answer is empty"),
]


@pytest.mark.parametrize(("reply", "reason", "words"), REFUSED)
def test_an_answer_without_use_fails_the_step_and_is_not_paid_for_again(
    bench: Bench, gateway: ScriptedGateway, script: Script, reply: Answer, reason: str, words: str
) -> None:
    script.reply = lambda _: reply

    first, second = chat(bench), chat(bench)

    assert [(reason, 1), (reason, 1)] == [
        (one.failures[0].reason, one.status) for one in (first, second)
    ]
    assert words in first.failures[0].message
    assert 1 == len(gateway.requests)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"message": 3}]},
        {"choices": "x"},
        {"choices": []},
        {},
    ],
)
def test_a_reply_without_a_message_holds_the_step(
    bench: Bench, script: Script, body: object
) -> None:
    script.reply = lambda _: Answer.of(body)

    assert 3 == chat(bench).status


def test_an_answer_that_was_cut_is_told_of(bench: Bench, script: Script) -> None:
    script.reply = lambda _: answer("half a sen", finish_reason="length")

    result = chat(bench)

    assert (0, ["cut-short"]) == (
        result.status,
        [one.reason for one in bench.events if isinstance(one, Notice)],
    )


def test_a_typed_binding_asks_for_structured_output(
    bench: Bench, gateway: ScriptedGateway, script: Script
) -> None:
    script.reply = lambda _: answer('{"value": 3}')

    result = chat(bench, expects="int(1..4)")

    schema = gateway.requests[0].json()["response_format"]["json_schema"]["schema"]
    assert {"type": "integer", "minimum": 1, "maximum": 4} == schema["properties"]["value"]
    assert 3 == result.results["says"].value


JSON_WORDS = [
    ("give me JSON", ["give me JSON"]),
    ("give me facts", ["Answer with one JSON object.", "give me facts"]),
]


@pytest.mark.parametrize(("asked", "said"), JSON_WORDS)
def test_a_binding_of_json_asks_for_any_object_and_says_the_word(
    bench: Bench, gateway: ScriptedGateway, script: Script, asked: str, said: list[str]
) -> None:
    script.reply = lambda _: answer('{"a": [1]}')

    result = chat(bench, expects="json", messages=asked)

    body = gateway.requests[0].json()
    assert {"type": "json_object"} == body["response_format"]
    assert said == [one["content"] for one in body["messages"]]
    assert {"a": [1]} == result.results["says"].value


@pytest.mark.parametrize(("expects", "strict"), [("list[text]", True), ("list[json]", False)])
def test_a_schema_that_leaves_something_open_is_not_asked_for_strictly(
    bench: Bench, gateway: ScriptedGateway, script: Script, expects: str, strict: bool
) -> None:
    script.reply = lambda _: answer('{"value": []}')

    chat(bench, expects=expects)

    assert strict == gateway.requests[0].json()["response_format"]["json_schema"]["strict"]


@pytest.mark.parametrize(
    ("expects", "text", "value"),
    [
        ("int(1..4)", "3", 3),
        ("int(1..4)", " 3. ", 3),
        ("int", '```json\n{"value": 12}\n```', 12),
        ("number(0..1)", "0.5", 0.5),
        ("bool", "true", True),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("list[text]", '["a", "b"]', ["a", "b"]),
    ],
)
def test_an_answer_is_read_as_its_type(
    bench: Bench, script: Script, expects: str, text: str, value: object
) -> None:
    script.reply = lambda _: answer(text)

    assert value == chat(bench, expects=expects).results["says"].value


@pytest.mark.parametrize(
    ("expects", "text"),
    [
        ("int(1..4)", "5"),
        ("int(1..4)", "the third"),
        ("int", "1.5"),
        ("int", "true"),
        ("bool", "1"),
        ("number", '"1"'),
        ("list[int]", "[1, true]"),
        ("json", "{"),
    ],
)
def test_an_answer_that_does_not_fit_fails_the_step_with_the_reply_kept(
    bench: Bench, gateway: ScriptedGateway, script: Script, expects: str, text: str
) -> None:
    script.reply = lambda _: answer(text)

    first, second = chat(bench, expects=expects), chat(bench, expects=expects)

    assert ["does-not-fit"] * 2 == [one.failures[0].reason for one in (first, second)]
    assert text in first.failures[0].message
    assert 1 == len(gateway.requests)


def test_a_slow_answer_is_waited_for_as_long_as_the_step_allows(
    bench: Bench, script: Script
) -> None:
    import threading

    from omnidsl.planning.plan import Options

    over = threading.Event()

    def late(_: Request) -> Answer:
        over.wait(5)
        return answer()

    script.reply = late
    node = step("says", "openai.chat", {"messages": "hi"}, options=Options(timeout=0.2))
    bench.bounds = attrs.evolve(bench.bounds, connect=0.2)
    result = bench.run(bench.plan(node))
    over.set()

    assert 3 == result.status
