"""How a run stops: nothing more is bought, and what is paid for has a time of grace to come to its end."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from omnidsl.running.errors import LeftOut

Cause = Literal["interrupted", "deadline"]


class Stop:
    """Whether a run is stopping, and why; `signal` is the number of the first one that came.

    Who waits to buy something does so inside `before_buying`.
    """

    def __init__(self) -> None:
        self.cause: Cause | None = None
        self.signal = 0
        self.heed: Callable[[], None] | None = None
        self._waiting: set[asyncio.Task[object]] = set()

    def begin(self, cause: Cause) -> None:
        """Buy nothing more: whoever waits to do so is left out. Only the first cause counts."""
        if self.cause is not None:
            return
        self.cause = cause
        for task in tuple(self._waiting):
            task.cancel()

    def signalled(self, number: int) -> None:
        """Begin because of a signal; once steps are at work, `heed` decides what it means."""
        self.signal = self.signal or number
        if self.heed is None:
            self.begin("interrupted")
        else:
            self.heed()

    def check(self) -> None:
        """Raise LeftOut when the run is stopping."""
        if self.cause is not None:
            raise LeftOut(self.cause)

    @contextmanager
    def before_buying(self) -> Iterator[None]:
        """Raise LeftOut as soon as the run is stopping, whatever is waited for inside."""
        self.check()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("nobody waits outside a task")
        self._waiting.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if self.cause is None or task.uncancel() > 0:
                raise
            raise LeftOut(self.cause) from None
        finally:
            self._waiting.discard(task)
