"""One attempt from wherever it stands to its end: submit, poll, collect, download, kept."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import TypeVar

import attrs

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.backend import Backend, Call, Receipt, Status
from omnidsl.plugins.declarations import Immediate
from omnidsl.plugins.declared import FAULTS, words
from omnidsl.plugins.errors import ArgumentError, PluginError
from omnidsl.plugins.handed_back import wrong_parts
from omnidsl.plugins.media import JSON, Handle, Made
from omnidsl.plugins.outcomes import Failed, GatewayError, OutcomeError, Rejected
from omnidsl.plugins.speaking import speaking
from omnidsl.running.access import Access
from omnidsl.running.accounts import Group
from omnidsl.running.binding import Bound
from omnidsl.running.errors import RunningError, StepError
from omnidsl.running.events import Notice, StepProgress, StepSubmitted, StepText, told
from omnidsl.running.fetching import Fetching
from omnidsl.running.payment import PaidContext
from omnidsl.running.records import Attempt, Stored
from omnidsl.running.step_failures import failure, service, waits
from omnidsl.running.workshop import Workshop

_IMMEDIATE_PATIENCE = 600.0
"""Seconds that an immediate answer may take, where the step sets no time-out."""

_TASK_TIME_OUT = 4200.0
"""Seconds: new-api itself gives a task up after an hour (wire reference)."""

Answer = TypeVar("Answer")


class TaskFailedError(Exception):
    """Raised when a task that was paid for ended without success; `refused_content` says that its wording is at fault."""

    def __init__(self, task: str, status: Status) -> None:
        super().__init__(status.reason)
        self.task = task
        self.cancelled = status.state == "cancelled"
        self.refused_content = status.facts.get("content_refused") is True
        self.words = status.reason or "it gives no reason"


class SpentError(Exception):
    """Raised when what was paid for came to nothing for good: `error` says so to people, `charged` is as in `Ledger.mark`."""

    def __init__(self, error: StepError, words: str, charged: int | None) -> None:
        super().__init__(words)
        self.error = error
        self.words = words
        self.charged = charged


@attrs.frozen(eq=False)
class Fulfilment:
    """The work on one attempt of one step."""

    shop: Workshop
    node: PlanNode
    bound: Bound
    attempt: Attempt
    context: PaidContext

    @classmethod
    def of(
        cls, shop: Workshop, node: PlanNode, bound: Bound, attempt: Attempt, *, new: bool = False
    ) -> "Fulfilment":
        """Return the work on an attempt, with a context that the step's options have shaped; `new`: see `Mine`."""
        immediate = isinstance(bound.operation, Immediate)
        timeout, retries = node.options.timeout, node.options.retries
        there, backend = shop.access(service(node)), shop.plugins.backend(service(node))

        def tell(text: str) -> None:
            shop.emit(StepText(node=node.id, text=text))

        context = PaidContext(
            run=shop.run,
            attempt=attempt,
            new=new,
            account=shop.account(service(node), attempt.account),
            transport=there.transport,
            store=shop.store,
            clerk=shop.clerk,
            spool=shop.spool,
            rules=backend.replies,
            clock=shop.clock,
            wait_for=lambda words, seconds: waits(shop, node, words, seconds),
            pending=shop.pending,
            stop=shop.stop,
            retries=shop.limits.retries if retries is None else retries,
            timeout=timeout,
            patience=(timeout or _IMMEDIATE_PATIENCE)
            if immediate
            else there.transport.bounds.answer,
            price=shop.budget.reserve(node.operation, bound.arguments),
            caps=lambda: shop.budget.caps(shop.run, there.gateway.identity, time.time()),
            tell=tell if shop.listening else None,
            settings=shop.settings.get(service(node)),
        )
        return cls(shop, node, bound, attempt, context)

    async def finish(self) -> tuple[Stored, int]:
        """Return what the attempt made, kept in the ledger, and what it has cost, in micros.

        Raises OutcomeError for a purchase that was not made or may not have been, TaskFailedError and SpentError for
        one that came to nothing, and StepError, GatewayError or PluginError for what another run can still bring to its end.
        """
        try:
            return await self._finish()
        finally:
            self.shop.in_flight.pop(self.attempt.id, None)

    @property
    def charged(self) -> Attempt:
        """The attempt with the account that it was charged to."""
        return attrs.evolve(self.attempt, account=self.context.account)

    async def _finish(self) -> tuple[Stored, int]:
        made, receipt = await self._made()
        if made.facts.get("finish_reason") == "length":
            self.shop.emit(Notice(node=self.node.id, **told("cut-short", {"node": self.node.id})))
        async with self._in_time(receipt):
            made, files = await self._fetching(receipt).fetched(made)
        simulated = self._access.transport.simulated
        facts = {**self._sound_facts(made), **({"simulated": True} if simulated else {})}
        stored = Stored(attempt=self.attempt.id, text=made.text, facts=facts, files=files)
        charged = self.shop.budget.prices.charged(
            self.node.operation, self.bound.arguments, made.facts
        )
        await self.shop.clerk.do(lambda ledger: ledger.store(stored, charged))
        return stored, self.context.price if charged is None else charged

    def _sound_facts(self, made: Made) -> Mapping[str, JSON]:
        """Return the facts without parts of another type than is declared: they would go into a later, paid request."""
        view = self.shop.catalogue.find(self.node.operation)
        wrong = [] if view is None or not view.parts else wrong_parts(view.parts, made.facts)
        for name in wrong:
            values: dict[str, JSON] = {"part": name, "service": service(self.node)}
            self.shop.emit(Notice(node=self.node.id, **told("wrong-part", values)))
        return {name: one for name, one in made.facts.items() if name not in wrong}

    def asked(self) -> Call:
        """Return what is asked of the backend."""
        expects = self.bound.expectation.schema() if self.bound.expectation else None
        return Call(self.attempt.id, self.bound.operation, self.attempt.step, expects)

    async def _made(self) -> tuple[Made, Receipt | None]:
        """Have the backend work; a task comes with its receipt."""
        call = self.asked()
        if isinstance(self.bound.operation, Immediate):
            return await self._guarded(self._immediate(self._backend, call), spent=True), None
        receipt, status = await self._guarded(self._task(self._backend, call), spent=True)
        context = self.shop.free_context(service(self.node), receipt.account)
        async with self._in_time(receipt):
            return await self._guarded(self._backend.collect(receipt, status, context)), receipt

    @property
    def _backend(self) -> Backend:
        return self.shop.plugins.backend(service(self.node))

    async def _guarded(self, work: Awaitable[Answer], *, spent: bool = False) -> Answer:
        """Return what a backend gives; what it raises and may not is a PluginError.

        `spent` says that nothing more can come of a purchase which failed in it.
        """
        try:
            return await work
        except (OutcomeError, RunningError, GatewayError, PluginError, TaskFailedError):
            raise
        except Failed as error:
            failed = failure(self.shop, self.node, error.reason, error.message)
            if not spent:
                raise failed from error
            arguments = self.bound.arguments
            charged = self.shop.budget.prices.charged(self.node.operation, arguments, error.facts)
            raise SpentError(failed, error.message, charged) from error
        except ArgumentError as error:
            raise StepError("argument", words=str(error)) from error
        except Exception as error:
            raise PluginError(service(self.node), f"{type(error).__name__}: {error}") from error

    async def _immediate(self, backend: Backend, call: Call) -> Made:
        group, bound = self._group, await self._bound()
        while True:
            self.context.charge(group.account(group.choose(bound)))
            await self._ask_plugins(call)
            try:
                made = await backend.call(call, self.context)
            except Rejected:
                if not self._may_move(bound):
                    raise
                continue
            self._tell_submitted("", self.context.account)
            return made

    async def _task(self, backend: Backend, call: Call) -> tuple[Receipt, Status]:
        """Buy a task unless that is done, and wait for its end."""
        receipt = self.attempt.receipt
        if receipt is not None:
            self.shop.in_flight[self.attempt.id] = self.context.price
            self._tell_submitted(receipt.task, receipt.account)
            return receipt, await self._follow(receipt, fresh=False)
        group, bound = self._group, await self._bound()
        while True:
            async with contextlib.AsyncExitStack() as stack:
                with self.shop.stop.before_buying():
                    name = await stack.enter_async_context(
                        group.tasks.place(bound, self.shop.urgency.get(self.node.id, 0))
                    )
                self.context.charge(group.account(name))
                await self._ask_plugins(call)
                try:
                    bought = await backend.submit(call, self.context)
                except Rejected:
                    if not self._may_move(bound):
                        raise
                    continue
                return bought, await self._bought(bought)

    async def _bought(self, receipt: Receipt) -> Status:
        """Keep the receipt, and return how the task ended."""
        self.shop.in_flight[self.attempt.id] = self.context.price
        await self.shop.clerk.do(lambda ledger: ledger.receive(self.attempt.id, receipt))
        self._tell_submitted(receipt.task, receipt.account)
        return await self._follow(receipt, fresh=True)

    @property
    def _group(self) -> Group:
        return self._access.accounts.of(service(self.node))

    @property
    def _access(self) -> Access:
        return self.shop.access(service(self.node))

    async def _bound(self) -> str | None:
        """Return the account that has to pay: that of the task which the call acts on, or of what is bought already.

        None where any account may.
        """
        account = account_of(self.bound)
        if account is not None:
            return account
        if len(self._access.accounts.names) == 1:
            return self.attempt.account
        stages = await self.shop.clerk.do(lambda ledger: ledger.stages(self.attempt.id))
        return self.attempt.account if any(one.state != "refused" for one in stages) else None

    def _may_move(self, bound: str | None) -> bool:
        """Tell whether another account can buy what a stopped one could not."""
        return bound is None and self._group.moves_from(self.context.account)

    async def _ask_plugins(self, call: Call) -> None:
        """Let plugins veto a purchase that has not begun."""
        hook = self.shop.plugins.manager.hook.omnidsl_before_submit
        if not hook.get_hookimpls():
            return
        if await self.shop.clerk.do(lambda ledger: ledger.stages(self.attempt.id)):
            return
        try:
            with speaking(self.shop.plugins.whose.speaker):
                reasons = hook(call=call, settings=self.shop.plugin_settings)
        except FAULTS as error:
            name = self.shop.plugins.whose.error(error) or service(self.node)
            raise PluginError(name, f"omnidsl_before_submit: {words(error)}") from error
        for reason in reasons:
            if not isinstance(reason, str):
                problem = f"must give a text or None, and gave {type(reason).__name__}"
                raise StepError("veto", words=f"omnidsl_before_submit {problem}")
            if reason:
                raise StepError("veto", words=reason)

    async def _follow(self, receipt: Receipt, *, fresh: bool) -> Status:
        def tell(status: Status) -> None:
            state = "running" if status.state == "running" else "waiting"
            self.shop.emit(StepProgress(node=self.node.id, state=state, progress=status.progress))

        poller = self.shop.poller(service(self.node), receipt.account)
        try:
            async with self._in_time(receipt, _TASK_TIME_OUT):
                status = await poller.wait(receipt, fresh=fresh, tell=tell)
        except GatewayError as error:
            raise failure(
                self.shop, self.node, error.reason, error.message, task=receipt.task
            ) from error
        if status.state != "done":
            raise TaskFailedError(receipt.task, status)
        return status

    @contextlib.asynccontextmanager
    async def _in_time(
        self, receipt: Receipt | None, usual: float | None = None
    ) -> AsyncIterator[None]:
        """Give the step up when its time is over: what it paid for is kept, for a later run.

        Its time counts from its first paid request. Without a time-out of its own it has `usual` seconds, or no end.
        """
        seconds = self.node.options.timeout or usual
        left = None if seconds is None else self.context.left(seconds)
        try:
            async with asyncio.timeout(left) as timer:
                yield
        except TimeoutError:
            if not timer.expired():
                raise
            task = "" if receipt is None else receipt.task
            raise StepError("time-out", task=task, seconds=seconds) from None

    def _fetching(self, receipt: Receipt | None) -> Fetching:
        """Return how files are fetched; a task is asked for fresh addresses where they have run out."""

        async def ask_again(made: Made) -> Made:
            return (
                made if receipt is None else await self._guarded(self._asked_again(made, receipt))
            )

        again = None if receipt is None else ask_again
        return Fetching(self.shop, self.node, self.context.account, again)

    async def _asked_again(self, made: Made, receipt: Receipt) -> Made:
        """Return what a finished task made with addresses of now, or as it was where nothing better is to be had."""
        context = self.shop.free_context(service(self.node), receipt.account)
        status = (await self._backend.poll([receipt], context)).get(receipt.task)
        if status is None or status.state != "done":
            return made
        return await self._backend.collect(receipt, status, context)

    def _tell_submitted(self, task: str, account: str) -> None:
        attempt = self.attempt
        self.shop.emit(
            StepSubmitted(
                node=self.node.id,
                step=attempt.step,
                attempt=attempt.id,
                task=task,
                account=account,
                reserved=self.context.price,
            )
        )


def account_of(bound: Bound) -> str | None:
    """Return the account of the task which a call acts on; None where it acts on none."""
    handles = (value for value in bound.arguments.values() if isinstance(value, Handle))
    return next((one.account for one in handles), None)
