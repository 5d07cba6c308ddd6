"""The sandbox as the gateway of a table: every request is handed on to one that runs in this process."""

import os
from functools import cache
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener
from urllib.request import Request as Outgoing

from omnidsl.testing import Answer, Request
from omnidsl.testing.scripted import Behaviour
from omnidsl_sandbox import Sandbox

MOST = 0 if os.environ.get("OMNI_WHOLE_CONFORMANCE") else 1
"""How many samples each law judges: all of them take minutes, which `make soak` has."""

_OPENER = build_opener(ProxyHandler({}))
_OWN = ("connection", "content-length", "transfer-encoding", "date", "server")


@cache
def _running(profile: str) -> Sandbox:
    """Start one sandbox of a profile; it ends with the process."""
    sandbox = Sandbox(profile=profile, duration=0.0, artifact="fixed:1k")
    sandbox.__enter__()
    return sandbox


def gateway(profile: str = "new-api") -> Behaviour:
    """Return a behaviour that answers as the sandbox does."""

    def hand_on(request: Request) -> Answer:
        url = _running(profile).url
        headers = {name: text for name, text in request.headers.items() if name not in _OWN}
        body = request.body if request.method == "POST" else None
        outgoing = Outgoing(url + request.path, body, headers, method=request.method)  # noqa: S310  # loopback
        try:
            with _OPENER.open(outgoing, timeout=30) as reply:
                # Addresses of results lead back to the gateway that was asked.
                own = f"http://{request.headers['host']}".encode()
                body = reply.read().replace(url.encode(), own)
                return Answer(reply.status, body, _kept(reply.headers.items()))
        except HTTPError as error:
            with error:
                return Answer(error.code, error.read(), _kept(error.headers.items()))

    return hand_on


def _kept(headers: "list[tuple[str, str]]") -> dict[str, str]:
    return {name.lower(): text for name, text in headers if name.lower() not in _OWN}
