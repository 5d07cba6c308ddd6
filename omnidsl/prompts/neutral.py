"""Interpolated values are data: whatever a value holds, a prompt has the same jobs, images, parts and parameters with it.

Neither this reader nor Midjourney finds syntax in what `neutralise` returns. Braces are escaped, which both undo; the other
signs have no escape in Midjourney's language, so they become signs that look alike and mean nothing.
"""

import re
from collections.abc import Sequence

from omnidsl.language.pattern import pattern

_SPACES = pattern(r"[\s\x00-\x1f\x7f]+")
# A run is looked at once, from its first sign: time stays linear.
_BACKSLASHES = pattern(r"(?<!\\)\\++(?=[,{}]|\Z)")
_COLONS = pattern(r"::+|^:|:\Z|:(?=//)")
_SPACED_DASHES = pattern(r"-(?=\s+-)")
_DASHES = pattern(r"--+|^-(?![0-9.])|-\Z")
_LONG_DASHES = pattern(r"(?<![—–－−])[—–－−]++(?=[A-Za-z]|\Z)")
_BRACE = pattern(r"[{}]")
_NUMBER = pattern(r"\s*-?\.?[0-9]")


def neutralise(value: str, *, in_group: bool = False) -> str:
    """Return text that may stand in a prompt as data; inside a permutation its commas part no alternatives.

    Control characters and line breaks become spaces. Time is linear in the length of the value.
    """
    if value.replace(" ", "").isalnum() and value == " ".join(value.split()):
        return value  # words and numbers alone hold no sign
    text = _SPACES.sub(" ", value)
    text = _BACKSLASHES.sub(lambda found: "＼" * len(found[0]), text)
    text = _COLONS.sub(lambda found: "：" * len(found[0]), text)
    text = _SPACED_DASHES.sub("‐", text)
    text = _DASHES.sub(lambda found: "‐" * len(found[0]), text)
    text = _LONG_DASHES.sub(lambda found: "―" * len(found[0]), text)
    text = _BRACE.sub(r"\\\g<0>", text)
    return text.replace(",", "\\,") if in_group else text


def interpolate(literals: Sequence[str], values: Sequence[str]) -> str:
    """Return a prompt in which values stand between literals (one more literal than values), as data.

    The literals are prompt language. A value inside a permutation keeps its commas; a number behind `::` becomes no
    weight.
    """
    parts = [literals[0]]
    depth = _depth(literals[0])
    for value, literal in zip(values, literals[1:], strict=True):
        text = neutralise(value, in_group=depth > 0)
        if parts[-1].endswith("::") and _NUMBER.match(text):
            parts.append(" ")
        parts += (text, literal)
        depth = max(0, depth + _depth(literal))
    return "".join(parts)


def _depth(literal: str) -> int:
    """Count how many more braces a literal opens than it closes; escaped ones count for nothing."""
    signs = re.sub(r"\\[{}]", "", literal)
    return signs.count("{") - signs.count("}")
