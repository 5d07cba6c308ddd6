"""What is done when steps have settled."""

import asyncio

from omnidsl.running.arrivals import Arrivals
from omnidsl.running.reading import Absent, Find
from omnidsl.running.results import Result


def nothing(_: str) -> Result:
    raise Absent


def test_a_step_is_let_go_when_the_last_act_that_needs_it_was_done() -> None:
    heard: list[str] = []
    arrivals = Arrivals(nothing, lambda name: heard.append(f"let go {name}"))

    async def act(_: Find) -> None:
        heard.append("act")

    async def run() -> None:
        arrivals.add(["a"], act)
        arrivals.add(["a", "b"], act)
        await arrivals.begin()
        for name in ("c", "a", "b"):
            heard.append(name)
            await arrivals.settled(name)

    asyncio.run(run())

    assert ["c", "let go c", "a", "act", "b", "act", "let go a", "let go b"] == heard
