"""What a chat request says: checked messages, words and pictures apart."""

from collections.abc import Sequence

import attrs

from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_MOST_PICTURES = 50


@attrs.frozen
class Message:
    """One turn: who spoke, the words, the addresses of the pictures shown."""

    role: str
    text: str
    pictures: tuple[str, ...] = ()


@attrs.frozen
class Conversation:
    """All turns of a request, oldest first."""

    messages: tuple[Message, ...]

    @property
    def question(self) -> str:
        """The words of the last user turn, empty without one."""
        return next((one.text for one in reversed(self.messages) if one.role == "user"), "")

    @property
    def instruction(self) -> str:
        """The words of the first system or developer turn, empty without one."""
        return next((one.text for one in self.messages if one.role in ("system", "developer")), "")

    @property
    def pictures(self) -> tuple[str, ...]:
        """The addresses of all pictures, in order."""
        return tuple(address for one in self.messages for address in one.pictures)

    @property
    def words(self) -> str:
        """Everything that was said."""
        return "\n".join(one.text for one in self.messages)


def settled(messages: Sequence[Message]) -> Conversation:
    """Return the conversation of these turns; Refused for more pictures than anybody looks at."""
    if sum(len(one.pictures) for one in messages) > _MOST_PICTURES:
        raise _bad("messages", f"at most {_MOST_PICTURES} pictures")
    return Conversation(tuple(messages))


def conversation(body: JsonObject) -> Conversation:
    """Return the conversation of a request body; Refused when `messages` is missing or malformed."""
    given = body.get("messages")
    if not given:
        raise Refused("field-messages", {"field": "messages"})
    if not isinstance(given, list):
        raise Refused(
            "invalid-request", {"reason": "json: cannot unmarshal messages into []dto.Message"}
        )
    return settled([_message(number, one) for number, one in enumerate(given)])


def _message(number: int, given: Json) -> Message:
    place = f"messages[{number}]"
    if not isinstance(given, dict):
        raise _bad(place, "an object")
    role = given.get("role")
    if role not in _ROLES or not isinstance(role, str):
        raise _bad(f"{place}.role", "one of " + ", ".join(sorted(_ROLES)))
    content = given.get("content")
    if content is None:
        return Message(role, "")
    if isinstance(content, str):
        return Message(role, content)
    if not isinstance(content, list):
        raise _bad(f"{place}.content", "a string or an array")
    return _joined(role, place, content)


def _joined(role: str, place: str, content: Sequence[Json]) -> Message:
    words: list[str] = []
    pictures: list[str] = []
    for number, part in enumerate(content):
        spot = f"{place}.content[{number}]"
        if not isinstance(part, dict):
            raise _bad(spot, "an object")
        if part.get("type") == "text":
            words.append(_string(part.get("text"), f"{spot}.text"))
        elif part.get("type") == "image_url":
            source = part.get("image_url")
            address = source.get("url") if isinstance(source, dict) else source
            pictures.append(_string(address, f"{spot}.image_url.url"))
        else:
            raise _bad(f"{spot}.type", "`text` or `image_url`: this simulator reads nothing else")
    return Message(role, "\n".join(words), tuple(pictures))


def _string(value: Json, place: str) -> str:
    if not isinstance(value, str):
        raise _bad(place, "a string")
    return value


def _bad(place: str, wanted: str) -> Refused:
    return Refused("bad-value", {"reason": f"Invalid value for '{place}': expected {wanted}"})
