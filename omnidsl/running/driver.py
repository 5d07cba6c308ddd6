"""One call from its inputs to its result: look up, bind, pay, poll, collect, download, done."""

import asyncio
from collections.abc import Mapping
from typing import Literal

import attrs

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.backend import Backend, Call, Receipt, Status
from omnidsl.plugins.declarations import Immediate
from omnidsl.plugins.errors import ArgumentError, PluginError
from omnidsl.plugins.media import File, Handle, Made
from omnidsl.plugins.outcomes import (
    Ambiguous,
    Failed,
    GatewayError,
    OutcomeError,
    Rejected,
    RetryLater,
)
from omnidsl.running.artifacts import as_type
from omnidsl.running.binding import Bound
from omnidsl.running.claims import Claimant, Ended, Mine, Theirs, claim
from omnidsl.running.claims import Made as AlreadyMade
from omnidsl.running.errors import FetchError, RunningError, StepError
from omnidsl.running.events import Notice, StepDone, StepProgress, StepStarted, StepSubmitted, told
from omnidsl.running.payment import PaidContext
from omnidsl.running.records import Attempt, Stored, StoredFile
from omnidsl.running.results import Result
from omnidsl.running.workshop import Workshop

_FOLLOW = 0.25
"""Seconds between two looks at a step that another run is at work on."""

_RESUBMISSIONS = 1
"""How often `on_ambiguous: "resubmit"` buys again in one run: a gateway that loses every answer is not fed on."""

_IMMEDIATE_PATIENCE = 600.0
_SUBMIT_PATIENCE = 60.0
_TASK_TIME_OUT = 4200.0
"""Seconds: new-api itself gives a task up after an hour (wire reference)."""


class HeldError(RunningError):
    """Raised when a step has to wait for a person."""

    def __init__(self, attempt: Attempt, words: str) -> None:
        super().__init__(
            "held", words=words, attempt=attempt.id, node=attempt.node, run=attempt.run
        )
        self.attempt = attempt


class _AgainError(Exception):
    """Raised inside the driver to buy a step anew, as its options ask."""


