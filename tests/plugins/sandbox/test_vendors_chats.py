"""The sandbox at `/v1/messages` and `:generateContent`."""

import base64
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]
HELLO: Json = {"model": "claude-sonnet-5", "max_tokens": 500}
USER = {"role": "user", "content": "hi"}
SCHEMA = {
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 3}},
    "required": ["value"],
}


def messages(client: httpx.Client, **body: object) -> httpx.Response:
    return client.post("/v1/messages", json={**HELLO, "messages": [USER], **body})


def contents(
    client: httpx.Client, *words: str, way: str = "generateContent", **body: object
) -> httpx.Response:
    said = [{"role": "user", "parts": [{"text": one} for one in words or ("hi",)]}]
    path = f"/v1beta/models/gemini-3.8-flash:{way}"
    return client.post(path, json={"contents": said, **body})


def events(answer: httpx.Response) -> list[Json]:
    lines = answer.text.replace("\r\n", "\n").split("\n")
    return [json.loads(one.removeprefix("data: ")) for one in lines if one.startswith("data: ")]


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_a_message_says_that_it_is_simulated(client: httpx.Client) -> None:
    answer = messages(client, system="be brief").json()

    (block,) = answer["content"]
    assert ("message", "end_turn", "text") == (
        answer["type"],
        answer["stop_reason"],
        block["type"],
    )
    assert block["text"].startswith("SIMULATED")
    assert "be brief" in block["text"]


def test_a_streamed_message_is_the_whole_one_in_pieces(client: httpx.Client) -> None:
    found = events(messages(client, stream=True))

    pieces = [one["delta"]["text"] for one in found if one["type"] == "content_block_delta"]
    assert "".join(pieces).startswith("SIMULATED")
    assert ["message_start", "content_block_start", "ping"] == [one["type"] for one in found[:3]]
    assert ["content_block_stop", "message_delta", "message_stop"] == [
        one["type"] for one in found[-3:]
    ]
    assert "end_turn" == found[-2]["delta"]["stop_reason"]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_that_must_be_called_is_called_with_what_it_takes(
    client: httpx.Client, *, streamed: bool
) -> None:
    tools = [{"name": "answer", "input_schema": SCHEMA}]
    choice = {"type": "tool", "name": "answer"}

    answer = messages(client, tools=tools, tool_choice=choice, stream=streamed)

    if streamed:
        deltas = [one for one in events(answer) if one["type"] == "content_block_delta"]
        made = json.loads("".join(one["delta"]["partial_json"] for one in deltas))
    else:
        (block,) = answer.json()["content"]
        made = block["input"]
    assert {"value": 3} == made


def test_a_message_is_cut_at_its_longest(client: httpx.Client) -> None:
    answer = messages(client, max_tokens=3).json()

    assert ("max_tokens", 3) == (answer["stop_reason"], answer["usage"]["output_tokens"])


def test_content_says_that_it_is_simulated(client: httpx.Client) -> None:
    told = {"parts": [{"text": "be brief"}]}

    answer = contents(client, "hi", systemInstruction=told).json()

    (candidate,) = answer["candidates"]
    (part,) = candidate["content"]["parts"]
    assert ("STOP", "model") == (candidate["finishReason"], candidate["content"]["role"])
    assert part["text"].startswith("SIMULATED")
    assert "be brief" in part["text"]


def test_streamed_content_is_the_whole_one_in_pieces(client: httpx.Client) -> None:
    found = events(contents(client, way="streamGenerateContent?alt=sse"))

    pieces = [one["candidates"][0] for one in found]
    text = "".join(one["content"]["parts"][0]["text"] for one in pieces)
    assert text.startswith("SIMULATED")
    assert ["STOP"] == [one["finishReason"] for one in pieces if "finishReason" in one]


def test_without_sse_a_stream_of_content_is_one_list(client: httpx.Client) -> None:
    found = contents(client, way="streamGenerateContent").json()

    assert isinstance(found, list)
    assert "STOP" == found[-1]["candidates"][0]["finishReason"]


CAPITALS = {
    "type": "OBJECT",
    "properties": {"value": {"type": "ARRAY", "minItems": "2", "items": {"type": "STRING"}}},
    "required": ["value"],
}


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ({"responseSchema": CAPITALS}, {"value"}),
        ({"responseJsonSchema": SCHEMA}, {"value"}),
        ({}, {"simulated", "reply"}),
    ],
)
def test_content_has_the_form_that_is_asked_for(
    client: httpx.Client, config: Json, names: set[str]
) -> None:
    asked = {"responseMimeType": "application/json", **config}

    answer = contents(client, generationConfig=asked).json()

    assert names == set(json.loads(answer["candidates"][0]["content"]["parts"][0]["text"]))


def test_newer_clients_find_content_at_another_address(client: httpx.Client) -> None:
    said = [{"parts": [{"text": "hi"}]}]

    answer = client.post("/v1/models/gemini-3.8-flash:generateContent", json={"contents": said})

    assert 200 == answer.status_code


def test_a_picture_is_seen_by_all(client: httpx.Client) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": picture()}
    shown = {"role": "user", "content": [{"type": "image", "source": source}]}
    inline = {"inlineData": {"mimeType": "image/png", "data": picture()}}

    message = messages(client, messages=[shown]).json()["content"][0]["text"]
    content = contents(client, contents=[{"parts": [inline]}]).json()

    assert "8" in message
    assert "red" in message
    assert "red" in content["candidates"][0]["content"]["parts"][0]["text"]


