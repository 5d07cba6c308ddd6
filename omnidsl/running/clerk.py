"""The one writer of a run's ledger: a thread that commits what waits together as one transaction."""

import asyncio
import contextlib
import queue
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from omnidsl.running.errors import Spoiled
from omnidsl.running.ledger import Ledger

T = TypeVar("T")

_BATCH = 64
"""Entries of one commit at most, so that the first of them does not wait long."""

_Entry = tuple[Callable[[Ledger], Any], "Future[Any] | asyncio.Future[Any]"]
_Outcome = tuple["Future[Any] | asyncio.Future[Any]", Any, BaseException | None]


class Clerk:
    """Runs entries against a ledger in the order they came in; an entry that raises is undone alone.

    An entry is one method of the ledger, each of which is atomic; one that does more opens a transaction of its own.
    Its outcome is known when the commit that holds it is durable, never before.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._entries: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="omni-ledger", daemon=True)
        self._thread.start()

    def enter(self, entry: Callable[[Ledger], T]) -> "Future[T]":
        """Queue an entry and return at once."""
        future: Future[T] = Future()
        self._entries.put((entry, future))
        return future

    async def do(self, entry: Callable[[Ledger], T]) -> T:
        """Run an entry and return its value once it is durable."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._entries.put((entry, future))
        return await future

    def close(self) -> None:
        """Finish what is queued and let the thread end."""
        self._entries.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            first = self._entries.get()
            if first is None:
                return
            batch, last = [first], False
            while len(batch) < _BATCH and not last:
                try:
                    entry = self._entries.get_nowait()
                except queue.Empty:
                    break
                if entry is None:
                    last = True
                else:
                    batch.append(entry)
            self._commit(batch)
            if last:
                return

    def _commit(self, batch: list[_Entry]) -> None:
        """Make a batch durable: as if none of its entries raised, and where one did, once more with care."""
        try:
            outcomes = self._attempt(batch, flat=True)
        except Spoiled:
            try:
                outcomes = self._attempt(batch, flat=False)
            except Exception as error:  # noqa: BLE001  # as below
                outcomes = [(future, None, error) for _, future in batch]
        except Exception as error:  # noqa: BLE001  # the commit failed: nothing of the batch is durable
            outcomes = [(future, None, error) for _, future in batch]
        _tell(outcomes)

    def _attempt(self, batch: list[_Entry], *, flat: bool) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        with self._ledger.transaction(flat=flat):
            for entry, future in batch:
                try:
                    outcomes.append((future, entry(self._ledger), None))
                except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to whoever made the entry
                    outcomes.append((future, None, error))
        return outcomes


def _tell(outcomes: list[_Outcome]) -> None:
    """Let everybody know what came of their entries; each event loop is woken once."""
    loops: defaultdict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        future = outcome[0]
        if isinstance(future, asyncio.Future):
            loops[future.get_loop()].append(outcome)
        elif future.set_running_or_notify_cancel():
            _resolve([outcome])
    for loop, theirs in loops.items():
        with contextlib.suppress(RuntimeError):  # a loop that is closed has nobody waiting in it
            loop.call_soon_threadsafe(_resolve, theirs)


def _resolve(outcomes: list[_Outcome]) -> None:
    for future, value, problem in outcomes:
        if future.done():
            continue  # cancelled: who waited is gone, the entry is kept all the same
        if problem is None:
            future.set_result(value)
        else:
            future.set_exception(problem)
