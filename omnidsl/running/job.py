"""One run at work: everything between its first event and its last."""

import asyncio
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial

import attrs

from omnidsl.planning.plan import Loop, Plan, PlanNode
from omnidsl.planning.values import TextInput, Value, refs
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.speaking import parted
from omnidsl.running.access import Accesses, places, reached, secrets_of
from omnidsl.running.arrivals import Arrivals
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.binding import Binder
from omnidsl.running.circumstances import Circumstances
from omnidsl.running.clerk import Clerk
from omnidsl.running.clock import Clock, SystemClock
from omnidsl.running.driver import Driver
from omnidsl.running.emitter import Emitter
from omnidsl.running.ending import see_through, settle_down
from omnidsl.running.engines import Windowed
from omnidsl.running.errors import HeldError, LeftOut, StepError
from omnidsl.running.events import (
    Event,
    Listener,
    Notice,
    RunFinished,
    RunStarted,
    StepFailed,
    StepHeld,
    StepSkipped,
    told,
)
from omnidsl.running.finished import Finished
from omnidsl.running.interrupts import interrupts
from omnidsl.running.ledger import Ledger
from omnidsl.running.orphans import Orphans
from omnidsl.running.output import Output
from omnidsl.running.owners import Owners
from omnidsl.running.provenance import Author
from omnidsl.running.reading import Absent, Find, Reading, reading_of
from omnidsl.running.records import RunState, Spending
from omnidsl.running.results import Failure, Held, Result, RunResult, Skipped
from omnidsl.running.scheduler import Outcome, chains, result_of
from omnidsl.running.spool import Spool
from omnidsl.running.stopping import Stop
from omnidsl.running.watching import watched
from omnidsl.running.workshop import Workshop


