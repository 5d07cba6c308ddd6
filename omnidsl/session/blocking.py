"""A session for programs without an event loop: the same calls, waited for."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import attrs

from omnidsl.recipe import EventLoopError, loop_is_running
from omnidsl.running.results import Result, RunResult

if TYPE_CHECKING:
    from omnidsl.running import Gateway, Listener


from omnidsl.session.asynchronous import AsyncSession, OperationCalls, ServiceCalls


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
