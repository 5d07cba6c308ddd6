"""new-api where it speaks as a vendor does: keys and refusals at `/v1/messages` and `:generateContent` (wire reference, 4.6)."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from omnidsl_sandbox.profiles.new_api import NewApi, bare_key
from omnidsl_sandbox.profiles.shapes import Reply, json_reply

if TYPE_CHECKING:
    from omnidsl_sandbox.json_values import JsonObject

_KINDS = {
    400: ("invalid_request_error", "INVALID_ARGUMENT"),
    401: ("authentication_error", "UNAUTHENTICATED"),
    403: ("permission_error", "PERMISSION_DENIED"),
    404: ("not_found_error", "NOT_FOUND"),
    413: ("invalid_request_error", "INVALID_ARGUMENT"),
    429: ("rate_limit_error", "RESOURCE_EXHAUSTED"),
    503: ("overloaded_error", "UNAVAILABLE"),
}
_TROUBLE = ("api_error", "INTERNAL")

_GOOGLE = re.compile(r"/v1(?:beta)?/models/.+:(?:stream)?[gG]enerateContent|/v1beta/.*")


class Anthropic(NewApi):
    """Anthropic's way: the key in `x-api-key`, or as everywhere; errors of `type` error."""

    def key(self, headers: Mapping[str, str]) -> str:
        """Read `x-api-key`, else what new-api reads."""
        own = bare_key(headers.get("x-api-key", "")).removeprefix("sk-")
        return own or super().key(headers)

    def refusal(
        self, name: str, values: Mapping[str, str | int], request_id: str, path: str = ""
    ) -> Reply:
        """Return the refusal in Anthropic's shape."""
        del path
        status, text = self.said(name, values, request_id)
        error: JsonObject = {"type": _KINDS.get(status, _TROUBLE)[0], "message": text}
        whole: JsonObject = {"type": "error", "error": error, "request_id": request_id}
        return json_reply(whole, status)


class Google(NewApi):
    """Google's way: the key in `x-goog-api-key` or in the query, or as everywhere; errors with a `status`."""

    def key(self, headers: Mapping[str, str]) -> str:
        """Read `x-goog-api-key`, else what new-api reads."""
        own = bare_key(headers.get("x-goog-api-key", "")).removeprefix("sk-")
        return own or super().key(headers)

    def key_in(self, query: Mapping[str, str]) -> str:
        """Read `?key=`."""
        return query.get("key", "").removeprefix("sk-")

    def refusal(
        self, name: str, values: Mapping[str, str | int], request_id: str, path: str = ""
    ) -> Reply:
        """Return the refusal in Google's shape."""
        del path
        status, text = self.said(name, values, request_id)
        kind = _KINDS.get(status, _TROUBLE)[1]
        error: JsonObject = {"code": status, "message": text, "status": kind}
        return json_reply({"error": error}, status)


ANTHROPIC = Anthropic()
GOOGLE = Google()


def vendor(path: str) -> NewApi | None:
    """Return who speaks at a path as a vendor does; None for the others."""
    if path == "/v1/messages":
        return ANTHROPIC
    return GOOGLE if _GOOGLE.fullmatch(path) else None
