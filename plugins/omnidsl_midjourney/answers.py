"""The operations that are answered at once: addresses of pictures, a seed, a picture made smaller."""

import asyncio
import re

from omnidsl.plugins import JSON, Artifact, Call, Context, Failed, File, Made, Reply
from omnidsl_midjourney import wire
from omnidsl_midjourney.at_once import Fit, Seed, Upload
from omnidsl_midjourney.bodies import pictures
from omnidsl_midjourney.fitting import fitted

_DIGITS = re.compile(r"\d{1,20}")


async def upload(operation: Upload, call: Call, context: Context) -> Made:
    """Send pictures; return their addresses."""
    given: object = operation.pictures
    # One picture that flows in is no list.
    several: list[Artifact] = [given] if isinstance(given, Artifact) else [*operation.pictures]
    body: dict[str, JSON] = {
        "base64Array": await pictures(several, context),
        "state": call.attempt_id,
    }
    path = f"/mj-{operation.mode}/mj/submit/upload-discord-images"
    addresses = _addresses(await context.pay(path, body))
    if len(addresses) != len(several):
        words = f"{len(several)} pictures were sent, and {len(addresses)} addresses came back"
        raise Failed("empty-answer", words)
    return Made(text="\n".join(addresses), facts={"addresses": list[JSON](addresses)})


async def seed(operation: Seed, context: Context) -> Made:
    """Ask for the seed of a task, unless its own row told it."""
    told = wire.text(operation.picture.facts, "seed")
    if _DIGITS.fullmatch(told):
        return _seed(told)
    path = f"/mj-{operation.mode}/mj/task/{operation.picture.task}/image-seed"
    reply = await context.get(path)
    found = wire.submitted(reply)
    if str(wire.receipt(reply).get("code")) == "1" and _DIGITS.fullmatch(found):
        return _seed(found)
    words = wire.text(wire.receipt(reply), "description") or f"HTTP {reply.status}"
    raise Failed("empty-answer", words.strip())


async def fit(operation: Fit, context: Context) -> Made:
    """Make a picture small enough, off the event loop."""
    content = await context.read(operation.picture.sha256)
    return Made(
        files=(File("image", data=await asyncio.to_thread(fitted, content, operation.side)),)
    )


def _seed(found: str) -> Made:
    return Made(text=found, facts={"seed": found})


def _addresses(reply: Reply) -> list[str]:
    """Return the addresses in a reply: a list, or a single one."""
    found = wire.receipt(reply).get("result")
    several = found if isinstance(found, list) else [found]
    return [one.strip() for one in several if isinstance(one, str) and one.strip()]
