"""Udio through a gateway, in either of its dialects (wire reference, section 3)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar

from omnidsl.plugins import (
    JSON,
    ArgumentError,
    Backend,
    Call,
    Context,
    Made,
    Probe,
    Receipt,
    ReplyRule,
    Status,
    probe_task,
)
from omnidsl.plugins.songs import REPLIES, envelope, made, worded
from omnidsl_udio import Extend, ExtendClip, Music
from omnidsl_udio.clips import clips, finished
from omnidsl_udio.dialects import DIALECTS, GENERATE_PROXY, SUBMIT_MUSIC, Dialect, bought

Order = Music | Extend | ExtendClip

_MODES = {"before": "precede", "after": "continuation"}
_PLACES = {"before": 0.0, "after": 0.9}
"""Where in a whole song the new part stands: an intro, an outro."""

_SHARES = {
    "song_section_start": "section_start",
    "song_section_end": "section_end",
    "lyrics_placement_start": "lyrics_start",
    "lyrics_placement_end": "lyrics_end",
    "prompt_strength": "prompt_strength",
    "lyrics_strength": "lyrics_strength",
    "clarity_strength": "clarity",
    "generation_quality": "quality",
    "negative_prompt": "negative_prompt",
    "lyrics": "lyrics",
}
"""Fields of the wire by the arguments that fill them; what is not given is left to the gateway."""


class Udio(Backend):
    """Every operation of the declarations.

    The gateway keeps nothing of a request under a name of ours, and lists nothing: what is lost is found by nobody.
    """

    replies: ClassVar[tuple[ReplyRule, ...]] = (
        *REPLIES,
        ReplyRule(verdict="accepted", status=(200, 201, 202), field="track_ids.0"),
    )

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Order a song."""
        operation = call.operation
        if not isinstance(operation, Order):
            raise TypeError(f"udio has no operation {type(operation).__name__}")
        dialect = await _dialect(context)
        body: dict[str, JSON] = {"gen_params": _parameters(operation)}
        task, songs = bought(await context.pay(dialect.path, body, stage=dialect.stage))
        facts: dict[str, JSON] = {"dialect": dialect.stage, "videos": operation.videos}
        return Receipt(task, context.account, {**facts, "songs": songs} if songs else facts)

    async def probe(self, context: Context) -> Probe:
        """See `Backend.probe`."""
        proxy = context.settings["dialect"] == "generate-proxy"
        return await probe_task(context, "/udio/query?ids=0" if proxy else "/udio/fetch/0")

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """Ask about each task: no gateway is known that tells of several at once."""
        rows = await asyncio.gather(*(_look(one, context) for one in receipts))
        return {one.task: _status(row) for one, row in zip(receipts, rows, strict=True) if row}

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """Return both versions of a song."""
        row = status.facts
        if not any(one.audio for one in clips(row)):
            # A gateway may print success a moment before what was made.
            row = await _look(receipt, context) or row
        return made(clips(row), receipt.task, videos=receipt.facts.get("videos") is True)


async def _dialect(context: Context) -> Dialect:
    """Return the dialect that the project settled, unless the other one has bought this song already."""
    proxy = context.settings["dialect"] == "generate-proxy"
    first, second = (GENERATE_PROXY, SUBMIT_MUSIC) if proxy else (SUBMIT_MUSIC, GENERATE_PROXY)
    if await context.kept(first.stage) is None and await context.kept(second.stage) is not None:
        return second
    return first


async def _look(receipt: Receipt, context: Context) -> envelope.Row:
    dialect = DIALECTS.get(str(receipt.facts.get("dialect")), SUBMIT_MUSIC)
    return await dialect.look(receipt, context)


def _status(row: envelope.Row) -> Status:
    """Return how a task stands; where the gateway prints no status, its songs say whether they are finished."""
    if not envelope.text(row, "status") and finished(row):
        return Status("done", 1.0, facts=dict(row))
    return envelope.status(row, worded(clips(row)))


def _parameters(operation: Order) -> dict[str, JSON]:
    """Return the `gen_params` of an order: what was given, and what the gateway must not guess."""
    words = operation.lyrics_type or ("generate" if operation.lyrics is None else "user")
    body: dict[str, JSON] = {
        "prompt": operation.prompt,
        "lyrics_type": words,
        "model_type": operation.model,
        "seed": operation.seed,
        "bypass_prompt_optimization": operation.plain,
        "config": {"mode": "regular"},
    }
    for field, name in _SHARES.items():
        if (value := getattr(operation, name, None)) is not None:
            body[field] = value
    if isinstance(operation, Music):
        return body
    song = operation.clip_id if isinstance(operation, ExtendClip) else _clip(operation)
    body["song_section_start"] = _PLACES[operation.where]
    body["config"] = {
        "mode": _MODES[operation.where],
        "context_length": operation.context,
        "source": {"source_type": "song", "song_id": song},
    }
    return body


def _clip(operation: Extend) -> str:
    """Return the clip that is gone on with; ArgumentError for a clip that there is none of."""
    known = operation.song.facts.get("clips")
    ids = [one for one in known if isinstance(one, str)] if isinstance(known, list) else []
    if not 1 <= operation.clip <= len(ids) or not ids[operation.clip - 1]:
        expected = f"one of the song's {len(ids)} versions"
        raise ArgumentError("extend", "clip", expected, operation.clip)
    return ids[operation.clip - 1]
