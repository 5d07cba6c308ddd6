"""SIGINT and SIGTERM, for the time of a run."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interrupts(stop: Callable[[int], None]) -> Iterator[None]:
    """Have both signals call `stop` with their number, in the event loop, where this thread may say so.

    Windows' loops take no handlers: there the interrupt cancels the run from outside.
    """
    loop = asyncio.get_running_loop()
    numbers: list[int] = []
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, stop, int(number))
                numbers.append(number)
    try:
        yield
    finally:
        for taken in numbers:
            loop.remove_signal_handler(taken)
