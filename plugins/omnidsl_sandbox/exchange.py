"""One request: who asks, and what the body says."""

import attrs
from starlette.requests import Request

from omnidsl_sandbox.books import account_label
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject, MalformedJsonError, load
from omnidsl_sandbox.profiles import Profile

_LARGEST = 64 * 1024 * 1024  # bytes of a request body
_GO_TYPES = {
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
    list: "array",
    type(None): "null",
}


@attrs.frozen
class Buyer:
    """Whose key came with a request: the label of its account, and whether its quota is used up."""

    account: str
    is_broke: bool


def authorise(gateway: Gateway, request: Request, speaker: Profile | None = None) -> Buyer:
    """Return the buyer; Refused without a key, or with one that begins with `sk-denied`.

    `speaker` reads the key, who answers for the path unless it is given.
    """
    speaker = speaker or gateway.speaker(str(request.scope["path"]))
    key = speaker.key(request.headers) or speaker.key_in(request.query_params)
    if not key:
        raise Refused("no-key")
    if key.startswith("denied"):
        raise Refused("denied-key")
    return Buyer(account_label(key), key.startswith("broke"))


async def read_object(request: Request) -> JsonObject:
    """Return the JSON object in the body; Refused when it is none or too large."""
    body = await read_body(request)
    try:
        value: Json = load(body) if body else None
    except MalformedJsonError as error:
        raise Refused("invalid-request", {"reason": str(error)}) from error
    if not isinstance(value, dict):
        reason = (
            "EOF" if not body else f"json: cannot unmarshal {_GO_TYPES[type(value)]} into Go value"
        )
        raise Refused("invalid-request", {"reason": reason})
    return value


def text_of(body: JsonObject, field: str) -> str:
    """Return a field that is text; empty when it is absent, null or something else."""
    value = body.get(field)
    return value if isinstance(value, str) else ""


async def read_body(request: Request) -> bytes:
    """Return the body of a request; Refused when it is too large."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > _LARGEST:
        raise Refused("too-large")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > _LARGEST:
            raise Refused("too-large")
        parts.append(part)
    return b"".join(parts)
