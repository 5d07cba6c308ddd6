"""POST /v1/messages: how it is read, and how an answer is written, whole and as named events (wire reference, 4.6)."""

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
from omnidsl_sandbox.chat.conversation import Message, settled
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject, dump, load

_MOST_STOPS = 8191
_ENDINGS = {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"}


def ask(body: JsonObject) -> Asked:
    """Return what a request asks; Refused for what is missing, of a wrong type or out of range."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise _bad("model", "Field required")
    most = whole_number(body, "max_tokens", 1, None)
    if most is None:
        raise _bad("max_tokens", "Field required")
    check_number(body, "temperature", 1)
    stops = stops_of(body, "stop_sequences", _MOST_STOPS)
    tool, schema = _tool(body)
    return Asked(
        model=model,
        talk=settled(_messages(body)),
        wish=Wishes(most_tokens=most, stops=() if tool else stops, streamed=flag(body, "stream")),
        wanted=Wanted("schema", schema) if tool else Wanted(),
        tool=tool,
    )


def _messages(body: JsonObject) -> list[Message]:
    given = body.get("messages")
    if not isinstance(given, list) or not given:
        raise _bad("messages", "at least one message is required")
    found = [] if body.get("system") is None else [_said("system", body["system"], "system")]
    for number, one in enumerate(given):
        place = f"messages.{number}"
        role = one.get("role") if isinstance(one, dict) else None
        if not isinstance(one, dict) or role not in ("user", "assistant"):
            raise _bad(f"{place}.role", "Input should be 'user' or 'assistant'")
        if number == 0 and role != "user":
            raise _bad(place, 'first message must use the "user" role')
        found.append(_said(str(role), one.get("content"), f"{place}.content"))
    return found


def _said(role: str, content: Json, place: str) -> Message:
    if isinstance(content, str):
        if not content.strip():
            raise _bad(place, "text content blocks must contain non-whitespace text")
        return Message(role, content)
    if not isinstance(content, list) or not content:
        raise _bad(place, "Input should be a valid string or list of blocks")
    words: list[str] = []
    pictures: list[str] = []
    for number, block in enumerate(content):
        spot = f"{place}.{number}"
        match block:
            case {"type": "text", "text": str(text)}:
                if not text.strip():
                    raise _bad(spot, "text content blocks must contain non-whitespace text")
                words.append(text)
            case {"type": "image", "source": {"type": "url", "url": str(address)}}:
                pictures.append(address)
            case {
                "type": "image",
                "source": {"type": "base64", "media_type": str(kind), "data": str(data)},
            }:
                pictures.append(f"data:{kind};base64,{data}")
            case _:
                raise _bad(spot, "a text or an image: this simulator reads nothing else")
    return Message(role, "\n".join(words), tuple(pictures))


def _tool(body: JsonObject) -> tuple[str, Json]:
    """Return the tool that must be called, and what it takes; an empty name for none."""
    tools, choice = body.get("tools"), body.get("tool_choice")
    known = [one for one in tools if isinstance(one, dict)] if isinstance(tools, list) else []
    kind = choice.get("type") if isinstance(choice, dict) else "auto"
    if kind not in ("tool", "any") or not isinstance(choice, dict):
        return "", True
    named = [one for one in known if kind == "any" or one.get("name") == choice.get("name")]
    if not named or not isinstance(name := named[0].get("name"), str) or not name:
        raise _bad("tool_choice", "Tool not found in provided tools")
    return name, named[0].get("input_schema", {"type": "object"})


def whole(answered: Answered) -> JsonObject:
    """Return the object of a reply that is not streamed."""
    (choice,) = answered.choices
    content: list[Json] = []
    if answered.asked.tool:
        content.append({**_opening(answered), "input": _input(choice)})
    elif choice.ending != "refused":
        content.append({**_opening(answered), "text": choice.text})
    ended = _ended(answered, choice)
    return {**_head(answered), "content": content, **ended, "usage": _usage(answered)}


def events(answered: Answered) -> Iterator[bytes]:
    """Yield the named events of a streamed reply."""
    (choice,) = answered.choices
    unset: JsonObject = {"stop_reason": None, "stop_sequence": None, "stop_details": None}
    begun: JsonObject = {**_usage(answered), "output_tokens": 1}
    message: JsonObject = {**_head(answered), "content": [], **unset, "usage": begun}
    yield _event("message_start", {"message": message})
    if choice.ending != "refused":
        yield _event("content_block_start", {"index": 0, "content_block": _opening(answered)})
        yield _event("ping", {})
        for token in choice.tokens:
            delta: JsonObject = (
                {"type": "input_json_delta", "partial_json": token}
                if answered.asked.tool
                else {"type": "text_delta", "text": token}
            )
            yield _event("content_block_delta", {"index": 0, "delta": delta})
        yield _event("content_block_stop", {"index": 0})
    names = ("service_tier", "inference_geo", "cache_creation")
    used = {name: one for name, one in _usage(answered).items() if name not in names}
    ended: JsonObject = {**_ended(answered, choice), "container": None}
    yield _event("message_delta", {"delta": ended, "usage": used})
    yield _event("message_stop", {})


def _event(name: str, data: JsonObject) -> bytes:
    return f"event: {name}\ndata: ".encode() + dump({"type": name, **data}) + b"\n\n"


def _head(answered: Answered) -> JsonObject:
    return {
        "id": f"msg_{answered.id}",
        "type": "message",
        "role": "assistant",
        "model": answered.asked.model,
        "container": None,
    }


def _opening(answered: Answered) -> JsonObject:
    """Return the block of an answer before its first word."""
    if not answered.asked.tool:
        return {"type": "text", "text": "", "citations": None}
    return {
        "type": "tool_use",
        "id": f"toolu_{answered.id}",
        "name": answered.asked.tool,
        "input": {},
        "caller": {"type": "direct"},
    }


def _input(choice: Choice) -> Json:
    """Return what the tool is called with: an object, empty where it was cut."""
    made = load(choice.text.encode("utf-8", "replace")) if choice.ending == "stop" else {}
    return made if isinstance(made, dict) else {"value": made}


def _ended(answered: Answered, choice: Choice) -> JsonObject:
    done = choice.ending == "stop" and bool(answered.asked.tool)
    details: Json = (
        {"type": "refusal", "category": None, "explanation": choice.text}
        if choice.ending == "refused"
        else None
    )
    return {
        "stop_reason": "tool_use" if done else _ENDINGS[choice.ending],
        "stop_sequence": None,
        "stop_details": details,
    }


def _usage(answered: Answered) -> JsonObject:
    return {
        "input_tokens": answered.asked.tokens,
        "output_tokens": answered.tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": None,
        "output_tokens_details": None,
        "server_tool_use": None,
        "service_tier": "standard",
        "inference_geo": None,
    }


def _bad(place: str, wrong: str) -> Refused:
    return Refused("bad-value", {"reason": f"{place}: {wrong}"})
