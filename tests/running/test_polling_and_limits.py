"""When to ask, how often to try, how much at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import Backend, Context, GatewayError, PluginError, Receipt, Status
from omnidsl.running.limits import Limits, TokenBucket
from omnidsl.running.polling import Poller, Rhythm
from omnidsl.testing import ManualClock

AGES = st.floats(0, 10_000)


@given(st.floats(0.5, 600), st.none() | st.floats(0.1, 600), AGES, st.none() | st.floats(0, 1))
def test_the_next_look_is_later_and_not_much_later(
    usual: float, seen: float | None, age: float, progress: float | None
) -> None:
    rhythm = Rhythm(usual)
    if seen is not None:
        rhythm.learn(seen)

    look = rhythm.next_look(age, progress)

    assert look >= age + 0.099
    assert look <= max(age, seen or 0.0) + 15.1


def test_a_minute_of_waiting_costs_few_looks() -> None:
    rhythm, age, looks = Rhythm(45), 0.0, 0
    while age < 60:
        age = rhythm.next_look(age)
        looks += 1

    assert looks < 20


@given(st.floats(0.2, 3.0))
def test_a_fast_task_is_seen_soon_after_its_end(duration: float) -> None:
    rhythm, age = Rhythm(45), 0.0
    while age < duration:
        age = rhythm.next_look(age)

    assert age <= max(0.31, duration * 1.51)


def test_what_was_seen_says_when_to_look_first() -> None:
    rhythm = Rhythm(45)
    rhythm.learn(20.0)
    rhythm.learn(30.0)

    assert 19.0 < rhythm.next_look(0.0) <= 20.0


class Tasks(Backend):
    """A service whose tasks stand as `answers` says, one answer a poll; the last one stays."""

    def __init__(self, *answers: Mapping[str, Status] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        del context
        self.asked.append([one.task for one in receipts])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def wait(
    backend: Backend, *tasks: str, usual: float = 45.0
) -> tuple[list[Status | BaseException], list[Status]]:
    """Wait for tasks and return how they ended and what was told before."""
    told: list[Status] = []

    async def run() -> list[Status | BaseException]:
        context: Context = None  # type: ignore[assignment]  # `Tasks` looks at no context
        poller = Poller(backend, context, "service", usual, StoppedClockThatRuns())
        waits = [poller.wait(Receipt(one), fresh=True, tell=told.append) for one in tasks]
        ends = await asyncio.gather(*waits, return_exceptions=True)
        await poller.close()
        return ends

    return asyncio.run(run()), told


class StoppedClockThatRuns:
    """A clock that runs a thousand times as fast as the machine's."""

    def now(self) -> float:
        return asyncio.get_running_loop().time() * 1000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 1000)


DONE, RUNNING = Status("done", 1.0), Status("running", 0.5)


def test_many_tasks_are_asked_about_in_one_request() -> None:
    backend = Tasks({"a": DONE, "b": DONE, "c": DONE})

    ends, _ = wait(backend, "a", "b", "c")

    assert ([DONE] * 3, [["a", "b", "c"]]) == (ends, backend.asked)


def test_a_change_is_told_once() -> None:
    _, told = wait(Tasks({"a": RUNNING}, {"a": RUNNING}, {"a": DONE}), "a", usual=0.001)

    assert [RUNNING] == told


def test_trouble_passes() -> None:
    ends, _ = wait(Tasks(GatewayError("gateway-trouble", "502"), {"a": DONE}), "a", usual=0.001)

    assert [DONE] == ends


def test_a_refused_key_ends_every_wait_at_once() -> None:
    ends, _ = wait(Tasks(GatewayError("auth", "no", final=True)), "a", "b")

    assert ["auth", "auth"] == [getattr(one, "reason", None) for one in ends]


@pytest.mark.parametrize("answer", [None, {"a": Status("running", "9%")}])  # type: ignore[arg-type]  # what plugins can get wrong
def test_an_answer_of_no_use_ends_its_wait_in_words(answer: Any) -> None:
    ends, _ = wait(Tasks(answer), "a")

    assert [PluginError] == [type(one) for one in ends]


def test_a_plugin_that_breaks_ends_its_waits_in_words() -> None:
    ends, _ = wait(Tasks(KeyError("status")), "a")

    assert [PluginError] == [type(one) for one in ends]


@given(st.integers(1, 40), st.floats(0, 100))
def test_a_pause_is_what_was_asked_for_or_within_the_cap(turn: int, asked: float) -> None:
    limits = Limits(backoff=1.0, backoff_cap=5.0)

    assert 0 <= limits.pause(turn) <= 5.0
    assert asked <= limits.pause(turn, asked) <= asked + 0.25


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    async def take() -> list[float]:
        clock = ManualClock(start=0.0)
        bucket, times = TokenBucket(2.0, 3, clock), list[float]()

        async def seven() -> None:
            for _ in range(7):
                await bucket.take()
                times.append(clock.now())

        await clock.run(seven())
        return times

    assert [0, 0, 0, 0.5, 1.0, 1.5, 2.0] == pytest.approx(asyncio.run(take()))


@pytest.mark.parametrize("wrong", [{"tasks": 0}, {"submissions": 0}, {"rate": 0}, {"retries": -1}])
def test_limits_that_would_stop_everything_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        attrs.evolve(Limits(), **wrong)
