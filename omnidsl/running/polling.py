"""Pollers ask about all tasks of one service and account together, and learn when to; one timer wakes them all."""

import asyncio
import heapq
from collections.abc import Callable, Sequence

import attrs

from omnidsl.plugins.backend import Backend, Context, Receipt, Status
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.outcomes import GatewayError
from omnidsl.running.clock import Clock
from omnidsl.running.wheel import Alarm, Wheel

_FIRST = 0.3
_SHORTEST = 0.1
_LONGEST = 15.0
_BATCH = 100
"""Tasks that one request asks about."""

GRACE = 60.0
"""Seconds beyond what is usual for which a gateway may not know a task that it took."""

_AT_ONCE = 4
"""Requests of one poller that are under way at a time."""

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

    @property
    def pace(self) -> float:
        """How long to wait between two requests that need not be: a hundredth of what a task takes, within bounds."""
        return _between(_SHORTEST, (self._seen or 0.0) / 100, 1.0)

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
    tell: Callable[[Status], None]
    end: "asyncio.Future[Status]"
    fresh: bool
    missing_since: float | None = None
    last: Status | None = None


class Poller:
    """Answers `wait` for any number of tasks of one service and account with as few requests as it can.

    `usual` is how long a task takes, `patience` how long the gateway may stay without an answer, in seconds. A request
    asks about the hundred tasks that are due soonest, so that a few that are due cost nobody a request of their own.
    """

    def __init__(
        self,
        backend: Backend,
        context: Context,
        service: str,
        usual: float,
        clock: Clock,
        wheel: Wheel | None = None,
        patience: float = 600.0,
    ) -> None:
        self._backend = backend
        self._context = context
        self._service = service
        self._clock = clock
        self._wheel = wheel or Wheel(clock)
        self._rhythm = Rhythm(usual)
        self._unknown_after = usual + GRACE
        self._patience = patience
        self._due: list[tuple[float, int, _Watch]] = []
        self._order = 0
        self._alarm: Alarm | None = None
        self._not_before = 0.0
        self._looks: set[asyncio.Task[None]] = set()
        self._silent_since: float | None = None

    async def wait(
        self, receipt: Receipt, *, fresh: bool, tell: Callable[[Status], None]
    ) -> Status:
        """Return how a task ended; `tell` hears every step forward before. `fresh`: it was submitted just now.

        Raises GatewayError when the gateway does not answer for minutes, refuses the key, or does not know the task.
        """
        now = self._clock.now()
        end: asyncio.Future[Status] = asyncio.get_running_loop().create_future()
        watch = _Watch(receipt=receipt, started=now, tell=tell, end=end, fresh=fresh)
        self._look_at(watch, now + (self._rhythm.next_look(0.0) if fresh else 0.0))
        self._set_alarm()
        return await end

    async def close(self) -> None:
        """Stop asking."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._due.clear()
        for one in tuple(self._looks):
            one.cancel()
        await asyncio.gather(*self._looks, return_exceptions=True)

    # ---- when

    def _look_at(self, watch: _Watch, when: float) -> None:
        self._order += 1
        heapq.heappush(self._due, (when, self._order, watch))

    def _set_alarm(self) -> None:
        """Be woken when the next task is due that somebody still waits for."""
        while self._due and self._due[0][2].end.done():
            heapq.heappop(self._due)
        if not self._due or len(self._looks) >= _AT_ONCE:
            return  # the end of a look sets it again
        when = max(self._due[0][0], self._not_before)
        if self._alarm is not None:
            if self._alarm.when <= when:
                return
            self._alarm.cancel()
        self._alarm = self._wheel.at(when, self._wake)

    def _wake(self) -> None:
        """Ask about what is due, in full batches."""
        self._alarm = None
        now = self._clock.now()
        while self._due and self._due[0][0] <= now and len(self._looks) < _AT_ONCE:
            batch: list[_Watch] = []
            when = now
            while self._due and len(batch) < _BATCH:
                when, _, watch = heapq.heappop(self._due)
                if not watch.end.done():
                    batch.append(watch)
            if batch:
                if when > now:  # less than a batch was due: the next few may come together
                    self._not_before = now + self._rhythm.pace
                look = asyncio.create_task(self._look(batch), name=f"poll {self._service}")
                self._looks.add(look)
                look.add_done_callback(self._looked)
        self._set_alarm()

    def _looked(self, look: "asyncio.Task[None]") -> None:
        self._looks.discard(look)
        if not look.cancelled():
            look.exception()
            self._set_alarm()

    # ---- one request

    async def _look(self, watches: Sequence[_Watch]) -> None:
        """Ask about tasks, and say when to look at those next whose end is not known yet."""
        receipts = {one.receipt.task: one.receipt for one in watches}
        try:
            answers = await self._backend.poll(list(receipts.values()), self._context)
        except GatewayError as error:
            self._troubled(watches, error)
        except Exception as error:  # noqa: BLE001  # a plugin's defect costs its own tasks, not the run
            _fail(watches, self._defect(error))
        else:
            self._silent_since = None
            now = self._clock.now()
            for watch in watches:
                try:
                    self._learn(watch, answers.get(watch.receipt.task), now)
                except Exception as error:  # noqa: BLE001  # an answer of no use: who waits must hear of it
                    _fail([watch], self._defect(error))

    def _defect(self, error: Exception) -> PluginError:
        problem = PluginError(self._service, f"{type(error).__name__}: {error}")
        problem.__cause__ = error
        return problem

    def _learn(self, watch: _Watch, status: Status | None, now: float) -> None:
        """Take note of how a task stands."""
        if watch.end.done():
            return
        age = now - watch.started
        if status is None:
            self._missed(watch, now)
        elif status.state in _ENDS:
            if watch.fresh and status.state == "done":
                self._rhythm.learn(age)
            watch.end.set_result(status)
        else:
            watch.missing_since = None
            if _is_news(watch.last, status):
                watch.last = status
                watch.tell(status)
        if not watch.end.done():
            progress = None if status is None else status.progress
            self._look_at(watch, watch.started + self._rhythm.next_look(age, progress))

    def _missed(self, watch: _Watch, now: float) -> None:
        watch.missing_since = now if watch.missing_since is None else watch.missing_since
        if now - watch.missing_since > self._unknown_after:
            watch.end.set_exception(
                GatewayError("task-unknown", f"it does not know the task {watch.receipt.task}")
            )

    def _troubled(self, watches: Sequence[_Watch], error: GatewayError) -> None:
        """Ask again later, unless that cannot help or the gateway is silent for too long."""
        now = self._clock.now()
        self._silent_since = now if self._silent_since is None else self._silent_since
        silence = now - self._silent_since
        if error.final or silence > self._patience:
            _fail([*watches, *(one for _, _, one in self._due)], error)
            return
        for watch in watches:
            self._look_at(watch, now + _between(1.0, silence / 2, _LONGEST))


def _is_news(last: Status | None, status: Status) -> bool:
    """Tell whether a task has come further: some gateways repeat older states, and progress that goes backwards."""
    if last is None or (last.state, status.state) == ("waiting", "running"):
        return True
    if last.state != status.state or status.progress is None:
        return False
    return last.progress is None or status.progress > last.progress


def _fail(watches: Sequence[_Watch], error: Exception) -> None:
    for watch in watches:
        if not watch.end.done():
            watch.end.set_exception(error)
