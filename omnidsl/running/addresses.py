"""Where results may be fetched from.

A gateway names the address of a picture, and a gateway may be careless or hostile: its own origin is allowed, its
loopback picture proxy is moved to where the gateway really is, and everything else must resolve to public addresses
only, so that a result never reads from inside the user's network.
"""

import asyncio
import ipaddress
import os
import re
import socket
import urllib.request
from urllib.parse import urlsplit

import attrs

from omnidsl.running.errors import FetchError
from omnidsl.running.gateway import Gateway, origin

_PICTURE_PROXY = re.compile(r"(/mj-\w+)?/mj/image/[\w.-]+")
"""The path of new-api's picture proxy (wire reference, task object): it prints its own configured server address."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL = ipaddress.ip_network("2000::/3")
"""All of IPv6 that was ever given out; outside of it lie old ways to write an IPv4 address."""


@attrs.frozen
class Place:
    """Where a file is fetched: `own` at the gateway itself, `rebased` when its loopback address was replaced."""

    url: str
    own: bool = False
    rebased: bool = False


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, whatever it is wrapped in."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address | None = ipaddress.ip_address(
        address.partition("%")[0]
    )
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            ip = wrapped
        elif ip not in _GLOBAL:
            return False
    return ip is not None and ip.is_global and not ip.is_multicast


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def place(url: str, gateway: Gateway) -> Place:
    """Decide where a result is fetched from, before any name is resolved; FetchError refuses the address."""
    try:
        theirs = origin(url)
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchError("address-refused", url=url[:300], words=str(error), final=True) from None
    if parts.username is not None or parts.password is not None:
        raise FetchError(
            "address-refused", url=theirs, words="it holds a user name or password", final=True
        )
    if theirs == gateway.origin:
        return Place(url, own=True)
    if _is_loopback(parts.hostname or "") and _PICTURE_PROXY.fullmatch(parts.path):
        query = f"?{parts.query}" if parts.query else ""
        return Place(f"{gateway.base_url}{parts.path}{query}", own=True, rebased=True)
    return Place(url)


async def public_address(url: str) -> str:
    """Resolve a URL's host and return one of its addresses; FetchError when any of them is not public.

    The caller connects to exactly this address: a name that resolves differently a moment later gains nothing.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        words = f"{host} is not known ({type(error).__name__})"
        raise FetchError("download-failed", url=url, words=words) from None
    addresses = [str(row[4][0]) for row in found]
    private = [one for one in addresses if not is_public(one)]
    if private or not addresses:
        words = f"{host} is {', '.join(private) or 'nowhere'}, which is not a public address"
        raise FetchError("address-refused", url=url, words=words, final=True)
    return addresses[0]


def behind_proxy(url: str) -> bool:
    """Tell whether the environment sends this address through a proxy, which then resolves the name itself."""
    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    through = parts.scheme in proxies or "all" in proxies
    return (
        through
        and os.environ.get("NO_PROXY", "") != "*"
        and not urllib.request.proxy_bypass(parts.hostname or "")
    )
