"""Claude's chats through a gateway: by the endpoint that all models share, or by Anthropic's own."""

from typing import ClassVar

from omnidsl.plugins import Backend, Call, Context, Made, ReplyRule
from omnidsl.plugins.chat import COMPATIBLE, REPLIES, Question, ask
from omnidsl_claude import messages
from omnidsl_claude.messages import NATIVE


class Claude(Backend):
    """`chat`; the setting `native` chooses `/v1/messages`. Each protocol has a stage of its own in the ledger."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (*messages.REPLIES, *REPLIES)

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        ways = (NATIVE, COMPATIBLE) if context.settings["native"] else (COMPATIBLE, NATIVE)
        return await ask(await Question.of(call, context), call, context, *ways)
