"""A watch over the event loop: a plugin that blocks it for seconds holds up every step, and is told by name."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable

from omnidsl.language.catalogue import phrase
from omnidsl.plugins.containment import Whose

_LOOKS = 10
"""How often the watch looks within its patience."""


class Watchdog(threading.Thread):
    """Looks from a thread of its own whether the loop still turns.

    While it does not, the plugin whose code is on the loop's stack is named on stderr; `tell` hears of it (in the loop: a
    plugin, and for how many seconds) when it turns again. The step goes on: it may be paid for.
    """

    def __init__(
        self, whose: Whose, tell: Callable[[str, float], None], *, patience: float
    ) -> None:
        super().__init__(name="omnidsl watchdog", daemon=True)
        self._whose = whose
        self._tell = tell
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._over = threading.Event()
        self._beat = time.monotonic()
        self._blamed = ""

    def close(self) -> None:
        """End the watch."""
        self._over.set()

    def run(self) -> None:
        """Look until the watch ends."""
        while not self._over.wait(self._patience / _LOOKS):
            since = time.monotonic() - self._beat
            if since > self._patience and not self._blamed:
                self._blame(since)
            try:
                self._loop.call_soon_threadsafe(self._turns)
            except RuntimeError:  # the loop is closed
                return

    def _blame(self, seconds: float) -> None:
        frame = sys._current_frames().get(self._thread)  # noqa: SLF001  # the documented way to see what a thread does
        self._blamed = self._whose.frame(frame)
        if self._blamed:
            words = phrase("plugin-blocks").format(plugin=self._blamed, seconds=round(seconds))
            sys.stderr.write(f"omni: {phrase('warning')}: {words}\n")

    def _turns(self) -> None:
        """Take note, in the loop, that it turns."""
        now = time.monotonic()
        blamed, self._blamed = self._blamed, ""
        seconds, self._beat = now - self._beat, now
        if blamed and not self._over.is_set():
            self._tell(blamed, seconds)
