"""What a gateway tells of one task, and of a submission whose answer was lost.

`GET /mj/task/list`: the proxy prints its last 100 tasks, midjourney-proxy all that it remembers, new-api has none
(wire reference, endpoint matrix). A window (modal) is looked up by its task, which every server can tell.
"""

from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime

from omnidsl.plugins import (
    JSON,
    Absent,
    Call,
    Context,
    Finding,
    Found,
    GatewayError,
    Lost,
    Reply,
    Unknown,
)
from omnidsl_midjourney import wire

MODAL = "modal"
"""The name of the stage that submits a window."""

_LISTED = 100
"""Rows that a listing is cut at."""

_SLACK = 5.0
"""Seconds by which `Date`, which counts whole ones, and a server's own times may differ."""


async def find(call: Call, lost: Lost, context: Context) -> Finding:
    """Find a lost submission by the attempt's id in `state`, and tell of its absence where the listing is complete."""
    if lost.stage == MODAL and MODAL not in lost.before:
        return await _window(call, lost, context)
    reply = await context.get("/mj/task/list")
    found = wire.rows(reply)
    if found is None:
        return Unknown()
    for row in found:
        if row.get("state") == call.attempt_id and wire.task_id(row.get("id")):
            return _answer(row)
    return Absent() if _complete(found, reply, lost.age) else Unknown(later=True)


async def single(task: str, context: Context) -> wire.Row:
    """Return one task's row; empty for one that the server does not know (an empty body, 204, null, or code 3 or 4)."""
    reply = await context.get(f"/mj/task/{task}/fetch")
    try:
        row = wire.body(reply)
    except GatewayError:
        if reply.status in (200, 204) and reply.body.strip() in (b"", b"null"):
            return {}
        raise
    # Code 3 or 4 with a description, instead of a task: unknown to this server.
    return row if "status" in row else {}


async def _window(call: Call, lost: Lost, context: Context) -> Finding:
    """Tell by its task whether a window was submitted: while it still waits for that, it was not."""
    task = next((found for one in lost.before.values() if (found := wire.submitted(one))), "")
    if not task:
        return Unknown()
    row = await single(task, context)
    status = wire.text(row, "status").strip().upper()
    if status in ("", "NOT_START"):
        return Unknown(later=True)
    if status != wire.MODAL:
        return _answer(row, task)
    # Some servers may give the submitted window a number of its own: their listing would show it.
    others = wire.rows(await context.get("/mj/task/list")) or ()
    for other in others:
        number = wire.task_id(other.get("id"))
        if other.get("state") == call.attempt_id and number not in ("", task):
            return _answer(other)
    return Absent()


def _answer(row: wire.Row, task: str = "") -> Found:
    """Return what the gateway would have said: 21 for a window that waits, else 1."""
    waits = wire.text(row, "status").strip().upper() == wire.MODAL
    answer: dict[str, JSON] = {
        "code": 21 if waits else 1,
        "description": "found in the gateway's list of tasks",
        "result": wire.task_id(row.get("id")) or task,
        "properties": {},
    }
    return Found(answer)


def _complete(rows: Sequence[Mapping[str, JSON]], reply: Reply, age: float | None) -> bool:
    """Tell whether a listing has every task since a request of this age, by the gateway's own clock, and says whose."""
    now = _said(reply)
    since = None if age is None or now is None else now - age - _SLACK
    times = [_submitted(row) for row in rows]
    for row, time in zip(rows, times, strict=True):
        # A task that does not say whose it is may be the one that is looked for.
        if not wire.text(row, "state") and (since is None or time is None or time >= since):
            return False
    if len(rows) < _LISTED:
        return True
    known = [one for one in times if one is not None]
    return since is not None and bool(known) and min(known) < since


def _submitted(row: Mapping[str, JSON]) -> float | None:
    """Return when a task was submitted, in Unix seconds of the gateway's clock; None where it does not say."""
    found = row.get("submitTime")
    if isinstance(found, bool) or not isinstance(found, int | float) or found <= 0:
        return None
    return found / 1000


def _said(reply: Reply) -> float | None:
    """Return the gateway's time in Unix seconds; None where it tells none, or a proxy before it tells another."""
    told = reply.headers.get("date", "")
    try:
        return parsedate_to_datetime(told).timestamp() if "," not in told[4:] else None
    except ValueError:
        return None
