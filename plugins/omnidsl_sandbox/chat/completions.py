"""The objects of POST /v1/chat/completions, whole and streamed (wire reference, section 4.1)."""

import math
from collections.abc import Iterator, Sequence

import attrs

from omnidsl_sandbox.chat.conversation import Conversation
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.json_values import Json, JsonObject, dump

_TOKEN = 4  # letters; nobody bills by it
_PICTURE_TOKENS = 85
_MOST_CHOICES = 8


@attrs.frozen
class Choice:
    """One answer: its tokens after `stop` and the token limit, and why it ended."""

    tokens: tuple[str, ...]
    finish_reason: str

    @property
    def text(self) -> str:
        """The answer in one piece."""
        return "".join(self.tokens)


@attrs.frozen
class Completion:
    """A finished completion, before it is put on the wire."""

    id: str
    created: int
    model: str
    prompt_tokens: int
    choices: tuple[Choice, ...]

    def whole(self) -> JsonObject:
        """Return the object of a reply that is not streamed."""
        choices: list[Json] = [
            {
                "index": index,
                "message": {
                    "role": "assistant",
                    "content": choice.text,
                    "refusal": None,
                    "annotations": [],
                },
                "logprobs": None,
                "finish_reason": choice.finish_reason,
            }
            for index, choice in enumerate(self.choices)
        ]
        return {**self._head("chat.completion"), "choices": choices, "usage": self._usage()}

    def events(self, *, with_usage: bool) -> Iterator[bytes]:
        """Yield the server-sent events of a streamed reply; `with_usage` adds the chunk without choices."""
        for index, choice in enumerate(self.choices):
            yield self._event(
                index,
                {"role": "assistant", "content": "", "refusal": None},
                None,
                with_usage=with_usage,
            )
            for token in choice.tokens:
                yield self._event(index, {"content": token}, None, with_usage=with_usage)
            yield self._event(index, {}, choice.finish_reason, with_usage=with_usage)
        if with_usage:
            last: JsonObject = {
                **self._head("chat.completion.chunk"),
                "choices": [],
                "usage": self._usage(),
            }
            yield b"data: " + dump(last) + b"\n\n"
        yield b"data: [DONE]\n\n"

    def _event(
        self, index: int, delta: JsonObject, reason: str | None, *, with_usage: bool
    ) -> bytes:
        choice: JsonObject = {
            "index": index,
            "delta": delta,
            "logprobs": None,
            "finish_reason": reason,
        }
        chunk: JsonObject = {**self._head("chat.completion.chunk"), "choices": [choice]}
        if with_usage:
            chunk["usage"] = None
        return b"data: " + dump(chunk) + b"\n\n"

    def _head(self, kind: str) -> JsonObject:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": "fp_simulated",
        }

    def _usage(self) -> JsonObject:
        written = sum(len(choice.tokens) for choice in self.choices)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": written,
            "total_tokens": self.prompt_tokens + written,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


@attrs.frozen
class Wishes:
    """How the answer shall come: how many, how long, where to stop, streamed or whole."""

    count: int
    most_tokens: int | None
    stops: tuple[str, ...]
    streamed: bool
    with_usage: bool


def wishes(body: JsonObject) -> Wishes:
    """Return the wishes of a request; Refused for a value of a wrong type or out of range."""
    count = _whole(body, "n", 1, _MOST_CHOICES) or 1
    most = _whole(body, "max_completion_tokens", 1, None) or _whole(body, "max_tokens", 1, None)
    given = body.get("stop")
    stops = given if isinstance(given, list) else [given] if given is not None else []
    if len(stops) > 4 or not all(isinstance(one, str) for one in stops):
        raise Refused(
            "bad-value", {"reason": "Invalid value for 'stop': expected a string or up to four"}
        )
    stream = body.get("stream")
    if not (stream is None or isinstance(stream, bool)):
        raise Refused("bad-value", {"reason": "Invalid type for 'stream': expected a boolean"})
    options = body.get("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True
    return Wishes(count, most, tuple(str(one) for one in stops if one), bool(stream), with_usage)


def choice_of(text: str, wish: Wishes) -> Choice:
    """Return the answer cut at the first stop and at the token limit."""
    cuts = [found for stop in wish.stops if (found := text.find(stop)) >= 0]
    text = text[: min(cuts)] if cuts else text
    tokens = tuple(text[start : start + _TOKEN] for start in range(0, len(text), _TOKEN))
    if wish.most_tokens is not None and len(tokens) > wish.most_tokens:
        return Choice(tokens[: wish.most_tokens], "length")
    return Choice(tokens, "stop")


def prompt_tokens(talk: Conversation, pictures: Sequence[str]) -> int:
    """Return about how many tokens a conversation has."""
    return (
        math.ceil(len(talk.words) / _TOKEN)
        + 4 * len(talk.messages)
        + _PICTURE_TOKENS * len(pictures)
    )


def _whole(body: JsonObject, field: str, least: int, most: int | None) -> int | None:
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
