"""The simplest limiter that keeps the contract: one submission at a time, each after the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from omnidsl.plugins.outcomes import Rejected
from omnidsl.running.clock import Clock
from omnidsl.running.limits import Limits


class SerialLimiter:
    """See `omnidsl.running.limits.Limiter`. It knows no rate, and rests for one second after any trouble."""

    def __init__(self, name: str, limits: Limits, clock: Clock) -> None:
        self.name = name
        self.limits = limits
        self._clock = clock
        self._turn = asyncio.Lock()
        self._rests = {True: 0.0, False: 0.0}
        self._not_before = 0.0
        self._cause: Rejected | None = None

    @asynccontextmanager
    async def submission(self) -> AsyncIterator[None]:
        """See `Limiter.submission`."""
        self.check()
        async with self._turn:
            await self._wait(paid=True)
            self.check()
            yield

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """See `Limiter.request`."""
        await self._wait(paid=False)
        yield

    def answered(self, *, paid: bool = True) -> None:
        """See `Limiter.answered`."""
        self._rests[paid] = 0.0

    def troubled(self, words: str, *, paid: bool = True) -> None:
        """See `Limiter.troubled`."""
        del words
        self._rests[paid] = self._clock.now() + 1.0

    def hold_off(self, seconds: float) -> None:
        """See `Limiter.hold_off`."""
        self._not_before = max(self._not_before, self._clock.now() + seconds)

    def stop(self, cause: Rejected) -> None:
        """See `Limiter.stop`."""
        self._cause = self._cause or cause

    def check(self) -> None:
        """See `Limiter.check`."""
        if self._cause is not None:
            raise Rejected(self._cause.reason, self._cause.message, self._cause.reply)

    async def _wait(self, *, paid: bool) -> None:
        while (wait := self._until(paid=paid) - self._clock.now()) > 0:
            await self._clock.sleep(wait)

    def _until(self, *, paid: bool) -> float:
        return max(self._rests[paid], self._not_before if paid else 0.0)
