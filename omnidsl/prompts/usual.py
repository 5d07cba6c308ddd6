"""The short way through a prompt as nearly everybody writes it: plain words, then plain parameters.

It gives what the long way gives, without looking for what such a prompt cannot have: images, weights, slips.
"""

from omnidsl.language.pattern import pattern
from omnidsl.prompts.division import Parts
from omnidsl.prompts.parameters import ParameterTable
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.settings import read_plain

_SIGNS = pattern(r"[–—－−:/\"“”\\]")
"""What is in an address, a weight, an escape and in every slip of the text, but for dashes."""

_LOOSE_DASH = pattern(r"-(?!\w)|(?<!\w)-")

_FIRST = " --"


def read_usual(text: str, table: ParameterTable) -> tuple[Parts, tuple[Setting, ...], str] | None:
    """Return where the text of one job stands, its settings, and the stretch of its parameters; None for any other job.

    The parts name no occurrences.
    """
    cut = text.find(_FIRST)
    end = len(text) if cut < 0 else cut
    if _SIGNS.search(text, 0, end) or ("-" in text and _LOOSE_DASH.search(text, 0, end)):
        return None
    settings: list[Setting] = []
    written = "" if cut < 0 else text[cut + len(_FIRST) :]
    if written:
        at = cut + 1
        for each in written.split(_FIRST):
            kept = each.rstrip()
            read = read_plain(table, kept) if kept[:1].isalpha() and kept.isascii() else None
            if read is None:
                return None
            settings.append(
                Setting(read.row.name, read.row, read.value, read.text, (at, at + 2 + len(kept)))
            )
            at += len(_FIRST) + len(each)
    elif cut >= 0:
        return None
    parts = Parts()
    before = text[:end].rstrip()
    if before:
        parts.text_start = len(before) - len(before.lstrip())
        parts.text_end = len(before)
    return parts, tuple(settings), written
