"""Each kind of fault alone, against a small run: it ends well, or for a stated reason, or held, and the books agree."""

from pathlib import Path

import pytest

from omnidsl.planning.plan import Options, Plan, Save
from omnidsl.planning.values import PromptInput, Ref, TextInput
from omnidsl.running import Gateway
from omnidsl.testing import Bench, step
from omnidsl_sandbox import Sandbox
from omnidsl_sandbox.faults.kinds import table
from tests.running.soak_child import BOUNDS, LIMITS
from tests.running.soak_judge import ends_of, findings, purchases, sales

HARMLESS = {"429", "429-date", "429-bare", "429-empty", "503", "slow", "type", "older", "twice", "backwards", "words",
            "expired"}  # fmt: skip  # what a client can always make good


def work(patience: float) -> Plan:
    """Return two pictures, one of them from a chat."""
    told = TextInput(("a hen, ", Ref("chat")))
    options = Options(timeout=patience)
    return Plan(
        "faults.omni",
        "faults",
        "faults",
        {},
        (
            step(
                "grid", "midjourney.imagine", {"prompt": PromptInput(("a fox",))}, options=options
            ),
            step("hero", "midjourney.upscale", {"grid": Ref("grid"), "index": 1}, options=options),
            step("chat", "openai.chat", {"messages": "what is it like"}, options=options),
            step("next", "openai.chat", {"messages": told}, options=options),
        ),
        (Save(Ref("hero"), "hero.png"),),
        None,
    )


@pytest.mark.parametrize("kind", table().kinds)
def test_a_kind_of_fault_alone_loses_nothing_and_pays_nothing_twice(
    kind: str, tmp_path: Path
) -> None:
    plan = work(0.3 if kind == "stuck" else 20.0)
    faults = f"{kind}=0.4,retry-after=0.02,slow-for=0.02"
    with Sandbox(
        state=tmp_path / "books", duration=0.0, artifact="fixed:1k", seed=7, faults=faults
    ) as sandbox:
        bench = Bench(tmp_path, Gateway.at(sandbox.url, key="sk-any", name="faults"))
        bench.limits, bench.bounds = LIMITS, BOUNDS
        result = bench.run(plan)
        happened = sandbox.faults()

    ends = ends_of(result)
    bought = purchases(bench.state, result.run)
    assert [] == findings(plan, ends, sales(tmp_path / "books"), bought)
    assert {kind} == {one.partition(":")[2] for one in happened}
    if kind in HARMLESS:
        assert 0 == result.status
