"""One call from its inputs to its result: look up, bind, claim, and have it bought, followed and kept."""

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial

import attrs

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.outcomes import Ambiguous, GatewayError, Rejected, RetryLater
from omnidsl.running import own_steps
from omnidsl.running.binding import Bound
from omnidsl.running.claims import Claim, Claimant, Ended, Made, Mine, claim, release
from omnidsl.running.errors import Fenced, HeldError, LedgerError, RunningError, StepError
from omnidsl.running.events import Notice, StepDone, StepStarted, told
from omnidsl.running.expectations import value_of
from omnidsl.running.fulfilment import Fulfilment, SpentError, TaskFailedError, account_of
from omnidsl.running.gathering import by_part
from omnidsl.running.ledger import Ledger
from omnidsl.running.records import Attempt, AttemptState, Stored
from omnidsl.running.resolving import Inquiry
from omnidsl.running.results import Result
from omnidsl.running.step_failures import failure, service
from omnidsl.running.workshop import Workshop

_FOLLOW = 0.25
"""Seconds between two looks at a step that another run is at work on."""

_RESUBMISSIONS = 1
"""How often `on_ambiguous: "resubmit"` buys again in one run: a gateway that loses every answer is not fed on."""


@attrs.define(eq=False)
class _Step:
    """One step at work: its request, its key, what its first claim found, how often it was bought again in this run."""

    node: PlanNode
    bound: Bound
    key: str
    who: Claimant
    first: Claim | None
    resubmitted: int = 0
    repurchased: int = 0
    resolved: int = 0


