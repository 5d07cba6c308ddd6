"""Midjourney task objects as gateways print them, read without trust.

Servers differ in which fields are there, null or empty (wire reference, task object): whatever is missing or of a
wrong type reads as absent, and nothing raises where it is not said.
"""

import re
from collections.abc import Mapping

from omnidsl.plugins import JSON, GatewayError, Reply, Status

MODAL = "MODAL"
"""The status of a task that waits for the answer to its window."""

_DONE = "SUCCESS"
_FAILED = frozenset(("FAILURE", "FAILED"))
_CANCELLED = frozenset(("CANCEL", "CANCELLED"))
_WAITING = frozenset(("", "NOT_START", "SUBMITTED", MODAL))

_TASK = re.compile(r"(?!\.+$)[\w.:~=@+-]{1,256}", re.ASCII)
"""What a task may be called: it becomes a part of addresses, and stands in front of people."""

_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*")
_CONTENT = re.compile(r"banned|moderat|sensitive|violat|not allowed|敏感|违规|违禁", re.IGNORECASE)

Row = Mapping[str, JSON]


def body(reply: Reply) -> Row:
    """Return a reply's JSON object; GatewayError for a reply without one."""
    found = _json(reply)
    if not isinstance(found, dict):
        raise GatewayError("gateway-trouble", f"HTTP {reply.status} without a JSON object", reply)
    return found


def rows(reply: Reply) -> list[Row] | None:
    """Return the rows of a listing; None where the server has none."""
    found = _json(reply)
    if reply.status != 200 or not isinstance(found, list):
        return None
    return [one for one in found if isinstance(one, dict)]


def submitted(reply: Reply) -> str:
    """Return the number of the task that a submission made; empty for none."""
    found = _json(reply)
    return task_id(found.get("result")) if isinstance(found, dict) else ""


def all_submitted(reply: Reply) -> list[str]:
    """Return the numbers of all tasks that a submission made: a few make several, and tell them between commas."""
    found = receipt(reply).get("result")
    told = found if isinstance(found, list) else [found]
    parts = [part for one in told for part in (one.split(",") if isinstance(one, str) else [one])]
    return [known for part in parts if (known := task_id(part))]


def receipt(reply: Reply) -> Row:
    """Return the JSON object of a reply; empty for a reply without one."""
    found = _json(reply)
    return found if isinstance(found, dict) else {}


def _json(reply: Reply) -> JSON:
    try:
        return reply.json()
    except (ValueError, RecursionError):
        return None


def asks(answer: Row) -> bool:
    """Whether a receipt says that a window waits for an answer.

    Code 21 does, unless it says that the task exists already. A gateway may rewrite the code to 1; then only the words,
    or `properties.remix`, are left.
    """
    if str(answer.get("code")) == "21":
        return not exists(answer)
    known = properties(answer)
    words = text(answer, "description")
    return known.get("remix") is True or "confirm" in words.lower() or "窗口等待" in words


def exists(answer: Row) -> bool:
    """Whether a receipt says that the task was there already: code 21 too, but it tells how the task stands."""
    known = properties(answer)
    status = text(known, "status").strip().upper()
    told = status or text(known, "imageUrl")
    return str(answer.get("code")) == "21" and bool(told) and status != MODAL


def text(row: Row, *names: str) -> str:
    """Return the first of these fields that holds a text that is not blank."""
    for name in names:
        found = row.get(name)
        if isinstance(found, str) and found.strip():
            return found
    return ""


def task_id(found: JSON) -> str:
    """Return a task's id: servers print it as text or number, alone, in a list, or several between commas; empty for none."""
    if isinstance(found, list):
        found = found[0] if found else None
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int | str):
        return ""
    task = str(found).partition(",")[0].strip()
    return task if _TASK.fullmatch(task) else ""


def status(row: Row, *, answered: bool = True) -> Status:
    """Return how a task stands; completion is read from `status`, never from `progress`.

    `answered` is false for a task that may wait for an answer that nobody is going to give: that is its end.
    """
    word = text(row, "status").strip().upper()
    if word == MODAL and not answered:
        return Status("failed", None, "its account is in remix mode and asks for a `prompt`")
    if word == _DONE:
        return Status("done", 1.0, facts=dict(row))
    if word in _FAILED:
        reason = text(row, "failReason", "fail_reason", "description")
        return Status("failed", None, reason, {"content_refused": bool(_CONTENT.search(reason))})
    if word in _CANCELLED:
        return Status("cancelled", None, text(row, "failReason"))
    return Status("waiting" if word in _WAITING else "running", progress(row.get("progress")))


def progress(found: JSON) -> float | None:
    """Return a progress text as a number from 0 to 1; None for what is no percentage."""
    match = _PERCENT.fullmatch(found) if isinstance(found, str) else None
    return min(float(match[1]) / 100, 1.0) if match else None


def buttons(row: Row) -> list[JSON]:
    """Return the buttons that can be pressed, each with `customId`, `label` and `emoji` as texts."""
    found = row.get("buttons")
    if not isinstance(found, list):
        return []
    rows = [one for one in found if isinstance(one, dict) and text(one, "customId")]
    return [{name: text(one, name) for name in ("customId", "label", "emoji")} for one in rows]


def picture(row: Row) -> str:
    """Return the address of the finished picture; empty for none."""
    if url := text(row, "imageUrl", "image_url"):
        return url
    several = row.get("imageUrls")
    first = several[0] if isinstance(several, list) and several else None
    if isinstance(first, dict):
        return text(first, "url")
    return first if isinstance(first, str) else ""


def videos(row: Row) -> list[str]:
    """Return the addresses of the finished videos: a list of texts or of objects with a `url`, or a single one."""
    several = row.get("videoUrls")
    rows = several if isinstance(several, list) else []
    found = [text(one, "url") if isinstance(one, dict) else one for one in rows]
    urls = [one for one in found if isinstance(one, str) and one.strip()]
    single = text(row, "videoUrl", "video_url")
    return urls or ([single] if single else [])


def properties(row: Row) -> Row:
    """Return the task's properties."""
    found = row.get("properties")
    return found if isinstance(found, dict) else {}


def facts(row: Row, task: str) -> dict[str, JSON]:
    """Return what people and later steps may ask of a finished task."""
    known: dict[str, JSON] = {
        "task_id": task_id(row.get("id")) or task,
        "prompt": text(row, "prompt"),
        "prompt_en": text(row, "promptEn") or text(properties(row), "finalPrompt"),
        "buttons": buttons(row),
        "image_url": picture(row),
        "action": text(row, "action"),
    }
    for side in ("width", "height"):
        length = row.get(side)
        if isinstance(length, int) and not isinstance(length, bool) and length > 0:
            known[side] = length
    seed = row.get("seed")
    if isinstance(seed, int | str) and not isinstance(seed, bool) and str(seed).strip():
        known["seed"] = str(seed).strip()
    return {name: value for name, value in known.items() if value not in ("", [])}
