"""What every limiter keeps, the real one and the simplest one."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from omnidsl.plugins import Rejected
from omnidsl.running.breaker import Fuse
from omnidsl.running.clock import Clock
from omnidsl.running.limits import Account, Limiter, Limits
from omnidsl.testing import ManualClock, SerialLimiter

LIMITS = Limits(submissions=3, rate=1000.0, burst=1000, fuse=Fuse(troubles=1, rest=1.0))
Make = Callable[[str, Limits, Clock], Limiter]
MAKERS = pytest.mark.parametrize("make", [Account, SerialLimiter])


def under(
    make: Make, work: Callable[[Limiter, ManualClock], Coroutine[object, object, None]]
) -> None:
    async def run() -> None:
        clock = ManualClock()
        await clock.run(work(make("ours", LIMITS, clock), clock))

    asyncio.run(run())


async def submit(limiter: Limiter, clock: ManualClock, seconds: float = 0.0) -> float:
    """Submit something that takes a while, and return when it was sent."""
    async with limiter.submission():
        sent = clock.now()
        await clock.sleep(seconds)
        return sent


@MAKERS
def test_no_more_submissions_are_under_way_than_it_says(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        under_way, most = 0, 0

        async def one() -> None:
            nonlocal under_way, most
            async with limiter.submission():
                under_way += 1
                most = max(most, under_way)
                await clock.sleep(1.0)
                under_way -= 1

        await asyncio.gather(*(one() for _ in range(10)))

        assert 1 <= most <= limiter.limits.submissions

    under(make, work)


@MAKERS
def test_nothing_is_sent_while_the_gateway_asked_for_a_pause(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.hold_off(7.0)
        limiter.answered()
        begun = clock.now()

        assert await submit(limiter, clock) - begun >= 7.0

    under(make, work)


@MAKERS
def test_a_shorter_pause_does_not_end_a_longer_one(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.hold_off(7.0)
        limiter.hold_off(1.0)
        begun = clock.now()

        assert await submit(limiter, clock) - begun >= 7.0

    under(make, work)


@MAKERS
def test_a_pause_that_begins_while_others_wait_holds_for_them(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.hold_off(2.0)
        begun = clock.now()
        waiting = asyncio.ensure_future(submit(limiter, clock))
        await asyncio.sleep(0)
        limiter.hold_off(9.0)

        assert await waiting - begun >= 9.0

    under(make, work)


@MAKERS
def test_a_stopped_account_buys_nothing_and_says_why(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.stop(Rejected("quota", "no money"))
        limiter.stop(Rejected("auth", "later"))
        told = []
        for act in (limiter.check, lambda: None):
            try:
                act()
                await submit(limiter, clock)
            except Rejected as error:
                told.append((error.reason, error.message))

        assert [("quota", "no money")] * 2 == told

    under(make, work)


@MAKERS
def test_who_waits_when_an_account_is_stopped_hears_of_it(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        waits = [asyncio.ensure_future(submit(limiter, clock, 1.0)) for _ in range(6)]
        limiter.hold_off(2.0)
        await asyncio.sleep(0)
        limiter.stop(Rejected("quota", "no money"))
        ends = await asyncio.gather(*waits, return_exceptions=True)

        assert ["quota"] * 6 == [getattr(one, "reason", "") for one in ends]

    under(make, work)


@MAKERS
def test_a_stopped_account_still_asks_about_what_it_paid_for(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.stop(Rejected("quota", "no money"))
        begun = clock.now()
        async with limiter.request():
            limiter.answered(paid=False)

        assert begun == clock.now()

    under(make, work)


@MAKERS
@pytest.mark.parametrize("paid", [True, False])
def test_a_gateway_in_trouble_is_left_alone_for_a_while(make: Make, paid: bool) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.answered(paid=paid)
        limiter.troubled("502", paid=paid)
        begun = clock.now()
        async with limiter.submission() if paid else limiter.request():
            assert clock.now() - begun >= 0.9

    under(make, work)


@MAKERS
def test_trouble_with_paid_requests_does_not_hold_up_free_ones(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.troubled("502")
        begun = clock.now()
        async with limiter.request():
            assert begun == clock.now()

    under(make, work)


@MAKERS
def test_an_answer_ends_the_rest(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        limiter.troubled("502", paid=False)
        limiter.answered(paid=False)
        begun = clock.now()
        async with limiter.request():
            assert begun == clock.now()

    under(make, work)


@MAKERS
def test_a_submission_that_is_cancelled_gives_its_place_back(make: Make) -> None:
    async def work(limiter: Limiter, clock: ManualClock) -> None:
        begun = [asyncio.ensure_future(submit(limiter, clock, 1e6)) for _ in range(5)]
        await asyncio.sleep(0)
        for one in begun:
            one.cancel()
        await asyncio.gather(*begun, return_exceptions=True)

        assert await submit(limiter, clock) < 1e6

    under(make, work)
