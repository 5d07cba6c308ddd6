"""What every clock keeps, the machine's own and the one that only tests move."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import pytest

from omnidsl.running.clock import Clock, SystemClock
from omnidsl.testing import ManualClock

Work = Callable[[Clock], Coroutine[object, object, list[str] | float]]


def on_the_machine(work: Work) -> list[str] | float:
    return asyncio.run(work(SystemClock()))


def by_hand(work: Work) -> list[str] | float:
    async def run() -> list[str] | float:
        clock = ManualClock()
        return await clock.run(work(clock))

    return asyncio.run(run())


CLOCKS = pytest.mark.parametrize("under", [on_the_machine, by_hand])


@CLOCKS
def test_who_sleeps_wakes_no_sooner_than_asked(under: Callable[[Work], float]) -> None:
    async def sleep(clock: Clock) -> float:
        before = clock.now()
        await clock.sleep(0.02)
        return clock.now() - before

    assert under(sleep) >= 0.0199


@CLOCKS
@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_no_wait_gives_others_a_turn(under: Callable[[Work], list[str]], seconds: float) -> None:
    async def work(clock: Clock) -> list[str]:
        done: list[str] = []

        async def other() -> None:
            done.append("other")

        task = asyncio.ensure_future(other())
        await clock.sleep(seconds)
        done.append("sleeper")
        await task
        return done

    assert ["other", "sleeper"] == under(work)


@CLOCKS
def test_sleepers_wake_in_the_order_of_their_times(under: Callable[[Work], list[str]]) -> None:
    async def work(clock: Clock) -> list[str]:
        woken: list[str] = []

        async def sleep(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append(name)

        await asyncio.gather(sleep("late", 0.09), sleep("early", 0.01), sleep("between", 0.05))
        return woken

    assert ["early", "between", "late"] == under(work)


@CLOCKS
def test_a_sleep_that_is_cancelled_disturbs_no_other(under: Callable[[Work], list[str]]) -> None:
    async def work(clock: Clock) -> list[str]:
        cancelled = asyncio.ensure_future(clock.sleep(0.01))
        other = asyncio.ensure_future(clock.sleep(0.02))
        await asyncio.sleep(0)
        cancelled.cancel()
        await other
        return [str(cancelled.cancelled()), str(other.done())]

    assert ["True", "True"] == under(work)


def test_time_by_hand_passes_as_far_as_it_is_told() -> None:
    async def run() -> tuple[list[float], float]:
        clock, woken = ManualClock(start=0.0), list[float]()

        async def tick() -> None:
            while True:
                await clock.sleep(2.0)
                woken.append(clock.now())

        ticking = asyncio.ensure_future(tick())
        await clock.advance(7.0)
        ticking.cancel()
        return woken, clock.now()

    assert ([2.0, 4.0, 6.0], 7.0) == asyncio.run(run())


def test_time_by_hand_says_when_nothing_can_happen_any_more() -> None:
    async def run() -> None:
        never: Awaitable[None] = asyncio.get_running_loop().create_future()

        async def work() -> None:
            await never

        await ManualClock().run(work())

    with pytest.raises(RuntimeError, match="no passing of time"):
        asyncio.run(run())
