"""A session for programs with an event loop: services and operations as attributes."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import attrs

from omnidsl.embedding import circumstances, open_gateways
from omnidsl.planning.plan import DEFAULT, Options, Plan
from omnidsl.plugins.catalogue import Catalogue, OperationView, ServiceView
from omnidsl.plugins.choice import Choice
from omnidsl.plugins.index import load as load_catalogue
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.on_demand import OnDemand
from omnidsl.running.results import Result, RunResult
from omnidsl.running.runner import run
from omnidsl.settings import load as load_settings
from omnidsl.settings.addresses import addresses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omnidsl.running import Gateway, Listener


from omnidsl.session.errors import CallError, UnknownServiceError, unknown
from omnidsl.session.steps import Steps


class AsyncSession:
    """Calls of services under one ledger, one set of limits and one budget, as in a run; an `async with` block.

    It goes to `gateway`, to the embedded sandbox, or to the gateway of the settings that hold for `folder` (default: the
    current one). `max_cost` bounds what it spends, in units of the project's currency. Operations are attributes of
    services, which are attributes of the session: `await session.openai.chat("hello")` gives a `Result`, and raises
    what a step of a run fails with (`RunningError`; `HeldError` where nobody can tell whether it was paid).

    Equal calls of one session are independent results, and a later session gets them from the ledger in the same order.
    Raises NoGatewayError and SettingsError when it cannot begin. After the block `ended` says how it went.
    """

    def __init__(
        self,
        *,
        sandbox: bool = False,
        gateway: "Gateway | None" = None,
        folder: str | Path = ".",
        max_cost: float | None = None,
        listeners: "Sequence[Listener]" = (),
    ) -> None:
        self._settings, _ = load_settings(Path(folder))
        settled = self._settings
        self._catalogue: Catalogue = (
            load_catalogue(Choice.of(settled))
            .preferring(mode=settled.gateway_mode)
            .behind(settled.gateway_kind, settled.service_kinds)
        )
        self._sandbox = sandbox
        self._gateway = gateway
        self._max_cost = max_cost
        self._listeners = listeners
        self._stack = AsyncExitStack()
        self._steps: Steps | None = None
        self._run: asyncio.Task[RunResult] | None = None
        self.ended: RunResult | None = None

    async def __aenter__(self) -> Self:
        settled = self._settings
        async with AsyncExitStack() as stack:
            where = stack.enter_context(
                open_gateways(
                    settled,
                    addresses(settled, self._catalogue, sandbox=self._sandbox),
                    gateway=self._gateway,
                )
            )
            engine = OnDemand()
            around = attrs.evolve(
                circumstances(
                    settled,
                    self._catalogue,
                    where,
                    listeners=self._listeners,
                    max_cost=self._max_cost,
                ),
                engine=engine,
            )
            identity = where.gateway.identity
            own = {name: one.identity for name, one in where.gateways.items()}
            plan = Plan("", "session", identity, {}, (), rules=settled.rules, gateways=own)
            self._run = asyncio.create_task(run(plan, around))
            begun = asyncio.create_task(engine.begun())
            await asyncio.wait((self._run, begun), return_when=asyncio.FIRST_COMPLETED)
            if self._run.done():
                begun.cancel()
                self._run.result()  # raises what kept it from beginning
            store = FolderStore(where.state / "artifacts", around.files.limits)
            self._steps = Steps(engine, plan.gateway_of, store, settled.rules.rules)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        async with self._stack:
            if self._steps is not None and self._run is not None:
                self._steps.engine.close()
                self.ended = await self._run

    def __getattr__(self, name: str) -> "ServiceCalls":
        if name.startswith("_"):
            raise AttributeError(name)
        service = self._catalogue.services.get(name)
        if service is None:
            raise UnknownServiceError(unknown("service", name, self._catalogue.services))
        return ServiceCalls(self, service)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._catalogue.services]

    @property
    def steps(self) -> "Steps":
        """What performs calls; RuntimeError outside the block."""
        if self._steps is None:
            raise RuntimeError("a session works inside its `async with` block")
        return self._steps


@attrs.frozen
class ServiceCalls:
    """A service's operations, as attributes."""

    _session: AsyncSession
    _service: ServiceView

    def __getattr__(self, name: str) -> "OperationCalls":
        if name.startswith("_"):
            raise AttributeError(name)
        operation = self._service.operations.get(name)
        if operation is None:
            service = self._service
            words = unknown("operation", name, service.operations, service.name)
            raise UnknownServiceError(words)
        return OperationCalls(self._session, operation)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._service.operations]


@attrs.frozen
class OperationCalls:
    """An operation that can be called; what a recipe says with `with`, `using` says here."""

    _session: AsyncSession
    _operation: OperationView
    _options: Options = DEFAULT
    _expects: str = ""

    def using(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        take: int | None = None,
        cache: bool = True,
        expects: str = "",
    ) -> "OperationCalls":
        """Return the operation with options: see `with` in the language; `expects` is a type as `int(1..4)`."""
        options = Options(timeout=timeout, retries=retries, take=take, cache=cache)
        return attrs.evolve(self, options=options, expects=expects)

    async def __call__(self, *subject: object, **arguments: object) -> Result:
        """Perform the operation; its subject may stand first, without a name."""
        view = self._operation
        if subject:
            into = view.subject
            if into is None or len(subject) > 1:
                raise CallError(f"`{view.full_name}` takes its arguments by name")
            if into.name in arguments:
                raise CallError(f"`{view.full_name}`: `{into.name}` is given twice")
            arguments = {into.name: subject[0], **arguments}
        return await self._session.steps.perform(view, arguments, self._options, self._expects)
