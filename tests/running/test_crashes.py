"""Processes that die at the worst moments, and the books of the gateway afterwards."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from omnidsl.running import Gateway
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway
from omnidsl_sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def start(url: str, folder: Path, point: str = "none") -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.running.child", url, str(folder), point],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )


def last_run(folder: Path) -> str:
    ledger = SqliteLedger(folder / ".omni" / "ledger.sqlite3")
    run = ledger.runs()[0].id
    ledger.close()
    return run


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "sandbox", duration=0.15) as running:
        yield running


SAFE = [
    "before the intent",
    "after the reply is on the disk",
    "before the receipt",
    "while polling",
    "while collecting",
    "while downloading",
    "before the result is kept",
]


@pytest.mark.parametrize("point", SAFE)
def test_a_killed_run_is_resumed_without_paying_twice(
    sandbox: Sandbox, tmp_path: Path, point: str
) -> None:
    with start(sandbox.url, tmp_path, point) as child:
        killed = child.wait(30)

    result = Bench(tmp_path, Gateway.sandbox(sandbox.url)).resume(last_run(tmp_path))

    books = sandbox.books()
    assert (-signal.SIGKILL, 0, 1) == (killed, result.status, len(result.saved))
    assert (2, 0, {1}) == (books.submissions, books.duplicates, set(books.by_prompt.values()))


@pytest.mark.parametrize(
    ("point", "paid"), [("after the intent", 0), ("after the reply, before it is on the disk", 1)]
)
def test_a_run_killed_where_nobody_can_tell_is_held_and_nothing_is_sent(
    sandbox: Sandbox, tmp_path: Path, point: str, paid: int
) -> None:
    with start(sandbox.url, tmp_path, point) as child:
        child.wait(30)
    bench = Bench(tmp_path, Gateway.sandbox(sandbox.url))

    resumed = bench.resume(last_run(tmp_path))
    again = bench.resume(last_run(tmp_path))

    assert (3, 3, paid) == (resumed.status, again.status, sandbox.books().submissions)
    assert ["grid"] == [one.node for one in resumed.held]


def test_a_new_run_of_the_same_recipe_goes_on_from_a_killed_one(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with start(sandbox.url, tmp_path, "while polling") as child:
        child.wait(30)

    with start(sandbox.url, tmp_path) as child:
        status = child.wait(30)

    assert (0, 2) == (status, sandbox.books().submissions)


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.5])
def test_a_run_killed_at_any_time_pays_for_nothing_twice(
    sandbox: Sandbox, tmp_path: Path, delay: float
) -> None:
    with start(sandbox.url, tmp_path) as child:
        until((tmp_path / ".omni" / "owners").exists)
        time.sleep(delay)  # the moment is meant to be any
        child.kill()

    with start(sandbox.url, tmp_path) as child:
        status = child.wait(30)

    books = sandbox.books()
    assert status in (0, 3)
    assert books.duplicates == 0
    assert set(books.by_prompt.values()) <= {1}


def test_two_processes_at_the_same_work_buy_it_once(sandbox: Sandbox, tmp_path: Path) -> None:
    with start(sandbox.url, tmp_path) as first, start(sandbox.url, tmp_path) as second:
        statuses = [first.wait(30), second.wait(30)]

    assert ([0, 0], 2) == (statuses, sandbox.books().submissions)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_ends_in_good_order_and_goes_on_later(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    script = MidjourneyScript()
    polled = threading.Event()

    def running(request: Request) -> Answer:
        polled.set()
        return Answer.of([script.task(one, status="IN_PROGRESS") for one in request.json()["ids"]])

    script.on("list-by-condition", running)
    with ScriptedGateway(script) as gateway:
        with start(gateway.url, tmp_path) as child:
            assert polled.wait(30)
            child.send_signal(number)
            ended = child.wait(30)
            said = child.stderr.read() if child.stderr else b""
        script.on("list-by-condition", script.usual)
        result = Bench(tmp_path, Gateway.sandbox(gateway.url)).resume(last_run(tmp_path))

    assert (status, b"") == (ended, said)
    assert (0, 2) == (result.status, len(script.submitted))


def test_a_purchase_under_way_still_gets_its_answer_when_the_run_is_interrupted(
    tmp_path: Path,
) -> None:
    script = MidjourneyScript()
    asked, go = threading.Event(), threading.Event()

    def slowly(request: Request) -> Answer:
        asked.set()
        go.wait(30)
        return script.usual(request)

    script.on("/mj/submit/imagine", slowly)
    with ScriptedGateway(script) as gateway:
        with start(gateway.url, tmp_path) as child:
            assert asked.wait(30)
            child.send_signal(signal.SIGINT)
            go.set()
            ended = child.wait(30)
        result = Bench(tmp_path, Gateway.sandbox(gateway.url)).resume(last_run(tmp_path))

    assert (130, 0) == (ended, result.status)
    assert ["/mj-fast/mj/submit/imagine", "/mj-fast/mj/submit/action"] == [
        one.path for one in script.submitted
    ]


def test_a_run_that_is_cancelled_from_outside_can_be_resumed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    from omnidsl.planning.values import PromptInput
    from omnidsl.running import run
    from omnidsl.running.events import Event, StepSubmitted
    from omnidsl.testing import step

    bench = Bench(tmp_path, Gateway.sandbox(sandbox.url))
    plan = bench.plan(step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}))

    async def cut_short() -> None:
        submitted = asyncio.Event()

        def listen(event: Event) -> None:
            if isinstance(event, StepSubmitted):
                submitted.set()

        around = attrs.evolve(bench.around(), listeners=[listen])
        work = asyncio.create_task(run(plan, around))
        await submitted.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(cut_short())

    assert (0, 1) == (bench.resume(last_run(tmp_path)).status, sandbox.books().submissions)


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
