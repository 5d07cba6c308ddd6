"""OpenAI's chats and pictures through a gateway: one paid request whose reply is the answer."""

from typing import ClassVar

from omnidsl.plugins import Backend, Call, Context, Made, ReplyRule
from omnidsl.plugins.chat import REPLIES, Question, complete
from omnidsl_openai import Draw, pictures


class OpenAI(Backend):
    """`chat` and `image`; the attempt's id travels as `Idempotency-Key`."""

    replies: ClassVar[tuple[ReplyRule, ...]] = (
        ReplyRule(verdict="accepted", status=(200, 201), field="data.0"),
        *REPLIES,
    )

    async def call(self, call: Call, context: Context) -> Made:
        """Ask once and return the answer; Failed when there is none that can be used."""
        operation = call.operation
        if isinstance(operation, Draw):
            asked = pictures.request(operation)
            headers = {"Idempotency-Key": call.attempt_id}
            return pictures.made(
                await context.pay("/v1/images/generations", asked, headers=headers)
            )
        return await complete(await Question.of(call, context), call, context)
