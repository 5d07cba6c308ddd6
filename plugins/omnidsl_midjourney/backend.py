"""Midjourney through a gateway of the midjourney-proxy family: submit, poll many at once, collect."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import attrs

from omnidsl.plugins import (
    JSON,
    Ambiguous,
    Backend,
    Call,
    Context,
    Finding,
    Lost,
    Made,
    Probe,
    Receipt,
    ReplyRule,
    Status,
    Unknown,
    probe_task,
)
from omnidsl_midjourney import answers, listing, results, wire
from omnidsl_midjourney.at_once import Fit, Seed, Upload
from omnidsl_midjourney.bodies import Submission, request
from omnidsl_midjourney.meaning import Pressing
from omnidsl_midjourney.pressing import press
from omnidsl_midjourney.replies import REPLIES
from omnidsl_midjourney.submissions import Describe, MakeVideo, Shorten

_MAKES: Mapping[type, results.Makes] = {
    Describe: "text",
    Shorten: "shortened",
    MakeVideo: "video",
}
_KINDS: Mapping[JSON, results.Makes] = {
    "image": "image",
    "video": "video",
    "text": "text",
    "shortened": "shortened",
}


class Midjourney(Backend):
    """Every operation of the declarations; `state` carries the attempt's id through the gateway."""

    replies: ClassVar[tuple[ReplyRule, ...]] = REPLIES

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Buy one task."""
        operation = call.operation
        if isinstance(operation, Pressing):
            return await press(operation, call, context)
        if not isinstance(operation, Submission):
            raise TypeError(f"midjourney has no task {type(operation).__name__}")
        path, body = await request(operation, context)
        body["state"] = call.attempt_id
        reply = await context.pay(f"/mj-{operation.mode}/mj/{path}", body)
        task = wire.submitted(reply)
        if not task:
            raise Ambiguous("no-id", "the gateway accepted the task and gave it no number", reply)
        makes = _MAKES.get(type(operation), "image")
        return Receipt(task, context.account, {"action": path.rpartition("/")[2], "makes": makes})

    async def probe(self, context: Context) -> Probe:
        """See `Backend.probe`."""
        return await probe_task(context, "/mj/task/0/fetch")

    async def call(self, call: Call, context: Context) -> Made:
        """Answer at once."""
        match call.operation:
            case Upload():
                return await answers.upload(call.operation, call, context)
            case Seed():
                return await answers.seed(call.operation, context)
            case Fit():
                return await answers.fit(call.operation, context)
        raise TypeError(f"midjourney answers no {type(call.operation).__name__} at once")

    async def find(self, call: Call, lost: Lost, context: Context) -> Finding:
        """Look in the gateway's own listing, where it has one; a window's submission shows on its task.

        An upload makes no task, so that no listing tells of it.
        """
        if isinstance(call.operation, Upload):
            return Unknown()
        return await listing.find(call, lost, context)

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """Ask about all tasks in one request, or one by one where a server has no such request."""
        ids: list[JSON] = [one.task for one in receipts]
        reply = await context.post("/mj/task/list-by-condition", {"ids": ids})
        rows = wire.rows(reply)
        if rows is None:
            found = [await listing.single(one.task, context) for one in receipts]
            rows = [one for one in found if one]
        wanted = {one.task: one for one in receipts}
        known = {task: row for row in rows if (task := wire.task_id(row.get("id"))) in wanted}
        return {
            task: wire.status(row, answered="modal" in wanted[task].facts)
            for task, row in known.items()
        }

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """Return what a finished task made; what it lacks may be printed a moment later."""
        row = status.facts
        # Receipts of earlier versions say less.
        described = receipt.facts.get("action") == "describe"
        makes = _KINDS.get(receipt.facts.get("makes"), "text" if described else "image")
        if results.lacks(makes, row):
            row = {**row, **await listing.single(receipt.task, context)}
        made = results.made(makes, row, receipt.task)
        tasks = receipt.facts.get("tasks")
        return attrs.evolve(made, facts={**made.facts, "tasks": tasks}) if tasks else made