class Driver:
    """Performs the steps of one run; what it works with is the run's `Workshop`."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    async def perform(self, node: PlanNode, results: Mapping[str, Result]) -> Result:
        """Return what a step made; its needs are in `results`, as far as they were not skipped. Raises StepError, LedgerError or HeldError."""
        shop = self._shop
        if not node.served:
            return await own_steps.perform(shop, node, results)
        shop.stop.check()
        bound = await shop.binder.bind(node, results)
        who = self._claimant(node, bound)
        key, first = await shop.clerk.do(partial(self._begin, node=node, bound=bound, who=who))
        shop.emit(StepStarted(node=node.id, operation=node.operation, step=key))
        step = _Step(node, bound, key, who, first)
        try:
            while True:
                try:
                    result = await self._once(step)
                except Fenced:
                    continue  # another run took it over while we slept: it is followed from here
                if result is not None:
                    return result
        except PluginError as error:
            raise StepError("plugin", service=error.plugin, words=error.problem) from error
        except GatewayError as error:
            raise failure(shop, node, error.reason, error.message) from error

    def _claimant(self, node: PlanNode, bound: Bound) -> Claimant:
        shop, there = self._shop, self._shop.access(service(node))
        return Claimant(
            run=shop.run,
            node=node.id,
            owner=shop.owner,
            operation=node.operation,
            gateway=there.gateway.identity,
            account=account_of(bound) or there.accounts.names[0],
        )

    def _begin(
        self, ledger: Ledger, *, node: PlanNode, bound: Bound, who: Claimant
    ) -> tuple[str, Claim]:
        """Give a step its key and claim it: one entry, since both happen at every step."""
        with ledger.transaction():
            key = ledger.assign(who.run, node.id, bound.content, node.take, node.key)
            return key, self._ask(ledger, node=node, key=key, who=who, again=self._shop.retry)

    def _ask(
        self, ledger: Ledger, *, node: PlanNode, key: str, who: Claimant, again: bool
    ) -> Claim:
        alive, cache = self._shop.owners.alive, node.options.cache
        return claim(ledger, key, who, alive=alive, cache=cache, again=again)

    async def _once(self, step: _Step) -> Result | None:
        """Claim the step and bring it to its end; None when it is to be bought anew, as its options ask."""
        match await self._claim(step):
            case Made(attempt, stored):
                return await self._reuse(step, attempt, stored)
            case Ended(attempt):
                return await self._over(step, attempt)
            case Mine(attempt, new):
                try:
                    return await self._work(step, attempt, new=new)
                except (RunningError, PluginError, GatewayError):
                    with contextlib.suppress(LedgerError):
                        await self._shop.clerk.do(lambda ledger: release(ledger, attempt))
                    raise

    async def _claim(self, step: _Step) -> Mine | Made | Ended:
        """Return what the ledger says of the step, waiting while another run is at work on it."""
        shop, node = self._shop, step.node
        again = shop.retry or step.repurchased > 0
        followed = False
        while True:
            found, step.first = step.first, None
            found = found or await shop.clerk.do(
                partial(self._ask, node=node, key=step.key, who=step.who, again=again)
            )
            if isinstance(found, Mine) and (orphan := shop.collecting.pop(found.attempt.id, None)):
                orphan.cancel()  # what is not brought in yet goes on as this step
                await asyncio.wait({orphan})
                continue
            if isinstance(found, Mine | Made | Ended):
                return found
            if not followed:
                shop.emit(Notice(node=node.id, **told("following", {"node": node.id})))
                followed = True
            with shop.stop.before_buying():
                await asyncio.sleep(_FOLLOW)

    # ---- a result that is there

    async def _reuse(self, step: _Step, attempt: Attempt, stored: Stored) -> Result:
        shop, node = self._shop, step.node
        whole = await asyncio.to_thread(
            lambda: all(shop.store.whole(one.sha256) for one in stored.files)
        )
        if not whole:
            shop.emit(Notice(node=node.id, **told("refetch", {"node": node.id})))
            try:
                stored, _ = await Fulfilment.of(shop, node, step.bound, attempt).finish()
            except (Ambiguous, Rejected, RetryLater) as error:
                raise failure(shop, node, "empty-answer", error.message) from error
            except TaskFailedError as error:
                raise failure(shop, node, "task-failed", error.words, task=error.task) from error
            except SpentError as error:
                raise error.error from error
        return self._done(step, attempt, stored)

    async def _over(self, step: _Step, attempt: Attempt) -> Result:
        """Say why a purchase came to nothing; an answer is read once more, and may be of use to a newer plugin."""
        shop, node = self._shop, step.node
        if attempt.state == "abandoned":
            raise failure(shop, node, "abandoned", attempt.reason, attempt=attempt.id)
        if attempt.receipt is not None:
            task = attempt.receipt.task
            raise failure(shop, node, "task-failed", attempt.reason, task=task)
        try:
            stored, _ = await Fulfilment.of(shop, node, step.bound, attempt).finish()
        except SpentError as error:
            raise error.error from error
        except (Ambiguous, Rejected, RetryLater, LedgerError) as error:
            raise failure(shop, node, "empty-answer", attempt.reason) from error
        return self._done(step, attempt, stored)

    def _done(
        self, step: _Step, attempt: Attempt, stored: Stored, charged: int | None = None
    ) -> Result:
        """Return and tell a result; `charged` is what it has cost in micros, None where it was there already."""
        reused = charged is None
        node, expectation = step.node, step.bound.expectation
        text = stored.text
        files = by_part(stored.files, node.result, self._shop.store)
        result = Result(
            node=node.id,
            operation=node.operation,
            type=node.result,
            step=attempt.step,
            number=attempt.number,
            attempt=attempt.id,
            gateway=attempt.gateway,
            account=attempt.account,
            text=text,
            value=value_of(text, node.result, expectation),
            files=files.pop("", ()),
            parts=files,
            facts=stored.facts,
            reused=reused,
            arguments=step.bound.canonical,
        )
        self._shop.emit(
            StepDone(
                node=node.id,
                step=attempt.step,
                attempt=attempt.id,
                reused=reused,
                task=result.task_id or "",
                text=text,
                files=[str(one.path) for one in result.all_files],
                charged=charged or 0,
            )
        )
        return result

    # ---- a purchase

    async def _work(self, step: _Step, attempt: Attempt, *, new: bool) -> Result | None:
        shop, node = self._shop, step.node
        work = Fulfilment.of(shop, node, step.bound, attempt, new=new)
        try:
            stored, charged = await work.finish()
        except Ambiguous as error:
            attempt = work.charged
            if not await self._resolved(step, attempt, work, error) and await self._in_doubt(
                attempt, error
            ):
                await self._ambiguous(step, attempt, error)
            return None
        except (Rejected, RetryLater) as error:
            await self._mark(attempt, "refused", error.message)
            raise failure(
                shop, node, error.reason, error.message, tries=work.context.tries
            ) from error
        except TaskFailedError as error:
            free = shop.budget.prices.refunded(node.operation, step.bound.arguments)
            await self._mark(attempt, "failed", error.words, charged=0 if free else None)
            await self._task_failed(step, error)
            return None
        except SpentError as error:
            await self._mark(attempt, "failed", error.words, charged=error.charged)
            raise error.error from error
        except StepError as error:
            if error.reason != "task-unknown":
                raise
            await self._unknown(step, work.charged, error)
            return None
        return self._done(step, work.charged, stored, charged)

    async def _unknown(self, step: _Step, attempt: Attempt, error: StepError) -> None:
        """Return when a task that the gateway has forgotten is to be bought again, as a person asks; raise otherwise."""
        shop, node = self._shop, step.node
        words = error.message()
        if node.id in shop.resubmit and step.resubmitted < _RESUBMISSIONS:
            step.resubmitted += 1
            await self._buy_again(step, attempt, words)
            shop.emit(
                Notice(node=node.id, **told("resubmit-asked", {"node": node.id, "words": words}))
            )
            return
        if node.id in shop.abandon:
            await self._mark(attempt, "abandoned", words)
            raise failure(shop, node, "abandoned", words, attempt=attempt.id) from error
        raise error

    async def _resolved(
        self, step: _Step, attempt: Attempt, work: Fulfilment, error: Ambiguous
    ) -> bool:
        """Tell whether the gateway knew what became of a lost request: then the attempt goes on."""
        shop, node = self._shop, step.node
        # A gateway that takes nothing and loses every answer is not asked for ever.
        if node.id in shop.abandon or step.resolved > shop.limits.retries:
            return False
        step.resolved += 1
        if not await self._in_doubt(attempt, error):
            return True
        return await Inquiry(shop, node, work.asked(), attempt).resolve()

    async def _in_doubt(self, attempt: Attempt, error: Ambiguous) -> bool:
        """Write that nobody can tell whether an attempt was paid for; False where its receipt has come meanwhile.

        It may come from a process that was taken for dead and had only slept.
        """

        def entry(ledger: Ledger) -> bool:
            with ledger.transaction():
                now = ledger.attempt(attempt.id)
                if now is not None and now.receipt is not None:
                    return False
                ledger.mark(attempt.id, "ambiguous", error.message, fence=attempt.fence)
                return True

        return await self._shop.clerk.do(entry)

    async def _ambiguous(self, step: _Step, attempt: Attempt, error: Ambiguous) -> None:
        """Return when the step is to be bought again, as a person or its options ask; raise otherwise."""
        shop, node = self._shop, step.node
        policy = node.options.on_ambiguous or step.bound.operation.on_ambiguous
        again, given_up = "resubmit", "ambiguous"
        if node.id in shop.resubmit:
            policy, again = "resubmit", "resubmit-asked"
        elif node.id in shop.abandon:
            policy, given_up = "fail", "abandoned"
        if policy == "resubmit" and step.resubmitted < _RESUBMISSIONS:
            step.resubmitted += 1
            await self._buy_again(step, attempt, error.message)
            shop.emit(
                Notice(node=node.id, **told(again, {"node": node.id, "words": error.message}))
            )
            return
        if policy == "fail":
            await self._mark(attempt, "abandoned", error.message)
            raise failure(shop, node, given_up, error.message, attempt=attempt.id) from error
        raise HeldError(
            "held", attempt=attempt, node=node.id, run=shop.run, words=error.message
        ) from error

    async def _buy_again(self, step: _Step, attempt: Attempt, words: str) -> None:
        """Give an attempt up and open the next one, in one: the decision outlives whatever comes now."""
        shop = self._shop
        there = shop.access(service(step.node))
        account = account_of(step.bound) or there.accounts.names[0]
        opened = attrs.evolve(
            attempt,
            run=shop.run,
            node=step.node.id,
            owner=shop.owner,
            account=account,
            reason="",
        )

        def entry(ledger: Ledger) -> None:
            with ledger.transaction():
                ledger.mark(attempt.id, "abandoned", words, fence=attempt.fence)
                ledger.open_attempt(opened)

        await shop.clerk.do(entry)

    async def _task_failed(self, step: _Step, error: TaskFailedError) -> None:
        """Return when the step is to be bought again, as its options ask; raise otherwise."""
        shop, node = self._shop, step.node
        plain = not error.refused_content and not error.cancelled
        if plain and await self._repurchases(step) < node.options.repurchase:
            step.repurchased += 1
            shop.emit(
                Notice(node=node.id, **told("repurchase", {"node": node.id, "words": error.words}))
            )
            return
        reason = (
            "cancelled"
            if error.cancelled
            else "content-refused"
            if error.refused_content
            else "task-failed"
        )
        raise failure(shop, node, reason, error.words, task=error.task) from error

    async def _repurchases(self, step: _Step) -> int:
        """Return how often the step was bought again; a run that goes on counts what it did before."""
        if self._shop.retry:
            return step.repurchased
        attempts = await self._shop.clerk.do(lambda ledger: ledger.attempts(step.key))
        failed = sum(one.state == "failed" and one.run == self._shop.run for one in attempts)
        return max(step.repurchased, failed - 1)

    async def _mark(
        self, attempt: Attempt, state: AttemptState, words: str, *, charged: int | None = None
    ) -> None:
        await self._shop.clerk.do(
            lambda ledger: ledger.mark(
                attempt.id, state, words, fence=attempt.fence, charged=charged
            )
        )
