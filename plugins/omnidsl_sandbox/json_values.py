"""The values that JSON can hold, written the way the gateways write them and read the way they read them."""

import json
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"

_DEEPEST = 100


class MalformedJsonError(ValueError):
    """Raised for a body that is no JSON, or nested so deeply that nobody means it."""


def dump(value: Json) -> bytes:
    """Return compact UTF-8 JSON; lone surrogates become `?`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def load(body: bytes) -> Json:
    """Read strict JSON (no NaN, at most 100 levels), lone surrogates replaced; MalformedJsonError otherwise."""
    try:
        value: Json = json.loads(body, parse_constant=_refuse_constant)
        if b"\\ud" in body.lower():
            value = json.loads(dump(value))
    except (ValueError, RecursionError) as error:
        raise MalformedJsonError(f"invalid JSON: {error}"[:200]) from error
    _check_depth(value)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"invalid literal {name}")


def _check_depth(value: Json) -> None:
    layer = [value]
    for _ in range(_DEEPEST):
        layer = [
            child
            for node in layer
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not layer:
            return
    raise MalformedJsonError("exceeded max depth")
