"""The short way through a prompt as nearly everybody writes it: plain words, then plain parameters.

It gives what the long way gives, without looking for what such a prompt cannot have: images, weights, slips.
"""

from functools import lru_cache

from omnidsl.language.pattern import pattern
from omnidsl.prompts.division import Parts
from omnidsl.prompts.parameters import ParameterTable
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.settings import PlainReading, read_plain

_SIGNS = pattern(r"[–—－−‑⸺―：:/\"“”\\]")
"""What is in an address, a weight, an escape and in every slip of the text, but for dashes."""

_LOOSE_DASH = pattern(r"-(?:(?!\w)|(?<!\w-))")

_FIRST = " --"
"""What every parameter begins with."""

_LONGEST = 1000
"""Characters of all the parameters of a prompt."""


def read_usual(text: str, table: ParameterTable) -> tuple[Parts, tuple[Setting, ...], str] | None:
    """Return where the text of one job stands, its settings, and the stretch of its parameters; None for any other job.

    The parts name no occurrences.
    """
    cut = text.find(_FIRST)
    end = len(text) if cut < 0 else cut
    if _SIGNS.search(text, 0, end) or _LOOSE_DASH.search(text, 0, end):
        return None
    settings: list[Setting] = []
    written = "" if cut < 0 else text[cut + len(_FIRST) :].rstrip()
    if cut >= 0 and not 0 < len(written) <= _LONGEST:
        return None
    at = cut + 1
    for each in written.split(_FIRST) if written else ():
        read = _read(table, each)
        if read is None:
            return None
        place = (at, at + 2 + len(each))
        settings.append(Setting(read.row.name, read.row, read.value, read.text, place))
        at += len(_FIRST) + len(each)
    parts = Parts()
    before = text[:end].rstrip()
    if before:
        parts.text_start = len(before) - len(before.lstrip())
        parts.text_end = len(before)
    return parts, tuple(settings), written


@lru_cache(maxsize=8192)
def _read(table: ParameterTable, written: str) -> PlainReading | None:
    """Read one parameter without its dashes; None where it is not plain, or where blanks are around it."""
    if not (written.isascii() and written[:1].isalpha() and written[-1:].strip()):
        return None
    return read_plain(table, written)
