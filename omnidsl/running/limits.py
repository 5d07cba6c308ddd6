"""How much is asked of one account at a time, and how fast."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import attrs

from omnidsl._typing import TYPE_CHECKING
from omnidsl.plugins.outcomes import Rejected
from omnidsl.running.breaker import Breaker, Fuse, Tell, silent
from omnidsl.running.clock import Clock

if TYPE_CHECKING:
    from omnidsl.settings.values import Values


@attrs.frozen(kw_only=True)
class Limits:
    """The limits of one account. Times are in seconds.

    `tasks` run at the gateway at a time; `submissions` are under way at a time, which bounds what a crash can leave
    ambiguous; `rate` a second after a `burst`; a refusal that may pass is met `retries` times, a gateway that cannot
    be reached `connect_retries` times. `fuse` says when a gateway in trouble is left alone.
    """

    tasks: int = attrs.field(default=8, validator=attrs.validators.ge(1))
    submissions: int = attrs.field(default=4, validator=attrs.validators.ge(1))
    rate: float = attrs.field(default=10.0, validator=attrs.validators.gt(0))
    burst: int = attrs.field(default=20, validator=attrs.validators.ge(1))
    retries: int = attrs.field(default=8, validator=attrs.validators.ge(0))
    connect_retries: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    backoff: float = attrs.field(default=1.0, validator=attrs.validators.ge(0))
    backoff_cap: float = attrs.field(default=60.0, validator=attrs.validators.ge(0))
    fuse: Fuse = attrs.field(factory=Fuse)

    @classmethod
    def settled(cls, values: "Values") -> "tuple[Limits, dict[str, Limits]]":
        """Return what settings say: the common limits, and those of services that have their own."""
        rest, outage = values.seconds("limits.rest"), values.seconds("limits.outage")
        fuse = Fuse()
        common = cls(
            tasks=values.count("limits.tasks"),
            submissions=values.count("limits.submissions"),
            rate=values.number("limits.rate"),
            burst=values.count("limits.burst"),
            retries=values.count("limits.retries"),
            fuse=attrs.evolve(
                fuse,
                rest=fuse.rest if rest is None else rest,
                outage=fuse.outage if outage is None else outage,
            ),
        )
        services = values.table("limits.services")
        own = {
            name: attrs.evolve(common, **one)
            for name, one in services.items()
            if isinstance(one, dict)
        }
        return common, own

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


class Limiter(Protocol):
    """What stands between a run and one account: how many submissions at a time, how fast, and whether at all.

    Implementations: `Account` (the real one) and `omnidsl.testing.SerialLimiter`; one law suite holds both.
    """

    @property
    def name(self) -> str:
        """The account."""
        ...

    @property
    def limits(self) -> Limits:
        """What it is held to."""
        ...

    def submission(self) -> AbstractAsyncContextManager[None]:
        """Wait until a paid request may be sent, and count it as under way; raises what stopped the account."""
        ...

    def request(self) -> AbstractAsyncContextManager[None]:
        """Wait until a free request may be sent; a stopped account still answers about what it was paid for."""
        ...

    def answered(self, *, paid: bool = True) -> None:
        """Take note that a request got an answer, whatever it said."""
        ...

    def troubled(self, words: str, *, paid: bool = True) -> None:
        """Take note that a request got none, or none that makes sense."""
        ...

    def hold_off(self, seconds: float) -> None:
        """Send no paid request for a while, since the gateway asked for it."""
        ...

    def stop(self, cause: Rejected) -> None:
        """Send no paid request any more: the key is refused, the quota used up, the gateway gone."""
        ...

    def check(self) -> None:
        """Raise what stopped the account, if anything did."""
        ...


class Standing:
    """How the gateway treats one account, whichever service asks: whether it is stopped, and whether it rests."""

    def __init__(
        self,
        name: str,
        fuse: Fuse,
        clock: Clock,
        tell: Tell = silent,
    ) -> None:
        self.name = name
        self.paid = Breaker(fuse, clock, tell)
        self.free = Breaker(fuse, clock, tell)
        self.cause: Rejected | None = None
        self.on_stop: list[Callable[[Rejected], None]] = []

    def stop(self, cause: Rejected) -> None:
        """Let nothing be bought any more; the first cause is the one that is told."""
        if self.cause is None:
            self.cause = cause
            for one in self.on_stop:
                one(cause)


class Account:
    """See `Limiter`. `standing` is shared by all services of an account, the rest is one group's own.

    `busy` counts submissions that are under way or wait for it.
    """

    def __init__(
        self, name: str, limits: Limits, clock: Clock, standing: Standing | None = None
    ) -> None:
        self.name = name
        self.limits = limits
        self.standing = standing or Standing(name, limits.fuse, clock)
        self.busy = 0
        self._submissions = asyncio.Semaphore(limits.submissions)
        self._bucket = TokenBucket(limits.rate, limits.burst, clock)
        self._clock = clock
        self._not_before = 0.0

    @asynccontextmanager
    async def submission(self) -> AsyncIterator[None]:
        """See `Limiter.submission`."""
        self.busy += 1
        try:
            async with self._submissions:
                self.check()
                async with self.standing.paid.passage():
                    await self._bucket.take()
                    while (wait := self._not_before - self._clock.now()) > 0:
                        await self._clock.sleep(wait)
                    self.check()
                    yield
        finally:
            self.busy -= 1

    def request(self) -> AbstractAsyncContextManager[None]:
        """See `Limiter.request`."""
        return self.standing.free.passage()

    def answered(self, *, paid: bool = True) -> None:
        """See `Limiter.answered`."""
        (self.standing.paid if paid else self.standing.free).answered()

    def troubled(self, words: str, *, paid: bool = True) -> None:
        """See `Limiter.troubled`."""
        if not paid:
            self.standing.free.troubled(words)
        elif self.standing.paid.troubled(words):
            self.stop(Rejected("gateway-trouble", words))

    def hold_off(self, seconds: float) -> None:
        """See `Limiter.hold_off`."""
        self._not_before = max(self._not_before, self._clock.now() + seconds)

    def stop(self, cause: Rejected) -> None:
        """See `Limiter.stop`."""
        self.standing.stop(cause)

    def check(self) -> None:
        """See `Limiter.check`."""
        if (cause := self.standing.cause) is not None:
            raise Rejected(cause.reason, cause.message, cause.reply)
