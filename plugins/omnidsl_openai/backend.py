"""OpenAI's models through a gateway: one paid request whose reply is the answer."""

from typing import ClassVar

from omnidsl.plugins import Backend, Call, Context, Made, Probe, ReplyRule, probe_models
from omnidsl.plugins.chat import REPLIES, Question, complete
from omnidsl_openai import editing, pictures, sounds, vectors
from omnidsl_openai.drawing import Draw, Edit, Images
from omnidsl_openai.listening import Speech, Transcribe, Translate
from omnidsl_openai.measuring import Embed, Models

_GOOD = (200, 201)
_HEARD = "/v1/audio/tran"


def _sound(content_type: str) -> ReplyRule:
    return ReplyRule(
        verdict="accepted", status=_GOOD, path=sounds.SPEECH, content_type=content_type
    )


def _transcript(content_type: str) -> ReplyRule:
    return ReplyRule(verdict="accepted", status=_GOOD, path=_HEARD, content_type=content_type)


class OpenAI(Backend):
    """Everything that OpenAI's models do; the attempt's id travels as `Idempotency-Key`."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (
        # Whatever a reply says of its type: an error in it is no sound and no transcript.
        ReplyRule(
            verdict="ambiguous",
            status=_GOOD,
            path="/v1/audio/",
            field="error",
            reason="error-in-success",
        ),
        _sound("audio/"),
        _sound("application/octet-stream"),
        _sound("application/ogg"),
        _sound("binary/octet-stream"),
        _transcript("application/json"),
        _transcript("text/plain"),
        _transcript("text/vtt"),
        _transcript("application/x-subrip"),
        ReplyRule(verdict="accepted", status=_GOOD, field="data.0"),
        *REPLIES,
    )

    async def probe(self, context: Context) -> Probe:
        """See `Backend.probe`."""
        return await probe_models(context)

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        named = {"Idempotency-Key": call.attempt_id}
        match call.operation:
            case Draw() as asked:
                body = pictures.request(asked)
                return pictures.made(await context.pay(pictures.GENERATIONS, body, headers=named))
            case Images() as asked:
                body = pictures.request(asked)
                reply = await context.pay(pictures.GENERATIONS, body, headers=named)
                return pictures.all_made(reply, asked.n)
            case Edit() as asked:
                form = await editing.request(asked, context)
                return pictures.made(await context.pay(editing.EDITS, form, headers=named))
            case Speech() as asked:
                body = sounds.speech(asked)
                return sounds.spoken(await context.pay(sounds.SPEECH, body, headers=named), asked)
            case Transcribe() | Translate() as asked:
                form = await sounds.transcription(asked, context)
                path = sounds.path_of(asked)
                return sounds.heard(await context.pay(path, form, headers=named), asked)
            case Embed() as asked:
                body = vectors.request(asked)
                return vectors.made(
                    await context.pay(vectors.EMBEDDINGS, body, headers=named), asked
                )
            case Models():
                return vectors.listed(await context.get(vectors.MODELS))
        return await complete(await Question.of(call, context), call, context)
