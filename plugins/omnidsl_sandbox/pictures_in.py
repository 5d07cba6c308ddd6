"""Pictures that come in with a request: never trusted, never fetched, looked at in little time."""

import base64
import binascii
import io
import re
from collections import Counter

import attrs

_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,", re.IGNORECASE)
_MOST_PIXELS = 24_000_000  # larger pictures are measured, and not decoded
_PROMPT_KEYS = ("Description", "prompt", "Prompt", "parameters", "omnidsl:prompt", "Comment")
_NAMES = (
    ("black", (16, 16, 18)), ("white", (245, 245, 243)), ("grey", (128, 128, 128)), ("red", (196, 44, 44)),
    ("orange", (232, 132, 48)), ("yellow", (240, 208, 80)), ("green", (72, 150, 76)), ("teal", (40, 150, 150)),
    ("blue", (48, 96, 190)), ("light blue", (160, 205, 235)), ("purple", (110, 64, 160)), ("pink", (240, 160, 190)),
    ("brown", (110, 72, 48)), ("beige", (228, 208, 172)), ("dark blue", (24, 34, 76)), ("dark green", (24, 66, 48)),
)  # fmt: skip


@attrs.frozen
class View:
    """What can be seen in a picture without understanding it: size in pixels, a colour name, the prompt it carries."""

    width: int
    height: int
    colour: str
    rgb: str
    prompt: str


def decode_data_url(text: str) -> bytes | None:
    """Return the bytes of a `data:image/…;base64,…` URL, None when it is none."""
    match = _DATA_URL.match(text)
    if match is None:
        return None
    try:
        return base64.b64decode(text[match.end() :], validate=True) or None
    except (binascii.Error, ValueError):
        return None


def view(content: bytes) -> View | None:
    """Return what can be seen in a picture file, None when it is no picture."""
    from PIL import Image

    broken = (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    )
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                return View(width, height, "unknown", "", "")
            picture.draft("RGB", (128, 128))
            small = picture.convert("RGB").resize((48, 48), Image.Resampling.BOX)
            return View(width, height, *_dominating(small.tobytes()), _prompt(picture.info))
    except broken:
        return None


def _dominating(pixels: bytes) -> tuple[str, str]:
    triples = list(zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True))
    named = [_nearest(triple) for triple in triples]
    name = Counter(named).most_common(1)[0][0]
    members = [triple for triple, its in zip(triples, named, strict=True) if its == name]
    mean = [sum(part) // len(members) for part in zip(*members, strict=True)]
    return name, "#" + "".join(f"{part:02x}" for part in mean)


def _nearest(pixel: tuple[int, int, int]) -> str:
    return min(
        _NAMES, key=lambda row: sum((a - b) ** 2 for a, b in zip(row[1], pixel, strict=True))
    )[0]


def _prompt(info: dict[str | tuple[int, int], object]) -> str:
    return next((str(info[key]) for key in _PROMPT_KEYS if isinstance(info.get(key), str)), "")
