"""Chats that several services share: a question as all of them read it, and the protocol that most gateways speak.

A service whose models answer at `/v1/chat/completions` declares an operation with the arguments of `Asking`, and its
backend is short:

    class Mine(Backend):
        replies = REPLIES

        async def call(self, call: Call, context: Context) -> Made:
            return await complete(await Question.of(call, context), call, context)

One that speaks another protocol takes its words from `Question` and ends with `finish`; one that speaks both names a `Way`
for each, and `ask` sees to it that none is paid for beside another.
"""

from omnidsl.plugins.chat.compatible import COMPATIBLE, REPLIES, complete
from omnidsl.plugins.chat.endings import finish, numbers
from omnidsl.plugins.chat.question import Asking, Picture, Question, Turn
from omnidsl.plugins.chat.streamed import ChatStream
from omnidsl.plugins.chat.ways import Way, ask

__all__ = [
    "COMPATIBLE",
    "REPLIES",
    "Asking",
    "ChatStream",
    "Picture",
    "Question",
    "Turn",
    "Way",
    "ask",
    "complete",
    "finish",
    "numbers",
]
