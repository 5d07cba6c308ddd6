"""A paid reply that comes in pieces: server-sent events, told while they come and put together at the end."""

from typing import Protocol

from omnidsl.plugins.media import JSON


class Stream(Protocol):
    """Reads the events of one reply; `context.pay` makes a new one for every time that it reads the reply."""

    def read(self, data: str) -> str:
        """Take the data of one event and return the text that it adds to the answer; never raises."""
        ...

    def whole(self) -> JSON:
        """Return the reply as it would have come in one piece; None as long as its end was not seen."""
        ...
