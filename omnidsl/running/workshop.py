"""What the steps of one run share: gateway, ledger, store, accounts, pollers."""

from asyncio import Semaphore, Task
from collections.abc import Callable, Mapping
from typing import BinaryIO

import attrs

from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON, File
from omnidsl.plugins.outcomes import Reply
from omnidsl.running.access import Access, Accesses
from omnidsl.running.artifacts import ArtifactStore, Fetch
from omnidsl.running.binding import Binder
from omnidsl.running.budget import Budget
from omnidsl.running.clerk import Clerk
from omnidsl.running.clock import Clock
from omnidsl.running.events import Event, Notice, told
from omnidsl.running.limits import Limiter, Limits
from omnidsl.running.owners import Owners
from omnidsl.running.payment import FreeContext
from omnidsl.running.polling import Poller
from omnidsl.running.records import StoredFile
from omnidsl.running.spool import Spool
from omnidsl.running.stopping import Stop
from omnidsl.running.transport import DOWNLOADS
from omnidsl.running.wheel import Wheel


@attrs.define(kw_only=True, eq=False)
class Workshop:
    """One run's tools.

    `pending` are paid requests under way, `in_flight` the attempts whose tasks are followed or fetched, with their price
    in micros; `urgency` is how long the chains behind steps are; `resubmit` and `abandon` are what a person decided. `listening` says that streamed answers are told while
    they come. `settings` are what the project has settled for services, by service. `collecting` are the attempts that are being brought in for other runs (see `orphans`).
    """

    run: str
    owner: str
    accesses: Accesses
    catalogue: Catalogue
    plugins: Plugins
    clerk: Clerk
    spool: Spool
    store: ArtifactStore
    owners: Owners
    binder: Binder
    clock: Clock
    limits: Limits
    budget: Budget
    emit: Callable[[Event], None]
    settings: Mapping[str, Mapping[str, JSON]]
    plugin_settings: Mapping[str, Mapping[str, JSON]] = attrs.field(factory=dict)
    retry: bool = False
    listening: bool = False
    resubmit: frozenset[str] = frozenset()
    abandon: frozenset[str] = frozenset()
    urgency: Mapping[str, int] = attrs.field(factory=dict)
    stop: Stop = attrs.field(factory=Stop)
    pending: set[Task[Reply]] = attrs.field(factory=set)
    collecting: dict[str, Task[None]] = attrs.field(factory=dict)
    in_flight: dict[str, int] = attrs.field(factory=dict)
    wheel: Wheel = attrs.field(
        default=attrs.Factory(lambda self: Wheel(self.clock), takes_self=True)
    )
    _pollers: dict[tuple[str, str], Poller] = attrs.field(factory=dict)
    _downloads: Semaphore = attrs.field(factory=lambda: Semaphore(DOWNLOADS))

    def access(self, service: str) -> Access:
        """Return the gateway of a service."""
        return self.accesses.of(service)

    def account(self, service: str, name: str) -> Limiter:
        """Return the limits of an account, as they are for a service."""
        return self.access(service).accounts.of(service).account(name)

    def free_context(self, service: str, account: str) -> FreeContext:
        """Return a context that can buy nothing."""
        settings = self.settings.get(service)
        return FreeContext(
            self.account(service, account), self.access(service).transport, self.store, settings
        )

    def poller(self, service: str, account: str) -> Poller:
        """Return the one poller of a service and account."""
        key = (service, account)
        if key not in self._pollers:
            usual = self.catalogue.services[service].usual_seconds
            backend = self.plugins.backend(service)
            self._pollers[key] = Poller(
                backend,
                self.free_context(service, account),
                service,
                usual,
                self.clock,
                self.wheel,
                self.limits.fuse.outage,
            )
        return self._pollers[key]

    async def keep(self, file: File, node: str, service: str, account: str) -> StoredFile:
        """Store what a step made; see `ArtifactStore.take`.

        Thousands of tasks may end at once: those that wait here wait without a connection and without an open file.
        """
        async with self._downloads:
            stored = await self.store.take(file, self.fetch(node, service, account))
        return attrs.evolve(stored, part=file.part) if file.part else stored

    def fetch(self, node: str, service: str, account: str) -> Fetch:
        """Return how a step's files are downloaded, a rebased address told of."""
        there = self.access(service)

        async def fetch(url: str, into: BinaryIO, limit: int) -> None:
            fetched = await there.transport.download(url, into, limit, account=account)
            if fetched.place.rebased:
                values = {"url": url, "gateway": there.gateway.identity}
                self.emit(Notice(node=node, **told("rebased", values)))

        return fetch

    async def close(self) -> None:
        """Stop the pollers."""
        for one in self._pollers.values():
            await one.close()
        await self.wheel.close()
