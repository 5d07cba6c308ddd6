"""Pictures made small enough for a prompt: the one thing here that needs Pillow, and only when it is asked for."""

import io
from typing import TYPE_CHECKING

from omnidsl.plugins import Failed
from omnidsl_midjourney.data_urls import PICTURE_BYTES

if TYPE_CHECKING:
    from PIL import Image

_MOST_PIXELS = 100_000_000
_QUALITIES = (90, 80, 70)
_SMALLEST = 64


def fitted(content: bytes, side: int | None = None, most: int = PICTURE_BYTES) -> bytes:
    """Return a picture of at most `most` bytes and `side` pixels: itself where it is one, else a JPEG.

    Failed without Pillow, and for what Pillow cannot read. What is transparent becomes white.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise Failed("needs-pillow", "Pillow is not installed") from None
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                words = f"it has {opened.width} × {opened.height} pixels, too many to work on"
                raise Failed("unreadable-picture", words)
            if len(content) <= most and (side is None or max(opened.size) <= side):
                return content
            picture = _flat(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Failed("unreadable-picture", f"it cannot be read: {error}") from None
    return _smaller(picture, side, most)


def _smaller(picture: "Image.Image", side: int | None, most: int) -> bytes:
    """Return a JPEG of at most so many bytes: first with less quality, then with fewer pixels."""
    from PIL import Image

    longest = min(side or max(picture.size), max(picture.size))
    while True:
        scale = longest / max(picture.size)
        size = tuple(max(1, round(one * scale)) for one in picture.size)
        small = picture if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            out = io.BytesIO()
            small.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= most or longest <= _SMALLEST:
                return out.getvalue()
        longest = max(_SMALLEST, int(longest * 0.8))


def _flat(picture: "Image.Image") -> "Image.Image":
    """Return the first frame in colours, on white where it is transparent."""
    from PIL import Image

    layers = picture.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")
