"""Pressing a button: one paid request, or two where the server asks for a prompt in a window (a *modal*).

The first request, stage `action`, is answered with the number of a task that waits; nothing is drawn yet. The second,
stage `modal`, answers it. After a crash this runs again from its beginning: what was answered is not sent again.
"""

import asyncio
import re

from omnidsl.plugins import (
    JSON,
    Ambiguous,
    ArgumentError,
    Artifact,
    Call,
    Context,
    Failed,
    Handle,
    PromptJob,
    Receipt,
    Reply,
)
from omnidsl_midjourney import Pan, Reroll, Upscale, Vary, Zoom, listing, wire
from omnidsl_midjourney.buttons import (
    DIRECTIONS,
    REROLLED,
    STRENGTHS,
    ZOOMS,
    Button,
    custom_zoom,
    upscaled,
    varied,
)

_ZOOM = re.compile(r"\s*(?:--|—)zoom\s+[0-9.]+(?=\s|$)")
_LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each look at a task that may wait for an answer: new-api tells what is up to 15 s old."""

Pressing = Upscale | Vary | Reroll | Pan | Zoom


async def press(operation: Pressing, call: Call, context: Context) -> Receipt:
    """Buy what a button makes."""
    match operation:
        case Upscale():
            return await _plain(upscaled(operation.index), "upscale", operation.grid, call, context)
        case Zoom():
            return await _zoom(operation, call, context)
        case Vary():
            return await _remix(_variation(operation), "vary", operation.picture, call, context)
        case Reroll():
            return await _remix(REROLLED, "reroll", operation.grid, call, context)
        case Pan():
            button = DIRECTIONS[operation.direction]
            return await _remix(button, "pan", operation.picture, call, context)


def _variation(operation: Vary) -> Button:
    """Return the button of a grid's picture, or of a single picture."""
    if operation.index is not None:
        if operation.strength is not None:
            expected = "left out beside `index`: the pictures of a grid vary in one way"
            raise ArgumentError("vary", "strength", expected, operation.strength)
        return varied(operation.index)
    if varied(1).id_among(operation.picture):
        raise ArgumentError("vary", "index", "1 to 4, for a grid", operation.index)
    return STRENGTHS[operation.strength or "strong"]


async def _plain(
    button: Button, name: str, parent: Handle[Artifact], call: Call, context: Context
) -> Receipt:
    """Press a button that no server asks about."""
    path, body = button.press(name, parent)
    reply = await context.pay(_path(call, path), {**body, "state": call.attempt_id})
    return Receipt(_task(reply), context.account, {"action": path})


async def _zoom(operation: Zoom, call: Call, context: Context) -> Receipt:
    """Zoom with the button for this factor, else with the one that asks how far."""
    simple = ZOOMS.get(operation.factor)
    if simple is not None and operation.prompt is None and simple.id_among(operation.picture):
        return await _plain(simple, "zoom", operation.picture, call, context)
    prompt = _prompt("zoom", operation.prompt)
    _, body = custom_zoom(operation.factor).press("zoom", operation.picture)
    reply = await context.pay(
        _path(call, "action"), {**body, "state": call.attempt_id}, stage="action"
    )
    words = _ZOOM.sub("", prompt or _old_prompt(operation.picture, reply)).strip()
    # Whatever the reply says: this button never draws without an answer.
    return await _answer(_task(reply), f"{words} --zoom {operation.factor:g}", call, context)


async def _remix(
    button: Button, name: str, parent: Handle[Artifact], call: Call, context: Context
) -> Receipt:
    """Press a button that a server in remix mode asks about; with a prompt it must ask."""
    asked = getattr(call.operation, "prompt", None)
    prompt = _prompt(name, asked if isinstance(asked, PromptJob) else None)
    path, body = button.press(name, parent)
    if prompt and path != "action":
        expected = (
            "left out: this gateway prints no buttons, and cannot be asked for another prompt"
        )
        raise ArgumentError(name, "prompt", expected, prompt)
    if prompt:
        body["enableRemix"] = True
    reply = await context.pay(_path(call, path), {**body, "state": call.attempt_id}, stage="action")
    task = _task(reply)
    asks = wire.asks(wire.receipt(reply)) or (bool(prompt) and await _waits(task, context))
    if asks:
        return await _answer(task, prompt or _old_prompt(parent, reply), call, context)
    if prompt:
        raise Failed("no-remix", task)
    return Receipt(task, context.account, {"action": path})


async def _answer(modal: str, prompt: str, call: Call, context: Context) -> Receipt:
    """Answer the window of a task that waits."""
    body: dict[str, JSON] = {"taskId": modal, "prompt": prompt, "state": call.attempt_id}
    reply = await context.pay(_path(call, "modal"), body, stage=listing.MODAL)
    return Receipt(_task(reply), context.account, {"action": "modal", "modal": modal})


async def _waits(task: str, context: Context) -> bool:
    """Whether a task waits for an answer, where the receipt did not say so."""
    for seconds in _LOOKS:
        await asyncio.sleep(seconds)
        row = await listing.single(task, context)
        if status := wire.text(row, "status").strip().upper():
            return status == wire.MODAL
    return False


def _prompt(operation: str, job: PromptJob | None) -> str:
    """Return the new prompt that a step gives; a window takes words only."""
    if job is None:
        return ""
    if job.images:
        raise ArgumentError(operation, "prompt", "a prompt without pictures", job)
    return job.text


def _old_prompt(parent: Handle[Artifact], reply: Reply) -> str:
    final = wire.text(wire.properties(wire.receipt(reply)), "finalPrompt")
    return wire.text(parent.facts, "prompt") or final


def _path(call: Call, name: str) -> str:
    mode = getattr(call.operation, "mode", "fast")
    return f"/mj-{mode}/mj/submit/{name}"


def _task(reply: Reply) -> str:
    """Return the number of the task in a receipt."""
    found = wire.submitted(reply)
    if not found:
        raise Ambiguous("no-id", "the gateway accepted the task and gave it no number", reply)
    return found
