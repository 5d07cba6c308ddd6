"""The protocol of `/v1/chat/completions`, which most gateways speak for models of any vendor (wire reference, 4.1)."""

import re

from omnidsl.plugins.backend import Call, Context
from omnidsl.plugins.chat.endings import finish, numbers
from omnidsl.plugins.chat.question import Question, Turn
from omnidsl.plugins.chat.streamed import ChatStream
from omnidsl.plugins.chat.ways import Way
from omnidsl.plugins.media import JSON, Made
from omnidsl.plugins.outcomes import Ambiguous, Reply, ReplyRule

PATH = "/v1/chat/completions"
STAGE = "submit"

REPLIES: tuple[ReplyRule, ...] = (
    ReplyRule(verdict="accepted", status=(200, 201), field="choices.0"),
    ReplyRule(verdict="ambiguous", status=(200, 201), reason="no-answer"),
)
"""What replies to `complete` mean; the last row catches any other success, so a backend's own rows stand before it."""

_REASONING = re.compile(r"(?:.*/)?(?:o\d|gpt-[5-9])")
"""Models that refuse `max_tokens` and want `max_completion_tokens` (wire reference, 4.1)."""

_NUDGE = "Answer with one JSON object."
"""Said where no turn speaks of JSON: OpenAI refuses JSON mode without the word."""


async def complete(question: Question, call: Call, context: Context) -> Made:
    """Ask once and return the answer; Failed when there is none that can be used.

    The attempt's id travels as `Idempotency-Key`: a server that knows the header answers a repeated purchase from its
    books, and others ignore it. It does not go into `user`, which names an end user: a new one with every request
    would spoil a gateway's caches and its account of who asks.
    """
    body = request(question)
    if context.listening:
        body["stream"] = True
        # What an answer cost is read from its usage, which streams tell only when asked.
        body["stream_options"] = {"include_usage": True}
    headers = {"Idempotency-Key": call.attempt_id}
    return made(await context.pay(PATH, body, headers=headers, stage=STAGE, stream=ChatStream))


COMPATIBLE = Way(STAGE, ChatStream, complete)
"""This protocol, for a service that speaks another one, too."""


def request(question: Question) -> dict[str, JSON]:
    """Return the body that asks a question in one piece."""
    turns = question.turns
    if question.wants_any_json and not any("json" in one.text.lower() for one in turns):
        turns = (Turn("system", (_NUDGE,)), *turns)
    body: dict[str, JSON] = {"model": question.model, "messages": [_row(one) for one in turns]}
    if question.temperature is not None:
        body["temperature"] = question.temperature
    if question.max_tokens is not None:
        name = "max_completion_tokens" if _REASONING.match(question.model) else "max_tokens"
        body[name] = question.max_tokens
    if question.wants_any_json:
        body["response_format"] = {"type": "json_object"}
    elif question.expects is not None:
        schema = dict(question.expects)
        described: JSON = {"name": "answer", "strict": _is_certain(schema), "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": described}
    return body


def _row(turn: Turn) -> JSON:
    if all(isinstance(one, str) for one in turn.parts):
        return {"role": turn.role, "content": turn.text}
    parts: list[JSON] = []
    for one in turn.parts:
        if not isinstance(one, str):
            url = f"data:{one.media_type};base64,{one.data}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
        elif one.strip():
            parts.append({"type": "text", "text": one})
    return {"role": turn.role, "content": parts}


def _is_certain(schema: JSON) -> bool:
    """Tell whether a schema leaves nothing open; one that does is refused where it is asked for strictly."""
    if isinstance(schema, list):
        return all(_is_certain(one) for one in schema)
    if not isinstance(schema, dict):
        return True
    return bool(schema) and all(_is_certain(one) for one in schema.values())


def made(reply: Reply) -> Made:
    """Return the answer of an accepted reply; Failed and Ambiguous as `complete` raises them."""
    body = reply.json()
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(body, dict) or not isinstance(choice, dict) or not isinstance(message, dict):
        raise Ambiguous("no-answer", "the reply holds no message", reply)
    reason, refusal = choice.get("finish_reason"), message.get("refusal")
    facts: dict[str, JSON] = {
        "model": body.get("model"),
        "usage": numbers(body.get("usage")),
        "id": body.get("id"),
    }
    return finish(
        _text(message.get("content")),
        {"content_filter": "refused"}.get(str(reason), str(reason or "")),
        facts,
        refusal if isinstance(refusal, str) else "",
    )


def _text(content: JSON) -> str:
    """Return a message's text: one string, or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [one.get("text") for one in content if isinstance(one, dict)]
    return "".join(one for one in parts if isinstance(one, str))
