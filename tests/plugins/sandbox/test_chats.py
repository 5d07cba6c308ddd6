import base64
import io
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image, PngImagePlugin

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]
KEY = {"Authorization": "Bearer sk-buyer"}
HELLO = [{"role": "user", "content": "hi"}]


def chat(client: httpx.Client, **body: object) -> httpx.Response:
    return client.post(
        "/v1/chat/completions", json={"model": "gpt-4o-mini", "messages": HELLO, **body}
    )


def text(client: httpx.Client, **body: object) -> str:
    answer = chat(client, **body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["choices"][0]["message"]["content"])


def events(answer: httpx.Response) -> list[Json]:
    blocks = [one for one in answer.text.split("\n\n") if one and not one.startswith(":")]
    lines = [one.removeprefix("data: ") for one in blocks]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


def shown(url: str, words: str = "what is it?") -> list[Json]:
    return [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": words},
                {"type": "image_url", "image_url": {"url": url, "detail": "low"}},
            ],
        }
    ]


def data_url(colour: str, size: tuple[int, int], prompt: str = "") -> str:
    facts = PngImagePlugin.PngInfo()
    if prompt:
        facts.add_itxt("Description", prompt)
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG", pnginfo=facts)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def test_a_completion_has_every_field_of_the_specification(client: httpx.Client) -> None:
    answer = chat(client).json()

    (choice,) = answer["choices"]
    assert {
        "id",
        "object",
        "created",
        "model",
        "choices",
        "usage",
        "service_tier",
        "system_fingerprint",
    } == set(answer)
    assert ("chat.completion", "gpt-4o-mini", True) == (
        answer["object"],
        answer["model"],
        answer["id"].startswith("chatcmpl-"),
    )
    assert {"index", "message", "logprobs", "finish_reason"} == set(choice)
    assert (0, None, "stop") == (choice["index"], choice["logprobs"], choice["finish_reason"])
    assert {"role", "content", "refusal", "annotations"} == set(choice["message"])
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_a_reply_says_that_it_is_simulated_and_names_the_question(client: httpx.Client) -> None:
    answer = text(client, messages=[{"role": "user", "content": "Why is the sea blue?"}])

    assert answer.startswith("SIMULATED")
    assert "Why is the sea blue?" in answer


def test_a_reply_depends_on_every_message(client: httpx.Client) -> None:
    talks: list[list[Json]] = [
        HELLO,
        [{"role": "system", "content": "Be brief."}, *HELLO],
        [{"role": "system", "content": "Be long."}, *HELLO],
        [*HELLO, {"role": "assistant", "content": "hello"}, *HELLO],
    ]

    assert 4 == len({text(client, messages=talk) for talk in talks})


def test_a_second_take_of_the_same_request_differs(client: httpx.Client) -> None:
    talk = [{"role": "user", "content": "tell me a story"}]

    assert text(client, messages=talk) != text(client, messages=talk)


def test_a_caption_names_size_colour_and_the_prompt_in_the_file(client: httpx.Client) -> None:
    answer = text(client, messages=shown(data_url("red", (120, 80), "a poppy field --ar 3:2")))

    assert "120x80" in answer
    assert "red" in answer
    assert "a poppy field" in answer


def test_a_picture_of_the_sandbox_itself_is_seen_through_its_address(
    client: httpx.Client, submit: Callable[..., str], fetch: Callable[[str], Json]
) -> None:
    url = fetch(submit("imagine", prompt="a lighthouse --ar 2:1"))["imageUrl"]

    answer = text(client, messages=shown(url))

    assert "a lighthouse" in answer


def test_a_picture_elsewhere_is_never_fetched(client: httpx.Client) -> None:
    answer = text(client, messages=shown("http://127.0.0.1:9/secret.png"))

    assert "does not fetch" in answer


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;base64,aGk=",
        "data:image/png;base64,@",
        "ftp://x/y",
        "file:///etc/passwd",
        "",
    ],
)
def test_what_is_no_picture_is_refused(client: httpx.Client, url: str) -> None:
    answer = chat(client, messages=shown(url))

    assert (400, "invalid_value") == (answer.status_code, answer.json()["error"]["code"])


def test_a_stream_carries_the_same_words_as_the_whole(client: httpx.Client) -> None:
    talk = [{"role": "user", "content": "stream this, 请"}]
    whole = text(client, messages=talk, n=2)

    answer = chat(client, messages=talk, stream=True)

    chunks = events(answer)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    streamed = "".join(delta.get("content", "") for delta in deltas)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "assistant" == deltas[0]["role"]
    assert "stop" == chunks[-1]["choices"][0]["finish_reason"]
    assert {"chat.completion.chunk"} == {chunk["object"] for chunk in chunks}
    assert 1 == len({chunk["id"] for chunk in chunks})
    assert whole.split(" take ")[0] == streamed.split(" take ")[0]