class Driver:
    """Performs the steps of one run; what it works with is the run's `Workshop`."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    async def perform(self, node: PlanNode, results: Mapping[str, Result]) -> Result:
        """Return what a step made; its needs are in `results`. Raises StepError or HeldError."""
        shop = self._shop
        bound = await shop.binder.bind(node, results)
        step = await shop.clerk.do(
            lambda ledger: ledger.assign(
                shop.run, node.id, bound.content, node.options.take or node.take
            )
        )
        shop.emit(StepStarted(node=node.id, operation=node.operation, step=step))
        purchases = _Purchases(node)
        while True:
            try:
                return await self._try(node, bound, step, purchases)
            except _AgainError:
                continue
            except RunningError:
                raise
            except PluginError as error:
                raise StepError("plugin", service=error.plugin, words=error.problem) from error
            except GatewayError as error:
                raise self._failure(node, error.reason, error.message) from error

    async def _try(
        self, node: PlanNode, bound: Bound, step: str, purchases: "_Purchases"
    ) -> Result:
        shop = self._shop
        told_once = False
        while True:
            who = Claimant(
                run=shop.run,
                node=node.id,
                owner=shop.owner,
                operation=node.operation,
                gateway=shop.gateway.identity,
                account=self._account(bound),
            )
            again, cache = purchases.again or shop.retry, node.options.cache
            found = await shop.clerk.do(
                lambda ledger: claim(
                    ledger, step, who, alive=shop.owners.alive, cache=cache, again=again
                )  # awaited in this turn
            )
            match found:
                case AlreadyMade(attempt, stored):
                    return await self._reuse(node, bound, attempt, stored)
                case Ended(attempt):
                    raise StepError(
                        "task-failed",
                        service=_service(node),
                        task=_task(attempt),
                        words=attempt.reason,
                        node=node.id,
                    )
                case Mine(attempt):
                    return await self._work(node, bound, attempt, purchases)
                case Theirs():
                    if not told_once:
                        shop.emit(Notice(node=node.id, **told("following", {"node": node.id})))
                        told_once = True
                    await asyncio.sleep(_FOLLOW)

    # ---- a result that is there

    async def _reuse(
        self, node: PlanNode, bound: Bound, attempt: Attempt, stored: Stored
    ) -> Result:
        shop = self._shop
        whole = await asyncio.to_thread(
            lambda: all(shop.store.whole(one.sha256) for one in stored.files)
        )
        if not whole:
            shop.emit(Notice(node=node.id, **told("refetch", {"node": node.id})))
            stored = await self._finish(node, bound, attempt, self._context(node, bound, attempt))
        return self._done(node, bound, attempt, stored, reused=True)

    def _done(
        self, node: PlanNode, bound: Bound, attempt: Attempt, stored: Stored, *, reused: bool
    ) -> Result:
        value = stored.text
        result = Result(
            node=node.id,
            operation=node.operation,
            type=node.result,
            step=attempt.step,
            number=attempt.number,
            attempt=attempt.id,
            gateway=attempt.gateway,
            account=attempt.account,
            text=stored.text,
            value=value,
            files=tuple(
                as_type(found, node.result if node.result in _MEDIA else one.kind)
                for one in stored.files
                if (found := self._shop.store.find(one.sha256)) is not None
            ),
            facts=stored.facts,
            reused=reused,
        )
        if bound.expectation is not None:
            result = attrs.evolve(result, value=bound.expectation.read(stored.text or ""))
        self._shop.emit(
            StepDone(
                node=node.id,
                step=attempt.step,
                attempt=attempt.id,
                reused=reused,
                task=result.task_id or "",
                text=stored.text,
                files=[str(one.path) for one in result.files],
            )
        )
        return result

    # ---- a purchase

    async def _work(
        self, node: PlanNode, bound: Bound, attempt: Attempt, purchases: "_Purchases"
    ) -> Result:
        context = self._context(node, bound, attempt)
        try:
            stored = await self._finish(node, bound, attempt, context)
        except Ambiguous as error:
            await self._ambiguous(node, bound, attempt, error, purchases)
            raise _AgainError from None
        except Rejected as error:
            await self._mark(attempt, "refused", error.message)
            raise self._failure(node, error.reason, error.message) from error
        except RetryLater as error:
            await self._mark(attempt, "refused", error.message)
            raise self._failure(node, error.reason, error.message, tries=context.tries) from error
        except _TaskFailedError as error:
            await self._mark(attempt, "failed", error.status.reason)
            await self._task_failed(node, attempt, error.status, purchases)
            raise _AgainError from None
        return self._done(node, bound, attempt, stored, reused=False)

    async def _finish(
        self, node: PlanNode, bound: Bound, attempt: Attempt, context: PaidContext
    ) -> Stored:
        """Bring an attempt to its end from wherever it stands, and keep what it made."""
        backend = self._shop.plugins.backend(_service(node))
        made = await self._made(node, bound, attempt, backend, context)
        if made.facts.get("finish_reason") == "length":
            self._shop.emit(Notice(node=node.id, **told("cut-short", {"node": node.id})))
        files = tuple([await self._fetch(node, one) for one in made.files])
        stored = Stored(attempt=attempt.id, text=made.text, facts=made.facts, files=files)
        await self._shop.clerk.do(lambda ledger: ledger.store(stored))
        return stored

    async def _made(
        self, node: PlanNode, bound: Bound, attempt: Attempt, backend: Backend, context: PaidContext
    ) -> Made:
        expects = bound.expectation.schema() if bound.expectation else None
        call = Call(attempt.id, bound.operation, attempt.step, expects)
        try:
            if isinstance(bound.operation, Immediate):
                await self._before(call, attempt)
                made = await backend.call(call, context)
                self._shop.emit(StepSubmitted(node=node.id, step=attempt.step, attempt=attempt.id))
                return made
            receipt, status = await self._task(node, call, attempt, backend, context)
            free = self._shop.free_context(attempt.account)
            return await backend.collect(receipt, status, free)
        except (OutcomeError, RunningError, GatewayError, PluginError, _TaskFailedError):
            raise
        except Failed as error:
            raise self._failure(node, error.reason, error.message) from error
        except ArgumentError as error:
            raise StepError("argument", words=str(error)) from error
        except Exception as error:
            raise PluginError(_service(node), f"{type(error).__name__}: {error}") from error

    async def _task(
        self, node: PlanNode, call: Call, attempt: Attempt, backend: Backend, context: PaidContext
    ) -> tuple[Receipt, Status]:
        shop = self._shop
        if attempt.receipt is not None:
            shop.emit(
                StepSubmitted(
                    node=node.id,
                    step=attempt.step,
                    attempt=attempt.id,
                    task=attempt.receipt.task,
                    account=attempt.receipt.account,
                )
            )
            return attempt.receipt, await self._follow(node, attempt.receipt, fresh=False)
        async with shop.account(attempt.account).tasks:
            await self._before(call, attempt)
            receipt = await backend.submit(call, context)
            await shop.clerk.do(lambda ledger: ledger.receive(attempt.id, receipt))
            shop.emit(
                StepSubmitted(
                    node=node.id,
                    step=attempt.step,
                    attempt=attempt.id,
                    task=receipt.task,
                    account=receipt.account,
                )
            )
            return receipt, await self._follow(node, receipt, fresh=True)

    async def _before(self, call: Call, attempt: Attempt) -> None:
        """Ask the plugins whether they have anything against a purchase that has not begun."""
        if await self._shop.clerk.do(lambda ledger: ledger.stages(attempt.id)):
            return
        for reason in self._shop.plugins.manager.hook.omnidsl_before_submit(call=call):
            if isinstance(reason, str) and reason:
                await self._mark(attempt, "refused", reason)
                raise StepError("veto", words=reason)

    async def _follow(self, node: PlanNode, receipt: Receipt, *, fresh: bool) -> Status:
        def tell(status: Status) -> None:
            state = "running" if status.state == "running" else "waiting"
            self._shop.emit(StepProgress(node=node.id, state=state, progress=status.progress))

        seconds = node.options.timeout or _TASK_TIME_OUT
        poller = self._shop.poller(_service(node), receipt.account)
        try:
            async with asyncio.timeout(seconds):
                status = await poller.wait(receipt, fresh=fresh, tell=tell)
        except TimeoutError:
            raise StepError("time-out", task=receipt.task, seconds=seconds) from None
        except GatewayError as error:
            raise self._failure(node, error.reason, error.message, task=receipt.task) from error
        if status.state != "done":
            raise _TaskFailedError(status)
        return status

    async def _fetch(self, node: PlanNode, file: File) -> StoredFile:
        shop = self._shop
        turn = 0
        while True:
            try:
                return await shop.store.take(file, shop.fetch(node.id))
            except FetchError as error:
                turn += 1
                limits = shop.limits
                retries = (
                    limits.connect_retries if node.options.retries is None else node.options.retries
                )
                if error.final or file.url is None or turn > retries:
                    raise
                seconds = limits.pause(turn)
                self._wait_for(node, error.message(), seconds)
                await asyncio.sleep(seconds)

    # ---- what did not go well

    async def _ambiguous(
        self,
        node: PlanNode,
        bound: Bound,
        attempt: Attempt,
        error: Ambiguous,
        purchases: "_Purchases",
    ) -> None:
        """Return when the step is to be bought again, as its options ask; raise otherwise."""
        policy = node.options.on_ambiguous or bound.operation.on_ambiguous
        if node.id in self._shop.resubmit:
            policy = "resubmit"
        elif node.id in self._shop.abandon:
            policy = "fail"
        if policy == "resubmit" and purchases.resubmitted < _RESUBMISSIONS:
            purchases.resubmitted += 1
            await self._mark(attempt, "abandoned", error.message)
            values = {"node": node.id, "words": error.message}
            self._shop.emit(Notice(node=node.id, **told("resubmit", values)))
            return
        if policy == "fail":
            await self._mark(attempt, "abandoned", error.message)
            raise StepError("ambiguous", words=error.message, attempt=attempt.id) from error
        await self._mark(attempt, "ambiguous", error.message)
        raise HeldError(
            attrs.evolve(attempt, run=self._shop.run, node=node.id), error.message
        ) from error

    async def _task_failed(
        self, node: PlanNode, attempt: Attempt, status: Status, purchases: "_Purchases"
    ) -> None:
        """Return when the step is to be bought again, as its options ask; raise otherwise."""
        content = status.facts.get("content_refused") is True
        if (
            not content
            and status.state == "failed"
            and purchases.repurchased < node.options.repurchase
        ):
            purchases.repurchased += 1
            purchases.again = True
            values = {"node": node.id, "words": status.reason}
            self._shop.emit(Notice(node=node.id, **told("repurchase", values)))
            return
        reason = (
            "cancelled"
            if status.state == "cancelled"
            else "content-refused"
            if content
            else "task-failed"
        )
        words = status.reason or "it gives no reason"
        raise self._failure(node, reason, words, task=_task(attempt))

    def _failure(self, node: PlanNode, reason: str, words: str, **values: str | int) -> StepError:
        return StepError(
            reason,
            words=words,
            service=_service(node),
            gateway=self._shop.gateway.identity,
            node=node.id,
            **values,
        )

    async def _mark(
        self,
        attempt: Attempt,
        state: Literal["failed", "refused", "ambiguous", "abandoned"],
        words: str,
    ) -> None:
        await self._shop.clerk.do(lambda ledger: ledger.mark(attempt.id, state, words))

    # ---- what the work needs

    def _context(self, node: PlanNode, bound: Bound, attempt: Attempt) -> PaidContext:
        shop = self._shop
        immediate = isinstance(bound.operation, Immediate)
        patience = (node.options.timeout or _IMMEDIATE_PATIENCE) if immediate else _SUBMIT_PATIENCE
        retries = shop.limits.retries if node.options.retries is None else node.options.retries
        return PaidContext(
            attempt=attempt,
            account=shop.account(attempt.account),
            transport=shop.transport,
            store=shop.store,
            clerk=shop.clerk,
            spool=shop.spool,
            rules=shop.plugins.backend(_service(node)).replies,
            clock=shop.clock,
            wait_for=lambda words, seconds: self._wait_for(node, words, seconds),
            pending=shop.pending,
            retries=retries,
            patience=patience,
        )

    def _wait_for(self, node: PlanNode, words: str, seconds: float) -> None:
        values = {"node": node.id, "words": words, "seconds": round(seconds, 1)}
        self._shop.emit(Notice(node=node.id, **told("waiting", values)))

    def _account(self, bound: Bound) -> str:
        """Return the account to charge: that of the task which the call acts on, else the gateway's only one."""
        for field in attrs.fields(type(bound.operation)):
            value = getattr(bound.operation, field.name)
            if isinstance(value, Handle):
                return value.account
        return "default"


_MEDIA = frozenset(("image", "grid", "audio", "video"))


@attrs.define
class _Purchases:
    """How often a step was bought again in this run."""

    node: PlanNode
    resubmitted: int = 0
    repurchased: int = 0
    again: bool = False


class _TaskFailedError(Exception):
    """Raised when a task ended without success."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.reason)
        self.status = status


def _service(node: PlanNode) -> str:
    return node.operation.partition(".")[0]


def _task(attempt: Attempt) -> str:
    return "" if attempt.receipt is None else attempt.receipt.task
