"""Engines decide where and when the steps of a plan are performed, and nothing else."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from omnidsl.planning.plan import PlanNode
from omnidsl.running.errors import RunningError
from omnidsl.running.limits import Limits
from omnidsl.running.reading import Absent
from omnidsl.running.results import Result, Skipped
from omnidsl.running.scheduler import Frontier, Outcome

Perform = Callable[[PlanNode, Mapping[str, Result]], Awaitable[Result]]
"""Does one step with the results that it needs; raises RunningError for one that has no result."""

Settled = Callable[[PlanNode, Outcome], Awaitable[None]]
"""Hears what became of a step, before any step that needs it begins."""


class Engine(Protocol):
    """What performs a plan. `nodes` are in order (see `scheduler.check_order`)."""

    async def perform_all(
        self, nodes: Sequence[PlanNode], perform: Perform, settled: Settled
    ) -> None:
        """Perform every step that can be, each once and after what it needs, and have each outcome heard once.

        When `settled` raises, or this is cancelled, the steps at work are cancelled.
        """
        ...


class Windowed:
    """Steps of one process in one event loop, at most `window` of each service at a time, the most urgent first.

    The others are rows in a table: a plan of a hundred thousand steps costs little more memory than itself.
    """

    def __init__(self, window: int) -> None:
        self._window = window

    @classmethod
    def within(cls, limits: Limits) -> "Windowed":
        """Return an engine that keeps all that an account allows at work, and the next ones at the door."""
        return cls(limits.tasks + limits.tasks // 4 + 32)

    async def perform_all(
        self, nodes: Sequence[PlanNode], perform: Perform, settled: Settled
    ) -> None:
        """See `Engine.perform_all`."""
        frontier = Frontier(nodes)
        at_work: Counter[str] = Counter()
        stir = asyncio.Event()

        async def one(lane: str, node: PlanNode, results: Mapping[str, Result]) -> None:
            outcome = await outcome_of(node, results, perform)
            await settled(node, outcome)
            frontier.settle(node.id, outcome)
            at_work[lane] -= 1
            stir.set()

        async with asyncio.TaskGroup() as group:
            while True:
                stir.clear()
                while frontier.decided:
                    node, outcome = frontier.decided.popleft()
                    await settled(node, outcome)
                    frontier.settle(node.id, outcome)
                while found := frontier.pop(
                    [lane for lane in frontier.lanes if at_work[lane] < self._window]
                ):
                    lane, node, results = found
                    at_work[lane] += 1
                    group.create_task(one(lane, node, results), name=node.id)
                if not any(at_work.values()):
                    return
                await stir.wait()


class Serial:
    """One step after the other, in the order of their urgency: for trials, and to compare with."""

    async def perform_all(
        self, nodes: Sequence[PlanNode], perform: Perform, settled: Settled
    ) -> None:
        """See `Engine.perform_all`."""
        frontier = Frontier(nodes)
        while True:
            if frontier.decided:
                node, outcome = frontier.decided.popleft()
            elif found := frontier.pop(frontier.lanes):
                _, node, results = found
                outcome = await outcome_of(node, results, perform)
            else:
                return
            await settled(node, outcome)
            frontier.settle(node.id, outcome)


async def outcome_of(node: PlanNode, results: Mapping[str, Result], perform: Perform) -> Outcome:
    """Perform a step and return what became of it, an error as a value."""
    try:
        return await perform(node, results)
    except Absent:
        return Skipped(node.id)
    except RunningError as error:
        return error
