"""The books: what was sold, to whom, and whether anything was sold twice."""

import hashlib
from collections.abc import Mapping

import attrs

from omnidsl_sandbox.json_values import Json, JsonObject, dump

_LONG = 512  # longer strings (pictures, masks) stand in the books as their digest


@attrs.frozen
class Sale:
    """One paid submission: the account's label, the operation, the buyer's attempt id ("" without), the request."""

    account: str
    operation: str
    attempt: str
    request: str


@attrs.frozen
class Books:
    """The totals since the state folder was new.

    `submissions`: paid submissions accepted. `duplicates`: those accepted under an attempt id already accepted.
    `by_prompt` counts them by path and body without the attempt id. `requests`: every HTTP request to the gateway,
    `polls`: the fetches and listings among them.
    """

    submissions: int
    duplicates: int
    by_account: Mapping[str, int]
    by_operation: Mapping[str, int]
    by_prompt: Mapping[str, int]
    requests: int
    polls: int


def account_label(key: str) -> str:
    """Return the name of a key's account in the books: `key-` and eight hex digits, so that no book holds a key."""
    return "key-" + hashlib.sha256(key.encode()).hexdigest()[:8]


def request_text(path: str, body: JsonObject, attempt_field: str) -> str:
    """Return path and canonical body without the attempt id; equal for equal requests, long strings as digests."""
    rest = {key: _shortened(body[key]) for key in sorted(body) if key != attempt_field}
    return f"{path} {dump(rest).decode()}"


def _shortened(value: Json) -> Json:
    if isinstance(value, str) and len(value) > _LONG:
        digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
        return f"{value[:32]}… sha256:{digest}"
    if isinstance(value, list):
        return [_shortened(one) for one in value]
    if isinstance(value, dict):
        return {key: _shortened(value[key]) for key in sorted(value)}
    return value
