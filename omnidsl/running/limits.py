"""How much is asked of one account at a time, and how fast."""

import asyncio
import random
from typing import Protocol

import attrs

from omnidsl.plugins.outcomes import Rejected


class Clock(Protocol):
    """Where time comes from: seconds that only grow, and waiting."""

    def now(self) -> float:
        """Return the seconds since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return the event loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@attrs.frozen(kw_only=True)
class Limits:
    """The limits of one account. Times are in seconds.

    `tasks` run at the gateway at a time; `submissions` are under way at a time, which bounds what a crash can leave
    ambiguous; `rate` a second after a `burst`; a refusal that may pass is met `retries` times, a gateway that cannot
    be reached `connect_retries` times.
    """

    tasks: int = attrs.field(default=8, validator=attrs.validators.ge(1))
    submissions: int = attrs.field(default=4, validator=attrs.validators.ge(1))
    rate: float = attrs.field(default=10.0, validator=attrs.validators.gt(0))
    burst: int = attrs.field(default=20, validator=attrs.validators.ge(1))
    retries: int = attrs.field(default=8, validator=attrs.validators.ge(0))
    connect_retries: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    backoff: float = attrs.field(default=1.0, validator=attrs.validators.ge(0))
    backoff_cap: float = attrs.field(default=60.0, validator=attrs.validators.ge(0))

    def pause(self, turn: int, asked: float | None = None) -> float:
        """Return how long to wait before the `turn`-th try more (from 1): what the gateway asks, else full jitter."""
        if asked is not None:
            return asked + random.uniform(0, self.backoff / 4)  # noqa: S311  # jitter, no secret
        return random.uniform(0, min(self.backoff_cap, self.backoff * 2.0 ** min(turn, 32)))  # noqa: S311  # as above


class TokenBucket:
    """Lets `burst` through at once and `rate` a second after that, first come first served."""

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._level = float(burst)
        self._at: float | None = None
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """Wait for one token and take it."""
        async with self._turn:
            while True:
                now = self._clock.now()
                passed = 0.0 if self._at is None else now - self._at
                self._level = min(self._burst, self._level + passed * self._rate)
                self._at = now
                if self._level >= 1:
                    self._level -= 1
                    return
                await self._clock.sleep((1 - self._level) / self._rate)


class Account:
    """One account of one gateway, as a run knows it: its slots, its pace, and whether it was shut out."""

    def __init__(self, name: str, limits: Limits, clock: Clock) -> None:
        self.name = name
        self.limits = limits
        self.tasks = asyncio.Semaphore(limits.tasks)
        self.submissions = asyncio.Semaphore(limits.submissions)
        self._bucket = TokenBucket(limits.rate, limits.burst, clock)
        self._clock = clock
        self._not_before = 0.0
        self._stopped: Rejected | None = None

    async def admit(self) -> None:
        """Wait until a submission may be sent; raises what shut the account out, if anything did."""
        self.check()
        await self._bucket.take()
        while (wait := self._not_before - self._clock.now()) > 0:
            await self._clock.sleep(wait)
            self.check()

    def check(self) -> None:
        """Raise what shut the account out, if anything did."""
        if self._stopped is not None:
            raise Rejected(self._stopped.reason, self._stopped.message, self._stopped.reply)

    def hold_off(self, seconds: float) -> None:
        """Let nothing through for a while, since the gateway asked for it."""
        self._not_before = max(self._not_before, self._clock.now() + seconds)

    def stop(self, cause: Rejected) -> None:
        """Let nothing through any more: the key is refused, the quota used up."""
        self._stopped = self._stopped or cause
