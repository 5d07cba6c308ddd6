"""One timer for everything that a run has to do at a certain time."""

import asyncio
import contextlib
import heapq
from collections.abc import Callable

import attrs

from omnidsl.running.clock import Clock


@attrs.define(eq=False, order=False)
class Alarm:
    """Something to be done at a time of the clock; `cancel` makes nothing of it."""

    when: float
    act: Callable[[], None]

    def cancel(self) -> None:
        """Do nothing then."""
        self.act = _nothing


def _nothing() -> None:
    """Do nothing."""


class Wheel:
    """Sleeps until the next alarm, does what it asks for, and goes on; without alarms it does not run."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._order = 0
        self._turning: asyncio.Task[None] | None = None
        self._asleep_until = 0.0
        self._sleeper: asyncio.Task[None] | None = None

    def at(self, when: float, act: Callable[[], None]) -> Alarm:
        """Have something done at a time; what it does may not take long."""
        alarm = Alarm(when, act)
        self._order += 1
        heapq.heappush(self._alarms, (when, self._order, alarm))
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(self._turn(), name="wheel")
        elif self._sleeper is not None and when < self._asleep_until:
            self._sleeper.cancel()
        return alarm

    async def close(self) -> None:
        """Forget all alarms."""
        self._alarms.clear()
        if self._turning is not None:
            self._turning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._turning

    async def _turn(self) -> None:
        while self._alarms:
            when, _, alarm = self._alarms[0]
            wait = when - self._clock.now()
            if alarm.act is _nothing or wait <= 0:
                heapq.heappop(self._alarms)
                alarm.act()
            else:
                await self._sleep(when, wait)

    async def _sleep(self, when: float, seconds: float) -> None:
        """Sleep until an alarm's time, or until an earlier one comes."""
        self._asleep_until = when
        self._sleeper = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait([self._sleeper])
        finally:
            self._sleeper.cancel()
            self._sleeper = None
