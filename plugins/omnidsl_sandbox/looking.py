"""Pictures that a request brings or names: their bytes where they are ours or came along, and what can be seen in them."""

import re

import attrs

from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.pictures_in import View, decode_data_url, view

ELSEWHERE = View(1024, 1024, "unknown", "", "")
"""What is known of a picture at an address outside: a simulator fetches nothing."""

_UPLOADED = re.compile(r"/uploads/(upload-[0-9a-f]{32})(?:\.\w{1,5})?")
_BARE = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


@attrs.frozen
class Seen:
    """A picture: its bytes, or None for one that lies elsewhere, and what can be seen in it."""

    content: bytes | None
    view: View


async def sent(gateway: Gateway, data_url: str) -> Seen:
    """Return a picture that came as a `data:` address; Refused for anything else."""
    content = decode_data_url(data_url)
    found = await gateway.gallery.run(lambda: view(content)) if content else None
    if content is None or found is None:
        raise Refused("bad-picture")
    return Seen(content, found)


async def named(gateway: Gateway, text: str) -> Seen:
    """Return a picture that came along or has an address; what has neither form is read as bare base64."""
    if text.startswith(("http://", "https://")):
        content = await _own(gateway, text)
        found = await gateway.gallery.run(lambda: view(content)) if content else None
        return Seen(content, found or ELSEWHERE)
    if _BARE.fullmatch(text):
        text = f"data:image/png;base64,{text}"
    return await sent(gateway, text)


async def _own(gateway: Gateway, address: str) -> bytes | None:
    """Return the bytes of a picture that this sandbox made or was given; None for another."""
    uploaded = _UPLOADED.fullmatch(address.removeprefix(gateway.url))
    if uploaded is not None:
        return await gateway.gallery.kept(uploaded[1])
    identity = gateway.own_picture(address)
    task = gateway.store.task(identity) if identity is not None else None
    if task is None or gateway.see(task).picture != "final":
        return None
    return (await gateway.gallery.final(task)).content
