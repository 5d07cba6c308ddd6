"""A clock whose time passes only when a test says so."""

import asyncio
import heapq
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")

_TURNS = 25
"""How often everybody else gets a turn before time goes on: enough for what waits for nothing but other coroutines."""


class ManualClock:
    """See `omnidsl.running.clock.Clock`. Sleepers wake in the order of their times, each at its own time."""

    def __init__(self, start: float = 1000.0) -> None:
        self._now = start
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """See `Clock.now`."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._sleepers, (self._now + seconds, self._order, waker))
        await waker

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everybody who wakes meanwhile do what there is to do."""
        end = self._now + seconds
        await self._settle()
        while self._wake(end):
            await self._settle()
        self._now = end

    async def run(self, work: Coroutine[object, object, T]) -> T:
        """Return what some work comes to, letting time pass wherever nothing else can happen."""
        task = asyncio.ensure_future(work)
        await self._settle()
        while not task.done():
            if not self._wake(float("inf")):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                raise RuntimeError("the work waits for something that no passing of time brings")
            await self._settle()
        return task.result()

    def _wake(self, end: float) -> bool:
        """Go on to the next sleeper's time and wake it, if that is not behind `end`."""
        while self._sleepers:
            when, _, waker = self._sleepers[0]
            if when > end:
                return False
            heapq.heappop(self._sleepers)
            if not waker.done():
                self._now = max(self._now, when)
                waker.set_result(None)
                return True
        return False

    @staticmethod
    async def _settle() -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
