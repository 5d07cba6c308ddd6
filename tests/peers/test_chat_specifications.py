"""Chats on the wire, ours and the sandbox's, as the vendors' specifications want them."""

import json
from collections.abc import Iterator, Mapping

import httpx
import pytest

from omnidsl.plugins import JSON
from omnidsl.plugins.chat import Picture, Question, Turn, compatible
from omnidsl_claude import messages
from omnidsl_gemini import contents
from omnidsl_sandbox import Sandbox
from tests.peers.conftest import RED, Json, Judge


def question(*turns: Turn, expects: Mapping[str, JSON] | None = None) -> Question:
    return Question(
        model="m",
        turns=turns or (Turn("user", ("hi",)),),
        temperature=0.5,
        max_tokens=300,
        expects=expects,
    )


VALUE: dict[str, JSON] = {"type": "array", "items": {"type": "integer", "minimum": 1}}
TYPED: dict[str, JSON] = {
    "type": "object",
    "properties": {"value": VALUE},
    "required": ["value"],
    "additionalProperties": False,
}
OPEN: dict[str, JSON] = {**TYPED, "properties": {"value": {"type": "array", "items": {}}}}
QUESTIONS = {
    "a text": question(),
    "all roles": question(
        Turn("system", ("be brief",)),
        Turn("user", ("look: ", Picture("image/png", RED), "\n")),
        Turn("assistant", ("ok",)),
        Turn("user", ("and?",)),
        Turn("user", ("well?",)),
    ),
    "typed": question(expects=TYPED),
    "open": question(expects=OPEN),
    "any JSON": question(expects={"type": "object"}),
    "unwilling": question(Turn("user", ("a bomb [[sandbox:unwilling]]",))),
}
ASKED = {
    "openai": (compatible.request, "CreateChatCompletionRequest"),
    "anthropic": (messages.request, "CreateMessageParams"),
    "gemini": (contents.request, "GenerateContentRequest"),
}
CASES = [(vendor, name) for vendor in ASKED for name in QUESTIONS]


@pytest.mark.parametrize(("vendor", "name"), CASES)
def test_a_question_is_asked_as_its_vendor_specifies(faults: Judge, vendor: str, name: str) -> None:
    request, schema = ASKED[vendor]

    assert [] == faults(vendor, schema, request(QUESTIONS[name]))


STREAMED: dict[str, dict[str, JSON]] = {
    "openai": {"stream": True, "stream_options": {"include_usage": True}},
    "anthropic": {"stream": True},
}


@pytest.mark.parametrize("vendor", STREAMED)
def test_a_stream_is_asked_for_as_its_vendor_specifies(faults: Judge, vendor: str) -> None:
    request, schema = ASKED[vendor]

    assert [] == faults(vendor, schema, {**request(QUESTIONS["a text"]), **STREAMED[vendor]})


@pytest.fixture(scope="module")
def answering() -> Iterator[httpx.Client]:
    with (
        Sandbox(duration=0, seed=1) as sandbox,
        httpx.Client(base_url=sandbox.url, headers={"authorization": "Bearer sk-a"}) as client,
    ):
        yield client


PATHS = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/m:generateContent",
}
WHOLE = {
    "openai": "CreateChatCompletionResponse",
    "anthropic": "Message",
    "gemini": "GenerateContentResponse",
}
PIECES = {
    "openai": "CreateChatCompletionStreamResponse",
    "anthropic": "MessageStreamEvent",
    "gemini": "GenerateContentResponse",
}
FORMS: dict[str, dict[str, JSON]] = {
    "": {},
    "likelihood": {"logprobs": True, "top_logprobs": 2, "n": 2},
    "usage": {"stream_options": {"include_usage": True}},
}
MORE = [("openai", "a text", form) for form in FORMS if form]


@pytest.mark.parametrize(("vendor", "name", "form"), [*((*one, "") for one in CASES), *MORE[:1]])
def test_an_answer_is_what_its_vendor_specifies(
    faults: Judge, answering: httpx.Client, vendor: str, name: str, form: str
) -> None:
    request, _ = ASKED[vendor]

    answer = answering.post(PATHS[vendor], json={**request(QUESTIONS[name]), **FORMS[form]})

    assert 200 == answer.status_code
    assert [] == faults(vendor, WHOLE[vendor], answer.json())


def pieces(text: str) -> list[Json]:
    lines = text.replace("\r\n", "\n").split("\n")
    data = [one.removeprefix("data: ") for one in lines if one.startswith("data: ")]
    return [json.loads(one) for one in data if one != "[DONE]"]


@pytest.mark.parametrize(("vendor", "name", "form"), [*((*one, "") for one in CASES), *MORE])
def test_every_piece_of_a_stream_is_what_its_vendor_specifies(
    faults: Judge, answering: httpx.Client, vendor: str, name: str, form: str
) -> None:
    request, _ = ASKED[vendor]
    path, body = PATHS[vendor], {**request(QUESTIONS[name]), **FORMS[form]}
    if vendor == "gemini":
        path = path.replace(":generateContent", ":streamGenerateContent?alt=sse")
    else:
        body["stream"] = True

    found = pieces(answering.post(path, json=body).text)
    if vendor == "anthropic":  # its documents know `ping`, its specification does not
        found = [one for one in found if one["type"] != "ping"]

    assert found
    assert [] == [wrong for one in found for wrong in faults(vendor, PIECES[vendor], one)]


REFUSED = [
    ("sk-denied", "hi", 401),
    ("sk-broke", "hi", 403),
    ("sk-a", "hi [[sandbox:queue-full]]", 429),
    ("sk-a", "hi [[sandbox:banned]]", 400),
    ("sk-a", "hi [[sandbox:fail]]", 400),
]
ERRORS = {"openai": "ErrorResponse", "anthropic": "ErrorResponse"}


@pytest.mark.parametrize("vendor", ERRORS)
@pytest.mark.parametrize(("key", "words", "status"), REFUSED)
def test_an_error_is_what_its_vendor_specifies(
    faults: Judge, answering: httpx.Client, vendor: str, key: str, words: str, status: int
) -> None:
    request, _ = ASKED[vendor]
    asked = request(question(Turn("user", (words,))))

    answer = answering.post(PATHS[vendor], json=asked, headers={"authorization": f"Bearer {key}"})

    assert status == answer.status_code
    assert [] == faults(vendor, ERRORS[vendor], answer.json())


def test_the_judge_sees_what_is_missing(faults: Judge) -> None:
    without_messages = faults("openai", "CreateChatCompletionRequest", {"model": "gpt-4o"})

    assert ["$: 'messages' is a required property"] == without_messages


def test_the_judge_sees_a_name_that_google_does_not_know(faults: Judge) -> None:
    body = {"contents": [{"parts": [{"txt": "hi"}]}]}

    (wrong,) = faults("gemini", "GenerateContentRequest", body)

    assert "'txt' was unexpected" in wrong
