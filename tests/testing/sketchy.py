"""A plugin in good order, for mutants to be made of: an operation that answers at once, and a task that can be found."""

import base64
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import (
    JSON,
    Absent,
    Ambiguous,
    Backend,
    Call,
    Context,
    Failed,
    File,
    Finding,
    Found,
    Image,
    Immediate,
    Lost,
    Made,
    Receipt,
    ReplyRule,
    Service,
    Status,
    Task,
    Unknown,
    argument,
    hookimpl,
)


@attrs.frozen
class Draw(Immediate[Image]):
    """Draw one picture from a text."""

    text: str = argument(subject=True, max_length=100, help="what to draw", zh="画什么")
    size: Literal["small", "large"] = argument(default="small", help="how large", zh="大小")


@attrs.frozen
class Poster(Task[Image]):
    """Lay a picture out as a poster."""

    picture: Image = argument(subject=True, help="the picture", zh="图片")
    columns: int = argument(default=1, minimum=1, maximum=4, help="of text", zh="栏数")


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `sketchy`."""
    return [
        Service(
            name="sketchy",
            operations=(Draw, Poster),
            implementation="omnidsl_sketchy:Sketchy",
            summary="pictures and posters",
            zh="图片与海报",
        )
    ]


STATES: dict[str, Literal["waiting", "running", "done", "failed"]] = {
    "queued": "waiting",
    "ready": "done",
    "broken": "failed",
}


class Sketchy(Backend):
    """`draw` in one request, `poster` as a task."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (
        ReplyRule(verdict="rejected", status=(402,), reason="quota", fault="account"),
        ReplyRule(verdict="accepted", status=(200,), field="number"),
        ReplyRule(verdict="accepted", status=(200,), field="picture"),
    )

    async def call(self, call: Call, context: Context) -> Made:
        """Draw."""
        draw = call.operation
        assert isinstance(draw, Draw)
        body: dict[str, JSON] = {"text": draw.text, "size": draw.size, "tag": call.attempt_id}
        reply = await context.pay("/sketchy/draw", body)
        match reply.json():
            case {"picture": str(picture)}:
                return Made(files=(File("image", data=base64.b64decode(picture)),))
        raise Failed("empty-answer", "the reply holds no picture")

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Order a poster."""
        poster = call.operation
        assert isinstance(poster, Poster)
        picture = await context.read(poster.picture.sha256)
        body: dict[str, JSON] = {
            "picture": base64.b64encode(picture).decode(),
            "columns": poster.columns,
            "tag": call.attempt_id,
        }
        reply = await context.pay("/sketchy/posters", body)
        match reply.json():
            case {"number": str(task)}:
                return Receipt(task, context.account)
        raise Ambiguous("no-id", "the poster was accepted and has no number", reply)

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """Ask about all posters in one request."""
        reply = await context.post("/sketchy/status", {"ids": [one.task for one in receipts]})
        rows = reply.json()
        found = {}
        for row in rows if isinstance(rows, list) else []:
            match row:
                case {"id": str(task), "state": str(state), **more} if state in STATES:
                    reason, url = str(more.get("reason", "")), str(more.get("url", ""))
                    found[task] = Status(STATES[state], reason=reason, facts={"url": url})
        return found

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """Return the poster."""
        del context
        url = str(status.facts["url"])
        return Made(files=(File("image", url=url),), facts={"task_id": receipt.task})

    async def find(self, call: Call, lost: Lost, context: Context) -> Finding:
        """Look into the list of posters, which is complete; of drawings there is none."""
        if lost.path != "/sketchy/posters":
            return Unknown()
        reply = await context.get("/sketchy/posters")
        rows = reply.json()
        for row in rows if isinstance(rows, list) else []:
            match row:
                case {"tag": str(tag), "number": str(number)} if tag == call.attempt_id:
                    return Found({"number": number})
        return Absent()
