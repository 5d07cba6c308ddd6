"""A gateway on loopback that answers as it is told: well, badly, late, or not at all."""

import base64
import json
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import attrs

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A whole PNG of one pixel."""


@attrs.frozen
class Request:
    """What a client sent; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:  # whatever the client sent
        """Return the body as JSON."""
        return json.loads(self.body)


@attrs.frozen
class Answer:
    """A whole reply."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> "Answer":
        """Return a JSON reply."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(
            status,
            json.dumps(value, ensure_ascii=False).encode(),
            {"content-type": "application/json", **named},
        )


@attrs.frozen
class HangUp:
    """The connection is reset without an answer."""


@attrs.frozen
class Silence:
    """The connection stays open and nothing comes."""


@attrs.frozen
class CutShort:
    """A reply that promises more bytes than it sends."""

    body: bytes


Behaviour = Callable[[Request], "Answer | HangUp | Silence | CutShort"]


class ScriptedGateway:
    """Serves a behaviour while the `with` block lasts; `requests` are all that came, in order."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._over = threading.Event()
        self.requests: list[Request] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10
            disable_nagle_algorithm = True  # else every body waits 40 ms for an acknowledgement

            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                gateway.requests.append(request)
                match behaviour(request):
                    case Answer(status, body, extra):
                        self._reply(status, {"content-length": str(len(body)), **extra}, body)
                    case CutShort(body):
                        self._reply(200, {"content-length": str(len(body) + 100)}, body)
                        self.close_connection = True
                    case HangUp():
                        # Zero linger makes the close a reset.
                        linger = struct.pack("ii", 1, 0)
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        self.close_connection = True
                    case Silence():
                        gateway._over.wait(30)
                        self.close_connection = True

            def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response_only(status)
                headers = {"date": self.date_time_string(), **headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's word
                del format, args

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                del request, client_address  # a client that went away

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paths(self, part: str) -> list[str]:
        """Return the paths of the requests that contain a part, in order."""
        return [one.path for one in self.requests if part in one.path]


class MidjourneyScript:
    """A behaviour: takes every submission and has it finished at once, unless `on` says otherwise for a path.

    `picture` is the address that finished tasks give; empty: the gateway's own `/mj/image/{id}`.
    """

    def __init__(self) -> None:
        self._own: list[tuple[str, Behaviour]] = []
        self._lock = threading.Lock()
        self.submitted: list[Request] = []
        self.picture = ""

    def on(self, part: str, behaviour: Behaviour) -> None:
        """Answer requests whose path contains a part in another way; later ones are looked at first."""
        self._own.insert(0, (part, behaviour))

    def __call__(self, request: Request) -> "Answer | HangUp | Silence | CutShort":
        """Answer one request."""
        for part, behaviour in self._own:
            if part in request.path:
                return behaviour(request)
        return self.usual(request)

    def usual(self, request: Request) -> Answer:
        """Answer as a gateway in good order does."""
        if "/mj/submit/" in request.path or "/mj/insight-face/" in request.path:
            with self._lock:
                self.submitted.append(request)
                number = str(1_700_000_000_000_000 + len(self.submitted))
            return Answer.of(
                {"code": 1, "description": "提交成功", "result": number, "properties": {}}
            )
        if request.path.endswith("/list-by-condition"):
            return Answer.of([self.task(one) for one in request.json()["ids"]])
        if "/mj/image/" in request.path:
            return Answer(200, PIXEL, {"content-type": "image/png"})
        return Answer.of(
            {"code": 4, "description": "task_no_found ", "type": "upstream_error"}, 400
        )

    def task(self, number: str, **fields: object) -> dict[str, object]:
        """Return a finished task's row."""
        picture = self.picture or f"http://127.0.0.1:8080/mj/image/{number}"
        button = {
            "customId": f"MJ::JOB::upsample::1::{number}",
            "emoji": "",
            "label": "U1",
            "type": 2,
            "style": 2,
        }
        row: dict[str, object] = {
            "id": number,
            "action": "IMAGINE",
            "prompt": "a red fox",
            "promptEn": "a red fox",
            "imageUrl": picture,
            "status": "SUCCESS",
            "progress": "100%",
            "failReason": "",
            "buttons": [button],
            "properties": None,
        }
        return row | fields