class Job:
    """One run, and what it has so far. `owner` holds the OS lock that says that it is alive."""

    def __init__(
        self,
        run_id: str,
        owner: str,
        plan: Plan,
        around: Circumstances,
        ledger: Ledger,
        owners: Owners,
    ) -> None:
        self._id = run_id
        self._owner = owner
        self._plan = plan
        self._around = around
        self._ledger = ledger
        self._owners = owners
        self._outcomes: dict[str, Outcome] = {}
        self._results = Finished([node.id for node in plan.nodes])
        self._returned_from = frozenset(ref.node for ref in refs(plan.returns))
        self._skipped: list[str] = []
        self._failures: list[Failure] = []
        self._held: list[Held] = []
        self._store = FolderStore(around.state / "artifacts", around.files.limits)
        self._stop = Stop()
        self._left_out = 0

    async def work(self) -> RunResult:
        """Perform every step and return what came of it."""
        started = time.monotonic()
        catalogue = self._around.catalogue
        needed = {node.operation.partition(".")[0] for node in self._plan.nodes}
        plugins = self._around.plugins or Plugins(catalogue.points, catalogue.services, needed)
        # From here on the ledger is the clerk's alone: two threads at one connection stop the whole process for as long as
        # one of them waits for another run.
        after, author = self._ledger.last_sequence(self._id), self._author()
        clerk = Clerk(self._ledger)
        quiet = ExitStack()
        quiet.enter_context(parted(plugins.whose.frame))
        guard = ExitStack()
        guard.enter_context(interrupts(self._stop.signalled))
        try:
            listeners: list[Listener] = [*self._around.listeners]
            emitter = Emitter(self._id, after, clerk, listeners)
            guard.enter_context(watched(plugins, emitter, self._around.plugin_settings))
            before = await clerk.do(lambda ledger: ledger.spending(f"run:{self._id}"))
            emitter.emit(self._begun(before.charged))
            arrivals = Arrivals(
                lambda node: result_of(node, self._outcomes[node]), let_go=self._let_go
            )
            output = Output(
                self._plan,
                self._around.output,
                emitter,
                arrivals,
                store=self._store,
                clerk=clerk,
                author=author,
                results=self._results,
            )
            for loop in self._plan.loops:
                arrivals.add(loop.needs, partial(_count_rounds, loop, emitter))
            clock = SystemClock()
            async with reached(self._around, clock, emitter.emit) as accesses:
                shop = self._workshop(clerk, accesses, plugins, emitter, clock)
                assigned = await clerk.do(lambda ledger: ledger.assignments(self._id))
                ours = {
                    key: node.options.cache
                    for node in self._plan.nodes
                    for key in (node.key, assigned.get(node.id, node.key))
                }
                orphans = Orphans(shop, ours)
                try:
                    orphans.begin()
                    await self._perform(shop, emitter, arrivals)
                finally:
                    guard.close()
                    await orphans.close(at_once=bool(self._stop.cause))
                    await settle_down(shop)
                    await clerk.do(lambda ledger: ledger.end_run(self._id, self._state(output)))
                    spent = await clerk.do(lambda ledger: ledger.spending(f"run:{self._id}"))
                    emitter.emit(self._finished(output, spent, time.monotonic() - started))
            return self._result(output)
        finally:
            guard.close()
            quiet.close()
            await asyncio.to_thread(clerk.close)

    def _workshop(
        self,
        clerk: Clerk,
        accesses: Accesses,
        plugins: Plugins,
        emitter: Emitter,
        clock: Clock,
    ) -> Workshop:
        around, store = self._around, self._store
        return Workshop(
            run=self._id,
            owner=self._owner,
            accesses=accesses,
            catalogue=around.catalogue,
            plugins=plugins,
            plugin_settings=around.plugin_settings,
            clerk=clerk,
            spool=Spool(around.state / "replies"),
            store=store,
            owners=self._owners,
            binder=Binder(
                self._plan.gateway_of, around.project, store, plugins, rules=self._plan.rules
            ),
            clock=clock,
            limits=around.limits,
            budget=around.budget,
            emit=emitter.emit,
            urgency=chains({node.id: node.needs for node in self._plan.nodes}),
            stop=self._stop,
            settings=around.settings,
            retry=around.retry,
            listening=around.listening,
            resubmit=around.resubmit,
            abandon=around.abandon,
        )

    def _author(self) -> Author:
        around = self._around
        record = self._ledger.run(self._id)
        text = None if record is None else record.options.get("recipe")
        return Author(
            self._plan,
            self._id,
            secrets_of(around),
            around.budget.prices,
            recipe=text if isinstance(text, str) else None,
            mode=around.files.provenance,
        )

    async def _perform(self, shop: Workshop, emitter: Emitter, arrivals: Arrivals) -> None:
        """Perform the steps until they are done or a signal stops them; purchases under way still get their answer."""

        async def settled(node: PlanNode, outcome: Outcome) -> None:
            self._take_note(node, outcome, emitter)
            await arrivals.settled(node.id)

        await arrivals.begin()
        around = self._around
        most = attrs.evolve(around.limits, tasks=places(around))
        engine = around.engine or Windowed.within(most)
        await see_through(
            engine.perform_all(self._plan.nodes, Driver(shop).perform, settled),
            shop,
            deadline=around.deadline,
            grace=around.grace,
            currency=around.budget.prices.currency,
        )

    def _take_note(self, node: PlanNode, outcome: Outcome, emitter: Emitter) -> None:
        self._outcomes[node.id] = outcome
        if isinstance(outcome, LeftOut):
            self._left_out += 1
            return
        if isinstance(outcome, Result):
            self._results.add(outcome)
            return
        if isinstance(outcome, Skipped):
            self._skipped.append(node.id)
            emitter.emit(StepSkipped(node=node.id, operation=node.operation))
            return
        words = told(outcome.reason, outcome.values)
        if isinstance(outcome, HeldError):
            step, attempt = outcome.attempt.step, outcome.attempt.id
            self._held.append(
                Held(node.id, step, attempt, outcome.message(), outcome.help(), outcome.values)
            )
            emitter.emit(StepHeld(node=node.id, step=step, attempt=attempt, **words))
        else:
            self._failures.append(Failure.of(node.id, outcome))
            emitter.emit(StepFailed(node=node.id, operation=node.operation, **words))

    def _let_go(self, name: str) -> None:
        """Spare the memory of an outcome that nothing waits for any more."""
        del self._outcomes[name]
        if name not in self._returned_from:
            self._results.let_go(name)

    # ---- how it begins and ends

    def _begun(self, charged: int) -> Event:
        return RunStarted(
            recipe=self._plan.recipe,
            pipeline=self._plan.pipeline,
            gateway=self._plan.gateway,
            steps=[node.id for node in self._plan.nodes],
            resumed=self._around.resumed,
            project=str(self._around.project.absolute()),
            operations=dict(Counter(node.operation for node in self._plan.nodes)),
            currency=self._around.budget.prices.currency,
            max_cost=self._around.budget.run,
            charged=charged,
            gateways=[one for one in self._plan.places if one != self._plan.gateway],
        )

    def _status(self, output: Output) -> int:
        if self._stop.signal:
            return 128 + self._stop.signal
        if self._held:
            return 3
        return 1 if self._failures or output.failures or self._cut else 0

    @property
    def _cut(self) -> str:
        """Why steps were left out; empty where none were."""
        settled = len(self._outcomes) - self._left_out
        return self._stop.cause or "" if settled < len(self._plan.nodes) else ""

    def _state(self, output: Output) -> RunState:
        if self._cut:
            return "interrupted"
        match self._status(output):
            case 0:
                return "done"
            case 1:
                return "failed"
            case 3:
                return "held"
        return "interrupted"

    def _finished(self, output: Output, spent: Spending, seconds: float) -> Event:
        failed = sum(one.reason != "needs" for one in self._failures)
        left = len(self._plan.nodes) - len(self._results) - len(self._held) - failed
        left -= len(self._skipped)
        return RunFinished(
            status=self._status(output),
            done=len(self._results) - self._results.reused,
            reused=self._results.reused,
            failed=failed,
            held=len(self._held),
            left=max(0, left),
            saved=len(output.saved),
            seconds=round(seconds, 3),
            skipped=len(self._skipped),
            stopped=self._cut,
            charged=spent.charged,
            reserved=spent.reserved,
            currency=self._around.budget.prices.currency,
        )

    def _result(self, output: Output) -> RunResult:
        return RunResult(
            run=self._id,
            status=self._status(output),
            results=self._results,
            saved=tuple(output.saved),
            failures=tuple(self._failures),
            held=tuple(self._held),
            unsaved=tuple(output.failures),
            skipped=tuple(self._skipped),
            returns=self._returned(),
        )

    def _returned(self) -> Value:
        """Return what the pipeline returns, computed where all that it depends on is there."""
        reading = reading_of(self._results)
        try:
            settled = reading.settled(self._plan.returns)
            return reading.text_of(settled) if isinstance(settled, TextInput) else settled
        except (Absent, StepError):
            return self._plan.returns


async def _count_rounds(loop: Loop, emitter: Emitter, find: Find) -> None:
    """Say how many items a loop's bound leaves out."""
    reading = Reading(find)
    try:
        if loop.when is not None and not reading.holds(loop.when):
            return
        items = reading.known(loop.values)
    except (Absent, StepError):
        return
    more = len(items) - loop.most if isinstance(items, list) else 0
    if more > 0:
        node = next(iter(loop.needs), "")
        words = told("loop-cut", {"more": more, "most": loop.most, "line": loop.line})
        emitter.emit(Notice(node=node, **words))
