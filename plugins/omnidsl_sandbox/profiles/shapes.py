"""The shapes in which servers refuse: one function a shape, chosen by the `shape` of a row of the profile's data."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

import attrs

from omnidsl_sandbox.json_values import Json, JsonObject, dump

JSON = "application/json"
JSON_UTF8 = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@attrs.frozen
class Reply:
    """One HTTP reply: status, body and content type (empty: none is sent)."""

    status: int
    body: bytes
    media_type: str = JSON_UTF8


@attrs.frozen
class Refusal:
    """One row of `refusals` with its values filled in; `path` is what was asked for, `request_id` its number."""

    table: JsonObject
    text: str
    values: Mapping[str, str | int]
    path: str
    request_id: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(str(self.table["status"]))


def json_reply(value: Json, status: int = 200, media_type: str = JSON_UTF8) -> Reply:
    """Return a reply that carries JSON."""
    return Reply(status, dump(value), media_type)


def verdict(code: Json, text: str, result: Json, properties: JsonObject) -> JsonObject:
    """Return what a Midjourney server answers to a submission (wire reference, section 1.5)."""
    return {"code": code, "description": text, "result": result, "properties": properties}


def write(refusal: Refusal) -> Reply:
    """Return the refusal on the wire; KeyError for a shape that there is none of."""
    return _SHAPES[str(refusal.table["shape"])](refusal)


def _openai(refusal: Refusal) -> Reply:
    """Write `{"error": {…}}`, as everything of the OpenAI family does."""
    table = refusal.table
    error: JsonObject = {
        "message": refusal.text,
        "type": str(table.get("type", "new_api_error")),
    }
    if table.get("traced", True):
        error["message"] = f"{refusal.text} (request id: {refusal.request_id})"
    if "code" in table:
        error |= {"param": "", "code": table["code"]}
    elif refusal.path.startswith("/v1/"):
        # OpenAI's own description of its errors wants all four.
        error |= {"param": None, "code": None}
    return json_reply({"error": error}, refusal.status)


def _handler(refusal: Refusal) -> Reply:
    """Write `{"code", "description", "type"}`: new-api's own words about Midjourney."""
    code = refusal.table.get("code", 4)
    body: JsonObject = {"code": code, "description": refusal.text, "type": "upstream_error"}
    return json_reply(body, refusal.status)


def _submit(refusal: Refusal, media_type: str = JSON_UTF8) -> Reply:
    """Write a submit reply with a code that says no, as a Midjourney server does."""
    raw = refusal.table.get("properties")
    properties: JsonObject = (
        {key: str(value).format_map(refusal.values) for key, value in raw.items()}
        if isinstance(raw, dict)
        else {}
    )
    body = verdict(refusal.table["code"], refusal.text, None, properties)
    return json_reply(body, refusal.status, media_type)


def _upstream(refusal: Refusal) -> Reply:
    """Write a submit reply that new-api passes through, as plain text."""
    return _submit(refusal, TEXT)


def _task(refusal: Refusal) -> Reply:
    """Write `{"code": "…", "message": "…", "data": null}`: new-api's own words about songs."""
    body: JsonObject = {"code": refusal.table["code"], "message": refusal.text, "data": None}
    return json_reply(body, refusal.status)


def _plain(refusal: Refusal) -> Reply:
    return json_reply({"error": refusal.text}, refusal.status)


def _text(refusal: Refusal) -> Reply:
    return Reply(refusal.status, refusal.text.encode("utf-8", "replace"), TEXT)


def _empty(refusal: Refusal) -> Reply:
    return Reply(refusal.status, b"", "")


def _spring(refusal: Refusal) -> Reply:
    """Write the error page of a Java server, as JSON."""
    body: JsonObject = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": refusal.status,
        "error": HTTPStatus(refusal.status).phrase,
        "path": refusal.path,
    }
    return json_reply(body, refusal.status, JSON)


def _problem(refusal: Refusal) -> Reply:
    """Write the error page of a .NET server: RFC 9457."""
    body: JsonObject = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "traceId": refusal.request_id,
    }
    return json_reply(body, refusal.status, "application/problem+json; charset=utf-8")


_SHAPES: Mapping[str, Callable[[Refusal], Reply]] = {
    "openai": _openai,
    "handler": _handler,
    "upstream": _upstream,
    "submit": _submit,
    "task": _task,
    "plain": _plain,
    "text": _text,
    "empty": _empty,
    "spring": _spring,
    "problem": _problem,
}
