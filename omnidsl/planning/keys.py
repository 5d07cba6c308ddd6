"""The three identities of paid work, never confused.

- a *content key* names a request: gateway, operation, canonical arguments;
- a *step key* names one of several equal requests of a plan: content key and take;
- an *attempt id* names one deliberate purchase: step key and attempt. It is what travels to the gateway.

Renaming a step or moving a file changes none of them.
"""

import hashlib
import json
from collections.abc import Mapping

from omnidsl.checking.values import Duration, Ratio
from omnidsl.planning.values import (
    Computed,
    FileInput,
    MessagesInput,
    Pending,
    PromptInput,
    Ref,
    TextInput,
)
from omnidsl.plugins.media import JSON, Artifact, Handle, Messages, PromptJob


def canonical(value: object, keys: Mapping[str, str] | None = None) -> JSON:
    """Return an argument's canonical form: the same for a plan's value and for what it is bound to at run time.

    Files are named by what they hold, tasks by step key and attempt. A result that is not there yet is named by its
    step's planned key, looked up in `keys` by node id. ValueError for what has no canonical form.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    match value:
        case list() | tuple():
            return [canonical(one, keys) for one in value]
        case dict():
            return {str(name): canonical(one, keys) for name, one in value.items()}
        case Artifact() | FileInput():
            return {"file": value.sha256}
        case Handle():
            return {"task": [value.step, value.attempt]}
        case PromptJob() | PromptInput():
            text = value.text if isinstance(value, PromptJob) else _text(value.parts, keys)
            return {"prompt": text, "images": [canonical(one, keys) for one in value.images]}
        case Messages() | MessagesInput():
            return {"turns": [[turn.role, canonical(turn.parts, keys)] for turn in value.turns]}
        case TextInput():
            return _text(value.parts, keys)
        case Computed():
            return {"call": [value.operation, *(canonical(one, keys) for one in value.arguments)]}
        case Ratio() | Duration():
            return str(value)
        case Ref():
            return {"result": [(keys or {}).get(value.node, value.node), value.part]}
    raise ValueError(f"{type(value).__name__} has no canonical form")


def _text(parts: tuple[str | Pending, ...], keys: Mapping[str, str] | None) -> JSON:
    """Return a text as it is sent when it is known, else its parts."""
    if all(isinstance(one, str) for one in parts):
        return "".join(one for one in parts if isinstance(one, str))
    return {"parts": [canonical(one, keys) for one in parts]}


def canonical_arguments(
    arguments: Mapping[str, object], expects: str = "", keys: Mapping[str, str] | None = None
) -> dict[str, JSON]:
    """Return all arguments of a request, its operation's defaults included, in canonical form.

    One that is None is left out. The type that a binding states is part of the request: it asks for another answer.
    """
    found = {name: canonical(value, keys) for name, value in arguments.items() if value is not None}
    return {**found, "$expects": expects} if expects else found


def content_key(gateway: str, operation: str, arguments: Mapping[str, JSON]) -> str:
    """Return 32 hex digits for a request; `arguments` in canonical form (files by sha256, handles by step and attempt)."""
    canonical = json.dumps(
        [gateway, operation, arguments],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def step_key(content: str, take: int) -> str:
    """Return the key of the `take`-th independent result of a request, counted from 1."""
    return f"{content}.{take}"


def attempt_id(step: str, attempt: int) -> str:
    """Return the name of the `attempt`-th purchase of a step, counted from 1; letters, digits, dots and dashes only."""
    return f"omni-{step}.{attempt}"
