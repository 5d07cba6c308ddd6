"""Many tasks, few requests: how pollers share them out, and what they make of odd answers."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence

import pytest

from omnidsl.plugins import Backend, Context, GatewayError, Receipt, Status
from omnidsl.running.polling import Poller
from omnidsl.running.wheel import Wheel
from omnidsl.testing import ManualClock

DONE = Status("done", 1.0)
NO_CONTEXT: Context = None  # type: ignore[assignment]  # the service here looks at none


class Service(Backend):
    """A service whose tasks take a while on a clock; `tell` says how a task stands that is not done."""

    def __init__(
        self,
        clock: ManualClock,
        duration: float = 60.0,
        tell: Callable[[float], Status | None] = lambda _: Status("running"),
        latency: float = 0.0,
    ) -> None:
        self.clock = clock
        self.duration = duration
        self.tell = tell
        self.latency = latency
        self.begun: dict[str, float] = {}
        self.asked: list[tuple[float, list[str]]] = []
        self.under_way = self.most_under_way = 0

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        del context
        now = self.clock.now()
        self.asked.append((now, [one.task for one in receipts]))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        if self.latency:
            await self.clock.sleep(self.latency)
        self.under_way -= 1
        answers = {}
        for one in receipts:
            age = now - self.begun.setdefault(one.task, now)
            status = DONE if age >= self.duration else self.tell(age)
            if status is not None:
                answers[one.task] = status
        return answers


def at_work(work: Callable[[ManualClock], Coroutine[object, object, None]]) -> None:
    async def run() -> None:
        clock = ManualClock(start=0.0)
        await clock.run(work(clock))

    asyncio.run(run())


async def submit(
    poller: Poller, service: Service, task: str, after: float = 0.0
) -> tuple[Status, list[Status]]:
    await service.clock.sleep(after)
    service.begun[task] = service.clock.now()
    told: list[Status] = []
    return await poller.wait(Receipt(task), fresh=True, tell=told.append), told


def test_thousands_of_tasks_cost_a_fraction_of_a_request_each() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock, duration=150.0)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        count = 2000
        await asyncio.gather(
            *(submit(poller, service, str(one), one / 100) for one in range(count))
        )

        assert max(len(tasks) for _, tasks in service.asked) == 100
        assert len(service.asked) < count / 2
        assert clock.now() < 20 + 150 + 16

    at_work(work)


def test_a_task_is_asked_about_when_it_is_due_and_no_later() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock, duration=2.0)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        await submit(poller, service, "a")

        assert [0.3, 0.45, 0.675] == pytest.approx([when for when, _ in service.asked][:3])

    at_work(work)


def test_tasks_of_an_earlier_run_are_asked_about_at_once_in_full_requests() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock, duration=0.0)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        receipts = [Receipt(str(one)) for one in range(250)]
        ends = await asyncio.gather(
            *(poller.wait(one, fresh=False, tell=lambda _: None) for one in receipts)
        )

        assert [DONE] * 250 == ends
        assert [100, 100, 50] == [len(tasks) for _, tasks in service.asked]
        assert {0.0} == {when for when, _ in service.asked}

    at_work(work)


def test_few_requests_are_under_way_at_a_time_however_slow_the_gateway() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock, duration=0.0, latency=3.0)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        receipts = [Receipt(str(one)) for one in range(1500)]
        await asyncio.gather(
            *(poller.wait(one, fresh=False, tell=lambda _: None) for one in receipts)
        )

        assert (4, 15) == (service.most_under_way, len(service.asked))

    at_work(work)


def test_two_who_wait_for_the_same_task_both_hear_of_its_end() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock, duration=5.0)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        ends = await asyncio.gather(
            submit(poller, service, "a"), submit(poller, service, "a", after=1.0)
        )

        assert [DONE, DONE] == [end for end, _ in ends]
        assert all(len(tasks) == 1 for _, tasks in service.asked)

    at_work(work)


def test_nobody_asks_about_a_task_that_nobody_waits_for() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        waiting = asyncio.ensure_future(submit(poller, service, "a"))
        await clock.sleep(1.0)
        asked = len(service.asked)
        waiting.cancel()
        await clock.sleep(200.0)

        assert asked == len(service.asked) > 0

    at_work(work)


def test_what_is_told_only_goes_forward() -> None:
    answers = [
        Status("waiting"),
        Status("running", 0.4),
        Status("running", 0.2),
        Status("waiting"),
        Status("running"),
        Status("running", 0.4),
        Status("running", 0.9),
        Status("running", 0.1),
    ]

    async def work(clock: ManualClock) -> None:
        service = Service(
            clock, duration=100.0, tell=lambda _: answers.pop(0) if answers else Status("waiting")
        )
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)
        end, told = await submit(poller, service, "a")

        assert DONE == end
        assert [Status("waiting"), Status("running", 0.4), Status("running", 0.9)] == told

    at_work(work)


def test_a_task_that_is_unknown_for_a_while_is_still_waited_for() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(
            clock, duration=80.0, tell=lambda age: None if age < 60 else Status("running")
        )
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock)

        assert DONE == (await submit(poller, service, "a"))[0]

    at_work(work)


def test_a_task_that_stays_unknown_is_given_up_and_costs_no_other() -> None:
    async def work(clock: ManualClock) -> None:
        service = Service(clock, duration=400.0, tell=lambda _: None)
        other = Service(clock, duration=400.0)
        wheel = Wheel(clock)
        lost = Poller(service, NO_CONTEXT, "service", 45.0, clock, wheel)
        good = Poller(other, NO_CONTEXT, "service", 45.0, clock, wheel)
        ends = await asyncio.gather(
            submit(lost, service, "a"), submit(good, other, "b"), return_exceptions=True
        )

        assert ["task-unknown", DONE] == [
            one.reason if isinstance(one, GatewayError) else one[0]
            for one in ends
            if not isinstance(one, BaseException) or isinstance(one, GatewayError)
        ]

    at_work(work)


def test_a_gateway_that_stays_silent_is_given_up_after_a_while() -> None:
    class Silent(Service):
        async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
            await super().poll(receipts, context)
            raise GatewayError("gateway-trouble", "502")

    async def work(clock: ManualClock) -> None:
        service = Silent(clock)
        poller = Poller(service, NO_CONTEXT, "service", 45.0, clock, patience=100.0)
        with pytest.raises(GatewayError, match="502"):
            await submit(poller, service, "a")

        assert 100 <= clock.now() <= 120
        assert len(service.asked) < 30

    at_work(work)


# ---- the wheel


def test_alarms_go_off_in_the_order_of_their_times() -> None:
    async def work(clock: ManualClock) -> None:
        wheel, heard = Wheel(clock), list[tuple[str, float]]()

        def note(name: str) -> Callable[[], None]:
            return lambda: heard.append((name, clock.now()))

        wheel.at(5.0, note("late"))
        await clock.sleep(1.0)
        wheel.at(2.0, note("early"))
        wheel.at(3.0, note("never")).cancel()
        wheel.at(0.5, note("overdue"))
        await clock.sleep(10.0)
        wheel.at(20.0, note("again"))
        await clock.sleep(20.0)

        assert [("overdue", 1.0), ("early", 2.0), ("late", 5.0), ("again", 20.0)] == heard

    at_work(work)


def test_a_wheel_that_is_closed_does_nothing_more() -> None:
    async def work(clock: ManualClock) -> None:
        wheel, heard = Wheel(clock), list[float]()
        wheel.at(5.0, lambda: heard.append(clock.now()))
        await clock.sleep(1.0)
        await wheel.close()
        await clock.sleep(10.0)

        assert [] == heard

    at_work(work)
