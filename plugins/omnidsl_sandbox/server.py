"""Serving a sandbox: in a thread of this process (`Sandbox`), or as a process of its own (`serve`)."""

import asyncio
import contextlib
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import PIL  # noqa: F401 - pictures are drawn later, but a missing Pillow must be noticed now
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from omnidsl_sandbox.application import build
from omnidsl_sandbox.books import Books
from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.faults.misbehaving import TRANSPORT
from omnidsl_sandbox.gallery import Gallery
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.options import Options
from omnidsl_sandbox.profiles import load_profile
from omnidsl_sandbox.store import Store

_HOST = "127.0.0.1"  # nobody else's business
_BACKLOG = 2048
_LAST_PORT = 65535


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: who embeds a server keeps the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Protocol(H11Protocol):
    """HTTP whose requests can reach their connection, to break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base has it
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class Sandbox:
    """A sandbox on a free loopback port, served by a thread of this process while the `with` block runs.

    Takes the fields of Options, and `port` (0: any free one). `url` is its root address; `books()`
    reads its books without a request. Raises SandboxError when it cannot start.
    """

    def __init__(
        self,
        *,
        state: Path | None = None,
        latency: float = 0.0,
        duration: float = 1.0,
        refresh: float = 0.0,
        artifact: str = "drawn",
        seed: int | None = None,
        profile: str = "new-api",
        remix: bool = False,
        port: int = 0,
        faults: str = "",
    ) -> None:
        self._options = Options(
            state=state,
            latency=latency,
            duration=duration,
            refresh=refresh,
            artifact=artifact,
            seed=seed,
            profile=profile,
            remix=remix,
            faults=faults,
        )
        self._port = port
        self._exit = contextlib.ExitStack()
        self._gateway: Gateway | None = None

    @property
    def url(self) -> str:
        """The root address, `http://127.0.0.1:PORT`; only inside the `with` block."""
        return self._running.url

    def books(self) -> Books:
        """Return the books as they stand; only inside the `with` block."""
        return self._running.store.books()

    def faults(self) -> Mapping[str, int]:
        """Return how often each kind of fault happened, as `{"submit:429": 3}`; only inside the `with` block."""
        return self._running.faults.counts()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(_listener(self._port))
            self._gateway = stack.enter_context(_gateway(self._options, listener))
            server = _server(self._gateway)
            thread = threading.Thread(
                target=server.run, args=([listener],), name="omnidsl-sandbox", daemon=True
            )
            thread.start()

            closing = self._gateway.closing

            def stop() -> None:
                closing.set()
                server.should_exit = True
                thread.join()

            stack.callback(stop)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()
        self._gateway = None

    @property
    def _running(self) -> Gateway:
        if self._gateway is None:
            raise SandboxError("the sandbox is not running: use it inside its `with` block")
        return self._gateway


def serve(options: Options, port: int, announce: Callable[[str], None]) -> int:
    """Serve in this thread until SIGINT or SIGTERM; return the signal's number.

    `announce` is called with the root address when requests can be sent. Belongs in the main thread, which gets the signals. Raises SandboxError when the port is in use or
    the state folder cannot be used.
    """
    with _listener(port) as listener, _gateway(options, listener) as gateway:
        server = _server(gateway)
        ended_by: list[int] = []

        def end(number: int, _: FrameType | None) -> None:
            # A second signal does not wait for the requests still open.
            server.force_exit = bool(ended_by)
            ended_by.append(number)
            gateway.closing.set()
            server.should_exit = True

        with _handling((signal.SIGINT, signal.SIGTERM), end):
            announce(gateway.url)
            server.run([listener])
    return ended_by[0] if ended_by else 0


@contextlib.contextmanager
def _handling(
    signals: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


@contextlib.contextmanager
def _listener(port: int) -> Iterator[socket.socket]:
    if not 0 <= port <= _LAST_PORT:
        raise SandboxError(f"port must be 0 to {_LAST_PORT}, not {port}")
    # asyncio sends without delay only on sockets that name TCP; else every reply waits 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with contextlib.closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            raise SandboxError(f"cannot listen on port {port}: {_reason(error)}") from error
        yield listener


@contextlib.contextmanager
def _gateway(options: Options, listener: socket.socket) -> Iterator[Gateway]:
    """Open everything a sandbox needs; a sandbox without a state folder forgets all of it."""
    profile = load_profile(options.profile)
    with contextlib.ExitStack() as stack:
        folder = options.state or Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="omnidsl-sandbox-", ignore_cleanup_errors=True)
            )
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            gallery = Gallery(folder / "pictures", options.artifact)
        except OSError as error:
            raise SandboxError(
                f"cannot use {folder} for the sandbox's state: {_reason(error)}"
            ) from error
        stack.callback(gallery.close)
        store = Store(folder / "sandbox.sqlite", durable=options.state is not None)
        stack.callback(store.close)
        url = f"http://{_HOST}:{listener.getsockname()[1]}"
        yield Gateway(url, options, profile, load_profile("new-api"), store, gallery)


def _server(gateway: Gateway) -> _Server:
    return _Server(
        uvicorn.Config(
            build(gateway),
            loop="asyncio",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # our own defects are logged by the application
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
    )


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
