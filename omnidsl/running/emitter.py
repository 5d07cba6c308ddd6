"""The event stream of one run: numbered, stored, and told to everybody who listens."""

import time
from collections import deque
from collections.abc import Sequence

import attrs

from omnidsl.plugins.speaking import speaking
from omnidsl.running.clerk import Clerk
from omnidsl.running.events import Event, Listener, Notice, told
from omnidsl.running.ledger import Ledger


class Emitter:
    """Numbers events from `after` on, queues them for the ledger and calls the listeners, in the event loop."""

    def __init__(self, run: str, after: int, clerk: Clerk, listeners: Sequence[Listener]) -> None:
        self._run = run
        self._sequence = after
        self._clerk = clerk
        self._listeners = list(listeners)
        self._waiting: deque[Event] = deque()
        self._queued = False

    def listen(self, listener: Listener) -> None:
        """Tell one more listener from now on."""
        self._listeners.append(listener)

    def emit(self, event: Event) -> None:
        """Send an event on its way. A listener that raises is dropped: it must not cost anybody a result."""
        self._sequence += 1
        event = attrs.evolve(event, run=self._run, sequence=self._sequence, time=time.time())
        if event.kept:
            self._queue(event)
        for listener in tuple(self._listeners):
            try:
                with speaking(""):  # it may be a plugin's request whose answer is told
                    listener(event)
            except Exception as error:  # noqa: BLE001  # see above
                self._listeners.remove(listener)
                self.emit(Notice(**told("listener", {"words": f"{type(error).__name__}: {error}"})))

    def _queue(self, event: Event) -> None:
        self._waiting.append(event)
        if not self._queued:
            self._queued = True
            self._clerk.enter(self._keep)

    def _keep(self, ledger: Ledger) -> None:
        """Write, in the ledger's thread, the events that came up to now."""
        # First, so that what comes from now on queues anew, even where it is written here.
        self._queued = False
        while self._waiting:
            event = self._waiting.popleft()
            ledger.append(self._run, event.sequence, event.to_json())
