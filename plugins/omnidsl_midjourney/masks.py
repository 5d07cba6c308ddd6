"""Masks of regions: PNG pictures, white where something is painted again, black where the picture stays."""

import base64

from omnidsl.plugins import JSON, ArgumentError, Context
from omnidsl_midjourney.meaning import Wish

_HEAD = b"\x89PNG\r\n\x1a\n"


async def mask_url(wanted: Wish, context: Context) -> str:
    """Return a wish's mask as a data URL, empty for none; ArgumentError for one that the server could not use."""
    mask = wanted.mask
    if mask is None:
        return ""
    data = await context.read(mask.sha256)
    size = png_size(data)
    if size is None:
        expected = "a PNG: white where the picture is painted again, black where it stays"
        raise ArgumentError(wanted.operation, "mask", expected, mask)
    # Servers of one family say how large the picture is.
    known = _side(wanted.parent.facts.get("width")), _side(wanted.parent.facts.get("height"))
    if None not in known and size != known:
        expected = f"as large as the picture, {known[0]} × {known[1]} pixels"
        given = f"{size[0]} × {size[1]} pixels"
        raise ArgumentError(wanted.operation, "mask", expected, given)
    return "data:image/png;base64," + base64.b64encode(data).decode()


def png_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG in pixels; None for what is none."""
    if not data.startswith(_HEAD) or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _side(found: JSON) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None
