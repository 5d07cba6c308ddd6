"""The wire of Stability AI's REST API, v2beta: forms go out, JSON comes back, one operation is a task."""

import base64
from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

import attrs

from omnidsl.plugins import (
    Ambiguous,
    Artifact,
    Backend,
    Call,
    Context,
    Failed,
    File,
    Form,
    Made,
    Receipt,
    Reply,
    ReplyRule,
    Status,
    Upload,
)
from omnidsl_stability import (
    SD3,
    Core,
    Inpaint,
    RemoveBackground,
    SearchAndReplace,
    Ultra,
    Upscale,
)

_PATHS: dict[type, str] = {
    Core: "generate/core",
    Ultra: "generate/ultra",
    SD3: "generate/sd3",
    Upscale: "upscale/fast",
    Inpaint: "edit/inpaint",
    SearchAndReplace: "edit/search-and-replace",
    RemoveBackground: "edit/remove-background",
}
_CREATIVE = "upscale/creative"
_JSON = {"accept": "application/json"}


class Stability(Backend):
    """Every operation. There is no listing of what was asked for: a lost answer waits for a person."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (
        ReplyRule(verdict="accepted", status=(200,), field="image"),
        ReplyRule(verdict="accepted", status=(200,), field="id"),
        ReplyRule(verdict="ambiguous", status=(200,), reason="no-answer"),
        ReplyRule(
            verdict="rejected", status=(403,), field="name", values=("content_moderation",),
            reason="banned-word",
        ),
        ReplyRule(verdict="rejected", status=(400, 413, 422), field="errors", reason="invalid-request"),
    )  # fmt: skip  # a row a line

    async def call(self, call: Call, context: Context) -> Made:
        """Draw, upscale or edit: the reply is the picture, as base64."""
        path = f"/v2beta/stable-image/{_PATHS[type(call.operation)]}"
        reply = await context.pay(path, await _form(call.operation, context), headers=_JSON)
        return _made(reply)

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Order a creative upscale."""
        path = f"/v2beta/stable-image/{_CREATIVE}"
        reply = await context.pay(path, await _form(call.operation, context), headers=_JSON)
        match reply.json():
            case {"id": str(task)} if task:
                return Receipt(task, context.account)
        raise Ambiguous("no-id", "the task was accepted and has no number", reply)

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """Ask about each task: the API has no question about several."""
        found = {}
        for one in receipts:
            reply = await context.get(_result(one.task))
            if reply.status == 202:
                found[one.task] = Status("running")
            elif reply.status == 200:
                found[one.task] = Status("done")
            elif reply.status != 404:
                found[one.task] = Status("failed", reason=_words(reply))
        return found

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """Fetch a finished picture; the API keeps it for a day."""
        del status
        reply = await context.get(_result(receipt.task))
        facts = {"task_id": receipt.task}
        if reply.status != 200 or not reply.body:
            raise Failed("empty-answer", _words(reply))
        if reply.headers.get("content-type", "").startswith("application/json"):
            return attrs.evolve(_made(reply), facts=facts)
        return Made(files=(File("image", data=reply.body),), facts=facts)


def _result(task: str) -> str:
    return f"/v2beta/results/{task}"


async def _form(operation: object, context: Context) -> Form:
    """Return the arguments that are given as a form: pictures as files, `picture` by the API's word `image`."""
    fields: list[tuple[str, str]] = []
    files: list[Upload] = []
    for name, value in _given(operation):
        wire = "image" if name == "picture" else name
        if isinstance(value, Artifact):
            data = await context.read(value.sha256)
            files.append(
                Upload(
                    wire, f"{wire}.{value.path.suffix.lstrip('.') or 'png'}", data, value.media_type
                )
            )
        else:
            fields.append((wire, f"{value:g}" if isinstance(value, float) else str(value)))
    if isinstance(operation, SD3) and operation.picture is not None:
        fields.append(("mode", "image-to-image"))
    return Form(fields=tuple(fields), files=tuple(files))


def _given(operation: object) -> list[tuple[str, object]]:
    given = attrs.asdict(cast("attrs.AttrsInstance", operation), recurse=False)
    return [(name, value) for name, value in given.items() if value is not None]


def _made(reply: Reply) -> Made:
    match reply.json():
        case {"finish_reason": "CONTENT_FILTERED"}:
            raise Failed("refused-answer", "its content filter blurred the picture")
        case {"image": str(picture), **more}:
            data = base64.b64decode(picture)
            seed = more.get("seed")
            facts = {"seed": seed} if isinstance(seed, int) else {}
            return Made(files=(File("image", data=data),), facts=dict(facts))
    raise Failed("empty-answer", "the reply holds no picture")


def _words(reply: Reply) -> str:
    """Return what the API says of an error: `{"id", "name", "errors": […]}`."""
    try:
        body = reply.json()
    except ValueError:
        return f"HTTP {reply.status}"
    match body:
        case {"errors": [str(first), *_]}:
            return first
        case {"name": str(name)}:
            return name
    return f"HTTP {reply.status}"
