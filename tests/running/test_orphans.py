"""What earlier runs paid for and never fetched is brought in by any later run at the same gateway."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from omnidsl.planning.plan import Options, Plan, PlanNode, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.events import Notice
from omnidsl.running.owners import Owners
from omnidsl.running.records import Attempt
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway, step
from omnidsl_sandbox import Sandbox

CHILD = Path(__file__).parent / "child.py"


def imagine(node: str, prompt: str, *, timeout: float | None = None) -> PlanNode:
    options = Options(timeout=timeout)
    return step(node, "midjourney.imagine", {"prompt": PromptInput((prompt,))}, options=options)


class Place:
    """A gateway whose tasks stay where they are until they are let go, and a bench beside it."""

    def __init__(self, folder: Path, script: MidjourneyScript, gateway: ScriptedGateway) -> None:
        self.script = script
        self._gateway = gateway
        self.bench = Bench(folder, Gateway.at(gateway.url, key="sk-example", name="g"))
        self.hold("IN_PROGRESS")

    def hold(self, status: str, **fields: object) -> None:
        def answer(request: Request) -> Answer:
            tasks = [
                self.script.task(one, status=status, **fields) for one in request.json()["ids"]
            ]
            return Answer.of(tasks)

        self.script.on("list-by-condition", answer)

    def polls(self) -> list[str]:
        return self._gateway.paths("list-by-condition")

    def let_go(self) -> None:
        self.script.on("list-by-condition", self.script.usual)

    def orphan(self, prompt: str = "a red fox") -> Attempt:
        """Leave a task behind that was paid for and not waited for."""
        self.bench.run(self.bench.plan(imagine("left", prompt, timeout=0.2)))
        (attempt, *_) = reversed(self.open())
        return attempt

    def open(self) -> list[Attempt]:
        ledger = self.bench.ledger()
        found = ledger.open_receipts("g")
        ledger.close()
        return found

    def attempt(self, attempt_id: str) -> Attempt:
        ledger = self.bench.ledger()
        found = ledger.attempt(attempt_id)
        ledger.close()
        assert found is not None
        return found

    def other(self) -> Plan:
        return self.bench.plan(imagine("other", "a blue fox"))

    def notices(self) -> list[dict[str, object]]:
        return [
            dict(one.values)
            for one in self.bench.events
            if isinstance(one, Notice) and one.reason == "orphans-done"
        ]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    script = MidjourneyScript()
    with ScriptedGateway(script) as gateway:
        yield Place(tmp_path, script, gateway)


def test_a_run_of_something_else_fetches_what_an_earlier_one_left(place: Place) -> None:
    left = place.orphan()
    place.let_go()

    result = place.bench.run(place.other())

    assert (0, "done", []) == (result.status, place.attempt(left.id).state, place.open())
    assert [{"fetched": 1, "failed": 0, "left": 0}] == place.notices()
    assert 2 == len(place.script.submitted)


def test_what_was_brought_in_is_found_by_the_step_that_asks_for_it(place: Place) -> None:
    place.orphan()
    place.let_go()
    place.bench.run(place.other())

    result = place.bench.run(place.bench.plan(imagine("left", "a red fox")))

    assert (True, 2) == (result.results["left"].reused, len(place.script.submitted))


def test_a_run_with_nothing_to_buy_brings_them_in_too(place: Place) -> None:
    place.let_go()
    place.bench.run(place.other())
    place.hold("IN_PROGRESS")
    left = place.orphan()
    place.let_go()

    place.bench.run(place.other())

    assert "done" == place.attempt(left.id).state


def test_a_run_does_not_wait_for_what_is_still_at_work(place: Place) -> None:
    left = place.orphan()
    ids = {left.receipt.task if left.receipt else ""}

    def answer(request: Request) -> Answer:
        asked = request.json()["ids"]
        states = {one: "IN_PROGRESS" if one in ids else "SUCCESS" for one in asked}
        return Answer.of([place.script.task(one, status=state) for one, state in states.items()])

    place.script.on("list-by-condition", answer)

    result = place.bench.run(place.other())

    assert (0, "submitted") == (result.status, place.attempt(left.id).state)
    assert [{"fetched": 0, "failed": 0, "left": 1}] == place.notices()


def test_a_run_with_nothing_to_do_asks_about_them_and_ends(place: Place) -> None:
    place.let_go()
    place.bench.run(place.other())
    place.hold("IN_PROGRESS")
    left = place.orphan()
    asked = len(place.polls())

    result = place.bench.run(place.other())

    assert (0, "submitted") == (result.status, place.attempt(left.id).state)
    assert len(place.polls()) - asked <= 3  # who waited for the task would ask on and on


def test_one_that_failed_is_written_down_as_failed(place: Place) -> None:
    left = place.orphan()
    ids = {left.receipt.task if left.receipt else ""}

    def answer(request: Request) -> Answer:
        asked = request.json()["ids"]
        states = {one: "FAILURE" if one in ids else "SUCCESS" for one in asked}
        return Answer.of([place.script.task(one, status=state) for one, state in states.items()])

    place.script.on("list-by-condition", answer)

    place.bench.run(place.other())

    assert "failed" == place.attempt(left.id).state


def test_a_receipt_that_came_after_its_attempt_was_given_up_is_fetched(place: Place) -> None:
    left = place.orphan()
    assert left.receipt is not None
    ledger = place.bench.ledger()
    ledger.mark(left.id, "abandoned")
    ledger.receive(left.id, left.receipt)
    ledger.close()
    place.let_go()

    place.bench.run(place.other())

    assert "done" == place.attempt(left.id).state


def test_what_a_living_run_waits_for_is_left_to_it(place: Place) -> None:
    left = place.orphan()
    with Owners(place.bench.state / "owners").enter() as alive:
        ledger = place.bench.ledger()
        ledger.take_over(left.id, alive, left.fence)
        ledger.close()
        place.let_go()

        place.bench.run(place.other())

    assert ("submitted", []) == (place.attempt(left.id).state, place.notices())


def test_what_lies_at_another_gateway_is_left_alone(place: Place) -> None:
    left = place.orphan()
    place.let_go()
    place.bench.gateway = attrs.evolve(place.bench.gateway, identity="another")

    place.bench.run(place.other())

    assert "submitted" == place.attempt(left.id).state


def test_a_gateway_that_does_not_know_them_costs_a_run_nothing(place: Place) -> None:
    left = place.orphan()
    ids = {left.receipt.task if left.receipt else ""}
    place.script.on(
        "list-by-condition",
        lambda request: Answer.of(
            [place.script.task(one) for one in request.json()["ids"] if one not in ids]
        ),
    )

    result = place.bench.run(place.other())

    assert (0, "submitted") == (result.status, place.attempt(left.id).state)


def test_a_step_that_comes_to_its_own_orphan_goes_on_with_it(place: Place) -> None:
    def plan(timeout: float | None) -> Plan:
        options = Options(timeout=timeout)
        upscale = step(
            "hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}, options=options
        )
        return place.bench.plan(
            imagine("grid", "a red fox"), upscale, saves=[Save(Ref("hero"), "hero.png")]
        )

    def grid_only(request: Request) -> Answer:
        asked = request.json()["ids"]
        first = "1700000000000001"
        states = {one: "SUCCESS" if one == first else "IN_PROGRESS" for one in asked}
        return Answer.of([place.script.task(one, status=state) for one, state in states.items()])

    place.script.on("list-by-condition", grid_only)
    place.bench.run(plan(0.2))
    place.let_go()

    result = place.bench.run(plan(None))

    assert (0, 2, 1) == (result.status, len(place.script.submitted), len(result.saved))
    assert [] == place.open()
    assert all(one["left"] == 0 for one in place.notices())


def test_what_a_killed_process_left_is_fetched_by_a_run_of_something_else(tmp_path: Path) -> None:
    with Sandbox(state=tmp_path / "gateway", duration=0.1) as sandbox:
        command = [sys.executable, str(CHILD), sandbox.url, str(tmp_path), "while polling"]
        killed = subprocess.run(command, check=False, capture_output=True)
        bench = Bench(tmp_path, Gateway.sandbox(sandbox.url))
        time.sleep(0.2)  # the task's duration: it is done by then

        result = bench.run(bench.plan(imagine("other", "a blue fox")))

        ledger = bench.ledger()
        (left,) = (one for one in ledger.runs() if one.id != result.run)
        (step_key,) = ledger.assignments(left.id).values()
        states = [one.state for one in ledger.attempts(step_key)]
        ledger.close()
        books = sandbox.books()
    assert (-signal.SIGKILL, 0, ["done"]) == (killed.returncode, result.status, states)
    assert 2 == books.submissions
