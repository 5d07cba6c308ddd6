"""POST /v1/chat/completions: how it is read, and how an answer is written, whole and streamed (wire reference, 4.1)."""

from collections.abc import Iterator

from omnidsl_sandbox.chat.asking import (
    Answered,
    Asked,
    Choice,
    Wanted,
    Wishes,
    check_number,
    flag,
    stops_of,
    whole_number,
)
from omnidsl_sandbox.chat.conversation import conversation
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject, dump

_MOST_CHOICES = 8
_MOST_LOGPROBS = 20


def ask(body: JsonObject) -> Asked:
    """Return what a request asks; Refused for what is missing, of a wrong type or out of range."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Refused("no-model")
    talk = conversation(body)
    check_number(body, "temperature", 2)
    return Asked(model=model, talk=talk, wish=_wishes(body), wanted=_wanted(body))


def _wishes(body: JsonObject) -> Wishes:
    most = whole_number(body, "max_completion_tokens", 1, None)
    options = body.get("stream_options")
    likely = whole_number(body, "top_logprobs", 0, _MOST_LOGPROBS)
    if likely is not None and not flag(body, "logprobs"):
        raise Refused("bad-value", {"reason": "'top_logprobs' needs 'logprobs' to be true"})
    return Wishes(
        count=whole_number(body, "n", 1, _MOST_CHOICES) or 1,
        most_tokens=most or whole_number(body, "max_tokens", 1, None),
        stops=stops_of(body, "stop", 4),
        streamed=flag(body, "stream"),
        with_usage=isinstance(options, dict) and options.get("include_usage") is True,
        logprobs=(likely or 0) if flag(body, "logprobs") else None,
    )


def _wanted(body: JsonObject) -> Wanted:
    given = body.get("response_format")
    kind = given.get("type") if isinstance(given, dict) else None
    if given is None or kind == "text":
        return Wanted()
    if kind == "json_object":
        return Wanted("object")
    if kind != "json_schema" or not isinstance(given, dict):
        raise Refused("bad-value", {"reason": "Invalid value for 'response_format.type'"})
    described = given.get("json_schema")
    if not isinstance(described, dict):
        reason = "Missing required parameter: 'response_format.json_schema'"
        raise Refused("bad-value", {"reason": reason})
    return Wanted("schema", described.get("schema", {"type": "object"}))


def whole(answered: Answered) -> JsonObject:
    """Return the object of a reply that is not streamed."""
    choices: list[Json] = [
        {
            "index": index,
            "message": {"role": "assistant", **_said(choice), "annotations": []},
            "logprobs": _likelihood(choice, choice.tokens, answered),
            "finish_reason": _reason(choice),
        }
        for index, choice in enumerate(answered.choices)
    ]
    return {**_head("chat.completion", answered), "choices": choices, "usage": _usage(answered)}


def events(answered: Answered) -> Iterator[bytes]:
    """Yield the server-sent events of a streamed reply; where usage is wished for, a chunk without choices has it."""
    for index, choice in enumerate(answered.choices):
        name = "refusal" if choice.ending == "refused" else "content"
        opening: JsonObject = {"role": "assistant", "content": "", "refusal": None}
        yield _event(answered, index, opening, None)
        for token in choice.tokens:
            likely = _likelihood(choice, (token,), answered)
            yield _event(answered, index, {name: token}, None, likely)
        yield _event(answered, index, {}, _reason(choice))
    if answered.asked.wish.with_usage:
        head = _head("chat.completion.chunk", answered)
        yield b"data: " + dump({**head, "choices": [], "usage": _usage(answered)}) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _event(
    answered: Answered, index: int, delta: JsonObject, reason: str | None, likely: Json = None
) -> bytes:
    choice: JsonObject = {
        "index": index,
        "delta": delta,
        "logprobs": likely,
        "finish_reason": reason,
    }
    chunk: JsonObject = {**_head("chat.completion.chunk", answered), "choices": [choice]}
    if answered.asked.wish.with_usage:
        chunk["usage"] = None
    return b"data: " + dump(chunk) + b"\n\n"


def _said(choice: Choice) -> JsonObject:
    refused = choice.ending == "refused"
    return {
        "content": None if refused else choice.text,
        "refusal": choice.text if refused else None,
    }


def _reason(choice: Choice) -> str:
    return "length" if choice.ending == "length" else "stop"


def _likelihood(choice: Choice, tokens: tuple[str, ...], answered: Answered) -> Json:
    """Return how likely tokens were, where that was asked: a simulator is always sure."""
    most = answered.asked.wish.logprobs
    if most is None:
        return None
    rows: list[Json] = []
    for token in tokens:
        sure: JsonObject = {
            "token": token,
            "logprob": 0.0,
            "bytes": list(token.encode("utf-8", "replace")),
        }
        rows.append({**sure, "top_logprobs": [sure] if most else []})
    refused = choice.ending == "refused"
    return {"content": None if refused else rows, "refusal": rows if refused else None}


def _head(kind: str, answered: Answered) -> JsonObject:
    return {
        "id": f"chatcmpl-{answered.id}",
        "object": kind,
        "created": answered.created,
        "model": answered.asked.model,
        "service_tier": "default",
        "system_fingerprint": "fp_simulated",
    }


def _usage(answered: Answered) -> JsonObject:
    return {
        "prompt_tokens": answered.asked.tokens,
        "completion_tokens": answered.tokens,
        "total_tokens": answered.asked.tokens + answered.tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
