"""One poller for all tasks of one service and account: it asks about all of them at once, and learns when to."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import attrs

from omnidsl.plugins.backend import Backend, Context, Receipt, Status
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.outcomes import GatewayError
from omnidsl.running.clock import Clock

_FIRST = 0.3
_SHORTEST = 0.1
_LONGEST = 15.0
_BATCH = 100
"""Tasks that one request asks about."""

_PATIENCE = 300.0
"""Seconds without any answer after which the poller gives up; what was paid for stays in the ledger."""

_ENDS = frozenset(("done", "failed", "cancelled"))


class Rhythm:
    """When to look at a task of a given age next, in seconds.

    A gateway that answers in a second should not be waited for, and one that takes a minute not be pestered: until a
    task has been seen to end, looks come at a third of a second and then ever further apart up to a third of the service's
    usual duration, from there 5 s growing to 15 s. After that the shortest duration seen says when to look first.
    """

    def __init__(self, usual: float) -> None:
        self._usual = usual
        self._seen: float | None = None

    def learn(self, seconds: float) -> None:
        """Take note of how long a task took from its submission until it was seen to be done."""
        self._seen = seconds if self._seen is None else min(self._seen, seconds)

    def next_look(self, age: float, progress: float | None = None) -> float:
        """Return the age, above the given one, at which to look next.

        `progress` (0 to 1), where the gateway tells it, foretells the end; it moves the next look, and only within
        bounds, since some gateways tell nonsense.
        """
        if self._seen is not None and age < self._seen * 0.97:
            return max(self._seen * 0.97, age + _SHORTEST)
        if self._seen is not None:
            gap = max(self._seen / 10, (age - self._seen) / 2)
        elif age < self._usual / 3:
            gap = min(max(_FIRST, age * 1.5), self._usual / 3) - age
        else:
            gap = age / 3
        if progress is not None and 0.05 < progress < 1:
            gap = _between(gap / 4, age * (1 - progress) / progress, gap * 2)
        return age + _between(_SHORTEST, gap, _LONGEST)


def _between(low: float, value: float, high: float) -> float:
    return min(max(low, value), high)


@attrs.define(eq=False)
class _Watch:
    """One task that somebody waits for; times are the clock's."""

    receipt: Receipt
    started: float
    due: float
    tell: Callable[[Status], None]
    end: "asyncio.Future[Status]"
    fresh: bool
    missing_since: float | None = None
    last: Status | None = None


class Poller:
    """Answers `wait` for any number of tasks with as few requests as it can. `usual` is in seconds."""

    def __init__(
        self, backend: Backend, context: Context, service: str, usual: float, clock: Clock
    ) -> None:
        self._backend = backend
        self._context = context
        self._service = service
        self._clock = clock
        self._rhythm = Rhythm(usual)
        self._unknown_after = usual + 60
        self._watches: dict[str, _Watch] = {}
        self._stir = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def wait(
        self, receipt: Receipt, *, fresh: bool, tell: Callable[[Status], None]
    ) -> Status:
        """Return how a task ended; `tell` hears every change before. `fresh`: it was submitted just now.

        Raises GatewayError when the gateway does not answer for minutes, refuses the key, or does not know the task.
        """
        now = self._clock.now()
        due = now + (self._rhythm.next_look(0.0) if fresh else 0.0)
        end: asyncio.Future[Status] = asyncio.get_running_loop().create_future()
        watch = _Watch(receipt=receipt, started=now, due=due, tell=tell, end=end, fresh=fresh)
        self._watches[receipt.task] = watch
        self._stir.set()
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._work(), name=f"poll {self._service}")
        try:
            return await end
        finally:
            if self._watches.get(receipt.task) is watch:
                del self._watches[receipt.task]
            self._stir.set()

    async def close(self) -> None:
        """Stop asking."""
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop

    async def _work(self) -> None:
        silent_since: float | None = None
        while self._unended():
            self._stir.clear()
            wait = min(one.due for one in self._watches.values()) - self._clock.now()
            if wait > 0:
                await self._pause(wait)
                continue
            watches = list(self._watches.values())
            try:
                for start in range(0, len(watches), _BATCH):
                    await self._look(watches[start : start + _BATCH])
                silent_since = None
            except GatewayError as error:
                silent_since = silent_since if silent_since is not None else self._clock.now()
                silence = self._clock.now() - silent_since
                if error.final or silence > _PATIENCE:
                    self._fail(watches, error)
                else:
                    self._put_off(watches, _between(1.0, silence / 2, _LONGEST))
            except Exception as error:  # noqa: BLE001  # a plugin's defect costs its own tasks, not the run
                problem = PluginError(self._service, f"{type(error).__name__}: {error}")
                problem.__cause__ = error
                self._fail(watches, problem)

    def _unended(self) -> bool:
        """Forget the tasks whose end is known, and tell whether any are left."""
        self._watches = {task: one for task, one in self._watches.items() if not one.end.done()}
        return bool(self._watches)

    async def _pause(self, seconds: float) -> None:
        """Wait until something is due, or somebody comes or goes."""
        waits = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._stir.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _look(self, watches: Sequence[_Watch]) -> None:
        answers = await self._backend.poll([one.receipt for one in watches], self._context)
        now = self._clock.now()
        for watch in watches:
            age = now - watch.started
            status = answers.get(watch.receipt.task)
            progress = None if status is None else status.progress
            watch.due = watch.started + self._rhythm.next_look(age, progress)
            if watch.end.done():
                continue
            if status is None:
                self._missed(watch, now)
                continue
            watch.missing_since = None
            if status.state in _ENDS:
                if watch.fresh and status.state == "done":
                    self._rhythm.learn(age)
                watch.end.set_result(status)
            elif watch.last is None or (status.state, status.progress) != (
                watch.last.state,
                watch.last.progress,
            ):
                watch.last = status
                watch.tell(status)

    def _missed(self, watch: _Watch, now: float) -> None:
        watch.missing_since = now if watch.missing_since is None else watch.missing_since
        if now - watch.missing_since > self._unknown_after:
            watch.end.set_exception(
                GatewayError("task-unknown", f"it does not know the task {watch.receipt.task}")
            )

    def _put_off(self, watches: Sequence[_Watch], seconds: float) -> None:
        for watch in watches:
            watch.due = self._clock.now() + seconds

    @staticmethod
    def _fail(watches: Sequence[_Watch], error: Exception) -> None:
        for watch in watches:
            if not watch.end.done():
                watch.end.set_exception(error)
