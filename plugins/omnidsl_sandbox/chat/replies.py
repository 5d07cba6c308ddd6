"""What the simulator says: words that depend on the whole conversation and never pretend to understand it."""

import hashlib
from collections.abc import Sequence

from omnidsl_sandbox.chat.asking import Asked
from omnidsl_sandbox.chat.conversation import Conversation
from omnidsl_sandbox.chat.instances import SchemaError, instance
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import dump
from omnidsl_sandbox.markers import without_markers

_OPENINGS = (
    "A simulated answer to",
    "What a simulator makes of",
    "No model was asked; this stands in for an answer to",
)


def reply(asked: Asked, captions: Sequence[str], take: int) -> str:
    """Return the answer in the wanted form; Refused for a schema that cannot be met.

    Equal conversations and takes give equal answers; a later take, or another word anywhere, gives another one.
    """
    talk, wanted = asked.talk, asked.wanted
    text = _text(talk, captions, take)
    if wanted.form == "text":
        return text
    if wanted.form == "object":
        return dump({"simulated": True, "reply": text}).decode()
    try:
        topic = _short(talk.question or " ".join(captions), 60)
        return dump(instance(wanted.schema, topic)).decode()
    except SchemaError as error:
        raise Refused("bad-schema", {"reason": str(error)}) from error


def refusal(asked: Asked) -> str:
    """Return the words of a model that refuses to answer."""
    return f'SIMULATED. I cannot help with "{_short(without_markers(asked.talk.question), 160)}".'


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
