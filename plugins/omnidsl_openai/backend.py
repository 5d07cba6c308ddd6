"""OpenAI's chats and pictures through a gateway: one paid request whose reply is the answer."""

import base64
import re
from collections.abc import Mapping
from typing import ClassVar

from omnidsl.plugins import (
    JSON,
    Ambiguous,
    Artifact,
    Backend,
    Call,
    Context,
    Failed,
    Made,
    Messages,
    Reply,
    ReplyRule,
)
from omnidsl_openai import Chat, Draw, pictures
from omnidsl_openai.streamed import ChatStream

_REASONING = re.compile(r"(o\d|gpt-5)")
"""Models that refuse `max_tokens` and want `max_completion_tokens` (wire reference, chat)."""


class OpenAI(Backend):
    """`chat` and `image`.

    The attempt's id travels as `Idempotency-Key`: a server that knows the header answers a repeated purchase from its
    books, and others ignore it. It does not go into `user`, which names an end user: a new one with every request
    would spoil a gateway's caches and its account of who asks.
    """

    replies: ClassVar[tuple[ReplyRule, ...]] = (
        ReplyRule(verdict="accepted", status=(200, 201), field="choices.0"),
        ReplyRule(verdict="accepted", status=(200, 201), field="data.0"),
        ReplyRule(verdict="ambiguous", status=(200, 201), reason="no-answer"),
    )

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        operation = call.operation
        headers = {"Idempotency-Key": call.attempt_id}
        if isinstance(operation, Draw):
            asked = pictures.request(operation)
            return pictures.made(
                await context.pay("/v1/images/generations", asked, headers=headers)
            )
        if not isinstance(operation, Chat):
            raise TypeError(f"openai has no operation {type(operation).__name__}")
        body: dict[str, JSON] = {
            "model": operation.model,
            "messages": await _messages(operation, context),
        }
        if operation.temperature is not None:
            body["temperature"] = operation.temperature
        if operation.max_tokens is not None:
            name = "max_completion_tokens" if _REASONING.match(operation.model) else "max_tokens"
            body[name] = operation.max_tokens
        if call.expects is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": dict(call.expects)},
            }
        if context.listening:
            body["stream"] = True
            # What an answer cost is read from its usage, which streams tell only when asked.
            body["stream_options"] = {"include_usage": True}
        reply = await context.pay("/v1/chat/completions", body, headers=headers, stream=ChatStream)
        return _made(reply)


async def _messages(operation: Chat, context: Context) -> list[JSON]:
    rows: list[JSON] = []
    if operation.system:
        rows.append({"role": "system", "content": operation.system})
    if isinstance(operation.messages, Messages):
        rows += [
            {"role": turn.role, "content": await _content(turn.parts, context)}
            for turn in operation.messages.turns
        ]
    else:
        rows.append({"role": "user", "content": operation.messages})
    return rows


async def _content(parts: tuple[str | Artifact, ...], context: Context) -> JSON:
    if all(isinstance(one, str) for one in parts):
        return "".join(one for one in parts if isinstance(one, str))
    found: list[JSON] = []
    for one in parts:
        if isinstance(one, Artifact):
            data = base64.b64encode(await context.read(one.sha256)).decode()
            found.append(
                {"type": "image_url", "image_url": {"url": f"data:{one.media_type};base64,{data}"}}
            )
        elif one.strip():
            found.append({"type": "text", "text": one})
    return found


def _made(reply: Reply) -> Made:
    body = reply.json()
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(body, dict) or not isinstance(choice, dict) or not isinstance(message, dict):
        raise Ambiguous("no-answer", "the reply holds no message", reply)
    text = _text(message.get("content"))
    reason = choice.get("finish_reason")
    refusal = message.get("refusal")
    facts: dict[str, JSON] = {
        "model": body.get("model"),
        "usage": _numbers(body.get("usage")),
        "finish_reason": reason,
        "id": body.get("id"),
    }
    if isinstance(refusal, str) and refusal.strip():
        raise Failed("refused-answer", refusal.strip(), facts)
    if reason == "content_filter":
        words = text or "its content filter stopped the answer"
        raise Failed("refused-answer", words, facts)
    if not text.strip():
        length = (
            "it reached its longest length before the first word"
            if reason == "length"
            else "the answer is empty"
        )
        raise Failed("empty-answer", length, facts)
    return Made(text=text, facts={name: value for name, value in facts.items() if value})


def _text(content: JSON) -> str:
    """Return a message's text: one string, or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [one.get("text") for one in content if isinstance(one, dict)]
    return "".join(one for one in parts if isinstance(one, str))


def _numbers(usage: JSON) -> dict[str, JSON]:
    if not isinstance(usage, Mapping):
        return {}
    return {
        name: value
        for name, value in usage.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
