"""Gemini's chats through a gateway: by the endpoint that all models share, or by Google's own."""

from typing import ClassVar

from omnidsl.plugins import Backend, Call, Context, Made, ReplyRule
from omnidsl.plugins.chat import REPLIES, Question, complete
from omnidsl_gemini import contents


class Gemini(Backend):
    """`chat`; the setting `native` chooses `generateContent`. Each protocol has a stage of its own in the ledger."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (*contents.REPLIES, *REPLIES)

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        question = await Question.of(call, context)
        if getattr(context, "settings", {}).get("native"):
            return await contents.ask(question, call, context)
        return await complete(question, call, context)
