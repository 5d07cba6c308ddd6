"""The envelope in which gateways of the new-api family speak of slow tasks, read without trust.

`{"code": "success", "message": "", "data": …}`: after an order its number, after a question the task, or a list of tasks
(wire reference, sections 2 and 3: Suno's, and Udio's too). Whatever is missing or of a wrong type reads as absent.
"""

import re
from collections.abc import Mapping, Sequence

from omnidsl.plugins.backend import Context, Status
from omnidsl.plugins.media import JSON
from omnidsl.plugins.outcomes import Ambiguous, GatewayError, Reply

Row = Mapping[str, JSON]

_DONE = frozenset(("SUCCESS", "SUCCEEDED", "COMPLETE", "COMPLETED"))
_FAILED = frozenset(("FAILURE", "FAILED", "ERROR"))
_CANCELLED = frozenset(("CANCEL", "CANCELLED", "CANCELED"))
_WAITING = frozenset(("", "NOT_START", "SUBMITTED", "QUEUED", "UNKNOWN"))
_NUMBER = re.compile(r"(?!\.+$)[\w.:~=@+-]{1,256}", re.ASCII)
"""What a task may be called: it becomes a part of addresses, and stands in front of people."""

_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%")
_CONTENT = re.compile(
    r"moderat|copyright|sensitive|violat|banned|not allowed|inappropriate|artist name|敏感|违规|违禁|版权",
    re.IGNORECASE,
)


def whole(reply: Reply) -> JSON:
    """Return a reply's JSON, and nothing for one that is none."""
    try:
        return reply.json()
    except (ValueError, RecursionError):
        return None


def ordered(reply: Reply) -> str:
    """Return the number of the task that an order made; Ambiguous for a reply that names none."""
    body = whole(reply)
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(data, dict):
        data = next((data[one] for one in ("task_id", "taskId", "id") if data.get(one)), None)
    if found := called(data):
        return found
    raise Ambiguous("no-id", "the gateway took the order and gave it no number", reply)


def called(found: JSON) -> str:
    """Return what a task or a song is called; empty for what can be no number."""
    text = (
        str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""
    )
    return text if _NUMBER.fullmatch(text) else ""


def rows(reply: Reply) -> list[Row] | None:
    """Return the tasks in a reply to a question; None where it is no such reply.

    new-api prints null where it knows none of the tasks that it was asked about.
    """
    body = whole(reply)
    if reply.status != 200 or not isinstance(body, dict) or body.get("code") != "success":
        return None
    data = body.get("data")
    found = data if isinstance(data, list) else [data]
    return [one for one in found if isinstance(one, dict)]


async def single(path: str, context: Context) -> Row:
    """Return one task; empty for one that the gateway does not know."""
    reply = await context.get(path)
    found = rows(reply)
    if found is None and not isinstance(whole(reply), dict):
        raise GatewayError("gateway-trouble", f"HTTP {reply.status} without a JSON object", reply)
    return found[0] if found else {}


def number(row: Row) -> str:
    """Return the number of a task, empty for none."""
    found = row.get("task_id", row.get("taskId"))
    return str(found).strip() if isinstance(found, str | int) else ""


def status(row: Row, reason: str = "") -> Status:
    """Return how a task stands; `reason` is what is known of a failure beside the task's own words.

    Completion is read from `status`, never from `progress`.
    """
    word = text(row, "status").strip().upper()
    if word in _DONE:
        return Status("done", 1.0, facts=dict(row))
    if word in _FAILED:
        words = text(row, "fail_reason", "failReason") or reason
        return Status("failed", None, words, {"content_refused": bool(_CONTENT.search(words))})
    if word in _CANCELLED:
        return Status("cancelled", None, text(row, "fail_reason", "failReason"))
    return Status("waiting" if word in _WAITING else "running", progress(row.get("progress")))


def progress(found: JSON) -> float | None:
    """Return a progress text as a number from 0 to 1; None for what is no percentage, and for 0, which is printed to the end."""
    match = _PERCENT.fullmatch(found) if isinstance(found, str) else None
    share = min(float(match[1]) / 100, 1.0) if match else 0.0
    return share or None


def text(row: Row, *names: str) -> str:
    """Return the first of these fields that holds a text that is not blank."""
    for name in names:
        found = row.get(name)
        if isinstance(found, str) and found.strip():
            return found
    return ""


def seconds(*found: JSON) -> float | None:
    """Return the first of these that is a length in seconds."""
    for one in found:
        if isinstance(one, int | float) and not isinstance(one, bool) and 0 < one < 1e6:
            return float(one)
    return None


def address(row: Row, *names: str) -> str:
    """Return the first of these fields that holds the address of a file; empty for none.

    Failed songs have addresses too, which end in `None.mp3` or lead to a page that says no.
    """
    for name in names:
        found = row.get(name)
        if isinstance(found, str):
            url = found.strip()
            dead = url.lower().endswith(("none.mp3", "/api/forbidden"))
            if url.lower().startswith(("http://", "https://")) and not dead:
                return url
    return ""


def dicts(found: JSON) -> Sequence[Row]:
    """Return the objects of a list, or an object alone; empty for anything else."""
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, dict)]
