"""What every engine keeps to: each step once, after what it needs, and each outcome heard once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import Computed, Ref, TextInput, Value
from omnidsl.running import Result, StepError
from omnidsl.running.engines import Engine, Serial, Windowed
from omnidsl.running.limits import Limits
from omnidsl.running.results import Skipped
from omnidsl.running.scheduler import Outcome, check_order

ENGINES: dict[str, Callable[[], Engine]] = {
    "windowed": lambda: Windowed(1000),
    "windowed, one at a time": lambda: Windowed(1),
    "serial": Serial,
}


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = ENGINES[request.param]()
    return made


def node(name: str, needs: Sequence[str] = (), when: Value = None, service: str = "s") -> PlanNode:
    arguments: dict[str, Value] = {"a": TextInput(tuple(Ref(one) for one in needs))}
    return PlanNode(name, f"{service}.o", arguments, name, 1, "text", when=when)


def equals(name: str, text: str) -> Computed:
    """The condition that a step gives a text."""
    return Computed("==", (Ref(name), text))


@st.composite
def graphs(draw: st.DrawFn) -> list[PlanNode]:
    """Steps `0`, `1`, … in any order, each needing some with smaller numbers, some only under a condition."""
    nodes = []
    for number in range(draw(st.integers(1, 12))):
        earlier = st.integers(0, number - 1).map(str)
        needs = draw(st.sets(earlier, max_size=3)) if number else set()
        asked = draw(st.none() | earlier) if number else None
        when = equals(asked, draw(st.sampled_from((asked, "other")))) if asked is not None else None
        nodes.append(node(str(number), sorted(needs), when))
    return draw(st.permutations(nodes))


@attrs.define
class Account:
    """What an engine did, in order: steps begun, outcomes heard."""

    bad: set[str] = attrs.field(factory=set)
    begun: list[str] = attrs.field(factory=list)
    heard: dict[str, Outcome] = attrs.field(factory=dict)
    at_work: int = 0
    most: int = 0

    async def perform(self, node: PlanNode, results: Mapping[str, Result]) -> Result:
        assert set(results) == {
            one for one in node.needs if not isinstance(self.heard[one], Skipped)
        }
        self.begun.append(node.id)
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        try:
            await asyncio.sleep(0)
        finally:
            self.at_work -= 1
        if node.id in self.bad:
            raise StepError("argument", words="no")
        return Result(
            node=node.id,
            operation=node.operation,
            type="text",
            step=node.id,
            number=1,
            attempt=node.id,
            gateway="g",
            text=node.id,
            value=node.id,
        )

    async def settled(self, node: PlanNode, outcome: Outcome) -> None:
        assert node.id not in self.heard
        self.heard[node.id] = outcome


def run(engine: Engine, nodes: Sequence[PlanNode], bad: set[str] | None = None) -> Account:
    """Have an engine perform steps of which some fail."""
    check_order(nodes)
    account = Account(bad or set())
    asyncio.run(engine.perform_all(nodes, account.perform, account.settled))
    return account


def kinds(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """Return by step what became of it: `done`, `skipped`, or the reason of its failure."""
    return {
        name: "done"
        if isinstance(one, Result)
        else "skipped"
        if isinstance(one, Skipped)
        else one.reason
        for name, one in outcomes.items()
    }


def expected(nodes: Sequence[PlanNode], bad: set[str]) -> dict[str, str]:
    """Say what has to become of every step, in the order of the numbers."""
    found: dict[str, str] = {}
    for one in sorted(nodes, key=lambda each: int(each.id)):
        if isinstance(one.when, Computed):
            ref, text = one.when.arguments
            assert isinstance(ref, Ref)
            asked = found[ref.node]
            if asked == "skipped" or (asked == "done" and text != ref.node):
                found[one.id] = "skipped"
                continue
            if asked != "done":
                found[one.id] = "needs"
                continue
        if any(found[need] not in ("done", "skipped") for need in one.needs):
            found[one.id] = "needs"
        else:
            found[one.id] = "argument" if one.id in bad else "done"
    return found


@given(nodes=graphs(), bad=st.sets(st.integers(0, 11).map(str)))
def test_every_step_comes_to_what_its_needs_and_its_condition_say(
    engine: Engine, nodes: list[PlanNode], bad: set[str]
) -> None:
    account = run(engine, nodes, bad)

    assert expected(nodes, bad) == kinds(account.heard)


@given(nodes=graphs(), bad=st.sets(st.integers(0, 11).map(str)))
def test_exactly_the_steps_that_can_run_are_begun_once_and_after_what_they_need(
    engine: Engine, nodes: list[PlanNode], bad: set[str]
) -> None:
    account = run(engine, nodes, bad)

    came = [name for name, kind in kinds(account.heard).items() if kind in ("done", "argument")]
    assert sorted(came) == sorted(account.begun)


def test_steps_with_longer_chains_behind_them_come_first(engine: Engine) -> None:
    nodes = [node("lone"), node("grid"), node("hero", ["grid"]), node("last", ["hero"])]

    account = run(engine, nodes)

    assert ["grid", "lone"] == [one for one in account.begun if one in ("grid", "lone")]


@pytest.mark.parametrize("window", [1, 10])
def test_a_step_is_skipped_before_what_only_its_branch_needs_is_there(window: int) -> None:
    slow = [node("slow"), node("slower", ["slow"])]
    nodes = [node("asked"), *slow, node("branch", ["slower"], equals("asked", "no"))]

    account = run(Windowed(window), nodes)

    assert list(account.heard).index("branch") < list(account.heard).index("slower")


def test_a_long_chain_behind_a_failure_is_no_recursion(engine: Engine) -> None:
    nodes = [node(str(number), [str(number - 1)] if number else []) for number in range(3000)]

    account = run(engine, nodes, {"0"})

    assert {"argument": 1, "needs": 2999} == {
        kind: list(kinds(account.heard).values()).count(kind) for kind in ("argument", "needs")
    }


def test_what_a_listener_raises_ends_it(engine: Engine) -> None:
    account = Account()

    async def settled(node: PlanNode, outcome: Outcome) -> None:
        raise ZeroDivisionError

    nodes = [node(str(number)) for number in range(5)]
    with pytest.raises((ZeroDivisionError, ExceptionGroup)):
        asyncio.run(engine.perform_all(nodes, account.perform, settled))

    assert account.at_work == 0


def test_cancelling_it_cancels_the_steps_at_work(engine: Engine) -> None:
    account = Account()
    cancelled: list[str] = []

    async def perform(node: PlanNode, results: Mapping[str, Result]) -> Result:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(node.id)
            raise
        return await account.perform(node, results)

    async def cancel() -> None:
        task = asyncio.ensure_future(
            engine.perform_all([node("0"), node("1")], perform, account.settled)
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(cancel())

    assert ({"0"}, {}) == (set(cancelled) - {"1"}, account.heard)


@pytest.mark.parametrize("window", [1, 3, 10])
def test_a_window_bounds_the_steps_at_work(window: int) -> None:
    account = run(Windowed(window), [node(str(number)) for number in range(50)])

    assert window == account.most


def test_each_service_has_a_window_of_its_own() -> None:
    nodes = [
        *(node(f"slow{number}", service="slow") for number in range(10)),
        node("quick", service="quick"),
    ]

    account = run(Windowed(2), nodes)

    assert "quick" in account.begun[:3]


def test_the_window_holds_all_that_an_account_allows_at_a_time() -> None:
    account = run(Windowed.within(Limits(tasks=100)), [node(str(number)) for number in range(500)])

    assert 100 < account.most < 200
