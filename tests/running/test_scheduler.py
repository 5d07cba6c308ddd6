"""Which steps run when."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import attrs
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import PromptInput, Ref, TextInput
from omnidsl.running import Gateway, Result, StepError
from omnidsl.running.scheduler import Outcome, by_urgency, check_order, perform_all
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step


@st.composite
def graphs(draw: st.DrawFn) -> list[PlanNode]:
    """Steps `0`, `1`, … in any order, each needing some with smaller numbers."""
    nodes = []
    for number in range(draw(st.integers(1, 12))):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        nodes.append(
            step(
                str(number), "s.o", {"a": TextInput(tuple(Ref(str(one)) for one in sorted(needs)))}
            )
        )
    return draw(st.permutations(nodes))


def result(node: PlanNode) -> Result:
    return Result(
        node=node.id,
        operation="s.o",
        type="text",
        step=node.id,
        number=1,
        attempt=node.id,
        gateway="g",
        text=node.id,
    )


def perform(nodes: list[PlanNode], bad: set[str]) -> tuple[dict[str, Outcome], list[str]]:
    """Perform steps of which some fail; return every outcome, and the ids in the order in which they ran."""
    ran: list[str] = []

    async def one(node: PlanNode, results: Mapping[str, Result]) -> Result:
        assert set(results) == set(node.needs)
        ran.append(node.id)
        await asyncio.sleep(0)
        if node.id in bad:
            raise StepError("argument", words="no")
        return result(node)

    async def settled(node: PlanNode, outcome: Outcome) -> None:
        del node, outcome

    check_order(nodes)
    return asyncio.run(perform_all(nodes, one, settled)), ran


@given(graphs())
def test_every_step_runs_once_and_after_what_it_needs(nodes: list[PlanNode]) -> None:
    outcomes, ran = perform(nodes, set())

    assert sorted(node.id for node in nodes) == sorted(ran) == sorted(outcomes)
    assert all(ran.index(need) < ran.index(node.id) for node in nodes for need in node.needs)


@given(graphs(), st.sets(st.integers(0, 11).map(str)))
def test_a_failure_costs_exactly_those_that_need_it(nodes: list[PlanNode], bad: set[str]) -> None:
    outcomes, ran = perform(nodes, bad)

    lost = {node.id for node in nodes if node.id in bad}
    for node in sorted(nodes, key=lambda one: int(one.id)):
        if lost & set(node.needs):
            lost.add(node.id)
    assert lost == {name for name, one in outcomes.items() if not isinstance(one, Result)}
    assert set(ran) == {node.id for node in nodes if not set(node.needs) & lost}


@given(graphs())
def test_urgency_only_reorders(nodes: list[PlanNode]) -> None:
    assert sorted(node.id for node in nodes) == sorted(node.id for node in by_urgency(nodes))


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
