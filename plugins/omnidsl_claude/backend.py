"""Claude's chats through a gateway: by the endpoint that all models share, or by Anthropic's own."""

from typing import ClassVar

import attrs

from omnidsl.plugins import Backend, Call, Context, Made, Probe, ReplyRule, probe_models
from omnidsl.plugins.chat import COMPATIBLE, REPLIES, Question, ask, complete
from omnidsl_claude import messages
from omnidsl_claude.messages import NATIVE


async def _by_name(question: Question, call: Call, context: Context) -> Made:
    """Ask at the endpoint that all models share; new-api's way to Claude drops `response_format` there."""
    return await complete(question.spelled_out(), call, context)


BY_NAME = attrs.evolve(COMPATIBLE, ask=_by_name)


class Claude(Backend):
    """`chat`; the setting `native` chooses `/v1/messages`. Each protocol has a stage of its own in the ledger."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (*messages.REPLIES, *REPLIES)

    async def probe(self, context: Context) -> Probe:
        """See `Backend.probe`."""
        return await probe_models(context, named="claude")

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        ways = (NATIVE, BY_NAME) if context.settings["native"] else (BY_NAME, NATIVE)
        return await ask(await Question.of(call, context), call, context, *ways)
