"""`:generateContent`: how it is read, and how an answer is written, whole and in pieces (wire reference, 4.6)."""

from collections.abc import Iterator

from omnidsl_sandbox.chat.asking import (
    Answered,
    Asked,
    Choice,
    Wanted,
    Wishes,
    check_number,
    stops_of,
    whole_number,
)
from omnidsl_sandbox.chat.conversation import Message, settled
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject

_MOST_CANDIDATES = 8
_MOST_STOPS = 5
_ENDINGS = {"stop": "STOP", "length": "MAX_TOKENS"}
_ROLES = {"user": "user", "model": "assistant"}
_UNREAD = ("propertyOrdering", "property_ordering", "nullable", "example")
_BLOCKED = "PROHIBITED_CONTENT"


def ask(body: JsonObject, model: str, *, streamed: bool) -> Asked:
    """Return what a request asks; Refused for what is missing, of a wrong type or out of range."""
    config = _object(body, "generationConfig", "generation_config")
    check_number(config, "temperature", 2)
    wish = Wishes(
        count=whole_number(config, "candidateCount", 1, _MOST_CANDIDATES) or 1,
        most_tokens=whole_number(config, "maxOutputTokens", 1, None),
        stops=stops_of(config, "stopSequences", _MOST_STOPS),
        streamed=streamed,
    )
    return Asked(model=model, talk=settled(_messages(body)), wish=wish, wanted=_wanted(config))


def _messages(body: JsonObject) -> list[Message]:
    given = body.get("contents")
    if not isinstance(given, list) or not given:
        raise _bad("contents", "contents is not specified")
    told = _object(body, "systemInstruction", "system_instruction")
    found = [_said("system", told, "system_instruction")] if told else []
    for number, one in enumerate(given):
        place = f"contents[{number}]"
        role = one.get("role", "user") if isinstance(one, dict) else None
        if not isinstance(one, dict) or role not in _ROLES:
            raise _bad(f"{place}.role", "Please use a valid role: user, model.")
        found.append(_said(_ROLES[str(role)], one, place))
    return found


def _said(role: str, content: JsonObject, place: str) -> Message:
    parts = content.get("parts")
    if not isinstance(parts, list) or not parts:
        raise _bad(f"{place}.parts", "contents.parts must not be empty.")
    words: list[str] = []
    pictures: list[str] = []
    for number, part in enumerate(parts):
        match part:
            case {"text": str(text)}:
                words.append(text)
            case {"inlineData": dict(blob)} | {"inline_data": dict(blob)}:
                pictures.append(_data_url(blob, f"{place}.parts[{number}]"))
            case {"fileData": {"fileUri": str(address)}}:
                pictures.append(address)
            case _:
                place = f"{place}.parts[{number}]"
                raise _bad(place, "text or inlineData: this simulator reads nothing else")
    return Message(role, "\n".join(words), tuple(pictures))


def _data_url(blob: JsonObject, place: str) -> str:
    """Return a picture's address; its own client mixes both ways of writing names, and both alphabets of base64."""
    kind, data = blob.get("mimeType", blob.get("mime_type")), blob.get("data")
    if not isinstance(kind, str) or not isinstance(data, str):
        raise _bad(f"{place}.inline_data", "needs mime_type and data")
    return f"data:{kind};base64,{data.replace('-', '+').replace('_', '/')}"


def _wanted(config: JsonObject) -> Wanted:
    kind = config.get("responseMimeType")
    if kind in (None, "text/plain"):
        return Wanted()
    if kind != "application/json":
        raise _bad("generation_config.response_mime_type", "allowed mimetypes are text/plain …")
    for name in ("responseJsonSchema", "responseSchema"):
        if config.get(name) is not None:
            return Wanted("schema", _plain(config[name]))
    return Wanted("object")


def _plain(schema: Json) -> Json:
    """Return a schema in the words of JSON Schema: Google writes types in capitals, and some numbers as texts."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made: JsonObject = {}
    for name, value in schema.items():
        if name == "type" and isinstance(value, str):
            made[name] = value.lower()
        elif name.startswith(("min", "max")) and isinstance(value, str) and value.isdecimal():
            made[name] = int(value)
        elif name not in _UNREAD:
            made[name] = _plain(value)
    return made


def whole(answered: Answered) -> JsonObject:
    """Return the object of a reply that is not streamed."""
    if _is_blocked(answered):
        return _blocked(answered)
    candidates: list[Json] = [
        _candidate(index, choice.text, choice) for index, choice in enumerate(answered.choices)
    ]
    return {"candidates": candidates, **_foot(answered, answered.tokens)}


def pieces(answered: Answered) -> Iterator[JsonObject]:
    """Yield the partial replies of a streamed one; the last of each candidate says why it ended."""
    if _is_blocked(answered):
        yield _blocked(answered)
        return
    written = 0
    for index, choice in enumerate(answered.choices):
        *first, last = choice.tokens or ("",)
        for token in first:
            written += 1
            yield {"candidates": [_candidate(index, token)], **_foot(answered, written)}
        written += 1
        yield {"candidates": [_candidate(index, last, choice)], **_foot(answered, written)}


def _candidate(index: int, text: str, ended: Choice | None = None) -> JsonObject:
    candidate: JsonObject = {
        "content": {"parts": [{"text": text}], "role": "model"},
        "index": index,
    }
    if ended is not None:
        candidate["finishReason"] = _ENDINGS[ended.ending]
    return candidate


def _is_blocked(answered: Answered) -> bool:
    return answered.choices[0].ending == "refused"


def _blocked(answered: Answered) -> JsonObject:
    return {"promptFeedback": {"blockReason": _BLOCKED}, **_foot(answered, 0)}


def _foot(answered: Answered, written: int) -> JsonObject:
    read = answered.asked.tokens
    usage: JsonObject = {
        "promptTokenCount": read,
        "totalTokenCount": read + written,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": read}],
    }
    if written:
        usage["candidatesTokenCount"] = written
    return {
        "usageMetadata": usage,
        "modelVersion": answered.asked.model,
        "responseId": answered.id,
    }


def _object(body: JsonObject, *names: str) -> JsonObject:
    """Return an object by any of its names, empty where it is absent; Refused for what is none."""
    for name in names:
        found = body.get(name)
        if isinstance(found, dict):
            return found
        if found is not None:
            raise _bad(name, "Invalid value")
    return {}


def _bad(place: str, wrong: str) -> Refused:
    return Refused("bad-value", {"reason": f"* GenerateContentRequest.{place}: {wrong}"})
