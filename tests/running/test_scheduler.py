"""Which steps run when."""

import weakref
from collections.abc import Sequence
from pathlib import Path

import attrs

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import PromptInput, Ref, TextInput
from omnidsl.running import Gateway, Result
from omnidsl.running.scheduler import Frontier
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step


def node(name: str, needs: Sequence[str] = ()) -> PlanNode:
    return step(name, "s.o", {"a": TextInput(tuple(Ref(one) for one in needs))})


def result(name: str) -> Result:
    return Result(
        node=name, operation="s.o", type="text", step=name, number=1, attempt=name, gateway="g"
    )


def test_an_outcome_is_forgotten_when_no_step_waits_for_it_any_more() -> None:
    frontier = Frontier([node("grid"), node("one", ["grid"]), node("two", ["grid"])])
    frontier.pop(frontier.lanes)
    made = result("grid")
    kept = weakref.ref(made)
    frontier.settle("grid", made)
    del made

    known = []
    for _ in range(2):
        frontier.pop(frontier.lanes)
        known.append(kept() is not None)

    assert known == [True, False]


def test_an_outcome_that_nobody_waits_for_is_not_kept() -> None:
    frontier = Frontier([node("grid")])
    made = result("grid")
    kept = weakref.ref(made)
    frontier.settle("grid", made)
    del made

    assert kept() is None


def test_a_step_with_more_behind_it_is_bought_first(tmp_path: Path) -> None:
    script = MidjourneyScript()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, Gateway.at(gateway.url, key="sk-test-0123456789"))
        bench.limits = attrs.evolve(bench.limits, tasks=1)
        bench.run(
            bench.plan(
                step("lone", "midjourney.imagine", {"prompt": PromptInput(("lone",))}),
                step("grid", "midjourney.imagine", {"prompt": PromptInput(("grid",))}),
                step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}),
            )
        )

    assert ["grid", "lone"] == [
        one.json()["prompt"] for one in script.submitted if "prompt" in one.json()
    ]
