"""How many columns a text takes."""

import re

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)
_NARROW = re.compile("[\u0300-\u036f\u200b-\u200f\u20d0-\u20ff\ufe00-\ufe0f]")


def columns(text: str) -> int:
    """Return how many columns a text takes: two for a Chinese character, none for a mark on another.

    The ranges are written out, so that a file's form depends on no version of Unicode.
    """
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE.findall(text)) - len(_NARROW.findall(text))
