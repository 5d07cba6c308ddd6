"""How long a run works: until its steps are done, a signal comes, or its deadline passes."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Mapping

from omnidsl.planning.money import amount
from omnidsl.running.events import Notice, told
from omnidsl.running.stopping import Cause
from omnidsl.running.workshop import Workshop

_ANSWERS = 10.0
"""Seconds that purchases under way get for their answers at least; only a second signal tears them off."""

_WORDS: Mapping[tuple[Cause, bool], str] = {
    ("interrupted", True): "stopping",
    ("interrupted", False): "stopping-idle",
    ("deadline", True): "deadline",
    ("deadline", False): "deadline-idle",
}
"""What is told when a run begins to stop, by the cause and by whether anything is in flight."""


async def see_through(
    work: Awaitable[None], shop: Workshop, *, deadline: float | None, grace: float, currency: str
) -> None:
    """Await the steps of a run; when it has to stop, nothing more is bought and what is paid for gets its `grace`.

    A second signal ends the wait at once; `shop.stop` hears of them, and says what stopped the run. `deadline` and
    `grace` are in seconds.
    """
    loop, stop = asyncio.get_running_loop(), shop.stop
    steps = asyncio.ensure_future(work)
    timers: list[asyncio.TimerHandle] = []

    def begin(cause: Cause) -> None:
        tasks, micros = len(shop.in_flight) + len(shop.pending), sum(shop.in_flight.values())
        money = f" ({currency} {amount(micros)})" if micros else ""
        stop.begin(cause)
        values = {"flight": f"{tasks}{money}", "seconds": f"{grace:g}", "run": shop.run}
        shop.emit(Notice(**told(_WORDS[cause, tasks > 0], values)))
        timers.append(loop.call_later(grace, steps.cancel))

    def passed() -> None:
        if stop.cause is None:
            begin("deadline")

    def signalled() -> None:
        if stop.cause is None:
            begin("interrupted")
            return
        for sending in tuple(shop.pending):
            sending.cancel()
        steps.cancel()

    stop.heed = signalled
    if stop.cause is not None:
        begin(stop.cause)  # it came while the run was set up
    if deadline is not None:
        timers.append(loop.call_later(deadline, passed))
    try:
        await asyncio.shield(steps)
    except asyncio.CancelledError:
        if not steps.cancelled():  # somebody cancels us from outside, as Ctrl-C does on Windows
            stop.begin("interrupted")
            stop.signal = stop.signal or int(signal.SIGINT)
            steps.cancel()
            await asyncio.wait([steps])
            raise
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        for timer in timers:
            timer.cancel()
        await settle_down(shop)
        stop.heed = None


async def settle_down(shop: Workshop) -> None:
    """Let purchases under way end, within reason, and stop asking about tasks."""
    if shop.pending:
        await asyncio.wait(set(shop.pending), timeout=_ANSWERS)
    for sending in tuple(shop.pending):
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await sending
    await shop.close()
