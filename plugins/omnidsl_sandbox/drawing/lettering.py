"""The strip at the foot of a tile: what the picture is, and as much of its prompt as fits and can be shown."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_LONGEST = 400  # letters of a prompt that are looked at
_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_NOTES = {True: "(CJK text in the file)", False: "(more text in the file)"}
_TITLE = "SIMULATED"


def label(scene: Image.Image, prompt: str) -> None:
    """Write the strip of a tile; the whole prompt stands in the file's Description."""
    size = max(9, round(min(scene.width, scene.height * 1.4) * 0.032))
    top = scene.height - round(size * 1.7)
    draw = ImageDraw.Draw(scene, "RGBA")
    draw.rectangle((0, top, scene.width, scene.height), fill=(8, 10, 18, 176))
    margin = round(size * 0.6)
    cjk = _cjk_font(size) if _CJK.search(prompt[:_LONGEST]) else None
    font = cjk or ImageFont.load_default(size)
    shown, note = showable(prompt, has_cjk=cjk is not None)
    text = fitting(shown, note, font, scene.width - 2 * margin)
    draw.text((margin, top + round(size * 0.3)), text, font=font, fill=(245, 245, 250, 255))


def showable(prompt: str, *, has_cjk: bool) -> tuple[str, str]:
    """Return what a font can show of a prompt, and a note where words are missing from it (else empty).

    Pillow's own font has plain Latin letters; one with CJK letters has both.
    """
    kept, missing = [], []
    for letter in unicodedata.normalize("NFKC", prompt[:_LONGEST]):
        base = unicodedata.normalize("NFKD", letter)[0]  # é is shown as e
        if base.isascii():
            kept.append(base if base.isprintable() else " ")
        elif has_cjk and (_CJK.match(letter) or unicodedata.category(letter)[0] == "P"):
            kept.append(letter)
        else:
            kept.append(" ")
            missing.append(letter)
    shown = " ".join("".join(kept).split())
    if any(_CJK.match(letter) for letter in missing):
        return shown.strip(" ,"), _NOTES[True]
    words = any(unicodedata.category(letter)[0] in "LMNS" for letter in missing)
    return shown, _NOTES[False] if words else ""


def fitting(shown: str, note: str, font: Font, width: float) -> str:
    """Return the strip's text, the shown part cut until all of it is `width` pixels wide."""

    def whole(length: int) -> str:
        part = shown if length == len(shown) else shown[:length].rstrip() + "..."
        return "  ".join(one for one in (_TITLE, part if length else "", note) if one)

    least, most = 0, len(shown)
    while least < most:
        middle = (least + most + 1) // 2
        if font.getlength(whole(middle)) <= width:
            least = middle
        else:
            most = middle - 1
    return whole(least)


def first_font(names: Sequence[str], size: int) -> ImageFont.FreeTypeFont | None:
    """Return the first of these fonts that is installed, None where none is."""
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


@cache
def _cjk_font(size: int) -> ImageFont.FreeTypeFont | None:
    return first_font(_cjk_names(), size)


@cache
def _cjk_names() -> Sequence[str]:
    text = files("omnidsl_sandbox").joinpath("data", "fonts.toml").read_text("utf-8")
    names: Sequence[str] = tomllib.loads(text)["cjk"]
    return names
