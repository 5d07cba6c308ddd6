"""One request to a gateway without a runner around it, under the rules that runs keep: what `compat` sends.

A paid request is sent once and never again by itself. The key goes to the gateway alone: no redirect is followed. A reply
has at most 64 MB. What came of a paid request is told by the types that backends know: Rejected, RetryLater, Ambiguous.
"""

import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from omnidsl.plugins import JSON, Ambiguous, GatewayError, Rejected, Reply, RetryLater
from omnidsl.plugins.redaction import redact
from omnidsl_midjourney import wire

if TYPE_CHECKING:
    import httpx
else:
    try:
        import httpx2 as httpx
    except ImportError:
        import httpx

_CONNECT, _ANSWER = 10.0, 60.0
"""Seconds."""

_LARGEST = 64 * 2**20
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_ACCEPTED = frozenset(("1", "21", "22"))
_LATER = frozenset(("23", "30"))
_REFUSED = frozenset(("3", "4", "24"))
_LOST = frozenset(("5", "9"))
"""Codes of a submission, which some print as texts (wire reference, 1.5); any other one may have been taken, or not."""

_KEY_REFUSED = frozenset((401, 402, 403))
_NOT_TAKEN = frozenset((400, 404, 405, 410, 413, 414, 415, 422, 501))
"""Statuses with which a gateway says that it passed nothing on."""

_BUSY, _OVERLOADED = 429, 503


def post(url: str, headers: Mapping[str, str], body: Mapping[str, JSON], secret: str) -> wire.Row:
    """Send a paid request; return its receipt. Rejected, RetryLater and Ambiguous say what else came of it."""
    try:
        reply = _send("POST", url, headers, body, secret)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise RetryLater("no-connection", _hidden(error, secret)) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        raise Rejected("not-sent", _hidden(error, secret)) from None
    except (httpx.HTTPError, _TooLargeError) as error:
        words = f"nobody can tell whether it was taken: {_hidden(error, secret)}"
        raise Ambiguous("connection-lost", words) from None
    return _receipt(reply)


def get(url: str, headers: Mapping[str, str], secret: str) -> Reply:
    """Ask for something free, once; GatewayError where no answer that can be used comes."""
    try:
        reply = _send("GET", url, headers, None, secret)
    except (httpx.HTTPError, httpx.InvalidURL, _TooLargeError) as error:
        raise GatewayError("gateway-trouble", _hidden(error, secret)) from None
    if reply.status in _KEY_REFUSED:
        raise GatewayError("auth", said(reply), reply, final=True)
    if 300 <= reply.status < 400:
        raise GatewayError("redirect", f"HTTP {reply.status}", reply, final=True)
    if reply.status >= 500 or reply.status in (408, 425, _BUSY):
        raise GatewayError("gateway-trouble", said(reply), reply)
    return reply


def _receipt(reply: Reply) -> wire.Row:
    """Return the receipt in a reply that accepts; raise what any other one means."""
    answer = wire.receipt(reply)
    code = str(answer.get("code"))
    words = said(reply)
    if code in _LOST or "insert_midjourney_task_failed" in words:
        raise Ambiguous("lost-by-gateway", words, reply)
    if code in _LATER or reply.status == _BUSY or (reply.status == _OVERLOADED and answer):
        raise RetryLater("busy", words, reply)
    if reply.status in _KEY_REFUSED:
        raise Rejected("auth", words, reply)
    if code in _REFUSED or reply.status in _NOT_TAKEN or 300 <= reply.status < 400:
        raise Rejected("refused", words, reply)
    if reply.status in (200, 201) and code in _ACCEPTED and wire.submitted(reply):
        return answer
    raise Ambiguous("unknown-reply", f"nobody can tell whether it was taken: {words}", reply)


def said(reply: Reply) -> str:
    """Return the gateway's own words, or what came instead; not every server speaks JSON (wire reference, 1.2 and 1.9)."""
    answer = wire.receipt(reply)
    error = answer.get("error")
    if isinstance(error, dict):
        answer = {**error, "description": error.get("message")}
    found = wire.text(answer, "description", "message", "error")
    shown = found.strip() or " ".join(reply.text[:300].split())[:200]
    return f"HTTP {reply.status}: {shown}" if shown else f"HTTP {reply.status} with an empty body"


def _send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, JSON] | None,
    secret: str,
) -> Reply:
    """Return the reply to one request, the key cut out of it."""
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    # A proxy of the environment never stands between us and our own machine.
    direct = {f"all://{host}": None for host in _LOOPBACK}
    timeout = httpx.Timeout(_ANSWER, connect=_CONNECT)
    read = bytearray()
    with (
        httpx.Client(
            verify=_tls(), timeout=timeout, mounts=direct, follow_redirects=False
        ) as client,
        client.stream(method, url, content=content, headers=headers) as response,
    ):
        for chunk in response.iter_bytes():
            read += chunk
            if len(read) > _LARGEST:
                raise _TooLargeError
    told = {
        name: redact(value.encode(), [secret]).decode() for name, value in response.headers.items()
    }
    return Reply(response.status_code, told, redact(bytes(read), [secret]))


@cache
def _tls() -> ssl.SSLContext:
    """Return the one TLS context of the process: reading the certificates takes twenty milliseconds."""
    return httpx.create_ssl_context()


def _hidden(error: Exception, secret: str) -> str:
    words = str(error) or type(error).__name__
    return redact(words.encode("utf-8", "replace"), [secret]).decode()


class _TooLargeError(Exception):
    """Raised when a reply passes the cap."""

    def __str__(self) -> str:
        return f"the reply is larger than {_LARGEST} bytes"
