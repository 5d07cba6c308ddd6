"""When a gateway is left alone, and who gets the next place."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import Rejected
from omnidsl.running.breaker import Breaker, Fuse, Turn
from omnidsl.running.slots import Slots
from omnidsl.testing import ManualClock

FUSE = Fuse(troubles=3, window=30.0, rest=10.0, longest=40.0, outage=100.0)


class Bench:
    """A breaker, its clock, and what it told."""

    def __init__(self, fuse: Fuse = FUSE) -> None:
        self.clock = ManualClock(start=0.0)
        self.told: list[Turn] = []
        self.breaker = Breaker(fuse, self.clock, lambda turn, *_: self.told.append(turn))

    def open(self) -> None:
        """Let it answer once and then be in trouble until the circuit opens."""
        self.breaker.answered()
        for _ in range(3):
            self.breaker.troubled("502")

    async def pass_through(self) -> float:
        async with self.breaker.passage():
            return self.clock.now()


def at_work(work: Callable[[Bench], Coroutine[object, object, None]]) -> None:
    async def run() -> None:
        bench = Bench()
        await bench.clock.run(work(bench))

    asyncio.run(run())


def test_few_troubles_stop_nothing() -> None:
    async def work(bench: Bench) -> None:
        bench.breaker.troubled("502")
        bench.breaker.troubled("502")

        assert ("closed", 0.0) == (bench.breaker.state, await bench.pass_through())

    at_work(work)


def test_troubles_far_apart_stop_nothing() -> None:
    async def work(bench: Bench) -> None:
        for _ in range(6):
            bench.breaker.troubled("502")
            await bench.clock.sleep(20.0)

        assert "closed" == bench.breaker.state

    at_work(work)


def test_troubles_among_many_answers_stop_nothing() -> None:
    async def work(bench: Bench) -> None:
        for _ in range(50):
            bench.breaker.troubled("502")
            for _ in range(4):
                bench.breaker.answered()

        assert "closed" == bench.breaker.state

    at_work(work)


def test_an_open_circuit_rests_and_then_lets_one_through() -> None:
    async def work(bench: Bench) -> None:
        bench.open()
        seen: list[float] = []

        async def trial() -> None:
            async with bench.breaker.passage():
                seen.append(bench.clock.now())
                await bench.clock.sleep(5.0)
                bench.breaker.answered()

        await asyncio.gather(*(trial() for _ in range(4)))

        assert (True, 4) == (9.0 <= seen[0] <= 11.0, len(seen))
        assert [seen[0] + 5.0] * 3 == seen[1:]
        assert ["gateway-rests", "gateway-back"] == bench.told

    at_work(work)


def test_a_trial_that_fails_doubles_the_rest_up_to_a_bound() -> None:
    async def work(bench: Bench) -> None:
        bench.open()
        rests, before = [], 0.0
        for _ in range(4):
            now = await bench.pass_through()
            rests.append(now - before)
            before = now
            async with bench.breaker.passage():
                bench.breaker.troubled("502")

        assert [10.0, 20.0, 40.0, 40.0] == pytest.approx(rests, rel=0.11)

    at_work(work)


def test_a_trial_that_says_nothing_leaves_it_to_the_next() -> None:
    async def work(bench: Bench) -> None:
        bench.open()
        first = await bench.pass_through()

        assert (first, "open") == (await bench.pass_through(), bench.breaker.state)

    at_work(work)


def test_an_outage_that_lasts_is_given_up() -> None:
    async def work(bench: Bench) -> None:
        bench.open()
        given_up = False
        while not given_up:
            async with bench.breaker.passage():
                given_up = bench.breaker.troubled("502")

        assert (True, "gateway-given-up") == (100.0 <= bench.clock.now() <= 160.0, bench.told[-1])

    at_work(work)


def test_a_gateway_that_never_answered_is_given_up_after_one_trial() -> None:
    async def work(bench: Bench) -> None:
        for _ in range(3):
            bench.breaker.troubled("refused")
        async with bench.breaker.passage():
            assert bench.breaker.troubled("refused")

    at_work(work)


def test_what_was_sent_before_the_circuit_opened_is_no_trial() -> None:
    async def work(bench: Bench) -> None:
        bench.open()
        for _ in range(5):
            bench.breaker.troubled("502")

        assert ["gateway-rests"] == bench.told

    at_work(work)


# ---- slots


def granted(slots: Slots, wants: list[tuple[str | None, int]], held: int = 1) -> list[int]:
    """Return in which order wants (account, urgency) get a place after all places were held for a while."""
    order: list[int] = []

    async def one(number: int, account: str | None, urgency: int) -> None:
        async with slots.place(account, urgency):
            order.append(number)
            await asyncio.sleep(0)

    async def run() -> None:
        gate = asyncio.Event()

        async def hold() -> None:
            async with slots.place():
                await gate.wait()

        holders = [asyncio.ensure_future(hold()) for _ in range(held)]
        await asyncio.sleep(0)
        waits = [asyncio.ensure_future(one(number, *want)) for number, want in enumerate(wants)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*holders, *waits)

    asyncio.run(run())
    return order


def test_urgent_ones_come_first_and_equals_in_turn() -> None:
    assert [1, 3, 0, 2, 4] == granted(
        Slots(["a"], 1), [(None, 1), (None, 5), (None, 1), (None, 5), (None, 0)]
    )


def test_nobody_waits_for_ever_behind_urgent_ones() -> None:
    order = granted(Slots(["a"], 1), [(None, 0), *[(None, 9)] * 30])

    assert order.index(0) < 9


def test_the_least_loaded_account_is_taken_and_the_first_of_equals() -> None:
    async def run() -> list[str]:
        slots = Slots(["b", "a"], 2)
        async with (
            slots.place() as first,
            slots.place() as second,
            slots.place() as third,
            slots.place("a") as bound,
        ):
            return [first, second, third, bound]

    assert ["b", "a", "b", "a"] == asyncio.run(run())


def test_who_is_bound_to_one_account_takes_no_place_of_another() -> None:
    async def run() -> bool:
        slots = Slots(["a", "b"], 1)

        async def want() -> None:
            async with slots.place("a"):
                pass

        async with slots.place("a"):
            waiting = asyncio.ensure_future(want())
            await asyncio.sleep(0)
            async with slots.place("b"):
                await asyncio.sleep(0)
            still = not waiting.done()
        await waiting
        return still

    assert asyncio.run(run())


def test_an_account_that_is_not_set_any_more_serves_only_who_is_bound_to_it() -> None:
    async def run() -> list[str]:
        slots = Slots(["a"], 1)

        async def want() -> str:
            async with slots.place() as name:
                return name

        async with slots.place() as first:
            async with slots.place("gone") as gone:
                waiting = asyncio.ensure_future(want())
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            early = waiting.done()
        return [gone, first, await waiting, str(early)]

    assert ["gone", "a", "a", "False"] == asyncio.run(run())


def test_a_stopped_account_does_not_block_the_others() -> None:
    async def run() -> list[str]:
        slots = Slots(["a", "b"], 1)
        slots.stop("a", Rejected("quota", "no money"))
        names = []
        for _ in range(3):
            async with slots.place() as name:
                names.append(name)
        return names

    assert ["b", "b", "b"] == asyncio.run(run())


def test_who_waits_for_a_stopped_account_hears_why_and_who_can_goes_elsewhere() -> None:
    async def run() -> tuple[str, str]:
        slots = Slots(["a", "b"], 1)

        async def want(account: str | None) -> str:
            try:
                async with slots.place(account) as name:
                    return name
            except Rejected as error:
                return error.reason

        async with slots.place("a"):
            async with slots.place("b"):
                bound, free = asyncio.ensure_future(want("a")), asyncio.ensure_future(want(None))
                await asyncio.sleep(0)
                slots.stop("a", Rejected("quota", "no money"))
            return await bound, await free

    assert ("quota", "b") == asyncio.run(run())


def test_the_last_account_that_stops_ends_every_wait() -> None:
    async def run() -> list[str]:
        slots = Slots(["a", "b"], 1)

        async def want() -> str:
            async with slots.place():
                return "a place"

        async with slots.place(), slots.place():
            waits = [asyncio.ensure_future(want()) for _ in range(3)]
            await asyncio.sleep(0)
            slots.stop("a", Rejected("quota", "no money"))
            slots.stop("b", Rejected("auth", "no key"))
            ends = await asyncio.gather(*waits, return_exceptions=True)
        return [getattr(one, "reason", "") for one in ends]

    assert ["auth"] * 3 == asyncio.run(run())


@given(
    most=st.integers(1, 3),
    wants=st.lists(
        st.tuples(
            st.sampled_from([None, "a", "b"]),
            st.integers(0, 3),
            st.integers(0, 3),
            st.booleans(),
        ),
        max_size=25,
    ),
)
def test_no_place_is_lost_or_given_twice(
    most: int, wants: list[tuple[str | None, int, int, bool]]
) -> None:
    slots, held, worst = Slots(["a", "b"], most), {"a": 0, "b": 0}, 0

    async def one(account: str | None, urgency: int, turns: int) -> None:
        nonlocal worst
        async with slots.place(account, urgency) as name:
            assert account in (None, name)
            held[name] += 1
            worst = max(worst, held[name])
            for _ in range(turns):
                await asyncio.sleep(0)
            held[name] -= 1

    async def impatient(account: str | None, urgency: int, turns: int) -> None:
        task = asyncio.ensure_future(one(account, urgency, 10**6))
        for _ in range(turns + 1):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        held.update({name: most - slots.free(name) for name in held})

    async def run() -> None:
        for account, urgency, turns, gives_up in wants:
            if gives_up:
                await impatient(account, urgency, turns)
        await asyncio.gather(*(one(*want[:3]) for want in wants))

    asyncio.run(run())

    assert (True, most, most) == (worst <= most, slots.free("a"), slots.free("b"))
