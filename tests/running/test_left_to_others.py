"""What a run leaves behind is left to others: nobody waits for one who has given up, and decisions outlive their run."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Options, Plan
from omnidsl.planning.values import PromptInput
from omnidsl.running import Gateway, RunResult, run
from omnidsl.running.budget import Budget
from omnidsl.running.forecast import forecast
from omnidsl.running.records import Attempt, Spending
from omnidsl.testing import (
    Answer,
    Bench,
    HangUp,
    MidjourneyScript,
    Request,
    ScriptedGateway,
    step,
)


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def gateway(script: MidjourneyScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789", name="g"))


def foxes(bench: Bench, *names: str, options: Options | None = None) -> Plan:
    return bench.plan(
        *(
            step(one, "midjourney.imagine", {"prompt": PromptInput((f"fox {one}",))}, options=options)
            for one in names
        )
    )  # fmt: skip  # a plan reads whole


def sent(gateway: ScriptedGateway) -> int:
    return len(gateway.paths("/mj/submit/"))


def open_attempts(bench: Bench) -> list[Attempt]:
    ledger = bench.ledger()
    found = ledger.open_receipts("g")
    ledger.close()
    return found


def test_a_run_lets_go_of_what_it_holds_while_it_is_still_alive(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda _: HangUp())

    held = bench.run(foxes(bench, "one")).held[0].attempt

    ledger = bench.ledger()
    attempt = ledger.attempt(held)
    ledger.close()
    assert attempt is not None
    assert ("ambiguous", "") == (attempt.state, attempt.owner)


def test_a_step_does_not_wait_for_a_live_run_that_could_not_bring_its_task_in(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("/mj/image/", lambda _: Answer(404))
    left = bench.run(foxes(bench, "one"))
    slow = time.monotonic() + 20
    ours: list[float] = []

    def look(request: Request) -> Answer:
        busy = not ours and time.monotonic() < slow
        rows = [
            script.task(one, status="IN_PROGRESS" if busy and one.endswith("2") else "SUCCESS")
            for one in request.json()["ids"]
        ]
        return Answer.of(rows)

    script.on("list-by-condition", look)

    async def both() -> RunResult:
        begun = asyncio.Event()
        bench.listeners.append(
            lambda one: begun.set() if getattr(one, "reason", "") == "orphans" else None
        )
        busy = asyncio.create_task(run(foxes(bench, "other"), bench.around()))
        await begun.wait()
        await asyncio.sleep(1)
        script.on("/mj/image/", script.usual)
        found = await asyncio.wait_for(run(foxes(bench, "one"), bench.around()), 15)
        ours.append(time.monotonic())
        await busy
        return found

    assert (1, 0) == (left.status, asyncio.run(both()).status)


@pytest.mark.parametrize("fresh", [False, True])
def test_what_a_fresh_run_left_is_fetched_by_runs_of_equal_steps(
    bench: Bench, script: MidjourneyScript, fresh: bool
) -> None:
    bench.run(foxes(bench, "one"))
    script.on("/mj/image/", lambda _: Answer(404))
    bench.run(foxes(bench, "one", options=Options(cache=False)))
    (left,) = open_attempts(bench)
    script.on("/mj/image/", script.usual)
    plan = foxes(bench, "one", options=Options(cache=not fresh))
    plan.nodes[0].key = left.step  # as it stands in a real plan

    bench.run(plan)

    assert [] == open_attempts(bench)


def test_what_a_person_gave_up_is_not_bought_again_by_going_on(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway
) -> None:
    script.on("/mj/submit/", lambda _: HangUp())
    plan = foxes(bench, "one")
    held = bench.run(plan)
    bench.resume(held.run, abandon=["one"])
    script.on("/mj/submit/", script.usual)
    ahead = forecast(plan, bench.state, bench.catalogue(), resumes=held.run)

    again = bench.resume(held.run)

    assert (0, 1, "abandoned", 1) == (
        ahead.send,
        again.status,
        again.failures[0].reason,
        sent(gateway),
    )
    assert (0, 2) == (bench.resume(held.run, retry=True).status, sent(gateway))


def test_a_task_that_the_gateway_forgot_can_be_bought_again_or_given_up(
    bench: Bench,
    script: MidjourneyScript,
    gateway: ScriptedGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("omnidsl.running.polling.GRACE", 0.1)
    script.on("list-by-condition", lambda _: Answer.of([]))
    lost = bench.run(foxes(bench, "one"))
    assert "task-unknown" == lost.failures[0].reason

    given_up = bench.resume(lost.run, abandon=["one"])
    script.on("list-by-condition", script.usual)
    bought = bench.resume(lost.run, retry=True)

    assert ("abandoned", 0, 2) == (given_up.failures[0].reason, bought.status, sent(gateway))


def test_a_forgotten_task_is_bought_again_when_a_person_says_so(
    bench: Bench,
    script: MidjourneyScript,
    gateway: ScriptedGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("omnidsl.running.polling.GRACE", 0.1)
    known = "1700000000000002"
    script.on("list-by-condition", lambda one: Answer.of([script.task(known)] if known in one.json()["ids"] else []))  # fmt: skip  # one behaviour
    lost = bench.run(foxes(bench, "one"))

    bought = bench.resume(lost.run, resubmit=["one"])

    assert (1, 0, 2) == (lost.status, bought.status, sent(gateway))


def test_going_on_keeps_to_what_the_run_was_given_whatever_the_project_allows(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    prices = Prices(bench.catalogue(), {"midjourney.imagine": 1})
    bench.budget = Budget(prices=prices, run=1_500_000)
    bounded = bench.run(foxes(bench, "one", "two"))
    bench.budget = Budget(prices=prices, run=10_000_000, usual=True)

    again = bench.resume(bounded.run)

    assert (1, "over-budget", 1) == (again.status, again.failures[0].reason, sent(gateway))


def test_what_the_project_allows_is_taken_as_it_is_when_a_run_goes_on(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    prices = Prices(bench.catalogue(), {"midjourney.imagine": 1})
    bench.budget = Budget(prices=prices, run=1_500_000, usual=True)
    bounded = bench.run(foxes(bench, "one", "two"))
    bench.budget = Budget(prices=prices, run=10_000_000, usual=True)

    again = bench.resume(bounded.run)

    assert (1, 0, 2) == (bounded.status, again.status, sent(gateway))


def test_a_listing_for_another_key_proves_nothing(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway
) -> None:
    script.on("/mj/submit/", lambda _: HangUp())
    script.on("/mj/task/list", lambda one: Answer(500) if one.path.endswith("list") else script.usual(one))  # fmt: skip  # one behaviour
    held = bench.run(foxes(bench, "one"))
    script.on("/mj/submit/", script.usual)
    script.on("/mj/task/list", lambda one: Answer.of([]) if one.path.endswith("list") else script.usual(one))  # fmt: skip  # one behaviour
    bench.gateway = Gateway.at(gateway.url, key="sk-another-0123456", name="g")

    other = bench.resume(held.run)
    bench.gateway = Gateway.at(gateway.url, key="sk-test-0123456789", name="g")

    assert (3, 3, 1) == (held.status, other.status, sent(gateway))
    assert "other-key" in [getattr(one, "reason", "") for one in bench.events]
    assert (0, 2) == (bench.resume(held.run).status, sent(gateway))


def test_an_answer_of_no_use_is_over_and_asked_for_again_only_by_a_retry(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway
) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 2000}
    refused = {"choices": [{"message": {"refusal": "no"}, "finish_reason": "stop"}], "usage": usage}
    said = {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "usage": usage}
    script.on("/v1/chat", lambda _: Answer.of(refused))
    prices = Prices(bench.catalogue(), {"openai.chat": {"input": 1, "output": 2}})
    bench.budget = Budget(prices=prices, run=10_000_000)
    declined = bench.run(
        bench.plan(step("text", "openai.chat", {"messages": "well?", "model": "m"}))
    )
    ledger = bench.ledger()
    spending = ledger.spending(f"run:{declined.run}")
    ledger.close()

    again = bench.resume(declined.run)
    script.on("/v1/chat", lambda _: Answer.of(said))
    asked = bench.resume(declined.run, retry=True)

    assert Spending(0, 5000) == spending
    assert ["refused-answer", "refused-answer"] == [
        one.failures[0].reason for one in (declined, again)
    ]
    assert ("yes", 2) == (asked.results["text"].text, len(gateway.paths("/v1/chat")))


def test_another_stage_is_not_bought_while_one_is_in_doubt(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway
) -> None:
    script.on("/mj/submit/", lambda _: HangUp())
    held = bench.run(foxes(bench, "one"))
    (attempt,) = held.held
    with sqlite3.connect(bench.state / "ledger.sqlite3") as database:
        database.execute("UPDATE stages SET name = 'order'")  # as an older plugin called it
    script.on("/mj/submit/", script.usual)

    again = bench.run(foxes(bench, "one"))

    assert (3, 3, 1) == (held.status, again.status, sent(gateway))
    assert attempt.attempt == again.held[0].attempt


def test_a_run_that_goes_on_counts_what_it_bought_again_before(
    bench: Bench, script: MidjourneyScript, gateway: ScriptedGateway
) -> None:
    def fail(*tasks: int) -> None:
        def answer(request: Request) -> Answer:
            states = {
                one: "FAILURE" if int(one) % 10 in tasks else "IN_PROGRESS"
                for one in request.json()["ids"]
            }
            return Answer.of([script.task(one, status=states[one]) for one in states])

        script.on("list-by-condition", answer)

    fail(1)
    first = bench.run(foxes(bench, "one", options=Options(repurchase=1, timeout=0.4)))
    fail(1, 2, 3)

    again = bench.resume(first.run)

    assert ["time-out", "task-failed"] == [one.failures[0].reason for one in (first, again)]
    assert 2 == sent(gateway)
