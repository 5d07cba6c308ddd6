"""How a run stops: signals, the time of grace, the deadline."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.errors import LeftOut
from omnidsl.running.events import Event, Notice, RunFinished, RunStarted
from omnidsl.running.stopping import Stop
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway, step

RECIPE = """\
prompt cat { a cat }
prompt dog { a dog }
pipeline main {
    for index in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
        grid = cat -> midjourney.imagine
        hero = grid -> upscale(1)
        save hero as "${index}.png"
    }
}
"""


class Slow(MidjourneyScript):
    """A gateway whose tasks run until it is told that they are done."""

    def __init__(self) -> None:
        super().__init__()
        self.polled = threading.Event()
        self.done = threading.Event()
        self.on("list-by-condition", self._poll)

    def _poll(self, request: Request) -> Answer:
        self.polled.set()
        if self.done.is_set():
            return self.usual(request)
        return Answer.of([self.task(one, status="IN_PROGRESS") for one in request.json()["ids"]])


def omni(
    folder: Path, environment: dict[str, str], url: str, *arguments: str
) -> "subprocess.Popen[str]":
    (folder / "a.omni").write_text(RECIPE, "utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "omnidsl", *arguments],
        cwd=folder,
        env=environment | {"OMNI_BASE_URL": url, "OMNI_API_KEY": "sk-secret-of-the-test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def told(child: "subprocess.Popen[str]", words: str, times: int = 1) -> str:
    """Read what a child says until it has said some words as often."""
    said = ""
    assert child.stderr is not None
    while said.count(words) < times:
        line = child.stderr.readline()
        assert line, said
        said += line
    return said


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_after_a_signal_nothing_is_bought_and_what_is_paid_for_is_saved(
    tmp_path: Path, child_environment: dict[str, str], number: signal.Signals, status: int
) -> None:
    script = Slow()
    with ScriptedGateway(script) as gateway:
        with omni(tmp_path, child_environment, gateway.url, "run", "a.omni", "--yes") as child:
            assert script.polled.wait(30)
            told(child, "submitted grid", times=8)
            child.send_signal(number)
            told(child, "in flight: 8")
            script.done.set()
            out, err = child.communicate(timeout=30)
        bought = len(script.submitted)
        with omni(tmp_path, child_environment, gateway.url, "resume", "--yes") as again:
            again.communicate(timeout=30)

    assert (status, 8, True) == (child.returncode, bought, "omni resume" in err), err
    assert (0, 24) == (again.returncode, len(script.submitted))
    assert "" == out


def test_what_is_not_done_within_the_grace_is_left_and_fetched_later(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    script = Slow()
    arguments = ("run", "a.omni", "--yes", "--grace", "0.3")
    with ScriptedGateway(script) as gateway:
        with omni(tmp_path, child_environment, gateway.url, *arguments) as child:
            told(child, "submitted grid", times=8)
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=30)
        script.done.set()
        with omni(tmp_path, child_environment, gateway.url, "resume", "--yes") as again:
            again.communicate(timeout=60)

    assert (130, 0, 24) == (child.returncode, again.returncode, len(script.submitted))


def test_a_second_signal_stops_at_once_and_loses_nothing(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    script = Slow()
    with ScriptedGateway(script) as gateway:
        with omni(tmp_path, child_environment, gateway.url, "run", "a.omni", "--yes") as child:
            told(child, "submitted grid", times=8)
            child.send_signal(signal.SIGINT)
            told(child, "in flight: 8")
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=20)
        script.done.set()
        with omni(tmp_path, child_environment, gateway.url, "resume", "--yes") as again:
            again.communicate(timeout=60)

    assert (130, 0, 24) == (child.returncode, again.returncode, len(script.submitted))


def test_a_signal_while_the_run_is_set_up_stops_it_in_good_order(tmp_path: Path) -> None:
    script = MidjourneyScript()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))

        def interrupt(event: Event) -> None:
            if isinstance(event, RunStarted):
                os.kill(os.getpid(), signal.SIGINT)

        bench.listeners.append(interrupt)
        result = bench.run(chains(bench, 2))
        bench.listeners.remove(interrupt)
        resumed = bench.resume(result.run)

    assert (130, 0, 4) == (result.status, resumed.status, len(script.submitted))
    assert "stopping-idle" in [one.reason for one in bench.events if isinstance(one, Notice)]


# ---- the deadline


def chains(bench: Bench, count: int) -> Plan:
    nodes = [
        one
        for number in range(count)
        for one in (
            step(
                f"grid{number}", "midjourney.imagine", {"prompt": PromptInput((f"fox {number}",))}
            ),
            step(f"hero{number}", "midjourney.upscale", {"grid": Ref(f"grid{number}"), "index": 1}),
        )
    ]
    return bench.plan(*nodes, saves=[Save(Ref("hero0"), "hero.png")])


def test_a_deadline_stops_buying_and_says_how_to_go_on(tmp_path: Path) -> None:
    script = Slow()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        bench.deadline, bench.grace = 1.0, 5.0
        threading.Timer(1.5, script.done.set).start()
        result = bench.run(chains(bench, 12))
        first = len(script.submitted)
        notices = [one.reason for one in bench.events if isinstance(one, Notice)]
        finished = [one for one in bench.events if isinstance(one, RunFinished)]
        bench.deadline = None
        resumed = bench.resume(result.run)

    assert (1, True, True) == (result.status, first <= 8, "deadline" in notices)
    assert [("deadline", first, 24 - first, 0)] == [
        (one.stopped, one.done, one.left, one.failed) for one in finished
    ]
    assert (0, 24) == (resumed.status, len(script.submitted))


def test_a_deadline_that_everything_keeps_changes_nothing(tmp_path: Path) -> None:
    with ScriptedGateway(MidjourneyScript()) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        bench.deadline = 300.0
        result = bench.run(chains(bench, 2))

    assert 0 == result.status


def test_a_deadline_that_has_passed_buys_nothing(tmp_path: Path) -> None:
    script = MidjourneyScript()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        bench.deadline = 0.0
        result = bench.run(chains(bench, 2))

    assert (1, 0, ()) == (result.status, len(script.submitted), result.failures)


# ---- leaving out


def test_who_waits_to_buy_is_left_out_and_who_does_not_is_not() -> None:
    async def run() -> list[str]:
        stop, ends = Stop(), list[str]()

        async def buy(seconds: float) -> None:
            try:
                with stop.before_buying():
                    await asyncio.sleep(seconds)
                await asyncio.sleep(0.01)
                ends.append("bought")
            except LeftOut as error:
                ends.append(error.reason)

        tasks = [asyncio.ensure_future(buy(seconds)) for seconds in (0, 60)]
        await asyncio.sleep(0.005)
        stop.begin("deadline")
        stop.begin("interrupted")
        tasks.append(asyncio.ensure_future(buy(0)))
        await asyncio.gather(*tasks)
        return sorted(ends)

    assert ["bought", "deadline", "deadline"] == asyncio.run(run())


def test_who_is_cancelled_for_another_reason_is_cancelled() -> None:
    async def run() -> bool:
        stop = Stop()

        async def buy() -> None:
            with stop.before_buying():
                await asyncio.sleep(60)

        task = asyncio.ensure_future(buy())
        await asyncio.sleep(0)
        task.cancel()
        stop.begin("interrupted")
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert asyncio.run(run())


def test_a_step_with_nothing_behind_it_does_not_outlive_the_run(tmp_path: Path) -> None:
    script = MidjourneyScript()
    script.on("/mj/submit/", lambda _: Answer(429, b"{}", {"retry-after": "3000"}))
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.sandbox(gateway.url))
        bench.deadline = 0.5
        plan = bench.plan(step("grid", "midjourney.imagine", {"prompt": PromptInput(("fox",))}))
        result = bench.run(plan)

    assert (1, ()) == (result.status, result.failures)
