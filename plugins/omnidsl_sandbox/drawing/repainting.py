"""A picture painted into another one: where a mask is clear, or all over it and see-through."""

import io

from PIL import Image, PngImagePlugin

_THROUGH = 0.55  # of what is new, where no mask says otherwise


def repainted(png: bytes, original: bytes, mask: bytes | None) -> bytes:
    """Return the drawn PNG laid over the original, at the drawing's size and with its texts.

    The mask's clear parts show what is new; without one it shines through everywhere.
    """
    with Image.open(io.BytesIO(png)) as drawn, Image.open(io.BytesIO(original)) as below:
        texts = [(str(key), value) for key, value in drawn.info.items() if isinstance(value, str)]
        new, size = drawn.convert("RGB"), drawn.size
        old = below.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    if mask is None:
        made = Image.blend(old, new, _THROUGH)
    else:
        with Image.open(io.BytesIO(mask)) as over:
            opaque = over.convert("RGBA").getchannel("A").resize(size, Image.Resampling.BILINEAR)
        made = Image.composite(old, new, opaque)
    facts = PngImagePlugin.PngInfo()
    for key, value in texts:
        facts.add_itxt(key, value)
    out = io.BytesIO()
    made.save(out, "PNG", compress_level=1, pnginfo=facts)
    return out.getvalue()
