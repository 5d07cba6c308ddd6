"""When steps run: each as soon as what it needs is there, independent ones at the same time."""

import asyncio
import contextlib
import graphlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import Value, refs
from omnidsl.running.errors import HeldError, RunningError, SettingsError, StepError
from omnidsl.running.reading import Absent, Reading
from omnidsl.running.results import Result, Skipped

Perform = Callable[[PlanNode, Mapping[str, Result]], Awaitable[Result]]
Outcome = Result | Skipped | RunningError
"""A result, Skipped, HeldError for a step that waits for a person, any other error for one without a result."""

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

    A step that fails or is held costs only those that need it; one whose condition does not hold is skipped, and what
    only its branch needs is not waited for. `settled` hears each outcome as it comes; when it
    raises, or this is cancelled, every step is cancelled.
    """
    outcomes: dict[str, asyncio.Task[Outcome]] = {}

    async def one(node: PlanNode) -> Outcome:
        outcome: Outcome
        try:
            taken = node.when is None or await holds(node.when)
            results = await needed(node) if taken else {}
            outcome = await perform(node, results) if taken else Skipped(node.id)
        except Absent:
            outcome = Skipped(node.id)
        except RunningError as error:
            outcome = error
        await settled(node, outcome)
        return outcome

    async def holds(condition: Value) -> bool:
        known = {
            need: await reached(need) for need in dict.fromkeys(ref.node for ref in refs(condition))
        }
        return Reading(lambda need: result_of(need, known[need])).holds(condition)

    async def needed(node: PlanNode) -> dict[str, Result]:
        """Return the results that a step needs, as far as they were not skipped."""
        results: dict[str, Result] = {}
        for need in node.needs:
            with contextlib.suppress(Absent):
                results[need] = result_of(need, await reached(need))
        return results

    async def reached(need: str) -> Outcome:
        # Shielded: a cancelled child must not cancel its parent behind its siblings' back.
        return await asyncio.shield(outcomes[need])

    async with asyncio.TaskGroup() as group:
        for node in by_urgency(nodes):
            outcomes[node.id] = group.create_task(one(node), name=node.id)
    return {name: task.result() for name, task in outcomes.items()}


def result_of(node: str, outcome: Outcome) -> Result:
    """Return the result of a step; Absent for one that was skipped, StepError for one that has none."""
    if isinstance(outcome, Result):
        return outcome
    if isinstance(outcome, Skipped):
        raise Absent
    raise StepError("needs", parent=node, held=_is_held(outcome))


def _is_held(outcome: RunningError) -> bool:
    return isinstance(outcome, HeldError) or outcome.values.get("held") is True
