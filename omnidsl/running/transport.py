"""All HTTP there is: paid requests, free ones, downloads.

Paid requests go over connections that were idle for less than a second, so that a keep-alive socket that the gateway
has just closed cannot make a purchase ambiguous. Every reply is capped, and the key is cut out of it, before anyone
else sees it.
"""

import asyncio
import json
import random
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache
from types import TracebackType
from typing import BinaryIO, Literal, Self
from urllib.parse import urljoin, urlsplit

import attrs

from omnidsl.errors import OmniError
from omnidsl.plugins.backend import KEY
from omnidsl.plugins.forms import Body, Form
from omnidsl.plugins.outcomes import GatewayError, Reply
from omnidsl.running.addresses import Place, behind_proxy, place, public_address
from omnidsl.running.asked_waits import HEADERS, retry_after
from omnidsl.running.classifier import spoken
from omnidsl.running.decoding import ACCEPTED, EncodingError, decoded
from omnidsl.running.errors import FetchError
from omnidsl.running.gateway import DEFAULT, Gateway
from omnidsl.running.http import httpx
from omnidsl.running.moments import ticking

DOWNLOADS = 8
"""Files that are fetched at a time."""

_KEPT_HEADERS = HEADERS | {"content-type", "location", "x-request-id", "x-oneapi-request-id"}
_SIMULATES = "x-omni-sandbox"
"""The header in which a gateway says that what it makes is not real."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_BUSY = frozenset((408, 425, 429))
_OK = 200


class NothingSent(OmniError):
    """Raised when a paid request certainly did not reach the gateway; `again` says whether trying again may help."""

    def __init__(self, reason: str, message: str, *, again: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.again = again


class Unanswered(OmniError):
    """Raised when a paid request went out and no whole reply came back."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@attrs.frozen
class Bounds:
    """How long and how large: seconds and bytes.

    `fresh` is how long ago at most a purchase was written down when it leaves. It stays below the settling times of
    services: who took a step over from a process that slept may have proved by then that nothing was sold.
    """

    connect: float = 10.0
    fresh: float = 20.0
    answer: float = 60.0
    download: float = 900.0
    reply_bytes: int = 64 * 2**20
    tries: int = 4
    backoff: float = 0.5
    backoff_cap: float = 15.0


@attrs.frozen
class Fetched:
    """A downloaded file: how many bytes it has, and where it came from."""

    size: int
    place: Place


