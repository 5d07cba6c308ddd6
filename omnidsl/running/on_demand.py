"""An engine without a plan: steps come one by one while somebody works with a session."""

import asyncio
from collections.abc import Sequence

from omnidsl.planning.plan import PlanNode
from omnidsl.running.engines import Perform, Settled, outcome_of
from omnidsl.running.errors import RunningError, StepError
from omnidsl.running.results import Result


class OnDemand:
    """Performs each step that it is given, as soon as it is given, until it is closed; see `Engine`.

    A step may need the results of those before it: they are kept as long as the session lasts.
    """

    def __init__(self) -> None:
        self.results: dict[str, Result] = {}
        self._open: asyncio.Future[tuple[Perform, Settled]] = asyncio.Future()
        self._over = asyncio.Event()
        self._at_work: set[asyncio.Task[Result]] = set()
        self._stopped = False

    async def begun(self) -> None:
        """Wait until steps can be given."""
        await asyncio.shield(self._open)

    def close(self) -> None:
        """Take no more steps; those at work come to their end."""
        self._over.set()

    async def perform_all(
        self, nodes: Sequence[PlanNode], perform: Perform, settled: Settled
    ) -> None:
        """See `Engine.perform_all`; the plan of a session has no steps of its own."""
        del nodes
        self._open.set_result((perform, settled))
        try:
            await self._over.wait()
            while self._at_work:
                await asyncio.wait(tuple(self._at_work))
        finally:
            self._stopped = True
            for task in self._at_work:
                task.cancel()

    async def one(self, node: PlanNode) -> Result:
        """Perform one step and return its result; RunningError says why there is none."""
        perform, settled = await asyncio.shield(self._open)
        if self._stopped or self._over.is_set():
            raise StepError("session-over")
        task = asyncio.create_task(self._one(node, perform, settled), name=node.id)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        try:
            return await task
        except asyncio.CancelledError:
            if self._stopped:  # the run was stopped, not whoever waits here
                raise StepError("session-over") from None
            raise

    async def _one(self, node: PlanNode, perform: Perform, settled: Settled) -> Result:
        outcome = await outcome_of(node, self.results, perform)
        await settled(node, outcome)
        if isinstance(outcome, RunningError):
            raise outcome
        if not isinstance(outcome, Result):
            raise StepError("plan-broken", words=f"`{node.id}` was skipped")
        self.results[node.id] = outcome
        return outcome
