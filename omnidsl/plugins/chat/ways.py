"""Several protocols for one question: which of them is spoken, and that none is paid for beside another."""

from collections.abc import Awaitable, Callable

import attrs

from omnidsl.plugins.backend import Call, Context
from omnidsl.plugins.chat.question import Question
from omnidsl.plugins.media import Made
from omnidsl.plugins.streams import Stream


@attrs.frozen
class Way:
    """A protocol: the stage that the ledger knows it by (no two share one), how its streams are read, how it asks."""

    stage: str
    stream: Callable[[], Stream]
    ask: Callable[[Question, Call, Context], Awaitable[Made]]


async def ask(question: Question, call: Call, context: Context, way: Way, *others: Way) -> Made:
    """Ask by a way; what was paid for by another one before an interruption is read as that one's, and not paid for again."""
    if await context.kept(way.stage, way.stream) is None:
        for other in others:
            if await context.kept(other.stage, other.stream) is not None:
                return await other.ask(question, call, context)
    return await way.ask(question, call, context)
