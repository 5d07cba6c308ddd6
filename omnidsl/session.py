"""Services from Python without a recipe, with the ledger on: what a program has bought before it does not buy again.

    async with AsyncSession(sandbox=True) as session:
        grid = await session.midjourney.imagine("a red fox in snow --ar 3:2")
        fox = await session.midjourney.upscale(grid, index=1)

`Session` is the same without `await`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import attrs

from omnidsl.embedding import circumstances, open_gateways
from omnidsl.errors import OmniError
from omnidsl.language.suggestions import nearest
from omnidsl.planning.keys import canonical_arguments, content_key, step_key
from omnidsl.planning.plan import DEFAULT, Options, Plan, PlanNode
from omnidsl.planning.takes import Takes
from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TurnInput, Value
from omnidsl.plugins.catalogue import Catalogue, OperationView, ParameterView, ServiceView
from omnidsl.plugins.choice import Choice
from omnidsl.plugins.index import load as load_catalogue
from omnidsl.plugins.media import Artifact, Messages, PromptJob
from omnidsl.prompts import Prompt
from omnidsl.recipe import EventLoopError, loop_is_running
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.on_demand import OnDemand
from omnidsl.running.results import Result, RunResult
from omnidsl.running.runner import run
from omnidsl.settings import load as load_settings
from omnidsl.settings.addresses import addresses

if TYPE_CHECKING:
    from omnidsl.running import Gateway, Listener


class CallError(OmniError, TypeError):
    """Raised for a call that no service can take: an argument that there is not, or a value that no argument holds."""


class UnknownServiceError(OmniError, AttributeError):
    """Raised for a service or an operation that no installed plugin brings."""


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
        self._steps: _Steps | None = None
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
            self._steps = _Steps(engine, plan.gateway_of, store, settled.rules.rules)
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
            raise UnknownServiceError(_unknown("service", name, self._catalogue.services))
        return ServiceCalls(self, service)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._catalogue.services]

    @property
    def steps(self) -> "_Steps":
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
            words = _unknown(f"operation of `{self._service.name}`", name, self._service.operations)
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


class _Steps:
    """Turns calls into steps, each with its own name, key and take."""

    def __init__(
        self,
        engine: OnDemand,
        gateway: Callable[[str], str],
        store: FolderStore,
        rules: object,
    ) -> None:
        self.engine = engine
        self._gateway = gateway
        self._store = store
        self._rules = rules
        self._takes = Takes()
        self._keys: dict[str, str] = {}
        self._names: Counter[str] = Counter()

    async def perform(
        self, view: OperationView, arguments: Mapping[str, object], options: Options, expects: str
    ) -> Result:
        """Return what a call makes."""
        known = view.parameters
        for name in arguments:
            if name not in known:
                raise CallError(_unknown(f"argument of `{view.full_name}`", name, known))
        missing = [one.name for one in known.values() if one.required and one.name not in arguments]
        if missing:
            raise CallError(f"`{view.full_name}` needs " + ", ".join(f"`{one}`" for one in missing))
        values = {
            name: self._value(arguments.get(name, one.default), one)
            for name, one in known.items()
            if name in arguments or one.default is not None
        }
        node_id = self._name(view.name)
        canonical = canonical_arguments(values, expects, self._keys)
        content = content_key(self._gateway(view.full_name), view.full_name, canonical)
        take = self._takes.take(content, options.take or 1)
        self._keys[node_id] = key = step_key(content, take)
        made = expects.partition("(")[0] or view.result
        node = PlanNode(node_id, view.full_name, values, key, take, made, expects, options)
        return await self.engine.one(node)

    def _name(self, base: str) -> str:
        self._names[base] += 1
        count = self._names[base]
        return base if count == 1 else f"{base}[{count}]"

    def _value(self, value: object, parameter: ParameterView) -> Value:
        """Return a Python value as one of a plan."""
        match value:
            case Result():
                return self._result(value)
            case Artifact():
                return FileInput(str(value.path), value.sha256, value.size)
            case Path():
                return self._value(self._store.add(value), parameter)
            case PromptJob():
                return PromptInput((value.text,), tuple(map(_file_input, value.images)))
            case Prompt():
                return self._prompt(value)
            case str() if parameter.accepts == ("prompt",):
                return self._prompt(Prompt.parse(value))
            case Messages():
                turns = [
                    TurnInput(
                        turn.role,
                        tuple(
                            one if isinstance(one, str) else _file_input(one) for one in turn.parts
                        ),
                    )
                    for turn in value.turns
                ]
                return MessagesInput(tuple(turns))
            case list() | tuple():
                return tuple(self._value(one, parameter) for one in value)
            case None | bool() | int() | float() | str():
                return value
        raise CallError(
            f"`{parameter.name}` cannot hold a value of the type {type(value).__name__}"
        )

    def _result(self, result: Result) -> Value:
        """Return a result of this session as itself, and one from elsewhere as the file or the text that it is."""
        if self.engine.results.get(result.node) is result:
            return Ref(result.node)
        if result.files:
            return _file_input(result.files[0])
        return result.text or ""

    def _prompt(self, prompt: Prompt) -> PromptInput:
        """Return the one job of a prompt; RecipeError where it would be refused, CallError where it is several."""
        text = prompt.checked(self._rules)  # type: ignore[arg-type]  # the project's own
        jobs = prompt.expand()
        if len(jobs) != 1:
            raise CallError(
                f"the prompt makes {len(jobs)} jobs: call it for each of `prompt.expand()`"
            )
        if prompt.files:
            raise CallError("pictures of one's own go in as `PromptJob(text, images=(…,))`")
        return PromptInput((text,))


class Session:
    """An `AsyncSession` for programs without an event loop: a `with` block, calls without `await`."""

    def __init__(
        self,
        *,
        sandbox: bool = False,
        gateway: "Gateway | None" = None,
        folder: str | Path = ".",
        max_cost: float | None = None,
        listeners: "Sequence[Listener]" = (),
    ) -> None:
        self._session = AsyncSession(
            sandbox=sandbox,
            gateway=gateway,
            folder=folder,
            max_cost=max_cost,
            listeners=listeners,
        )
        self._runner: asyncio.Runner | None = None

    def __enter__(self) -> Self:
        if loop_is_running():
            raise EventLoopError("AsyncSession")
        runner = asyncio.Runner()
        try:
            runner.run(self._session.__aenter__())
        except BaseException:
            runner.close()
            raise
        self._runner = runner
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            with runner:
                runner.run(self._session.__aexit__(kind, error, trace))

    @property
    def ended(self) -> RunResult | None:
        """How it went, after the block."""
        return self._session.ended

    def __getattr__(self, name: str) -> "_Blocking":
        if name.startswith("_"):
            raise AttributeError(name)
        return _Blocking(self, getattr(self._session, name))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *dir(self._session)]

    def wait(
        self, calls: OperationCalls, subject: Sequence[object], arguments: Mapping[str, object]
    ) -> Result:
        """Perform a call to its end; RuntimeError outside the block."""
        if self._runner is None:
            raise RuntimeError("a session works inside its `with` block")
        return self._runner.run(calls(*subject, **arguments))


@attrs.frozen
class _Blocking:
    """A service, or an operation, of a session whose calls are waited for."""

    _session: Session
    _calls: ServiceCalls | OperationCalls

    def __getattr__(self, name: str) -> "_Blocking":
        if name.startswith("_"):
            raise AttributeError(name)
        return _Blocking(self._session, getattr(self._calls, name))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *dir(self._calls)]

    def using(self, **options: object) -> "_Blocking":
        """Return the operation with options; see `OperationCalls.using`."""
        if not isinstance(self._calls, OperationCalls):
            raise TypeError("options are for an operation")
        return _Blocking(self._session, self._calls.using(**options))  # type: ignore[arg-type]  # its own names and types

    def __call__(self, *subject: object, **arguments: object) -> Result:
        """Perform the operation and return what it made."""
        if not isinstance(self._calls, OperationCalls):
            raise TypeError("a service is not called, one of its operations is")
        return self._session.wait(self._calls, subject, arguments)


def _file_input(file: Artifact) -> FileInput:
    return FileInput(str(file.path), file.sha256, file.size)


def _unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    close = nearest(name, known)
    meant = " or ".join(f"`{one}`" for one in close)
    listed = ", ".join(f"`{one}`" for one in known)
    return f"there is no {what} `{name}`; " + (
        f"did you mean {meant}?" if meant else f"there is {listed}"
    )
