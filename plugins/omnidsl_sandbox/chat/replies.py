"""What the simulator says: words that depend on the whole conversation and never pretend to understand it."""

import hashlib
from collections.abc import Sequence

from omnidsl_sandbox.chat.conversation import Conversation
from omnidsl_sandbox.chat.instances import SchemaError, instance
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject, dump

_OPENINGS = (
    "A simulated answer to",
    "What a simulator makes of",
    "No model was asked; this stands in for an answer to",
)


def reply(body: JsonObject, talk: Conversation, captions: Sequence[str], take: int) -> str:
    """Return the answer in the wanted `response_format`; Refused for a format or schema that cannot be met.

    Equal conversations and takes give equal answers; a later take, or another word anywhere, gives another one.
    """
    wanted = body.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    text = _text(talk, captions, take)
    if wanted is None or kind == "text":
        return text
    if kind == "json_object":
        return dump({"simulated": True, "reply": text}).decode()
    if kind != "json_schema" or not isinstance(wanted, dict):
        raise Refused("bad-value", {"reason": "Invalid value for 'response_format.type'"})
    described = wanted.get("json_schema")
    if not isinstance(described, dict):
        raise Refused(
            "bad-value", {"reason": "Missing required parameter: 'response_format.json_schema'"}
        )
    schema: Json = described.get("schema", {"type": "object"})
    try:
        return dump(instance(schema, _short(talk.question or " ".join(captions), 60))).decode()
    except SchemaError as error:
        raise Refused("bad-schema", {"reason": str(error)}) from error


def _text(talk: Conversation, captions: Sequence[str], take: int) -> str:
    digest = hashlib.sha256(
        f"{talk.messages!r} {captions!r} {take}".encode("utf-8", "replace")
    ).hexdigest()
    opening = _OPENINGS[int(digest[:4], 16) % len(_OPENINGS)]
    sentences = [f'SIMULATED. {opening} "{_short(talk.question, 160)}".']
    if talk.instruction:
        sentences.append(f'The instruction was "{_short(talk.instruction, 80)}".')
    sentences += captions
    turn = sum(one.role == "user" for one in talk.messages)
    sentences.append(f"Turn {turn}, take {take + 1}, conversation {digest[4:10]}.")
    return " ".join(sentences)


def _short(text: str, width: int) -> str:
    """Return the text on one line, cut to `width` letters."""
    line = " ".join(text[: 4 * width].split())
    return line if len(line) <= width else line[: width - 2].rstrip() + " …"
