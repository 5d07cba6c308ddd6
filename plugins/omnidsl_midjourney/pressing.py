"""Pressing a button: one paid request, or two where the server asks for a prompt in a window (a *modal*).

The first request, stage `action`, is answered with the number of a task that waits; nothing is drawn yet. The second,
stage `modal`, answers it. After a crash this runs again from its beginning: what was answered is not sent again.
"""

import asyncio
from collections.abc import Mapping

from omnidsl.plugins import JSON, Ambiguous, Call, Context, Failed, Receipt, Rejected, Reply
from omnidsl_midjourney import listing, wire
from omnidsl_midjourney.masks import mask_url
from omnidsl_midjourney.meaning import Pressing, Wish, wish

_LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each look at a task that may wait for an answer: new-api tells what is up to 15 s old."""


async def press(operation: Pressing, call: Call, context: Context) -> Receipt:
    """Buy what a button makes."""
    wanted = wish(operation)
    match wanted.asks:
        case "never":
            return await _plain(wanted, call, context)
        case "remix":
            return await _remix(wanted, call, context)
    return await _asked(wanted, call, context)


async def _plain(wanted: Wish, call: Call, context: Context) -> Receipt:
    """Press a button that no server asks about."""
    reply = await _press(wanted, _body(wanted, call), call, context, stage="submit")
    return _receipt(reply, wanted, context)


async def _asked(wanted: Wish, call: Call, context: Context) -> Receipt:
    """Press a button that every server asks about: it draws nothing without an answer, whatever code the reply has."""
    mask = await mask_url(wanted, context)
    reply = await _press(wanted, _body(wanted, call), call, context)
    if wire.exists(wire.receipt(reply)):
        return _receipt(reply, wanted, context)
    return await _answer(reply, wanted, call, context, mask=mask)


async def _remix(wanted: Wish, call: Call, context: Context) -> Receipt:
    """Press a button that a server in remix mode asks about; with a prompt it must ask."""
    body = _body(wanted, call)
    if wanted.prompt:
        body["enableRemix"] = True
    reply = await _press(wanted, body, call, context)
    task = _task(reply)
    asks = wire.asks(wire.receipt(reply)) or (bool(wanted.prompt) and await _waits(task, context))
    if asks:
        return await _answer(reply, wanted, call, context)
    if wanted.prompt:
        raise Failed("no-remix", task)
    return _receipt(reply, wanted, context)


async def _press(
    wanted: Wish, body: Mapping[str, JSON], call: Call, context: Context, *, stage: str = "action"
) -> Reply:
    """Send the request that presses; Rejected tells a server that has no way at all from a wrong address."""
    try:
        return await context.pay(_path(call, wanted.path), body, stage=stage)
    except Rejected as error:
        if wanted.path == "change" and error.reason == "no-such-address":
            words = f"it shows no buttons, and has no request without them: {error.message}"
            raise Rejected("not-served", words, error.reply) from error
        raise


async def _answer(
    opened: Reply, wanted: Wish, call: Call, context: Context, *, mask: str = ""
) -> Receipt:
    """Answer the window of a task that waits."""
    offered = wire.text(wire.properties(wire.receipt(opened)), "finalPrompt")
    old = wire.text(wanted.parent.facts, "prompt") or offered
    modal = _task(opened)
    body: dict[str, JSON] = {
        "taskId": modal,
        "prompt": wanted.answer(old),
        "state": call.attempt_id,
        **({"maskBase64": mask} if mask else {}),
    }
    reply = await context.pay(_path(call, "modal"), body, stage=listing.MODAL)
    return _receipt(reply, wanted, context, modal=modal)


async def _waits(task: str, context: Context) -> bool:
    """Whether a task waits for an answer, where the receipt did not say so."""
    for seconds in _LOOKS:
        await asyncio.sleep(seconds)
        row = await listing.single(task, context)
        if status := wire.text(row, "status").strip().upper():
            return status == wire.MODAL
    return False


def _path(call: Call, name: str) -> str:
    mode = getattr(call.operation, "mode", "fast")
    return f"/mj-{mode}/mj/submit/{name}"


def _body(wanted: Wish, call: Call) -> dict[str, JSON]:
    return {**wanted.body, "state": call.attempt_id}


def _receipt(reply: Reply, wanted: Wish, context: Context, modal: str = "") -> Receipt:
    """Return the receipt of a task, with what polling and collecting must know of it."""
    facts: dict[str, JSON] = {"action": "modal" if modal else wanted.path, "makes": wanted.makes}
    if modal:
        facts["modal"] = modal
    tasks = wire.all_submitted(reply)
    if len(tasks) > 1:  # the first is followed; nobody loses sight of what was bought with it
        facts["tasks"] = list[JSON](tasks)
    return Receipt(_task(reply), context.account, facts)


def _task(reply: Reply) -> str:
    """Return the number of the task in a receipt."""
    found = wire.submitted(reply)
    if not found:
        raise Ambiguous("no-id", "the gateway accepted the task and gave it no number", reply)
    return found
