"""Anthropic's own protocol, `POST /v1/messages` (wire reference, 4.6): what is sent, and what is made of the reply."""

import json
import re
from collections.abc import Mapping

from omnidsl.plugins import (
    JSON,
    KEY,
    Ambiguous,
    ArgumentError,
    Call,
    Context,
    Made,
    Reply,
    ReplyRule,
)
from omnidsl.plugins.chat import Question, Turn, Way, finish, numbers
from omnidsl_claude.streamed import MessageStream

PATH = "/v1/messages"
STAGE = "messages"
VERSION = "2023-06-01"
"""`anthropic-version`: the one that every server of this protocol knows."""

LONGEST = 4096
"""Tokens of an answer where the recipe says nothing; the protocol wants a number."""

_TOOL = "answer"
"""The tool that a typed binding makes the model call: its input is the answer."""

_UNFORCED = re.compile(r"claude-fable-")
"""Models that refuse to be made to call a tool."""

REPLIES: tuple[ReplyRule, ...] = (
    ReplyRule(verdict="accepted", status=(200, 201), field="stop_reason"),
    ReplyRule(verdict="accepted", status=(200, 201), field="content.0"),
    ReplyRule(
        verdict="rejected",
        status=(400,),
        field="error.type",
        values=("invalid_request_error", "billing_error"),
        contains="credit balance is too low",
        reason="quota",
        fault="account",
    ),
    ReplyRule(
        verdict="rejected",
        status=(404,),
        field="error.type",
        values=("not_found_error",),
        reason="no-such-model",
    ),
    ReplyRule(
        verdict="retry-later",
        status=(529,),
        field="error.type",
        values=("overloaded_error",),
        reason="overloaded",
    ),
)

_ENDINGS: Mapping[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
}


async def ask(question: Question, call: Call, context: Context) -> Made:
    """Ask once and return the answer; Failed when there is none that can be used."""
    body = request(question)
    if context.listening:
        body["stream"] = True
    headers = {
        "x-api-key": KEY,
        "anthropic-version": VERSION,
        "Idempotency-Key": call.attempt_id,
    }
    reply = await context.pay(PATH, body, headers=headers, stage=STAGE, stream=MessageStream)
    return made(reply)


NATIVE = Way(STAGE, MessageStream, ask)


def request(question: Question) -> dict[str, JSON]:
    """Return the body that asks a question in one piece; ArgumentError where the user does not begin."""
    rows: list[JSON] = [row for turn in question.spoken() if (row := _row(turn))]
    first = rows[0] if rows else None
    if not isinstance(first, dict) or first["role"] != "user":
        found = first["role"] if isinstance(first, dict) else None
        raise ArgumentError("chat", "messages", "a conversation that the user begins", found)
    body: dict[str, JSON] = {
        "model": question.model,
        "max_tokens": question.max_tokens or LONGEST,
        "messages": rows,
    }
    if question.system.strip():
        body["system"] = question.system
    if question.temperature is not None:
        body["temperature"] = question.temperature
    if question.expects is not None:
        described = "Give the answer by calling this, and say nothing else."
        body["tools"] = [
            {"name": _TOOL, "description": described, "input_schema": dict(question.expects)}
        ]
        forced: JSON = {"type": "tool", "name": _TOOL}
        body["tool_choice"] = {"type": "auto"} if _UNFORCED.match(question.model) else forced
    return body


def _row(turn: Turn) -> JSON:
    """Return a turn as it is sent; None for one of white space, which the protocol refuses."""
    parts: list[JSON] = []
    for one in turn.parts:
        if not isinstance(one, str):
            source: JSON = {"type": "base64", "media_type": one.media_type, "data": one.data}
            parts.append({"type": "image", "source": source})
        elif one.strip():
            parts.append({"type": "text", "text": one})
    if not parts:
        return None
    if len(parts) == len(turn.parts) == 1 and turn.text:
        return {"role": turn.role, "content": turn.text}
    return {"role": turn.role, "content": parts}


def made(reply: Reply) -> Made:
    """Return the answer of an accepted reply; Failed and Ambiguous as `ask` raises them."""
    body = reply.json()
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(content, list):
        raise Ambiguous("no-answer", "the reply holds no message", reply)
    blocks = [one for one in content if isinstance(one, dict)]
    called = next((one.get("input") for one in blocks if one.get("type") == "tool_use"), None)
    texts = [one.get("text") for one in blocks if one.get("type") == "text"]
    text = "".join(one for one in texts if isinstance(one, str))
    reason, details = body.get("stop_reason"), body.get("stop_details")
    told = details.get("explanation") if isinstance(details, dict) else None
    facts: dict[str, JSON] = {
        "model": body.get("model"),
        "usage": _usage(body.get("usage")),
        "id": body.get("id"),
    }
    return finish(
        text if called is None else json.dumps(called, ensure_ascii=False),
        _ENDINGS.get(str(reason), str(reason or "")),
        facts,
        told if reason == "refusal" and isinstance(told, str) else "",
    )


def _usage(usage: JSON) -> dict[str, JSON]:
    """Return what was used, counted under the names that prices go by; what came from a cache was read, too."""
    known = numbers(usage)
    if not known:
        return {}
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    read = sum(one for name in names if isinstance(one := known.get(name, 0), int))
    written = known.get("output_tokens", 0)
    total = read + (written if isinstance(written, int) else 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": total}