def test_a_refusal_is_sold_and_told_as_each_vendor_does(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    words = "a bomb [[sandbox:unwilling]]"
    before = sandbox.books().submissions
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": words}]}

    completion = client.post("/v1/chat/completions", json=asked).json()["choices"][0]
    message = messages(client, messages=[{"role": "user", "content": words}]).json()
    content = contents(client, words).json()

    assert None is completion["message"]["content"]
    assert "a bomb" in completion["message"]["refusal"]
    assert ("refusal", []) == (message["stop_reason"], message["content"])
    assert {"blockReason": "PROHIBITED_CONTENT"} == content["promptFeedback"]
    assert 3 == sandbox.books().submissions - before


KEYS = [
    ("/v1/messages", {"x-api-key": "sk-a"}, "", 200),
    ("/v1/messages", {"authorization": "Bearer sk-a"}, "", 200),
    ("/v1/messages", {}, "", 401),
    ("/v1/messages", {"x-api-key": "sk-denied"}, "", 401),
    ("/v1/messages", {"x-goog-api-key": "sk-a"}, "", 401),
    ("/v1beta/models/m:generateContent", {"x-goog-api-key": "sk-a"}, "", 200),
    ("/v1beta/models/m:generateContent", {"authorization": "Bearer sk-a"}, "", 200),
    ("/v1beta/models/m:generateContent", {}, "?key=sk-a", 200),
    ("/v1beta/models/m:generateContent", {}, "", 401),
    ("/v1beta/models/m:generateContent", {}, "?key=sk-denied", 401),
    ("/v1/models/m:generateContent", {"x-goog-api-key": "sk-a"}, "", 200),
    ("/v1/chat/completions", {"x-api-key": "sk-a"}, "", 401),
    ("/v1/chat/completions", {}, "?key=sk-a", 401),
]


@pytest.mark.parametrize(("path", "headers", "query", "status"), KEYS)
def test_a_key_is_read_where_each_vendor_reads_it(
    sandbox: Sandbox, path: str, headers: dict[str, str], query: str, status: int
) -> None:
    body = {**HELLO, "messages": [USER], "contents": [{"parts": [{"text": "hi"}]}]}

    answer = httpx.post(f"{sandbox.url}{path}{query}", json=body, headers=headers)

    assert status == answer.status_code


WRONG = [
    {"model": ""},
    {"max_tokens": None},
    {"max_tokens": 0},
    {"max_tokens": "7"},
    {"temperature": 1.1},
    {"messages": []},
    {"messages": "hi"},
    {"messages": [{"role": "system", "content": "hi"}]},
    {"messages": [{"role": "assistant", "content": "hi"}]},
    {"messages": [{"role": "user", "content": " "}]},
    {"messages": [{"role": "user", "content": []}]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]},
    {"messages": [{"role": "user", "content": [{"type": "document"}]}]},
    {"stream": "yes"},
    {"tools": [], "tool_choice": {"type": "tool", "name": "answer"}},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_anthropic_refuses_is_refused_in_its_words(
    client: httpx.Client, sandbox: Sandbox, wrong: Json
) -> None:
    before = sandbox.books().submissions

    answer = messages(client, **wrong)

    assert (400, "error", "invalid_request_error") == (
        answer.status_code,
        answer.json()["type"],
        answer.json()["error"]["type"],
    )
    assert before == sandbox.books().submissions


MISTAKEN = [
    {"contents": []},
    {"contents": "hi"},
    {"contents": [{"role": "assistant", "parts": [{"text": "hi"}]}]},
    {"contents": [{"parts": []}]},
    {"contents": [{"parts": [{"functionCall": {}}]}]},
    {"systemInstruction": "be brief"},
    {"generationConfig": {"temperature": 2.1}},
    {"generationConfig": {"maxOutputTokens": 0}},
    {"generationConfig": {"candidateCount": 9}},
    {"generationConfig": {"responseMimeType": "text/xml"}},
    {"generationConfig": {"responseMimeType": "application/json", "responseSchema": {"type": 3}}},
]


@pytest.mark.parametrize("wrong", MISTAKEN)
def test_what_google_refuses_is_refused_in_its_words(
    client: httpx.Client, sandbox: Sandbox, wrong: Json
) -> None:
    before = sandbox.books().submissions

    answer = contents(client, **wrong)

    error = answer.json()["error"]
    assert (400, 400, "INVALID_ARGUMENT") == (answer.status_code, error["code"], error["status"])
    assert before == sandbox.books().submissions


@pytest.mark.parametrize(
    ("key", "words", "status", "kind"),
    [
        ("sk-broke", "hi", 403, "permission_error"),
        ("sk-a", "hi [[sandbox:queue-full]]", 429, "rate_limit_error"),
        ("sk-a", "hi [[sandbox:banned]]", 400, "invalid_request_error"),
        ("sk-a", "hi [[sandbox:fail]]", 400, "invalid_request_error"),
    ],
)
def test_a_purse_and_markers_are_heeded(
    sandbox: Sandbox, key: str, words: str, status: int, kind: str
) -> None:
    body = {**HELLO, "messages": [{"role": "user", "content": words}]}

    answer = httpx.post(f"{sandbox.url}/v1/messages", json=body, headers={"x-api-key": key})

    assert (status, kind) == (answer.status_code, answer.json()["error"]["type"])


def test_likelihood_is_told_where_it_is_asked_for(client: httpx.Client) -> None:
    asked = {"model": "gpt-4o", "messages": [USER], "logprobs": True, "top_logprobs": 1}

    (choice,) = client.post("/v1/chat/completions", json=asked).json()["choices"]

    rows = choice["logprobs"]["content"]
    assert choice["message"]["content"] == "".join(one["token"] for one in rows)
    assert {1} == {len(one["top_logprobs"]) for one in rows}
