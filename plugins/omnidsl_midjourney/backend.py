"""Midjourney through a gateway of the midjourney-proxy family: submit, poll many at once, collect."""

import base64
from collections.abc import Mapping, Sequence
from typing import ClassVar

from omnidsl.plugins import (
    JSON,
    Ambiguous,
    ArgumentError,
    Artifact,
    Backend,
    Call,
    Context,
    Failed,
    File,
    Finding,
    Lost,
    Made,
    Receipt,
    ReplyRule,
    Status,
)
from omnidsl_midjourney import Describe, Imagine, listing, wire
from omnidsl_midjourney.meaning import Pressing
from omnidsl_midjourney.pressing import press
from omnidsl_midjourney.replies import REPLIES

_BOTS = {"midjourney": "MID_JOURNEY", "niji": "NIJI_JOURNEY"}
_PICTURES = 5
_PICTURE_BYTES = 2**20
"""What the gateway takes as reference pictures: five of at most 1 MB each (OmniAI's guide)."""


class Midjourney(Backend):
    """Every operation of the declarations; `state` carries the attempt's id through the gateway."""

    replies: ClassVar[tuple[ReplyRule, ...]] = REPLIES

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Buy one task."""
        operation = call.operation
        if isinstance(operation, Pressing):
            return await press(operation, call, context)
        if isinstance(operation, Imagine):
            body = await self._imagine(operation, context)
            path = "imagine"
        elif isinstance(operation, Describe):
            picture = await _data_url(operation.picture, context)
            path, body = "describe", {"base64": picture, "botType": _BOTS[operation.bot]}
        else:
            raise TypeError(f"midjourney has no operation {type(operation).__name__}")
        body["state"] = call.attempt_id
        reply = await context.pay(f"/mj-{operation.mode}/mj/submit/{path}", body)
        answer = wire.body(reply)
        task = wire.task_id(answer.get("result"))
        if not task:
            raise Ambiguous("no-id", "the gateway accepted the task and gave it no number", reply)
        return Receipt(task, context.account, {"action": path})

    async def _imagine(self, operation: Imagine, context: Context) -> dict[str, JSON]:
        job = operation.prompt
        if len(job.images) > _PICTURES:
            raise ArgumentError(
                "imagine", "prompt", f"a prompt with at most {_PICTURES} pictures", job
            )
        for one in job.images:
            if one.size > _PICTURE_BYTES:
                raise ArgumentError(
                    "imagine",
                    "prompt",
                    f"a prompt with pictures of at most {_PICTURE_BYTES} bytes",
                    one,
                )
        pictures: list[JSON] = [await _data_url(one, context) for one in job.images]
        return {"base64Array": pictures, "prompt": job.text, "botType": _BOTS[operation.bot]}

    async def find(self, call: Call, lost: Lost, context: Context) -> Finding:
        """Look in the gateway's own listing, where it has one; a window's submission shows on its task."""
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
        """Return what a finished task made: a picture, or for `describe` its texts."""
        row = status.facts
        makes = receipt.facts.get("makes")
        if makes == "text" or receipt.facts.get("action") == "describe":
            found = wire.descriptions(row)
            if not found:
                raise Failed("empty-answer", f"the task {receipt.task} ended without a description")
            facts = {**wire.facts(row, receipt.task), "descriptions": list[JSON](found)}
            return Made(text="\n".join(found), facts=facts)
        if makes == "video":
            return await self._video(receipt, row, context)
        if not wire.picture(row) or not wire.buttons(row):
            # A server may print success a moment before the picture's address and the buttons.
            row = {**row, **await listing.single(receipt.task, context)}
        url = wire.picture(row)
        if not url:
            raise Failed("empty-answer", f"the task {receipt.task} ended without a picture")
        return Made(files=(File("image", url=url),), facts=wire.facts(row, receipt.task))

    async def _video(self, receipt: Receipt, row: wire.Row, context: Context) -> Made:
        """Return the first video of a finished task; what it lacks may come a moment later, as with pictures."""
        if not wire.videos(row) or not wire.buttons(row):
            row = {**row, **await listing.single(receipt.task, context)}
        urls = wire.videos(row)
        if not urls:
            raise Failed("empty-answer", f"the task {receipt.task} ended without a video")
        return Made(files=(File("video", url=urls[0]),), facts=wire.facts(row, receipt.task))


async def _data_url(picture: Artifact, context: Context) -> str:
    data = await context.read(picture.sha256)
    return f"data:{picture.media_type};base64,{base64.b64encode(data).decode()}"
