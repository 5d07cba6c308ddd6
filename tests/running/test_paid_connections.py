"""Which connections money goes over: never one that was idle for a second, nor one that was closed meanwhile."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from omnidsl.running import Gateway
from omnidsl.running.transport import Transport, Unanswered
from omnidsl.testing.bench import HASTY

REPLY = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class Server:
    """Counts the requests of each connection; closes one that is idle for `idle` seconds, politely or by a reset."""

    def __init__(self, *, idle: float = 10.0, hangs_up_unread: bool = False) -> None:
        self.idle = idle
        self.hangs_up_unread = hangs_up_unread
        self.requests: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.requests.append(0)
                place = len(self.requests) - 1
                threading.Thread(target=self._serve, args=(connection, place), daemon=True).start()

    def _serve(self, connection: socket.socket, place: int) -> None:
        if self.hangs_up_unread:
            connection.recv(1, socket.MSG_PEEK)  # it has come, and nobody reads it
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
            return
        connection.settimeout(self.idle)
        with connection, contextlib.suppress(OSError):
            while _whole_request(connection):
                self.requests[place] += 1
                connection.sendall(REPLY)

    def close(self) -> None:
        self._listener.close()


def _whole_request(connection: socket.socket) -> bool:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return False
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def pay(server: Server, *pauses: float) -> None:
    """Pay once, and once more after each of these pauses."""

    async def go() -> None:
        async with Transport(Gateway.at(server.url, key="sk-test-0123456789"), HASTY) as transport:
            await transport.pay("/x", {"a": 1})
            for seconds in pauses:
                await asyncio.sleep(seconds)
                await transport.pay("/x", {"a": 1})

    asyncio.run(go())


def test_one_purchase_right_after_another_goes_over_the_same_connection(server: Server) -> None:
    pay(server, 0.0, 0.0)

    assert [3] == server.requests


def test_a_connection_that_was_idle_for_a_second_carries_no_purchase(server: Server) -> None:
    pay(server, 1.05)

    assert [1, 1] == server.requests


def test_a_connection_that_the_gateway_closed_while_idle_carries_no_purchase(
    server: Server,
) -> None:
    server.idle = 0.1

    pay(server, 0.3)

    assert [1, 1] == server.requests


def test_a_connection_that_is_reset_before_anything_is_read_leaves_the_purchase_in_doubt(
    server: Server,
) -> None:
    server.hangs_up_unread = True

    with pytest.raises(Unanswered) as caught:
        pay(server)

    assert "connection-lost" == caught.value.reason
