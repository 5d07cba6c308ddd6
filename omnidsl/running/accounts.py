"""The accounts of a run's gateway: one limiter for each, by service where the settings make a difference."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from omnidsl.plugins.media import JSON
from omnidsl.plugins.outcomes import Rejected
from omnidsl.running.breaker import Turn
from omnidsl.running.clock import Clock
from omnidsl.running.events import Event, Notice, told
from omnidsl.running.limits import Account, Limits, Standing
from omnidsl.running.slots import Slots


class Group:
    """Services that share limits: places for tasks at every account, and each account's own pace."""

    def __init__(
        self,
        names: Sequence[str],
        limits: Limits,
        clock: Clock,
        standing: Callable[[str], Standing],
    ) -> None:
        self.limits = limits
        self._names = tuple(names)
        self.tasks = Slots(names, limits.tasks)
        self._clock = clock
        self._standing = standing
        self._accounts: dict[str, Account] = {}
        for name in names:
            self.account(name)

    def account(self, name: str) -> Account:
        """Return an account's pace; one that is not set any more can still be asked about its tasks."""
        if name not in self._accounts:
            standing = self._standing(name)
            self._accounts[name] = Account(name, self.limits, self._clock, standing)
            standing.on_stop.append(partial(self.tasks.stop, name))
            if standing.cause is not None:
                self.tasks.stop(name, standing.cause)
        return self._accounts[name]

    def choose(self, account: str | None = None) -> str:
        """Return the account that is least busy and not stopped, the first of equals; the given one where there is one.

        Where all are stopped it is one of them, which says why.
        """
        if account is not None:
            return account
        left = [one for one in self._names if self._standing(one).cause is None] or self._names
        return min(left, key=lambda name: self._accounts[name].busy)

    def moves_from(self, account: str) -> bool:
        """Tell whether an account is stopped and another one is not."""
        causes = [self._standing(one).cause for one in self._names]
        return self._standing(account).cause is not None and None in causes


class Accounts:
    """All accounts of one gateway in a run. `place` is told with them where there are several gateways, `own` are the limits of services that do not share the common ones."""

    def __init__(
        self,
        names: Sequence[str],
        limits: Limits,
        own: Mapping[str, Limits],
        clock: Clock,
        emit: Callable[[Event], None],
        *,
        place: str = "",
    ) -> None:
        self.names = tuple(names)
        self._own = dict(own)
        self._fuse = limits.fuse
        self._clock = clock
        self._emit = emit
        self._place = place
        self._standings: dict[str, Standing] = {}
        self._common = Group(self.names, limits, clock, self._standing)
        self._groups: dict[str, Group] = {}

    def of(self, service: str) -> Group:
        """Return the group that a service belongs to."""
        if service not in self._own:
            return self._common
        if service not in self._groups:
            limits = self._own[service]
            self._groups[service] = Group(self.names, limits, self._clock, self._standing)
        return self._groups[service]

    def _standing(self, name: str) -> Standing:
        if name not in self._standings:
            standing = Standing(name, self._fuse, self._clock, partial(self._turned, name))
            standing.on_stop.append(partial(self._stopped, name))
            self._standings[name] = standing
        return self._standings[name]

    def _stopped(self, name: str, cause: Rejected) -> None:
        self._say("account-stopped", account=self._shown(name), words=cause.message)

    def _turned(self, name: str, turn: Turn, words: str, seconds: float) -> None:
        where = f"{self._place}: {words}" if self._place else words
        self._say(turn, account=self._shown(name), words=where, seconds=round(seconds))

    def _shown(self, name: str) -> str:
        return f"{name} ({self._place})" if self._place else name

    def _say(self, reason: str, **values: JSON) -> None:
        self._emit(Notice(**told(reason, values)))
