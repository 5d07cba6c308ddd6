"""A circuit breaker: a gateway in trouble is left alone for a while, then one request tries whether it is well again."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

import attrs

from omnidsl.running.clock import Clock

Turn = Literal["gateway-rests", "gateway-back", "gateway-given-up"]

Tell = Callable[[Turn, str, float], None]
"""Hears of every turn of the circuit: what turned, the words of the last trouble, and seconds."""


def silent(turn: Turn, words: str, seconds: float) -> None:
    """Tell nobody."""
    del turn, words, seconds


@attrs.frozen
class Fuse:
    """When a circuit opens and for how long, in seconds.

    It opens after `troubles` within `window`, if there were no more answers than troubles meanwhile. It rests for
    `rest`, and twice as long after every trial that fails, up to `longest`. After `outage` it is given up; at once
    where the gateway never answered, since then the address is likely to be wrong.
    """

    troubles: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    window: float = attrs.field(default=60.0, validator=attrs.validators.gt(0))
    rest: float = attrs.field(default=10.0, validator=attrs.validators.ge(0))
    longest: float = attrs.field(default=120.0, validator=attrs.validators.ge(0))
    outage: float = attrs.field(default=600.0, validator=attrs.validators.ge(0))


class Breaker:
    """Closed: everything passes. Open: nothing does. Half open: one request does, and what comes of it decides."""

    def __init__(self, fuse: Fuse, clock: Clock, tell: Tell = silent) -> None:
        self._fuse = fuse
        self._clock = clock
        self._tell = tell
        self._troubles: deque[float] = deque(maxlen=fuse.troubles)
        self._answers = 0
        self._ever = False
        self._since: float | None = None
        self._until = 0.0
        self._rest = fuse.rest
        self._trial = False
        self._turned = asyncio.Event()

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        """How the circuit stands."""
        if self._since is None:
            return "closed"
        return "half-open" if self._trial else "open"

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Wait until a request may be sent. A trial that says nothing of its outcome leaves the next one to try."""
        trial = self._since is not None and await self._entered()
        try:
            yield
        finally:
            if trial and self._trial:
                self._trial = False
                self._turn()

    async def _entered(self) -> bool:
        """Return when a request may pass; tell whether it is the trial."""
        while self._since is not None:
            wait = self._until - self._clock.now()
            if self._trial:
                await self._turned.wait()
            elif wait > 0:
                await self._clock.sleep(wait)
            else:
                self._trial = True
                return True
        return False

    def answered(self) -> None:
        """Take note of an answer, whatever it said."""
        self._ever = True
        if self._since is not None:
            self._tell("gateway-back", "", self._clock.now() - self._since)
            self._since, self._trial, self._rest = None, False, self._fuse.rest
            self._troubles.clear()
            self._turn()
        elif self._troubles:
            self._answers += 1
            if self._answers > self._fuse.troubles:
                self._troubles.clear()

    def troubled(self, words: str) -> bool:
        """Take note that no answer came, or none that makes sense; tell whether to give the gateway up."""
        now = self._clock.now()
        if self._since is None:
            if not self._troubles:
                self._answers = 0
            self._troubles.append(now)
            many = len(self._troubles) == self._fuse.troubles
            if not many or now - self._troubles[0] > self._fuse.window:
                return False
            self._since = now
        elif not self._trial:
            return False  # sent before the circuit opened
        else:
            self._rest = min(self._rest * 2, self._fuse.longest)
            if now - self._since >= (self._fuse.outage if self._ever else 0.0):
                self._tell("gateway-given-up", words, now - self._since)
                self._pause()
                return True
        self._pause()
        self._tell("gateway-rests", words, self._until - now)
        return False

    def _pause(self) -> None:
        # A tenth more or less, so that clients which failed together do not come back together.
        self._until = self._clock.now() + self._rest * random.uniform(0.9, 1.1)  # noqa: S311  # jitter, no secret
        self._trial = False
        self._turn()

    def _turn(self) -> None:
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()
