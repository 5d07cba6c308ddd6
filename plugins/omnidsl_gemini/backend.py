"""Gemini's chats through a gateway: by the endpoint that all models share, or by Google's own."""

from typing import ClassVar

from omnidsl.plugins import Backend, Call, Context, Made, Probe, ReplyRule, probe_models
from omnidsl.plugins.chat import COMPATIBLE, REPLIES, Question, ask
from omnidsl_gemini import contents
from omnidsl_gemini.contents import NATIVE


class Gemini(Backend):
    """`chat`; the setting `native` chooses `generateContent`. Each protocol has a stage of its own in the ledger."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (*contents.REPLIES, *REPLIES)

    async def probe(self, context: Context) -> Probe:
        """See `Backend.probe`."""
        return await probe_models(context, named="gemini")

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        ways = (NATIVE, COMPATIBLE) if context.settings["native"] else (COMPATIBLE, NATIVE)
        return await ask(await Question.of(call, context), call, context, *ways)
