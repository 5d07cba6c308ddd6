"""`--until`, `--redo`, `--fresh`: which steps are meant, what is run, and what is bought again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.errors import SettingsError
from omnidsl.running.forecast import Forecast, forecast
from omnidsl.running.selection import anew, named, until
from omnidsl.testing import Answer, Bench, HangUp, MidjourneyScript, ScriptedGateway, step

NAMES = ["grid", "wide[1]", "wide[2]", "wide[10]", "deep[1][1]", "deep[1][2]", "best"]


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


def plan(bench: Bench) -> Plan:
    return bench.plan(
        step("grid", "midjourney.imagine", {"prompt": PromptInput(("a red fox",))}),
        step("best", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
        step("other", "midjourney.imagine", {"prompt": PromptInput(("a blue fox",))}),
        saves=[Save(Ref("best"), "best.png"), Save(Ref("other"), "other.png")],
        returns=Ref("other"),
    )


def sent(gateway: ScriptedGateway) -> int:
    return len(gateway.paths("/mj/submit/"))


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("grid", ["grid"]),
        ("wide[2]", ["wide[2]"]),
        ("wide", ["wide[1]", "wide[2]", "wide[10]"]),
        ("wide[*]", ["wide[1]", "wide[2]", "wide[10]"]),
        ("wide[?]", ["wide[1]", "wide[2]"]),
        ("deep[1]", ["deep[1][1]", "deep[1][2]"]),
        ("*e*", ["wide[1]", "wide[2]", "wide[10]", "deep[1][1]", "deep[1][2]", "best"]),
    ],
)
def test_a_pattern_means_steps(pattern: str, meant: list[str]) -> None:
    assert meant == named([pattern], NAMES)


@given(name=st.text())
def test_every_name_means_itself(name: str) -> None:
    assert [name] == named([name], ["other", name] if name != "other" else [name])


@pytest.mark.parametrize(
    ("pattern", "known"),
    [("gird", "grid, wide[1], wide[2], …"), ("zzz*", "grid, wide[1], wide[2], …")],
)
def test_a_name_that_means_nothing_is_told_those_that_are_near(pattern: str, known: str) -> None:
    with pytest.raises(SettingsError) as raised:
        named([pattern], NAMES)

    assert ("no-such-step", known) == (raised.value.reason, raised.value.values["known"])


def test_until_keeps_a_step_and_what_it_needs_and_their_saves(bench: Bench) -> None:
    part = until(plan(bench), ["best"])

    assert ["grid", "best"] == [one.id for one in part.nodes]
    assert ["best.png"] == [one.path for one in part.saves]
    assert None is part.returns


def test_until_runs_nothing_else_and_a_later_run_buys_the_rest(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    first = bench.run(until(plan(bench), ["best"]))
    bought = sent(gateway)
    whole = bench.run(plan(bench))

    assert (0, 2, 0, 3) == (first.status, bought, whole.status, sent(gateway))


def test_redo_buys_a_step_anew_and_what_depends_on_it(
    bench: Bench, gateway: ScriptedGateway
) -> None:
    bench.run(plan(bench))
    before = sent(gateway)

    announced = forecast(anew(plan(bench), ["grid"]), bench.state, bench.catalogue())
    result = bench.run(anew(plan(bench), ["grid"]))

    assert (0, Forecast(send=2, kept=1)) == (result.status, announced)
    assert 2 == sent(gateway) - before


def test_going_on_with_a_run_does_not_redo_again(bench: Bench, gateway: ScriptedGateway) -> None:
    bench.run(plan(bench))
    redone = bench.run(anew(plan(bench), ["grid"]))
    before = sent(gateway)

    announced = forecast(
        anew(plan(bench), ["grid"]), bench.state, bench.catalogue(), resumes=redone.run
    )
    bench.resume(redone.run)

    assert Forecast(send=0, kept=3) == announced
    assert before == sent(gateway)


def test_later_runs_take_what_was_redone(bench: Bench, gateway: ScriptedGateway) -> None:
    first = bench.run(plan(bench))
    redone = bench.run(anew(plan(bench), ["grid"]))
    before = sent(gateway)

    later = bench.run(plan(bench))

    attempts = [one.results["grid"].attempt for one in (first, redone, later)]
    assert attempts[0] != attempts[1] == attempts[2]
    assert before == sent(gateway)


def test_a_redo_that_failed_leaves_the_earlier_result_to_later_runs(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    first = bench.run(plan(bench))
    script.on(
        "/mj/submit/", lambda _: Answer(200, b'{"code":24,"description":"banned","properties":{}}')
    )

    redone = bench.run(anew(plan(bench), ["grid"]))
    later = bench.run(plan(bench))

    assert (1, 0) == (redone.status, later.status)
    assert first.results["grid"].attempt == later.results["grid"].attempt


def wide(bench: Bench) -> Plan:
    return bench.plan(
        *(
            step(f"wide[{number}]", "midjourney.imagine", {"prompt": PromptInput((f"fox {number}",))})
            for number in (1, 2)
        ),
        step("done", "midjourney.imagine", {"prompt": PromptInput(("a cat",))}),
    )  # fmt: skip  # a plan reads whole


def test_a_decision_names_held_steps_by_a_pattern(
    bench: Bench, gateway: ScriptedGateway, script: MidjourneyScript
) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"fox" in one.body else script.usual(one))
    held = bench.run(wide(bench))
    script.on("/mj/submit/", script.usual)
    before = sent(gateway)

    decided = bench.resume(held.run, resubmit=["wide[*]"])

    assert (3, 0, 2) == (held.status, decided.status, sent(gateway) - before)


@pytest.mark.parametrize(
    ("resubmit", "abandon", "reason"),
    [
        (["wide"], ["wide[1]"], "both-decisions"),
        (["done"], [], "not-held"),
        ([], ["wise[1]"], "no-such-step"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_before_anything_is_sent(
    bench: Bench,
    gateway: ScriptedGateway,
    script: MidjourneyScript,
    resubmit: list[str],
    abandon: list[str],
    reason: str,
) -> None:
    script.on("/mj/submit/", lambda one: HangUp() if b"fox" in one.body else script.usual(one))
    held = bench.run(wide(bench))
    before = sent(gateway)

    with pytest.raises(SettingsError) as raised:
        bench.resume(held.run, resubmit=resubmit, abandon=abandon)

    assert (reason, before) == (raised.value.reason, sent(gateway))
