"""Pictures as requests carry them: `data:` addresses, from bytes, from files, and from whatever a caller had."""

import base64
import binascii
import re

from omnidsl.plugins import ArgumentError

_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,", re.IGNORECASE)
_BEGINNINGS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))

PICTURES = 5
PICTURE_BYTES = 2**20
"""What gateways take as reference pictures: five of at most 1 MB each (OmniAI's guide)."""


def data_url(content: bytes, media_type: str) -> str:
    """Return a picture as a `data:` address."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def is_address(text: str) -> bool:
    """Whether a text is the address of something on the web."""
    return text.startswith(("http://", "https://"))


def of_anything(given: object, operation: str, parameter: str, largest: int | None = None) -> str:
    """Return a picture that came as bytes, as a `data:` address or as bare base64, as a `data:` address of its true type.

    ArgumentError for what is no PNG, JPEG, GIF or WebP, and for one of more than `largest` bytes.
    """
    content = given if isinstance(given, bytes) else _decoded(given)
    form = "" if content is None else _form(content)
    if content is None or not form:
        expected = "a picture (PNG, JPEG, GIF, WebP) as bytes, base64 or a data: address"
        raise ArgumentError(operation, parameter, expected, given)
    if largest is not None and len(content) > largest:
        raise ArgumentError(operation, parameter, f"a picture of at most {largest} bytes", given)
    return data_url(content, f"image/{form}")


def _decoded(given: object) -> bytes | None:
    if not isinstance(given, str):
        return None
    text = "".join(_DATA_URL.sub("", given, count=1).split())
    # Some encoders write the alphabet of addresses, some leave the padding out.
    text = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _form(content: bytes) -> str:
    found = next((form for start, form in _BEGINNINGS if content.startswith(start)), "")
    return found or ("webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else "")
