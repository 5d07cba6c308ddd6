"""What a run announces before it sends anything, held against what it then sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl.planning.plan import Options, Plan
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.forecast import Forecast, forecast
from omnidsl.running.records import RunRecord
from omnidsl.testing import Answer, Bench, MidjourneyScript, ScriptedGateway, step

LOST = Answer(502, b"<html></html>", {"content-type": "text/html"})


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


@pytest.fixture
def gateway(script: MidjourneyScript) -> Iterator[ScriptedGateway]:
    with ScriptedGateway(script) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, gateway: ScriptedGateway) -> Bench:
    return Bench(tmp_path, Gateway.sandbox(gateway.url))


def chain(bench: Bench, options: Options | None = None) -> Plan:
    return bench.plan(
        step(
            "grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}, options=options
        ),
        step("best", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        step("again", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        step("other", "midjourney.imagine", {"prompt": PromptInput(("a blue fox",))}),
    )


def ahead(bench: Bench, plan: Plan) -> Forecast:
    return forecast(plan, bench.state, bench.catalogue())


def sent(gateway: ScriptedGateway) -> int:
    return len(gateway.paths("/mj/submit/"))


def test_without_a_ledger_every_step_is_sent(bench: Bench) -> None:
    assert Forecast(send=4) == ahead(bench, chain(bench))


def test_finished_steps_are_kept(bench: Bench) -> None:
    bench.run(chain(bench))

    assert Forecast(send=0, kept=4) == ahead(bench, chain(bench))


def test_a_step_without_the_cache_is_sent_again_with_what_depends_on_it(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    plan = chain(bench, Options(cache=False))
    bench.run(plan)
    before = sent(gateway)

    announced = ahead(bench, plan)
    bench.run(plan)

    assert Forecast(send=3, kept=1) == announced
    assert 3 == sent(gateway) - before


def test_held_steps_and_those_behind_them_send_nothing(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/imagine", lambda one: LOST if b"red" in one.body else script.usual(one))
    plan = chain(bench)
    bench.run(plan)
    before = sent(gateway)

    announced = ahead(bench, plan)
    bench.run(plan)

    assert Forecast(send=0, kept=1, held=1, behind=2) == announced
    assert before == sent(gateway)


def test_a_held_step_that_is_to_be_bought_again_counts_as_sent(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/imagine", lambda one: LOST if b"red" in one.body else script.usual(one))
    bench.run(chain(bench))
    script.on("/mj/submit/imagine", script.usual)
    before = sent(gateway)
    plan = chain(bench, Options(on_ambiguous="resubmit"))

    announced = ahead(bench, plan)
    bench.run(plan)

    assert Forecast(send=3, kept=1) == announced
    assert 3 == sent(gateway) - before


def test_a_task_that_was_accepted_and_not_finished_sends_nothing(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/task/", lambda _: Answer(200, b"[]"))
    plan = bench.plan(
        step(
            "grid",
            "midjourney.imagine",
            {"prompt": PromptInput(("a red fox",))},
            options=Options(timeout=0.3),
        )
    )
    bench.run(plan)
    before = sent(gateway)

    announced = ahead(bench, plan)
    bench.run(plan)

    assert Forecast(send=0, bought=1) == announced
    assert before == sent(gateway)


def test_a_refused_step_is_sent_again(bench: Bench, script: MidjourneyScript) -> None:
    script.on(
        "/mj/submit/",
        lambda _: Answer(200, b'{"code":24,"description":"banned","properties":{}}'),
    )
    plan = chain(bench)
    bench.run(plan)

    assert Forecast(send=4) == ahead(bench, plan)


def test_a_plan_that_another_version_stored_is_passed_over(bench: Bench) -> None:
    bench.run(chain(bench))
    ledger = bench.ledger()
    record = RunRecord(
        id="later",
        recipe="",
        pipeline="",
        gateway=bench.gateway.identity,
        plan={"format": 99},
        owner="",
        started=2e9,
    )
    ledger.add_run(record)
    ledger.close()

    assert Forecast(send=0, kept=4) == ahead(bench, chain(bench))


def test_what_is_free_is_counted_among_no_jobs_sent_or_kept(bench: Bench) -> None:
    plan = bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}),
        step("number", "midjourney.seed", {"picture": Ref("grid")}),
        step("names", "openai.models", {}),
    )

    assert Forecast(send=1) == ahead(bench, plan)
