"""One attempt from wherever it stands to its end: submit, poll, collect, download, kept."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import attrs

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.backend import Backend, Call, Receipt, Status
from omnidsl.plugins.declarations import Immediate, serving
from omnidsl.plugins.declared import FAULTS, words
from omnidsl.plugins.errors import ArgumentError, PluginError
from omnidsl.plugins.media import JSON, File, Handle, Made
from omnidsl.plugins.outcomes import Failed, GatewayError, OutcomeError, Rejected
from omnidsl.plugins.speaking import speaking
from omnidsl.running.access import Access
from omnidsl.running.accounts import Group
from omnidsl.running.binding import Bound
from omnidsl.running.errors import FetchError, RunningError, StepError
from omnidsl.running.events import Notice, StepProgress, StepSubmitted, StepText, told
from omnidsl.running.payment import PaidContext
from omnidsl.running.records import Attempt, Stored, StoredFile
from omnidsl.running.workshop import Workshop

_IMMEDIATE_PATIENCE = 600.0
"""Seconds that an immediate answer may take, where the step sets no time-out."""

_TASK_TIME_OUT = 4200.0
"""Seconds: new-api itself gives a task up after an hour (wire reference)."""

_EXPIRED = frozenset((401, 403, 404, 410))
"""What a server of files answers once a signed address has run out."""

_FRESH_ADDRESSES = 2
"""How often a finished task is asked for addresses anew."""

MOST_FILES = 256
"""Files of one result: a reply that names more would fill the disk with what nobody asked for."""

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
            wait_for=lambda words, seconds: _waits(shop, node, words, seconds),
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
            made, files = await self._kept(made, receipt)
        simulated = self._access.transport.simulated
        facts = {**made.facts, "simulated": True} if simulated else made.facts
        stored = Stored(attempt=self.attempt.id, text=made.text, facts=facts, files=files)
        charged = self.shop.budget.prices.charged(
            self.node.operation, self.bound.arguments, made.facts
        )
        await self.shop.clerk.do(lambda ledger: ledger.store(stored, charged))
        return stored, self.context.price if charged is None else charged

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

    # ---- files

    async def _kept(
        self, made: Made, receipt: Receipt | None
    ) -> tuple[Made, tuple[StoredFile, ...]]:
        """Store all files at once, since their addresses may expire; a task is asked for fresh ones where they have.

        Returns what was made with the addresses that held. What is optional and cannot be had is left out.
        """
        turn = 0
        while True:
            if len(made.files) > MOST_FILES:
                words = (
                    f"it names {len(made.files)} files, and no result has more than {MOST_FILES}"
                )
                raise failure(self.shop, self.node, "empty-answer", words)
            found = await asyncio.gather(
                *(self._fetch(one) for one in made.files), return_exceptions=True
            )
            lost = [
                (file, one)
                for file, one in zip(made.files, found, strict=True)
                if isinstance(one, BaseException)
            ]
            needed = next((one for file, one in lost if not _can_do_without(file, one)), None)
            failed = needed or next((one for _, one in lost), None)
            turn += 1
            again = receipt is not None and turn <= _FRESH_ADDRESSES
            if receipt is not None and again and failed is not None and _has_expired(failed):
                made = await self._guarded(self._asked_again(made, receipt))
                continue
            if needed is not None:
                raise needed
            for file, error in lost:
                self._tell_left_out(file, error)
            return made, tuple(one for one in found if isinstance(one, StoredFile))

    async def _asked_again(self, made: Made, receipt: Receipt) -> Made:
        """Return what a finished task made with addresses of now, or as it was where nothing better is to be had."""
        context = self.shop.free_context(service(self.node), receipt.account)
        status = (await self._backend.poll([receipt], context)).get(receipt.task)
        if status is None or status.state != "done":
            return made
        return await self._backend.collect(receipt, status, context)

    async def _fetch(self, file: File) -> StoredFile:
        turn, retries = 0, self.node.options.retries
        while True:
            try:
                return await self.shop.keep(
                    file, self.node.id, service(self.node), self.context.account
                )
            except FetchError as error:
                turn += 1
                allowed = self.shop.limits.connect_retries if retries is None else retries
                if error.final or file.url is None or turn > allowed:
                    raise
                seconds = self.shop.limits.pause(turn)
                _waits(self.shop, self.node, error.message(), seconds)
                await asyncio.sleep(seconds)

    def _tell_left_out(self, file: File, error: BaseException) -> None:
        words = error.message() if isinstance(error, FetchError) else str(error)
        values: dict[str, JSON] = {"part": file.part or file.kind, "words": words}
        self.shop.emit(Notice(node=self.node.id, **told("left-out", values)))

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


def _can_do_without(file: File, error: BaseException) -> bool:
    return file.optional and isinstance(error, FetchError)


def _has_expired(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.values.get("status") in _EXPIRED


def account_of(bound: Bound) -> str | None:
    """Return the account of the task which a call acts on; None where it acts on none."""
    handles = (value for value in bound.arguments.values() if isinstance(value, Handle))
    return next((one.account for one in handles), None)


def service(node: PlanNode) -> str:
    """Return the name of a step's service."""
    return node.operation.partition(".")[0]


def failure(shop: Workshop, node: PlanNode, reason: str, words: str, **values: JSON) -> StepError:
    """Return the error of a step with what all messages may name.

    An address that some kinds of gateway lack, by the operation's declaration, is missing because this is one of them.
    """
    operation = shop.plugins.operation(node.operation)
    if reason == "no-such-address" and operation.not_served_by:
        reason = "not-served"
    return StepError(
        reason,
        words=words,
        service=service(node),
        operation=node.operation,
        kinds=", ".join(serving(operation)),
        gateway=shop.access(service(node)).gateway.identity,
        node=node.id,
        run=shop.run,
        **values,
    )


def _waits(shop: Workshop, node: PlanNode, words: str, seconds: float) -> None:
    values: dict[str, JSON] = {"node": node.id, "words": words, "seconds": round(seconds, 1)}
    shop.emit(Notice(node=node.id, **told("waiting", values)))
