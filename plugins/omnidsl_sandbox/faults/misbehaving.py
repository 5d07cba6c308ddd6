"""The layer around the gateway that does what a mixture says."""

import asyncio
import json
import socket
import struct
import threading
from email.utils import formatdate
from hashlib import sha256
from time import monotonic, time

import attrs
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnidsl_sandbox.faults.addresses import ended
from omnidsl_sandbox.faults.chance import Faults, Occasion
from omnidsl_sandbox.faults.kinds import OF_REPLIES, Kind, table
from omnidsl_sandbox.faults.kinds import Scope as Where
from omnidsl_sandbox.faults.twisting import twisted
from omnidsl_sandbox.json_values import MalformedJsonError, dump, load

TRANSPORT = "omnidsl.transport"
"""Where the server puts a connection's transport, in the state of its requests."""

_PIECES = 10
_PATIENCE = 0.1  # seconds between two looks at whether the sandbox closes


@attrs.define
class _Reply:
    """A reply that is held instead of sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""


class Misbehaving:
    """An ASGI application around the gateway's; `closing` ends whatever it waits for."""

    def __init__(self, inner: ASGIApp, faults: Faults, closing: threading.Event) -> None:
        self._inner = inner
        self._faults = faults
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange, well or badly."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or path.startswith("/_sandbox/"):
            await self._inner(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            return
        where = _where(scope["method"], path)
        digest = sha256(body).hexdigest()
        occasion = self._faults.occasion(where, f"{scope['method']} {path} {digest}")
        kind = self._faults.choose(occasion, OF_REPLIES)
        if kind is not None:
            self._faults.note(where, kind.name)
        seconds = self._faults.seconds(occasion, "latency")
        if kind is not None and kind.does in ("refuse", "drop"):
            await self._linger(seconds)
            if kind.does == "drop":
                await _reset(scope, receive)
            else:
                await _send_whole(send, self._made(kind, occasion, scope))
            return
        if where == "image" and (status := ended(scope["query_string"])):
            self._faults.note("image", "expired")
            gone = _Reply(status, [(b"content-type", b"text/plain")])
            await _send_whole(
                send, attrs.evolve(gone, body=b"This content is no longer available.")
            )
            return
        reply = await self._perform(scope, _again(body, receive), send, kind)
        if reply is not None:
            await self._linger(seconds)
            await self._deliver(reply, kind, occasion, scope, receive, send)

    async def _perform(
        self, scope: Scope, receive: Receive, send: Send, kind: Kind | None
    ) -> _Reply | None:
        """Have the request done and return the reply; None for a stream that went straight to its client."""
        held: list[_Reply] = []
        body = bytearray()

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                streamed = any(b"event-stream" in value for _, value in headers)
                if not (streamed and kind is None):
                    held.append(_Reply(message["status"], headers))
            if not held:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))

        await self._inner(scope, receive, hold)
        return attrs.evolve(held[0], body=bytes(body)) if held else None

    async def _deliver(
        self,
        reply: _Reply,
        kind: Kind | None,
        occasion: Occasion,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        match kind.does if kind else "":
            case "spoil" if kind:
                await _send_whole(send, self._made(kind, occasion, scope))
            case "lose":
                await _reset(scope, receive)
            case "halve":
                await _start(send, reply)
                half = reply.body[: len(reply.body) // 2]
                await send({"type": "http.response.body", "body": half, "more_body": True})
                # What is missing never comes: the server ends a connection whose application returns too early.
            case "drip":
                await self._drip(send, reply, self._faults.seconds(occasion, "slow-for"))
            case "mislabel":
                other = b"text/html" if occasion.number("type", 2) else b"application/octet-stream"
                headers = [one for one in reply.headers if one[0] != b"content-type"]
                headers.append((b"content-type", other))
                await _send_whole(send, attrs.evolve(reply, headers=headers))
            case _:
                await _send_whole(send, self._twisted(reply, occasion))

    async def _drip(self, send: Send, reply: _Reply, seconds: float) -> None:
        await _start(send, reply)
        size = -(-len(reply.body) // _PIECES) or 1
        for start in range(0, len(reply.body), size):
            await self._linger(seconds / _PIECES)
            piece = reply.body[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _made(self, kind: Kind, occasion: Occasion, scope: Scope) -> _Reply:
        """Return the reply that a kind of fault gives instead of the gateway's."""
        media_type, text = table().bodies[kind.body]
        seconds = self._faults.seconds(occasion, "retry-after")
        values = {"seconds": f"{seconds:g}", "date": formatdate(time() + seconds, usegmt=True)}
        headers = [
            (name.encode(), value.format_map(values).encode())
            for name, value in kind.headers.items()
        ]
        if media_type:
            headers.append((b"content-type", media_type.encode()))
        # Some gateways repeat what they were sent, the key included.
        sent = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        text = text.replace("{authorization}", json.dumps(sent)[1:-1])
        return _Reply(kind.status, headers, text.encode())

    def _twisted(self, reply: _Reply, occasion: Occasion) -> _Reply:
        if occasion.scope == "image" or reply.status != 200:
            return reply
        try:
            body = load(reply.body)
        except MalformedJsonError:
            return reply
        return attrs.evolve(reply, body=dump(twisted(body, occasion, self._faults)))

    async def _linger(self, seconds: float) -> None:
        end = monotonic() + seconds
        while not self._closing.is_set() and (left := end - monotonic()) > 0:  # noqa: ASYNC110 - closed from another thread
            await asyncio.sleep(min(left, _PATIENCE))


def _where(method: str, path: str) -> Where:
    """Return the scope of a request: questions about tasks, other GETs, which are downloads, other POSTs, which are paid for."""
    if "/task/" in path or "/fetch" in path or path.endswith(("/models", "/udio/query")):
        return "fetch"
    if method == "GET" and path.startswith("/v1/models/"):
        return "fetch"
    return "image" if method in ("GET", "HEAD") else "submit"


async def _whole(receive: Receive) -> bytes | None:
    """Return a request's body; None when its client went away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read already, and then whatever comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return left.pop() if left else await receive()

    return receive_again


async def _start(send: Send, reply: _Reply) -> None:
    headers = [
        one for one in reply.headers if one[0] not in (b"content-length", b"transfer-encoding")
    ]
    headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def _send_whole(send: Send, reply: _Reply) -> None:
    await _start(send, reply)
    await send({"type": "http.response.body", "body": reply.body})


async def _reset(scope: Scope, receive: Receive) -> None:
    """End the connection as a crashed host does, and return when it is gone."""
    transport: asyncio.Transport = scope["state"][TRANSPORT]
    # A socket that lingers for no time sends RST where it would send FIN.
    transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
