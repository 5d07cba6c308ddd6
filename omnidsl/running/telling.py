"""An answer that comes as a stream: told while it comes, put together when it is whole."""

from collections.abc import Callable
from time import monotonic

from omnidsl.plugins.outcomes import Reply
from omnidsl.plugins.streams import Stream
from omnidsl.running.gateway import Gateway
from omnidsl.running.server_sent import ServerSentEvents, is_stream

_EVERY = 0.25
"""Seconds between two events about one answer: a few a second are enough to read along."""


class Telling:
    """Tells the text of one stream a few times a second, the key cut out of it even where two pieces hold it."""

    def __init__(self, stream: Stream, gateway: Gateway, tell: Callable[[str], None]) -> None:
        self._stream = stream
        self._gateway = gateway
        self._tell = tell
        self._events = ServerSentEvents()
        self._pending = ""
        self._told = 0.0
        self._broken = False

    def hear(self, chunk: bytes) -> None:
        """Take the next bytes of the reply. Whatever a plugin makes of them, the reply is not lost over it."""
        if self._broken:
            return
        try:
            for data in self._events.feed(chunk):
                self._pending += self._stream.read(data)
        except Exception:  # noqa: BLE001  # a plugin's defect shows when the whole reply is read
            self._broken = True
            return
        if monotonic() - self._told >= _EVERY:
            self._flush(max(map(len, self._gateway.secrets)))

    def end(self) -> None:
        """Tell the rest."""
        self._flush(0)

    def _flush(self, kept: int) -> None:
        text = self._gateway.hide(self._pending)
        cut = max(0, len(text) - kept)
        if cut:
            self._tell(text[:cut])
            self._pending = text[cut:]
            self._told = monotonic()


def put_together(
    reply: Reply, stream: Callable[[], Stream] | None, gateway: Gateway
) -> Reply | None:
    """Return a streamed reply as it would have come in one piece, others as they are; None for a stream without its end.

    The key is cut out once more: two pieces may have held it.
    """
    if stream is None or not is_stream(reply.headers.get("content-type", ""), reply.body):
        return reply
    import json

    reader, events = stream(), ServerSentEvents()
    for data in (*events.feed(reply.body), *events.end()):
        reader.read(data)
    whole = reader.whole()
    if whole is None:
        return None
    return Reply(reply.status, reply.headers, gateway.redact(json.dumps(whole).encode()))
