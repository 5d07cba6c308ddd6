"""Where time comes from: protocols and the machine's own; `omnidsl.testing.ManualClock` is the one of tests."""

import asyncio
from typing import Protocol


class Clock(Protocol):
    """Seconds that only grow, and waiting."""

    def now(self) -> float:
        """Return the seconds since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; others get their turn even where there is nothing to wait for."""
        ...


class SystemClock:
    """The machine's own clock, as the event loop reads it: setting the wall clock does not move it."""

    def now(self) -> float:
        """See `Clock.now`."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(max(0.0, seconds))
