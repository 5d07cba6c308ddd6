"""When steps run: each as soon as what it needs is there, independent ones at the same time."""

import asyncio
import graphlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from omnidsl.planning.plan import PlanNode
from omnidsl.running.driver import HeldError
from omnidsl.running.errors import RunningError, SettingsError, StepError
from omnidsl.running.results import Result

Perform = Callable[[PlanNode, Mapping[str, Result]], Awaitable[Result]]
Outcome = Result | RunningError
"""A result, HeldError for a step that waits for a person, any other error for one without a result."""

Settled = Callable[[PlanNode, Outcome], Awaitable[None]]


def check_order(nodes: Sequence[PlanNode]) -> None:
    """Refuse a plan whose steps share an id, need one that is not there, or go in a circle."""
    needs: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if node.id in needs:
            raise SettingsError("plan-broken", words=f"two steps are called `{node.id}`")
        needs[node.id] = node.needs
    for name, before in needs.items():
        if missing := [one for one in before if one not in needs]:
            raise SettingsError(
                "plan-broken", words=f"`{name}` needs `{missing[0]}`, which is not there"
            )
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        raise SettingsError(
            "plan-broken", words="it goes in a circle: " + " -> ".join(error.args[1])
        ) from None


def by_urgency(nodes: Sequence[PlanNode]) -> list[PlanNode]:
    """Return steps with the longest chains behind them first, else in plan order, so that slots go to them first."""
    needs = {node.id: node.needs for node in nodes}
    chains = dict.fromkeys(needs, 0)
    for name in reversed(list(graphlib.TopologicalSorter(needs).static_order())):
        for need in needs[name]:
            chains[need] = max(chains[need], chains[name] + 1)
    return sorted(nodes, key=lambda node: -chains[node.id])


async def perform_all(
    nodes: Sequence[PlanNode], perform: Perform, settled: Settled
) -> dict[str, Outcome]:
    """Perform steps as soon as their needs are met and return every outcome by node id; urgent ones start first.

    A step that fails or is held costs only those that need it. `settled` hears each outcome as it comes; when it
    raises, or this is cancelled, every step is cancelled.
    """
    outcomes: dict[str, asyncio.Task[Outcome]] = {}

    async def one(node: PlanNode) -> Outcome:
        results: dict[str, Result] = {}
        for need in node.needs:
            # Shielded: a cancelled child must not cancel its parent behind its siblings' back.
            outcome = await asyncio.shield(outcomes[need])
            if isinstance(outcome, Result):
                results[need] = outcome
            else:
                left = StepError("needs", parent=need, held=_is_held(outcome))
                await settled(node, left)
                return left
        try:
            outcome = await perform(node, results)
        except RunningError as error:
            outcome = error
        await settled(node, outcome)
        return outcome

    async with asyncio.TaskGroup() as group:
        for node in by_urgency(nodes):
            outcomes[node.id] = group.create_task(one(node), name=node.id)
    return {name: task.result() for name, task in outcomes.items()}


def _is_held(outcome: RunningError) -> bool:
    return isinstance(outcome, HeldError) or outcome.values.get("held") is True
