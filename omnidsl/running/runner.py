"""A run from its plan to its result: what the command line and the Python interface call."""

import asyncio
import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import attrs

from omnidsl.planning.plan import Plan, PlanNode
from omnidsl.planning.values import Ref
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import scan
from omnidsl.plugins.manager import Plugins
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.binding import Binder
from omnidsl.running.clerk import Clerk
from omnidsl.running.driver import Driver, HeldError
from omnidsl.running.emitter import Emitter
from omnidsl.running.errors import SettingsError
from omnidsl.running.events import (
    Event,
    Listener,
    RunFinished,
    RunStarted,
    StepFailed,
    StepHeld,
    told,
)
from omnidsl.running.gateway import Gateway
from omnidsl.running.ledger import Ledger
from omnidsl.running.limits import Limits, SystemClock
from omnidsl.running.output import Output
from omnidsl.running.owners import Owners
from omnidsl.running.records import RunRecord, RunState
from omnidsl.running.results import Failure, Held, Result, RunResult
from omnidsl.running.scheduler import Outcome, check_order, perform_all
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.running.transport import Bounds, Transport
from omnidsl.running.workshop import Workshop

_GRACE = 10.0
"""Seconds that an interrupted run waits for the answers to purchases under way; a second signal ends the wait."""


async def run(
    plan: Plan,
    *,
    catalogue: Catalogue,
    gateway: Gateway,
    state: Path,
    output: Path,
    project: Path,
    listeners: Sequence[Listener] = (),
    limits: Limits | None = None,
    bounds: Bounds | None = None,
    plugins: Plugins | None = None,
) -> RunResult:
    """Run a plan and return how it ended; steps that are done already are not paid for again.

    `state` is the state directory (`.omni`), `output` where saves go, `project` where the plan's paths start.
    Raises SettingsError and LedgerError when nothing could begin; whatever happens to a step is in the result.
    """
    _check(plan, gateway)
    with _open(state) as (ledger, owners), owners.enter() as owner:
        record = RunRecord(
            id=_new_id(),
            recipe=plan.recipe,
            pipeline=plan.pipeline,
            gateway=plan.gateway,
            plan=plan.to_json(),
            owner=owner,
            started=time.time(),
        )
        ledger.add_run(record)
        job = _Job(
            record.id, owner, plan, catalogue, gateway, state, output, project, ledger, owners
        )
        return await job.work(listeners, limits or Limits(), bounds, plugins)


async def resume(
    run_id: str,
    *,
    catalogue: Catalogue,
    gateway: Gateway,
    state: Path,
    output: Path,
    project: Path,
    listeners: Sequence[Listener] = (),
    limits: Limits | None = None,
    bounds: Bounds | None = None,
    plugins: Plugins | None = None,
    retry: bool = False,
    resubmit: Collection[str] = (),
    abandon: Collection[str] = (),
) -> RunResult:
    """Go on with a run from its stored plan, as `run` does.

    `retry` buys again what this run bought and saw fail. `resubmit` and `abandon` name held steps (by node id) for
    which a person decided: buy again, perhaps a second time; or give up.
    """
    with _open(state) as (ledger, owners), owners.enter() as owner:
        record = ledger.run(run_id)
        if record is None:
            raise SettingsError("no-such-run", run=run_id, path=str(state))
        try:
            plan = Plan.from_json(record.plan)
        except ValueError as error:
            raise SettingsError("plan-broken", words=str(error)) from None
        _check(plan, gateway)
        names = {node.id for node in plan.nodes}
        if strangers := sorted({*resubmit, *abandon} - names):
            raise SettingsError("not-held", node=strangers[0], run=run_id)
        if owners.alive(record.owner) or not ledger.own_run(run_id, owner, record.owner):
            raise SettingsError("run-is-live", run=run_id)
        job = _Job(run_id, owner, plan, catalogue, gateway, state, output, project, ledger, owners)
        job.resumed, job.retry = True, retry
        job.resubmit, job.abandon = frozenset(resubmit), frozenset(abandon)
        return await job.work(listeners, limits or Limits(), bounds, plugins)


