"""What a run may spend: said before, held to in the ledger, settled by what came."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Plan
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.budget import Budget
from omnidsl.running.errors import SettingsError
from omnidsl.running.records import Spending
from omnidsl.testing import Answer, Bench, MidjourneyScript, ScriptedGateway, step
from omnidsl_sandbox import Sandbox

PRICE = 100_000
CHILD = Path(__file__).parent / "spending_child.py"


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def bench(tmp_path: Path, script: MidjourneyScript) -> Iterator[Bench]:
    with ScriptedGateway(script) as server:
        yield Bench(tmp_path, Gateway.at(server.url, key="sk-test-test", name="ours"))


def budget(bench: Bench, *, run: int | None = None, project: int | None = None) -> Budget:
    prices = Prices(bench.catalogue(), {"midjourney.imagine": 0.1, "midjourney.upscale": 0.1})
    return Budget(prices=prices, run=run, project=project)


def pictures(bench: Bench, count: int) -> Plan:
    steps = [
        step(f"cat[{one}]", "midjourney.imagine", {"prompt": PromptInput((f"cat {one}",))})
        for one in range(1, count + 1)
    ]
    return bench.plan(*steps)


def spending(bench: Bench, scope: str) -> Spending:
    ledger = bench.ledger()
    try:
        return ledger.spending(scope)
    finally:
        ledger.close()


def test_a_run_stops_buying_where_its_limit_would_be_passed(
    bench: Bench, script: MidjourneyScript
) -> None:
    bench.budget = budget(bench, run=3 * PRICE + 1)

    result = bench.run(pictures(bench, 5))

    assert (1, 3, 3) == (result.status, len(result.results), len(script.submitted))
    assert {"over-budget"} == {one.reason for one in result.failures}
    assert Spending(0, 3 * PRICE) == spending(bench, f"run:{result.run}")


def test_a_run_that_goes_on_keeps_to_its_limit_and_a_new_one_lifts_it(
    bench: Bench, script: MidjourneyScript
) -> None:
    bench.budget = budget(bench, run=2 * PRICE)
    first = bench.run(pictures(bench, 3))

    bench.budget = budget(bench)
    second = bench.resume(first.run)
    bench.budget = budget(bench, run=3 * PRICE)
    third = bench.resume(first.run)

    assert (1, 1, 0, 3) == (first.status, second.status, third.status, len(script.submitted))


def test_a_projects_limit_holds_for_all_its_runs_together(
    bench: Bench, script: MidjourneyScript
) -> None:
    bench.budget = budget(bench, project=3 * PRICE)

    first = bench.run(pictures(bench, 2))
    second = bench.run(pictures(bench, 4))

    assert (0, 1, 3) == (first.status, second.status, len(script.submitted))


def test_a_failed_task_costs_nothing_where_its_price_says_so(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("list-by-condition", lambda request: Answer.of([script.task(one, status="FAILURE") for one in request.json()["ids"]]))  # fmt: skip  # one answer
    bench.budget = Budget(prices=Prices(bench.catalogue()))

    result = bench.run(pictures(bench, 1))

    assert (1, Spending(0, 0)) == (result.status, spending(bench, f"run:{result.run}"))


def test_what_is_in_doubt_stays_reserved(bench: Bench, script: MidjourneyScript) -> None:
    from omnidsl.testing import HangUp

    script.on("/submit/imagine", lambda _: HangUp())
    bench.budget = budget(bench, run=PRICE)

    result = bench.run(pictures(bench, 1))

    assert (3, Spending(PRICE, 0)) == (result.status, spending(bench, f"run:{result.run}"))


def test_a_refused_request_gives_its_reservation_back(
    bench: Bench, script: MidjourneyScript
) -> None:
    script.on("/submit/imagine", lambda _: Answer.of({"code": 24, "description": "banned", "properties": {}}))  # fmt: skip  # one answer
    bench.budget = budget(bench, run=PRICE)

    result = bench.run(pictures(bench, 2))

    assert (1, Spending(0, 0)) == (result.status, spending(bench, f"run:{result.run}"))


def test_a_step_that_needs_another_reserves_when_its_turn_comes(
    bench: Bench, script: MidjourneyScript
) -> None:
    bench.budget = budget(bench, run=PRICE)
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput(("a cat",))}),
        step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
    )

    result = bench.run(plan)

    assert ({"grid"}, ["over-budget"]) == (
        set(result.results),
        [one.reason for one in result.failures],
    )


def test_a_step_beyond_the_limit_of_its_run_says_how_to_raise_it(bench: Bench) -> None:
    bench.budget = budget(bench, run=0)

    result = bench.run(pictures(bench, 1))

    assert f"omni resume {result.run} --max-cost" in result.failures[0].help


def test_a_step_beyond_the_limit_of_the_project_names_the_setting(bench: Bench) -> None:
    bench.budget = budget(bench, project=0)

    result = bench.run(pictures(bench, 1))

    assert "over-project-budget" == result.failures[0].reason
    assert "`project` of `[budget]`" in result.failures[0].help


def test_a_limit_needs_prices(bench: Bench) -> None:
    bench.budget = Budget(prices=Prices(bench.catalogue(), {"midjourney.imagine mode=slow": 1}), run=PRICE)  # fmt: skip  # one value
    plan = bench.plan(step("cat", "midjourney.imagine", {"prompt": PromptInput(("a cat",)), "mode": "warp"}))  # fmt: skip  # one plan

    with pytest.raises(SettingsError) as caught:
        bench.run(plan)

    assert "no-price" == caught.value.reason


def test_money_of_the_sandbox_is_counted_apart(bench: Bench) -> None:
    limits = budget(bench, project=PRICE)

    scopes = [
        [one.scope for one in limits.caps("r", gateway, 0.0)] for gateway in ("sandbox", "ours")
    ]

    assert [["run:r", "sandbox"], ["run:r", "project"]] == scopes


def test_a_monthly_limit_begins_anew_with_the_month(bench: Bench) -> None:
    limits = attrs.evolve(budget(bench, project=PRICE), monthly=True)

    scopes = [limits.caps("r", "ours", now)[1].scope for now in (0.0, 31 * 86_400.0)]

    assert ["project:1970-01", "project:1970-02"] == scopes


def test_two_processes_at_the_limit_never_overspend(
    bench: Bench, script: MidjourneyScript, tmp_path: Path
) -> None:
    command = [sys.executable, str(CHILD), bench.gateway.base_url, str(tmp_path)]
    children = [
        subprocess.Popen([*command, name], stdout=subprocess.DEVNULL) for name in ("one", "two")
    ]
    statuses = [one.wait(60) for one in children]

    assert (True, 7) == (1 in statuses, len(script.submitted))
    assert Spending(0, 7 * PRICE) == spending(bench, "project")


def test_the_events_tell_the_money(bench: Bench) -> None:
    bench.budget = budget(bench, run=5 * PRICE)

    bench.run(pictures(bench, 2))

    told = [one.to_json() for one in bench.events]
    assert [5 * PRICE] == [one["max_cost"] for one in told if one["event"] == "run-started"]
    assert [PRICE] * 2 == [one["reserved"] for one in told if one["event"] == "step-submitted"]
    assert [PRICE] * 2 == [one["charged"] for one in told if one["event"] == "step-done"]
    assert [(2 * PRICE, 0)] == [
        (one["charged"], one["reserved"]) for one in told if one["event"] == "run-finished"
    ]


def test_a_purchase_in_two_requests_is_reserved_once(tmp_path: Path) -> None:
    nodes = [
        step("g", "midjourney.imagine", {"prompt": PromptInput(("a fox",))}),
        step("one", "midjourney.upscale", {"grid": Ref("g"), "index": 1}),
        step("far", "midjourney.zoom", {"picture": Ref("one"), "factor": 1.8}),
    ]
    with Sandbox(duration=0, artifact="fixed:1k") as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-test-test", name="ours"))
        prices = {f"midjourney.{one}": 0.1 for one in ("imagine", "upscale", "zoom")}
        bench.budget = Budget(prices=Prices(bench.catalogue(), prices), run=3 * PRICE)

        result = bench.run(bench.plan(*nodes))

    assert (0, []) == (result.status, [one.reason for one in result.failures])
    assert Spending(0, 3 * PRICE) == spending(bench, f"run:{result.run}")
