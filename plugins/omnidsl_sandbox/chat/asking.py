"""What a model is asked and what it answers, whatever protocol carries it."""

import math
from typing import Literal

import attrs

from omnidsl_sandbox.chat.conversation import Conversation
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject

_TOKEN = 4  # letters; nobody bills by it
_PICTURE_TOKENS = 85


@attrs.frozen
class Wanted:
    """The form of an answer: a text, any JSON `object`, or an instance of a `schema`."""

    form: Literal["text", "object", "schema"] = "text"
    schema: Json = True


@attrs.frozen(kw_only=True)
class Wishes:
    """How the answer shall come: how many, how long, where to stop, streamed or whole.

    `logprobs` is how many likely tokens are to be told at each place; None: nothing about likelihood.
    """

    count: int = 1
    most_tokens: int | None = None
    stops: tuple[str, ...] = ()
    streamed: bool = False
    with_usage: bool = False
    logprobs: int | None = None


@attrs.frozen(kw_only=True)
class Asked:
    """A request as it was understood. `tool` names what the answer is to be handed to, empty for none."""

    model: str
    talk: Conversation
    wish: Wishes
    wanted: Wanted = attrs.field(factory=Wanted)
    tool: str = ""

    @property
    def tokens(self) -> int:
        """About how many tokens the question has."""
        talk = self.talk
        words = math.ceil(len(talk.words) / _TOKEN)
        return words + 4 * len(talk.messages) + _PICTURE_TOKENS * len(talk.pictures)


@attrs.frozen
class Choice:
    """One answer: its tokens after `stop` and the token limit, and why it ended; a refusal is `refused`."""

    tokens: tuple[str, ...]
    ending: Literal["stop", "length", "refused"]

    @property
    def text(self) -> str:
        """The answer in one piece."""
        return "".join(self.tokens)


@attrs.frozen(kw_only=True)
class Answered:
    """A finished answer, before it is put on the wire. `id` is 32 digits, `created` in epoch seconds."""

    asked: Asked
    id: str
    created: int
    choices: tuple[Choice, ...]

    @property
    def tokens(self) -> int:
        """How many tokens were written."""
        return sum(len(choice.tokens) for choice in self.choices)


def choice_of(text: str, wish: Wishes) -> Choice:
    """Return the answer cut at the first stop and at the token limit."""
    cuts = [found for stop in wish.stops if (found := text.find(stop)) >= 0]
    tokens = tokens_of(text[: min(cuts)] if cuts else text)
    if wish.most_tokens is not None and len(tokens) > wish.most_tokens:
        return Choice(tokens[: wish.most_tokens], "length")
    return Choice(tokens, "stop")


def tokens_of(text: str) -> tuple[str, ...]:
    """Return a text in tokens."""
    return tuple(text[start : start + _TOKEN] for start in range(0, len(text), _TOKEN))


def whole_number(body: JsonObject, field: str, least: int, most: int | None) -> int | None:
    """Return a field that is a whole number within bounds, None where it is absent; Refused for anything else."""
    value = body.get(field)
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or value < least
        or (most is not None and value > most)
    ):
        raise Refused(
            "bad-value", {"reason": f"Invalid value for '{field}': expected a whole number"}
        )
    return value


def check_number(body: JsonObject, field: str, most: float) -> None:
    """Refuse a field that is there and no number from 0 to `most`."""
    value = body.get(field)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is not None and not (is_number and 0 <= float(str(value)) <= most):
        reason = f"Invalid value for '{field}': expected a number from 0 to {most:g}"
        raise Refused("bad-value", {"reason": reason})


def stops_of(body: JsonObject, field: str, most: int) -> tuple[str, ...]:
    """Return where an answer shall stop; Refused for what are no texts, or too many."""
    given = body.get(field)
    stops = given if isinstance(given, list) else [given] if given is not None else []
    if len(stops) > most or not all(isinstance(one, str) for one in stops):
        reason = f"Invalid value for '{field}': expected a string or up to {most}"
        raise Refused("bad-value", {"reason": reason})
    return tuple(str(one) for one in stops if one)


def flag(body: JsonObject, field: str) -> bool:
    """Return a field that is true or false, false where it is absent; Refused for anything else."""
    value = body.get(field)
    if not (value is None or isinstance(value, bool)):
        raise Refused("bad-value", {"reason": f"Invalid type for '{field}': expected a boolean"})
    return bool(value)
