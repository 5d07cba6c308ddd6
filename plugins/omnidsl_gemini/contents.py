"""Google's own protocol, `generateContent` (wire reference, 4.6): what is sent, and what is made of the reply."""

from collections.abc import Mapping
from urllib.parse import quote

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
from omnidsl_gemini.streamed import ContentStream

STAGE = "generate"

REPLIES: tuple[ReplyRule, ...] = (
    ReplyRule(verdict="accepted", status=(200,), field="candidates.0"),
    ReplyRule(verdict="accepted", status=(200,), field="promptFeedback.blockReason"),
    ReplyRule(
        verdict="rejected",
        status=(400,),
        contains="API_KEY_INVALID",
        reason="auth",
        fault="account",
    ),
    ReplyRule(
        verdict="rejected",
        status=(400,),
        field="error.status",
        values=("FAILED_PRECONDITION",),
        reason="forbidden",
    ),
    ReplyRule(
        verdict="rejected",
        status=(404,),
        field="error.status",
        values=("NOT_FOUND",),
        reason="no-such-model",
    ),
)

_ENDINGS: Mapping[str, str] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "refused",
    "RECITATION": "refused",
    "BLOCKLIST": "refused",
    "PROHIBITED_CONTENT": "refused",
    "SPII": "refused",
    "IMAGE_SAFETY": "refused",
    "IMAGE_PROHIBITED_CONTENT": "refused",
    "IMAGE_RECITATION": "refused",
}

_ROLES = {"user": "user", "assistant": "model"}


async def ask(question: Question, call: Call, context: Context) -> Made:
    """Ask once and return the answer; Failed when there is none that can be used."""
    headers = {"x-goog-api-key": KEY, "Idempotency-Key": call.attempt_id}
    way = "streamGenerateContent?alt=sse" if context.listening else "generateContent"
    # Whatever a recipe calls a model, it stays one part of the path.
    path = f"/v1beta/models/{quote(question.model, safe='')}:{way}"
    body = request(question)
    reply = await context.pay(path, body, headers=headers, stage=STAGE, stream=ContentStream)
    return made(reply)


NATIVE = Way(STAGE, ContentStream, ask)


def request(question: Question) -> dict[str, JSON]:
    """Return the body that asks a question; ArgumentError where nobody has said anything."""
    rows: list[JSON] = [row for turn in question.spoken() if (row := _row(turn))]
    if not rows:
        raise ArgumentError("chat", "messages", "a conversation with words in it", None)
    body: dict[str, JSON] = {"contents": rows}
    if question.system.strip():
        body["systemInstruction"] = {"parts": [{"text": question.system}]}
    config: dict[str, JSON] = {}
    if question.temperature is not None:
        config["temperature"] = question.temperature
    if question.max_tokens is not None:
        config["maxOutputTokens"] = question.max_tokens
    if question.expects is not None:
        config["responseMimeType"] = "application/json"
        schema = None if question.wants_any_json else _schema(dict(question.expects))
        if schema is not None:
            config["responseSchema"] = schema
    return {**body, "generationConfig": config} if config else body


def _row(turn: Turn) -> JSON:
    """Return a turn as it is sent; None for one of white space."""
    parts: list[JSON] = []
    for one in turn.parts:
        if not isinstance(one, str):
            parts.append({"inlineData": {"mimeType": one.media_type, "data": one.data}})
        elif one.strip():
            parts.append({"text": one})
    return {"role": _ROLES[turn.role], "parts": parts} if parts else None


def _schema(plain: JSON) -> JSON:
    """Return a JSON Schema in Google's words, which know less; None where it leaves a type open."""
    if not isinstance(plain, dict) or not isinstance(kind := plain.get("type"), str):
        return None
    made: dict[str, JSON] = {"type": kind.upper()}
    made.update({name: plain[name] for name in ("minimum", "maximum", "required") if name in plain})
    if "items" in plain:
        items = _schema(plain["items"])
        if items is None:
            return None
        made["items"] = items
    properties = plain.get("properties")
    if isinstance(properties, dict):
        inner = {name: _schema(one) for name, one in properties.items()}
        if None in inner.values():
            return None
        made["properties"] = inner
    return made


def made(reply: Reply) -> Made:
    """Return the answer of an accepted reply; Failed and Ambiguous as `ask` raises them."""
    body = reply.json()
    if not isinstance(body, dict):
        raise Ambiguous("no-answer", "the reply holds no answer", reply)
    facts: dict[str, JSON] = {
        "model": body.get("modelVersion"),
        "usage": _usage(body.get("usageMetadata")),
        "id": body.get("responseId"),
    }
    candidates, feedback = body.get("candidates"), body.get("promptFeedback")
    candidate = candidates[0] if isinstance(candidates, list) and candidates else None
    if not isinstance(candidate, dict):
        blocked = feedback.get("blockReason") if isinstance(feedback, dict) else None
        if blocked is None:
            raise Ambiguous("no-answer", "the reply holds no answer", reply)
        return finish("", "refused", facts, f"the question was blocked: {blocked}")
    content, reason = candidate.get("content"), str(candidate.get("finishReason") or "")
    parts = content.get("parts") if isinstance(content, dict) else None
    ending, said = _ENDINGS.get(reason, reason), candidate.get("finishMessage")
    refusal = said if isinstance(said, str) and said else f"the answer was stopped: {reason}"
    return finish(_text(parts), ending, facts, refusal if ending == "refused" else "")


def _text(parts: JSON) -> str:
    """Return the words of an answer; a model's thoughts are none of it."""
    if not isinstance(parts, list):
        return ""
    said = [one for one in parts if isinstance(one, dict) and one.get("thought") is not True]
    return "".join(text for one in said if isinstance(text := one.get("text"), str))


def _usage(usage: JSON) -> dict[str, JSON]:
    """Return what was used, counted under the names that prices go by; thoughts are paid for as what is written."""
    known = numbers(usage)
    if not known:
        return {}
    written = [known.get(name, 0) for name in ("candidatesTokenCount", "thoughtsTokenCount")]
    return {
        "prompt_tokens": known.get("promptTokenCount", 0),
        "completion_tokens": sum(one for one in written if isinstance(one, int)),
        "total_tokens": known.get("totalTokenCount", 0),
    }
