"""A question to a model, before any protocol has its say."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

import attrs

from omnidsl.plugins.backend import Call, Context
from omnidsl.plugins.errors import ArgumentError
from omnidsl.plugins.media import JSON, Artifact, Messages


@runtime_checkable
class Asking(Protocol):
    """The arguments of an operation that asks a model; an operation may have more."""

    @property
    def messages(self) -> str | Messages: ...  # noqa: D102  # the class says it
    @property
    def model(self) -> str: ...  # noqa: D102  # the class says it
    @property
    def system(self) -> str | None: ...  # noqa: D102  # the class says it
    @property
    def temperature(self) -> float | None: ...  # noqa: D102  # the class says it
    @property
    def max_tokens(self) -> int | None: ...  # noqa: D102  # the class says it


@attrs.frozen
class Picture:
    """A picture as it is sent: `data` is base64."""

    media_type: str
    data: str = attrs.field(repr=False)


@attrs.frozen
class Turn:
    """What one side said; `role` is `system`, `user` or `assistant`. Texts of nothing but white space are left out."""

    role: str
    parts: tuple[str | Picture, ...]

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(one for one in self.parts if isinstance(one, str))


@attrs.frozen(kw_only=True)
class Question:
    """What a model is asked: the `system` argument stands as the first turn.

    `expects` is as in `Call`: the JSON Schema of a typed binding, or None.
    """

    model: str
    turns: tuple[Turn, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    expects: Mapping[str, JSON] | None = None

    @classmethod
    async def of(cls, call: Call, context: Context) -> "Question":
        """Return the question of a call, its pictures read; TypeError where the operation asks no model."""
        operation = call.operation
        if not isinstance(operation, Asking):
            raise TypeError(f"{type(operation).__name__} has not the arguments of a chat")
        turns = [Turn("system", (operation.system,))] if operation.system else []
        if isinstance(operation.messages, Messages):
            turns += [
                Turn(one.role, tuple([await _part(part, context) for part in one.parts]))
                for one in operation.messages.turns
            ]
        else:
            turns.append(Turn("user", (operation.messages,)))
        return cls(
            model=operation.model,
            turns=tuple(turns),
            temperature=operation.temperature,
            max_tokens=operation.max_tokens,
            expects=call.expects,
        )

    @property
    def wants_any_json(self) -> bool:
        """Whether an object is asked for, and no certain one."""
        return self.expects is not None and "properties" not in self.expects

    def spelled_out(self) -> "Question":
        """Return the question with what is expected said in words, too: for models whose gateways drop it from a request."""
        if self.expects is None:
            return self
        schema = json.dumps(self.expects)
        words = (
            f"Answer with JSON alone, nothing before or behind it, by this JSON Schema: {schema}"
        )
        return attrs.evolve(self, turns=(Turn("system", (words,)), *self.turns))

    @property
    def system(self) -> str:
        """The words of all `system` turns, for protocols that keep them apart."""
        return "\n\n".join(one.text for one in self.turns if one.role == "system")

    def spoken(self) -> Iterator[Turn]:
        """Yield the turns of user and assistant in turn: what one side said twice in a row is one turn.

        ArgumentError for the turn of anybody else.
        """
        role, parts = "", tuple[str | Picture, ...]()
        for turn in self.turns:
            if turn.role == "system":
                continue
            if turn.role not in ("user", "assistant"):
                raise ArgumentError("chat", "messages", "turns of user and assistant", turn.role)
            if turn.role == role:
                parts += turn.parts
                continue
            if role:
                yield Turn(role, parts)
            role, parts = turn.role, turn.parts
        if role:
            yield Turn(role, parts)


async def _part(part: str | Artifact, context: Context) -> str | Picture:
    if isinstance(part, str):
        return part
    return Picture(part.media_type, base64.b64encode(await context.read(part.sha256)).decode())