def prepare_state(state: Path) -> None:
    """Make the state directory, hidden from version control; SettingsError when it cannot be made."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        ignore = state / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")
    except OSError as error:
        raise SettingsError("disk", path=str(state), words=error.strerror or str(error)) from None


@contextmanager
def _open(state: Path) -> Iterator[tuple[Ledger, Owners]]:
    prepare_state(state)
    ledger = SqliteLedger(state / "ledger.sqlite3")
    try:
        yield ledger, Owners(state / "owners")
    finally:
        ledger.close()


def _check(plan: Plan, gateway: Gateway) -> None:
    if plan.gateway != gateway.identity:
        raise SettingsError("plan-gateway", theirs=plan.gateway, gateway=gateway.identity)
    check_order(plan.nodes)
    names = {node.id for node in plan.nodes}
    for save in plan.saves:
        if isinstance(save.value, Ref) and save.value.node not in names:
            raise SettingsError(
                "plan-broken",
                words=f"{save.path} is saved from `{save.value.node}`, which is not there",
            )


def _new_id() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid4().hex[:4]}"


@attrs.define(eq=False)
class _Job:
    """One run at work: what it has so far, and why it stopped early, if it did."""

    id: str
    owner: str
    plan: Plan
    catalogue: Catalogue
    gateway: Gateway
    state: Path
    output: Path
    project: Path
    ledger: Ledger
    owners: Owners
    resumed: bool = False
    retry: bool = False
    resubmit: frozenset[str] = frozenset()
    abandon: frozenset[str] = frozenset()
    results: dict[str, Result] = attrs.field(factory=dict)
    failures: list[Failure] = attrs.field(factory=list)
    held: list[Held] = attrs.field(factory=list)
    signal: int = 0

    async def work(
        self,
        listeners: Sequence[Listener],
        limits: Limits,
        bounds: Bounds | None,
        plugins: Plugins | None,
    ) -> RunResult:
        """Perform every step and return what came of it."""
        started = time.monotonic()
        plugins = plugins or Plugins(scan(list(dict.fromkeys(sys.path))), self.catalogue.services)
        after = self.ledger.last_sequence(self.id)
        clerk = Clerk(self.ledger)
        try:
            emitter = Emitter(self.id, after, clerk, [*listeners, *_plugin_listeners(plugins)])
            emitter.emit(
                RunStarted(
                    recipe=self.plan.recipe,
                    pipeline=self.plan.pipeline,
                    gateway=self.plan.gateway,
                    steps=[node.id for node in self.plan.nodes],
                    resumed=self.resumed,
                )
            )
            output = Output(self.plan, self.output, emitter)
            async with Transport(self.gateway, bounds) as transport:
                shop = self._workshop(clerk, transport, plugins, limits, emitter)
                try:
                    await self._interruptibly(shop, emitter, output)
                finally:
                    await self._settle_down(shop)
                    await clerk.do(lambda ledger: ledger.end_run(self.id, self._state(output)))
                    emitter.emit(self._finished(output, time.monotonic() - started))
            return self._result(output)
        finally:
            await asyncio.to_thread(clerk.close)

    def _workshop(
        self, clerk: Clerk, transport: Transport, plugins: Plugins, limits: Limits, emitter: Emitter
    ) -> Workshop:
        store = FolderStore(self.state / "artifacts")
        return Workshop(
            run=self.id,
            owner=self.owner,
            gateway=self.gateway,
            catalogue=self.catalogue,
            plugins=plugins,
            transport=transport,
            clerk=clerk,
            spool=Spool(self.state / "replies"),
            store=store,
            owners=self.owners,
            binder=Binder(self.gateway.identity, self.project, store, plugins),
            clock=SystemClock(),
            limits=limits,
            emit=emitter.emit,
            retry=self.retry,
            resubmit=self.resubmit,
            abandon=self.abandon,
        )

    async def _interruptibly(self, shop: Workshop, emitter: Emitter, output: Output) -> None:
        async def settled(node: PlanNode, outcome: Outcome) -> None:
            self._take_note(node, outcome, emitter)
            if isinstance(outcome, Result):
                await output.save_from(outcome)

        await output.save_literals()
        steps = asyncio.ensure_future(perform_all(self.plan.nodes, Driver(shop).perform, settled))

        def stop(number: int) -> None:
            if self.signal:
                for sending in shop.pending:
                    sending.cancel()
            self.signal = self.signal or number
            steps.cancel()

        with _signals(stop):
            try:
                await steps
            except asyncio.CancelledError:
                if not self.signal:
                    self.signal = signal.SIGINT
                    raise
            except ExceptionGroup as group:
                raise group.exceptions[0] from None
            finally:
                if self.signal:
                    await self._settle_down(shop)

    def _take_note(self, node: PlanNode, outcome: Outcome, emitter: Emitter) -> None:
        if isinstance(outcome, Result):
            self.results[node.id] = outcome
        elif isinstance(outcome, HeldError):
            attempt = outcome.attempt
            self.held.append(
                Held(
                    node.id,
                    attempt.step,
                    attempt.id,
                    outcome.message(),
                    outcome.help(),
                    outcome.values,
                )
            )
            words = told(outcome.reason, outcome.values)
            emitter.emit(StepHeld(node=node.id, step=attempt.step, attempt=attempt.id, **words))
        else:
            self.failures.append(Failure.of(node.id, outcome))
            emitter.emit(StepFailed(node=node.id, **told(outcome.reason, outcome.values)))

    @staticmethod
    async def _settle_down(shop: Workshop) -> None:
        """Let purchases under way end, within reason, and stop asking about tasks."""
        if shop.pending:
            await asyncio.wait(set(shop.pending), timeout=_GRACE)
        for sending in tuple(shop.pending):
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await sending
        await shop.close()

    # ---- how it ended

    def _status(self, output: Output) -> int:
        if self.signal:
            return 128 + self.signal
        if self.held:
            return 3
        return 1 if self.failures or output.failures else 0

    def _state(self, output: Output) -> RunState:
        status = self._status(output)
        return {0: "done", 1: "failed", 3: "held"}.get(status, "interrupted")  # type: ignore[return-value]  # get() widens the literals

    def _finished(self, output: Output, seconds: float) -> Event:
        reused = sum(one.reused for one in self.results.values())
        failed = sum(one.reason != "needs" for one in self.failures)
        return RunFinished(
            status=self._status(output),
            done=len(self.results) - reused,
            reused=reused,
            failed=failed,
            held=len(self.held),
            left=len(self.plan.nodes) - len(self.results) - len(self.held) - failed,
            saved=len(output.saved),
            seconds=round(seconds, 3),
        )

    def _result(self, output: Output) -> RunResult:
        return RunResult(
            run=self.id,
            status=self._status(output),
            results=dict(self.results),
            saved=tuple(output.saved),
            failures=tuple(self.failures),
            held=tuple(self.held),
            unsaved=tuple(output.failures),
            returns=self.plan.returns,
        )


def _plugin_listeners(plugins: Plugins) -> list[Listener]:
    hook = plugins.manager.hook.omnidsl_event
    if not hook.get_hookimpls():
        return []

    def tell(event: Event) -> None:
        hook(event=event.to_json())

    return [tell]


@contextmanager
def _signals(stop: Callable[[int], None]) -> Iterator[None]:
    """Have SIGINT and SIGTERM stop the run in good order, where this thread may say so."""
    loop = asyncio.get_running_loop()
    numbers: list[int] = []
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows' loops take no handlers: there the interrupt cancels the run from outside.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, stop, int(number))
                numbers.append(number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
