"""Tasks that were paid for and never fetched: a run that died, or gave up waiting, left them at the gateway.

Every later run at the same gateway looks after them beside its own steps. It never waits long for them: what is not
done when its own work ends stays in the ledger for the next run.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

import attrs

from omnidsl.plugins.backend import Backend, Receipt, Status
from omnidsl.running.claims import goes_on_with, release
from omnidsl.running.clerk import Clerk
from omnidsl.running.errors import LedgerError
from omnidsl.running.events import Notice, told
from omnidsl.running.ledger import Ledger
from omnidsl.running.records import Attempt, Stored
from omnidsl.running.workshop import Workshop

_MOST = 200
"""Tasks that one run looks after, the newest first."""

_BATCH = 100
"""Tasks that one request asks about."""

_AT_ONCE = 4
"""Results that are fetched at the same time: the run's own steps come first."""

_ASKING = 5.0
_FETCHING = 20.0
"""Seconds that a run whose own work is done waits for an answer about them, and for what is being fetched."""


@attrs.define
class _Tally:
    """What became of them."""

    fetched: int = 0
    failed: int = 0


class Orphans:
    """Looks after the orphans of a run's gateways.

    `ours` are the steps that the run comes to by itself, by key, and whether each takes what other runs bought: what
    it goes on with then is left to it.
    """

    def __init__(self, shop: Workshop, ours: Mapping[str, bool]) -> None:
        self._shop = shop
        self._ours = ours
        self._sweep: asyncio.Task[None] | None = None
        self._waiting: set[asyncio.Task[Status]] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._tally = _Tally()
        self._closing = False
        self._found = 0

    def begin(self) -> None:
        """Start looking, in the background."""
        self._sweep = asyncio.create_task(self._look(), name="orphans")

    async def close(self, *, at_once: bool = False) -> None:
        """Stop waiting for tasks that are not done, let what is being fetched end, and say what came of it."""
        if self._sweep is None:
            return
        await _end({self._sweep}, 0.0 if at_once else _ASKING)
        self._closing = True
        for one in self._waiting:
            one.cancel()
        await _end(set(self._shop.collecting.values()), 0.0 if at_once else _FETCHING)
        if self._found:
            left = self._found - self._tally.fetched - self._tally.failed
            values = {"fetched": self._tally.fetched, "failed": self._tally.failed, "left": left}
            self._shop.emit(Notice(**told("orphans-done", values)))

    async def _look(self) -> None:
        shop = self._shop
        found = await shop.clerk.do(self._left_behind)
        alive: dict[str, bool] = {}
        groups: dict[tuple[str, str], list[tuple[Attempt, Receipt]]] = defaultdict(list)
        for attempt in reversed(found):
            if attempt.owner not in alive:
                alive[attempt.owner] = shop.owners.alive(attempt.owner)
            if alive[attempt.owner] or attempt.receipt is None:
                continue
            if self._found == _MOST:
                break
            self._found += 1
            service = attempt.operation.partition(".")[0]
            groups[service, attempt.receipt.account].append((attempt, attempt.receipt))
        if not self._found:
            return
        shop.emit(Notice(**told("orphans", {"count": self._found})))
        for (service, account), members in groups.items():
            for start in range(0, len(members), _BATCH):
                # A gateway that does not answer, a plugin that is gone: they stay for a later run.
                with contextlib.suppress(Exception):
                    await self._ask(service, account, members[start : start + _BATCH])

    def _left_behind(self, ledger: Ledger) -> list[Attempt]:
        """Return what was never collected, but what steps of this run go on with."""
        shop, ours = self._shop, self._ours
        return [
            one
            for gateway in shop.accesses.identities()
            for one in ledger.open_receipts(gateway)
            if gateway == self._gateway_of(one)
            and (
                one.step not in ours
                or not goes_on_with(ledger, one, shop.run, cache=ours[one.step])
            )
        ]

    def _gateway_of(self, attempt: Attempt) -> str | None:
        """Return the gateway that its service is at now; None where this run has not opened it."""
        service = attempt.operation.partition(".")[0]
        if service in self._shop.accesses.elsewhere:
            return None
        return self._shop.access(service).gateway.identity

    async def _ask(
        self, service: str, account: str, members: Sequence[tuple[Attempt, Receipt]]
    ) -> None:
        """Ask about tasks once; what has ended is brought in, what is still at work is waited for."""
        shop = self._shop
        backend = shop.plugins.backend(service)
        context = shop.free_context(service, account)
        answers = await backend.poll([receipt for _, receipt in members], context)
        for attempt, receipt in members:
            status = answers.get(receipt.task)
            if status is not None:
                # Known to be ours before it is ours: a step of the run that comes to it waits for this.
                work = self._bring_in(backend, service, attempt, receipt, status)
                task = asyncio.create_task(work, name=attempt.id)
                task.add_done_callback(self._ended)
                shop.collecting[attempt.id] = task

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() and not self._closing:
            self._found -= 1  # the step that it belongs to goes on with it, perhaps before we began

    async def _bring_in(
        self, backend: Backend, service: str, attempt: Attempt, receipt: Receipt, status: Status
    ) -> None:
        shop, mine = self._shop, None
        try:
            mine = await _take_over(shop.clerk, attempt, shop.owner)
            if status.state in ("waiting", "running"):
                status = await self._wait(service, receipt)
            async with self._places:
                await self._keep(backend, service, mine, receipt, status)
        except Exception:  # noqa: BLE001  # it stays in the ledger, for a later run or a person
            if mine is None:
                self._found -= 1  # whoever took it over goes on with it
            else:
                with contextlib.suppress(LedgerError):
                    await shop.clerk.do(partial(release, attempt=mine))

    async def _wait(self, service: str, receipt: Receipt) -> Status:
        """Wait for a task's end as long as the run has other work; CancelledError when that is done."""
        if self._closing:
            raise asyncio.CancelledError
        poller = self._shop.poller(service, receipt.account)
        waiting = asyncio.create_task(poller.wait(receipt, fresh=False, tell=lambda _: None))
        self._waiting.add(waiting)
        return await waiting

    async def _keep(
        self, backend: Backend, service: str, attempt: Attempt, receipt: Receipt, status: Status
    ) -> None:
        shop = self._shop
        if status.state != "done":
            free = shop.budget.prices.refunded(attempt.operation, {})
            await shop.clerk.do(
                lambda ledger: ledger.mark(
                    attempt.id, "failed", status.reason, charged=0 if free else None
                )
            )
            self._tally.failed += 1
            return
        made = await backend.collect(receipt, status, shop.free_context(service, receipt.account))
        files = [await shop.keep(one, attempt.node, service, receipt.account) for one in made.files]
        stored = Stored(attempt=attempt.id, text=made.text, facts=made.facts, files=tuple(files))
        charged = shop.budget.prices.charged(attempt.operation, {}, made.facts)
        await shop.clerk.do(lambda ledger: ledger.store(stored, charged))
        self._tally.fetched += 1


async def _end(tasks: set[asyncio.Task[None]], patience: float) -> None:
    """Wait so many seconds for tasks to end, and cancel those that have not."""
    if tasks and patience:
        await asyncio.wait(tasks, timeout=patience)
    for one in tasks:
        one.cancel()
    if tasks:
        await asyncio.wait(tasks)


async def _take_over(clerk: Clerk, attempt: Attempt, owner: str) -> Attempt:
    """Make an orphan ours; LedgerError where it changed hands or state meanwhile."""

    def entry(ledger: Ledger) -> Attempt:
        now = ledger.attempt(attempt.id)
        if now is None or now.state != "submitted":
            raise LedgerError("fenced", step=attempt.id)
        return ledger.take_over(attempt.id, owner, attempt.fence)

    return await clerk.do(entry)
