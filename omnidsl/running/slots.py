"""A number of places at each of several accounts, and who gets the next one."""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs

from omnidsl.plugins.outcomes import Rejected

_PATIENT = 8
"""One place in so many goes to who waits longest, however urgent others are."""


@attrs.define(eq=False, order=False)
class _Waiter:
    """Somebody who waits for a place at one account, or (None) at any."""

    account: str | None
    place: "asyncio.Future[str]"


class Slots:
    """`most` places at each account.

    Urgent waiters come first (a higher `urgency`), those who came earlier among equals, and one in eight is who waits
    longest. Where several accounts have places, the one with most of them takes the next; the first of equals.
    """

    def __init__(self, accounts: Sequence[str], most: int) -> None:
        self._most = most
        self._open = frozenset(accounts)
        self._free = dict.fromkeys(accounts, most)
        self._urgent: dict[str | None, list[tuple[int, int, _Waiter]]] = {}
        self._oldest: deque[_Waiter] = deque()
        self._stopped: dict[str, Rejected] = {}
        self._order = 0
        self._granted = 0

    @asynccontextmanager
    async def place(self, account: str | None = None, urgency: int = 0) -> AsyncIterator[str]:
        """Hold a place at an account, or at whichever has one; yields its name, raises what the account was stopped by."""
        name = await self._acquire(account, urgency)
        try:
            yield name
        finally:
            self._release(name)

    def stop(self, account: str, cause: Rejected) -> None:
        """Give out no more places at an account; who waits there hears why, and everybody when it was the last."""
        self._stopped[account] = cause
        for one in list(self._oldest):
            if not one.place.done() and self._shut(one.account) is not None:
                one.place.set_exception(_copy(cause))

    def free(self, account: str) -> int:
        """Return how many places an account has left."""
        return self._free[account]

    def choose(self, account: str | None = None) -> str:
        """Return the account with most places left that is not stopped, the bound one where one is named."""
        if (cause := self._shut(account)) is not None:
            raise _copy(cause)
        if account is not None:
            return account
        left = (one for one in self._free if one in self._open and one not in self._stopped)
        return max(left, key=self._free.__getitem__)

    def _shut(self, account: str | None) -> Rejected | None:
        """Return what stands in the way of somebody who wants a place at an account, or at any."""
        if account is not None:
            return self._stopped.get(account)
        if any(one not in self._stopped for one in self._open):
            return None
        return next(iter(self._stopped.values()), None)

    async def _acquire(self, account: str | None, urgency: int) -> str:
        if account is not None:
            self._free.setdefault(
                account, self._most
            )  # of a task whose account is not set any more
        name = self.choose(account)
        if self._free[name] > 0:
            self._free[name] -= 1
            return name
        waiter = _Waiter(account, asyncio.get_running_loop().create_future())
        self._order += 1
        heapq.heappush(self._urgent.setdefault(account, []), (-urgency, self._order, waiter))
        self._oldest.append(waiter)
        try:
            return await waiter.place
        except asyncio.CancelledError:
            if (
                waiter.place.done()
                and not waiter.place.cancelled()
                and not waiter.place.exception()
            ):
                self._release(waiter.place.result())
            raise

    def _release(self, name: str) -> None:
        waiter = None if name in self._stopped else self._next(name)
        if waiter is None:
            self._free[name] += 1
        else:
            self._granted += 1
            waiter.place.set_result(name)

    def _next(self, name: str) -> _Waiter | None:
        """Return who gets a place at an account."""
        while self._oldest and self._oldest[0].place.done():
            self._oldest.popleft()
        if (
            self._oldest
            and self._granted % _PATIENT == _PATIENT - 1
            and self._oldest[0].account in self._served(name)
        ):
            return self._oldest.popleft()
        if not (heaps := [one for key in self._served(name) if (one := self._waiting(key))]):
            return None
        return heapq.heappop(min(heaps, key=lambda heap: heap[0][:2]))[2]

    def _served(self, name: str) -> tuple[str | None, ...]:
        """Return whom a place at an account is for: those bound to it, and anybody where it is one of the accounts."""
        return (name, None) if name in self._open else (name,)

    def _waiting(self, key: str | None) -> list[tuple[int, int, _Waiter]]:
        """Return the waiters for an account by urgency, those forgotten who wait no more."""
        heap = self._urgent.get(key, [])
        while heap and heap[0][2].place.done():
            heapq.heappop(heap)
        return heap


def _copy(cause: Rejected) -> Rejected:
    """Return an exception that one task alone raises: a traceback grows with everyone who does."""
    return Rejected(cause.reason, cause.message, cause.reply)