def test_a_stream_begins_with_a_comment_that_keeps_the_connection_alive(
    client: httpx.Client,
) -> None:
    assert chat(client, stream=True).text.startswith(": PING\n\ndata: ")


def test_the_books_count_equal_questions_however_the_answer_travels() -> None:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    with Sandbox() as sandbox:
        for more in ({}, {"stream": True}, {"stream": True, "stream_options": {}}):
            httpx.post(f"{sandbox.url}/v1/chat/completions", headers=KEY, json=body | more)
        books = sandbox.books()

    assert [3] == list(books.by_prompt.values())


def test_a_stream_takes_its_time_where_replies_have_latency() -> None:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    with Sandbox(latency=0.2) as sandbox:
        start = time.monotonic()
        httpx.post(f"{sandbox.url}/v1/chat/completions", headers=KEY, json=body)
        took = time.monotonic() - start

    assert took > 0.35  # 0.2 before its beginning, and about as much until its end


def test_a_stream_tells_its_usage_when_asked(client: httpx.Client) -> None:
    chunks = events(chat(client, stream=True, stream_options={"include_usage": True}))

    assert [] == chunks[-1]["choices"]
    assert chunks[-1]["usage"]["total_tokens"] > 0
    assert {None} == {chunk["usage"] for chunk in chunks[:-1]}


def test_a_token_limit_cuts_the_reply(client: httpx.Client) -> None:
    for field in ("max_tokens", "max_completion_tokens"):
        choice = chat(client, **{field: 2}).json()["choices"][0]

        assert ("SIMULATE", "length") == (choice["message"]["content"], choice["finish_reason"])


def test_a_stop_ends_the_reply_before_it(client: httpx.Client) -> None:
    assert "SIMU" == text(client, stop=["LATED"])


def test_n_answers_are_n_answers(client: httpx.Client) -> None:
    choices = chat(client, n=3).json()["choices"]

    assert [0, 1, 2] == [one["index"] for one in choices]
    assert 3 == len({one["message"]["content"] for one in choices})


def test_a_json_object_is_a_json_object(client: httpx.Client) -> None:
    assert json.loads(text(client, response_format={"type": "json_object"}))["simulated"]


def test_a_json_schema_is_met(client: httpx.Client) -> None:
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "scores": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
        },
        "required": ["title", "scores"],
        "additionalProperties": False,
    }

    wanted = {
        "type": "json_schema",
        "json_schema": {"name": "card", "strict": True, "schema": schema},
    }
    answer = json.loads(text(client, response_format=wanted))

    assert {"title": "simulated title: hi", "scores": [1, 2]} == answer


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"messages": []}, 400, "invalid_text_request"),
        ({"messages": None}, 400, "invalid_text_request"),
        ({"messages": [{"role": "king", "content": "x"}]}, 400, "invalid_value"),
        ({"messages": [{"role": "user", "content": 5}]}, 400, "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, 400, "invalid_value"),
        ({"n": 0}, 400, "invalid_value"),
        ({"n": 1000}, 400, "invalid_value"),
        ({"max_tokens": "many"}, 400, "invalid_value"),
        ({"stream": "yes"}, 400, "invalid_value"),
        ({"stop": 5}, 400, "invalid_value"),
        ({"response_format": {"type": "poem"}}, 400, "invalid_value"),
        ({"response_format": {"type": "json_schema"}}, 400, "invalid_value"),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"schema": {"type": "string", "pattern": "a+"}},
                }
            },
            400,
            "invalid_json_schema",
        ),
        ({"messages": [{"role": "user", "content": "[[sandbox:fail]]"}]}, 400, "invalid_value"),
        (
            {"messages": [{"role": "user", "content": "[[sandbox:banned]]"}]},
            400,
            "sensitive_words_detected",
        ),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_in_openais_shape(
    client: httpx.Client, body: Json, status: int, code: str
) -> None:
    answer = chat(client, **body)

    error = answer.json()["error"]
    assert {"message", "type", "param", "code"} == set(error)
    assert (status, code) == (answer.status_code, error["code"])


def test_a_request_without_a_model_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/chat/completions", json={"messages": HELLO})

    assert (400, "new_api_error") == (answer.status_code, answer.json()["error"]["type"])


def test_a_saturated_upstream_refuses_once(client: httpx.Client) -> None:
    talk = [{"role": "user", "content": "[[sandbox:queue-full]] hello"}]

    assert [429, 200] == [chat(client, messages=talk).status_code for _ in range(2)]