class Transport:
    """The connections of one run to one gateway; used as an asynchronous context manager.

    `simulated` is whether the gateway has said of itself that it only simulates.
    """

    def __init__(self, gateway: Gateway, bounds: Bounds | None = None) -> None:
        self.gateway = gateway
        self.bounds = bounds or Bounds()
        self.simulated = False
        context = _tls()
        timeout = httpx.Timeout(
            self.bounds.answer, connect=self.bounds.connect, pool=self.bounds.connect * 3
        )
        # A proxy of the environment never stands between us and our own machine.
        direct = {f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")}

        def client(idle: float, connections: int) -> httpx.AsyncClient:
            limits = httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=idle,
            )
            return httpx.AsyncClient(
                verify=context,
                timeout=timeout,
                limits=limits,
                mounts=direct,
                headers={"accept-encoding": ACCEPTED},
            )

        self._paid = client(1.0, 64)
        self._free = client(30.0, 8)
        self._files = client(5.0, DOWNLOADS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        for one in (self._paid, self._free, self._files):
            await one.aclose()

    # ---- paid

    async def pay(
        self,
        path: str,
        body: Body,
        *,
        headers: Mapping[str, str] | None = None,
        patience: float = 60.0,
        hear: Callable[[bytes], None] | None = None,
        since: float | None = None,
        account: str = DEFAULT,
    ) -> Reply:
        """POST once, and never again by itself; `patience` is how long the answer may take, in seconds.

        `hear` gets the body of a good reply piece by piece while it comes, the key not yet cut out. Raises NothingSent
        or Unanswered. `since` is when it was written down, as `ticking` has it: what a process does not get to send soon
        after that, because it slept or was stopped, is not sent.
        """
        began = ticking() if since is None else since

        async def trace(name: str, _: object) -> None:
            late = ticking() - began
            if late > self.bounds.fresh and name.endswith("send_request_headers.started"):
                words = f"it was held up for {late:.0f} s before it could leave"
                raise NothingSent("held-up", words, again=True)

        try:
            request = self._request(self._paid, "POST", path, body, headers, account)
            request.extensions["timeout"] = {**request.extensions["timeout"], "read": patience}
            request.extensions["trace"] = trace
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError, TypeError) as error:
            raise NothingSent("not-sent", self.gateway.hide(str(error)), again=False) from None
        try:
            async with asyncio.timeout(patience + self.bounds.connect * 4):
                return await self._send(self._paid, request, hear)
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ProxyError,
        ) as error:
            raise NothingSent("no-connection", self._words(error), again=True) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            raise NothingSent("not-sent", self._words(error), again=False) from None
        except TimeoutError:
            words = f"no whole answer within {patience + self.bounds.connect * 4:g} s"
            raise Unanswered("time-out", words) from None
        except httpx.ReadTimeout:
            raise Unanswered("time-out", f"no answer within {patience:g} s") from None
        except _TooLargeError:
            raise Unanswered(
                "too-large", f"the reply is larger than {self.bounds.reply_bytes} bytes"
            ) from None
        except (httpx.HTTPError, EncodingError) as error:
            raise Unanswered("connection-lost", self._words(error)) from None

    # ---- free

    async def get(self, path: str, *, account: str = DEFAULT) -> Reply:
        """GET below the gateway's root, retried; see `Context.get`."""
        return await self._repeatable("GET", path, None, account)

    async def post(self, path: str, body: Body, *, account: str = DEFAULT) -> Reply:
        """POST something that may be repeated; see `Context.post`."""
        return await self._repeatable("POST", path, body, account)

    async def _repeatable(
        self,
        method: Literal["GET", "POST"],
        path: str,
        body: Body | None,
        account: str,
    ) -> Reply:
        trouble = GatewayError("gateway-trouble", "it was not asked")
        for turn in range(self.bounds.tries):
            if turn:
                await asyncio.sleep(self._pause(turn, trouble.reply))
            try:
                async with asyncio.timeout(self.bounds.answer + self.bounds.connect):
                    reply = await self._send(
                        self._free, self._request(self._free, method, path, body, None, account)
                    )
            except TimeoutError:
                trouble = GatewayError(
                    "gateway-trouble", f"no answer within {self.bounds.answer:g} s"
                )
                continue
            except (httpx.HTTPError, httpx.InvalidURL, _TooLargeError, EncodingError) as error:
                reason = (
                    "no-connection" if isinstance(error, httpx.ConnectError) else "gateway-trouble"
                )
                trouble = GatewayError(reason, self._words(error))
                continue
            if reply.status == 401:
                raise GatewayError("auth", spoken(reply), reply, final=True)
            if reply.status in _REDIRECTS:
                raise GatewayError(
                    "redirect",
                    reply.headers.get("location", f"HTTP {reply.status}"),
                    reply,
                    final=True,
                )
            if reply.status < 500 and reply.status not in _BUSY:
                return reply
            trouble = GatewayError("gateway-trouble", spoken(reply), reply)
        raise trouble

    def _pause(self, turn: int, reply: Reply | None) -> float:
        asked = retry_after(reply) if reply is not None else None
        if asked is not None:
            return min(asked, self.bounds.backoff_cap * 4)
        return random.uniform(0, min(self.bounds.backoff_cap, self.bounds.backoff * 2**turn))  # noqa: S311  # jitter, no secret

    # ---- files

    async def download(
        self, url: str, into: BinaryIO, limit: int, *, account: str = DEFAULT
    ) -> Fetched:
        """Write a result to an open file, at most `limit` bytes of it; FetchError says why not.

        Redirects are followed five times, each judged as the first address was.
        """
        try:
            first = here = place(url, self.gateway)
            async with asyncio.timeout(self.bounds.download):
                for _ in range(6):
                    answer = await self._file(here, into, limit, account)
                    if isinstance(answer, Fetched):
                        return attrs.evolve(answer, place=attrs.evolve(here, rebased=first.rebased))
                    here = place(answer, self.gateway)
        except TimeoutError:
            raise FetchError(
                "download-failed", url=url, words=f"not done after {self.bounds.download:g} s"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, EncodingError) as error:
            raise FetchError("download-failed", url=url, words=self._words(error)) from None
        except FetchError as error:
            raise self._hidden(error) from None
        raise FetchError("download-failed", url=url, words="it redirects without end", final=True)

    async def _file(self, where: Place, into: BinaryIO, limit: int, account: str) -> Fetched | str:
        """Fetch from one address; return what came, or the address that it redirects to."""
        # What is a picture already is not packed once more.
        headers = {"accept": "*/*", "accept-encoding": "identity"}
        url, extensions = where.url, {}
        if where.own:
            headers.update(self.gateway.headers(account))
        elif not behind_proxy(where.url):
            # Connect to the address that was judged, and still ask for the name, in TLS as in HTTP.
            address = await public_address(where.url)
            parts = urlsplit(where.url)
            headers["host"] = parts.netloc
            extensions["sni_hostname"] = parts.hostname
            host = f"[{address}]" if ":" in address else address
            url = parts._replace(
                netloc=host if parts.port is None else f"{host}:{parts.port}"
            ).geturl()
        else:
            await public_address(where.url)
        into.seek(0)
        into.truncate()
        size = 0
        async with self._files.stream(
            "GET", url, headers=headers, extensions=extensions
        ) as response:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return urljoin(where.url, response.headers["location"])
            if response.status_code != 200:
                again = response.status_code >= 500 or response.status_code in _BUSY
                raise FetchError(
                    "download-failed",
                    url=where.url,
                    words=f"HTTP {response.status_code}",
                    status=response.status_code,
                    final=not again,
                )
            async for chunk in _body(response):
                size += len(chunk)
                if size > limit:
                    raise FetchError("too-large", url=where.url, limit=limit, final=True)
                into.write(chunk)
        return Fetched(size, where)

    # ---- one request

    def _request(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        body: Body | None,
        headers: Mapping[str, str] | None,
        account: str,
    ) -> httpx.Request:
        if not path.startswith("/"):
            raise ValueError(f"a path begins with a slash: {path!r}")
        merged = {"accept": "application/json", **self._headers(headers or {}, account)}
        url = self.gateway.base_url + path
        if isinstance(body, Form):
            return client.build_request(method, url, files=_parts(body), headers=merged)
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            merged["content-type"] = "application/json"
        return client.build_request(method, url, content=content, headers=merged)

    def _headers(self, own: Mapping[str, str], account: str) -> Mapping[str, str]:
        """Return a request's own headers with those that carry the key, or with the key where it is asked for."""
        if KEY not in own.values():
            return {**own, **self.gateway.headers(account)}
        key = self.gateway.accounts.get(account, self.gateway.key)
        return {name: key if value == KEY else value for name, value in own.items()}

    async def _send(
        self,
        client: httpx.AsyncClient,
        request: httpx.Request,
        hear: Callable[[bytes], None] | None = None,
    ) -> Reply:
        response = await client.send(request, stream=True)
        try:
            body = bytearray()
            async for chunk in _body(response):
                body += chunk
                if len(body) > self.bounds.reply_bytes:
                    raise _TooLargeError
                if hear is not None and response.status_code == _OK:
                    hear(chunk)
        finally:
            await response.aclose()
        self.simulated = self.simulated or response.headers.get(_SIMULATES) == "simulated"
        kept = {
            name: self.gateway.hide(value)
            for name, value in response.headers.items()
            if name in _KEPT_HEADERS
        }
        return Reply(response.status_code, kept, self.gateway.redact(bytes(body)))

    def _hidden(self, error: FetchError) -> FetchError:
        """Return an error without the key, which an address that was redirected to may hold."""
        hide = self.gateway.hide
        values = {
            name: hide(one) if isinstance(one, str) else one for name, one in error.values.items()
        }
        return FetchError(error.reason, final=error.final, **values)

    def _words(self, error: Exception) -> str:
        text = self.gateway.hide(str(error)).strip()
        return text or type(error).__name__


def _body(response: httpx.Response) -> AsyncIterator[bytes]:
    """Return the bytes of a reply as they come; httpx itself would unfold whatever one read from the socket holds."""
    return decoded(response.aiter_raw(), response.headers.get("content-encoding", ""))


def _parts(form: Form) -> list[tuple[str, tuple[str | None, str | bytes, str | None]]]:
    """Return a form as httpx takes it; fields go as parts without a file name, so that no form is sent in another way."""
    fields = [(name, (None, value, None)) for name, value in form.fields]
    return [*fields, *((one.name, (one.filename, one.data, one.media_type)) for one in form.files)]


@cache
def _tls() -> ssl.SSLContext:
    """Return the one TLS context of the process: reading the certificates takes twenty milliseconds."""
    return httpx.create_ssl_context()


class _TooLargeError(Exception):
    """Raised when a reply passes the cap."""

    def __str__(self) -> str:
        return "the reply is too large"
