"""What surrounds every exchange: a number, the mark of the simulator, the latency, the counters."""

import asyncio
import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnidsl_sandbox.gateway import Gateway

_PATIENCE = 0.1  # seconds between two looks at whether the sandbox closes
_POLL = re.compile(
    r"(?:/[^/]+)?/mj/task/(?:[^/]+/fetch|list|list-by-condition)|/(?:suno|udio)/fetch(?:/[^/]+)?|/udio/query"
)


class Envelope:
    """An ASGI application around another one.

    Every response carries the profile's request id and `X-Omni-Sandbox: simulated`, and leaves `latency` seconds after
    it is ready; what was accepted is on disk before that.
    """

    def __init__(self, inner: ASGIApp, gateway: Gateway) -> None:
        self._inner = inner
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        path: str = scope["path"]
        if not path.startswith("/_sandbox/"):
            self._gateway.store.count(poll=_POLL.fullmatch(path) is not None)
        number = (
            time.strftime("%Y%m%d%H%M%S") + f"{time.time_ns() % 10**9:09d}" + secrets.token_hex(4)
        )
        scope["omnidsl.request_id"] = number
        marks = [(b"x-omni-sandbox", b"simulated")]
        header = self._gateway.speaker(path).request_id_header
        if header:
            marks.insert(0, (header.lower().encode(), number.encode()))

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *marks]
                await self._delay()
            await send(message)

        await self._inner(scope, receive, marked)

    async def _delay(self) -> None:
        """Wait for the latency, or until the sandbox closes: nobody should wait for a server that is going."""
        end = time.monotonic() + self._gateway.options.latency
        while not self._gateway.closing.is_set() and (left := end - time.monotonic()) > 0:  # noqa: ASYNC110 - closed from another thread
            await asyncio.sleep(min(left, _PATIENCE))
