"""The two ways in which gateways sell Udio's songs (wire reference, section 3), each with a stage of its own.

`submit-music` is Suno's envelope again. `generate-proxy` is named after a request of Udio's own site: some gateways answer
it with the number of a task that `/udio/query` tells of, others with the ids of the songs that `/udio/songs` tells of.
"""

from collections.abc import Awaitable, Callable

import attrs

from omnidsl.plugins import JSON, Context, Receipt, Reply
from omnidsl.plugins.songs import envelope


@attrs.frozen
class Dialect:
    """Where songs are ordered, as which stage, and how one asks for a task; an empty row: it is not known."""

    stage: str
    path: str
    look: Callable[[Receipt, Context], Awaitable[envelope.Row]]


async def _fetch(receipt: Receipt, context: Context) -> envelope.Row:
    return await envelope.single(f"/udio/fetch/{receipt.task}", context)


async def _query(receipt: Receipt, context: Context) -> envelope.Row:
    known = receipt.facts.get("songs")
    ids = [one for one in known if isinstance(one, str)] if isinstance(known, list) else []
    asked = ",".join(ids or [receipt.task])
    reply = await context.get(f"/udio/query?ids={asked}")
    if reply.status in (404, 405):
        reply = await context.get(f"/udio/songs?songIds={asked}")
    body = envelope.whole(reply)
    if reply.status != 200 or not isinstance(body, dict):
        return {}
    # A task in an envelope whose code is a text or a number; or the songs, bare.
    data = body.get("data")
    return data if isinstance(data, dict) else body if body.get("songs") else {}


SUBMIT_MUSIC = Dialect("submit", "/udio/submit/music", _fetch)
GENERATE_PROXY = Dialect("generate-proxy", "/udio/generate-proxy", _query)

DIALECTS = {one.stage: one for one in (SUBMIT_MUSIC, GENERATE_PROXY)}


def bought(reply: Reply) -> tuple[str, list[JSON]]:
    """Return the number of the task that an order made, and the ids of its songs where they came with it.

    Raises Ambiguous for a reply that names neither.
    """
    body = envelope.whole(reply)
    found = body.get("track_ids") if isinstance(body, dict) else None
    songs = [one for one in map(envelope.called, found) if one] if isinstance(found, list) else []
    if isinstance(body, dict) and songs:
        return envelope.called(body.get("generation_id")) or songs[0], list[JSON](songs)
    return envelope.ordered(reply), []
