"""Suno through a gateway: order, poll many at once, collect both versions."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from omnidsl.plugins import (
    JSON,
    ArgumentError,
    Backend,
    Call,
    Context,
    Failed,
    Made,
    Probe,
    Receipt,
    ReplyRule,
    Status,
    probe_task,
)
from omnidsl.plugins.songs import REPLIES, envelope, made, worded
from omnidsl_suno import Extend, ExtendClip, Lyrics, Music
from omnidsl_suno.clips import clips

Song = Music | Extend | ExtendClip


class Suno(Backend):
    """Every operation of the declarations.

    Nothing of a request is kept by the gateway under a name of ours, and nothing lists what was bought: an order whose
    answer is lost is found by nobody (the base's `find`).
    """

    replies: ClassVar[tuple[ReplyRule, ...]] = REPLIES

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Order a song, or words for one."""
        operation = call.operation
        if isinstance(operation, Lyrics):
            if not operation.prompt.strip():
                raise ArgumentError(
                    "lyrics", "prompt", "a text that is not empty", operation.prompt
                )
            reply = await context.pay("/suno/submit/lyrics", {"prompt": operation.prompt})
            return Receipt(envelope.ordered(reply), context.account, {"action": "lyrics"})
        if not isinstance(operation, Song):
            raise TypeError(f"suno has no operation {type(operation).__name__}")
        reply = await context.pay("/suno/submit/music", _order(operation))
        facts: dict[str, JSON] = {"action": "music", "videos": operation.videos}
        return Receipt(envelope.ordered(reply), context.account, facts)

    async def probe(self, context: Context) -> Probe:
        """See `Backend.probe`."""
        return await probe_task(context, "/suno/fetch/0")

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """Ask about all tasks in one request, or one by one where a gateway has no such request."""
        ids: list[JSON] = [one.task for one in receipts]
        rows = envelope.rows(await context.post("/suno/fetch", {"ids": ids}))
        if rows is None:
            found = [await _single(one.task, context) for one in receipts]
            rows = [one for one in found if one]
        wanted = {one.task for one in receipts}
        return {
            task: envelope.status(row, worded(clips(row)))
            for row in rows
            if (task := envelope.number(row)) in wanted
        }

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """Return both versions of a song, or the words; addresses are those of the finished task alone."""
        row = status.facts
        lyrics = receipt.facts.get("action") == "lyrics"
        ready = _words(row) if lyrics else any(one.audio for one in clips(row))
        if not ready:
            # A gateway may print success a moment before what was made.
            row = await _single(receipt.task, context) or row
        if not lyrics:
            return made(clips(row), receipt.task, videos=receipt.facts.get("videos") is True)
        words = _words(row)
        if not words:
            raise Failed("empty-answer", f"the task {receipt.task} ended without a word")
        title = next((envelope.text(one, "title") for one in envelope.dicts(row.get("data"))), "")
        return Made(text=words, facts={"task_id": receipt.task, "title": title})


async def _single(task: str, context: Context) -> envelope.Row:
    return await envelope.single(f"/suno/fetch/{task}", context)


def _words(row: envelope.Row) -> str:
    """Return the lyrics of a task: one object, or a list of them, of which the first is taken."""
    found = (envelope.text(one, "text", "lyrics") for one in envelope.dicts(row.get("data")))
    return next((one for one in found if one), "")


def _order(operation: Song) -> dict[str, JSON]:
    """Return the body of an order: only what was given."""
    body: dict[str, JSON] = {"mv": operation.model, "make_instrumental": operation.instrumental}
    words = operation.lyrics or ""
    if isinstance(operation, Music) and operation.prompt is not None:
        words = operation.prompt
        if not (operation.tags or operation.title or operation.negative_tags):
            body["gpt_description_prompt"] = words
            return body
    if isinstance(operation, Extend):
        task, clip = _parent(operation)
        body |= {"continue_clip_id": clip, "continue_at": operation.at, "task_id": task}
    elif isinstance(operation, ExtendClip):
        body |= {
            "continue_clip_id": operation.clip_id,
            "continue_at": operation.at,
            "task_id": operation.task_id,
        }
    # An empty prompt says that the lyrics are ours: without one some gateways ask for a description.
    body["prompt"] = words
    texts = {name: getattr(operation, name) for name in ("title", "tags", "negative_tags")}
    return {**body, **{name: text for name, text in texts.items() if text is not None}}


def _parent(operation: Extend) -> tuple[str, str]:
    """Return the task and the clip that are gone on with; ArgumentError for what the song does not have."""
    facts = operation.song.facts
    known = facts.get("clips")
    ids = [one for one in known if isinstance(one, str)] if isinstance(known, list) else []
    if not 1 <= operation.clip <= len(ids) or not ids[operation.clip - 1]:
        expected = f"one of the song's {len(ids)} versions"
        raise ArgumentError("extend", "clip", expected, operation.clip)
    lengths = facts.get("durations")
    length = lengths[operation.clip - 1] if isinstance(lengths, list) else None
    if isinstance(length, int | float) and operation.at > length:
        raise ArgumentError("extend", "at", f"at most {length:g}, the song's length", operation.at)
    return operation.song.task, ids[operation.clip - 1]
