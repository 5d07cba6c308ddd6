"""What describe and shorten say, taken apart: numbered prompts, and which words of a prompt count.

Servers join the blocks with an empty line, with CRLF, or with a line end alone, and some number them with plain digits
(wire reference, section 1.8).
"""

import re

from omnidsl.plugins import JSON
from omnidsl_midjourney.wire import Row, properties, text

_KEYCAP = re.compile(r"^[ \t]*[1-9]\ufe0f?\u20e3", re.MULTILINE)
_NUMBERING = re.compile(r"^\s*(?:[1-9]\ufe0f?\u20e3|[1-9][.)、](?=\s))\s*")
"""A keycap digit, or a digit with a sign, before a prompt."""

_HEADING = re.compile(r"^[ \t#*]*(important tokens|shortened prompts)[ \t:*]*$", re.IGNORECASE | re.MULTILINE)  # fmt: skip
_TOKEN = re.compile(
    r"(?:\*\*(?P<bold>[^*]+)\*\*|~~(?P<struck>[^~]+)~~|(?P<plain>[^*~(),，、]+))"
    r"(?:[ \t]*\((?P<weight>\d(?:\.\d+)?)\))?"
)


def descriptions(row: Row) -> list[str]:
    """Return the prompts that `describe` gives; some servers copy them into the task's own prompt."""
    return numbered(text(properties(row), "finalPrompt") or text(row, "promptEn", "prompt"))


def shortened(row: Row) -> tuple[list[str], list[JSON]]:
    """Return the prompts that `shorten` gives, and the tokens of the long one.

    A token is `{"text", "important", "struck", "weight"}`, the weight (0 to 1) only where it is told.
    """
    whole = _lines(text(properties(row), "finalPrompt"))
    sections = _HEADING.split(whole)
    named = {head.lower(): body for head, body in zip(sections[1::2], sections[2::2], strict=False)}
    prompts = named.get("shortened prompts", "" if named else whole)
    return numbered(prompts), [_token(one) for one in _tokens(named.get("important tokens", ""))]


def numbered(whole: str) -> list[str]:
    """Return the prompts of a text: one a keycap digit, else one a block, else one a line."""
    written = _lines(whole).strip()
    starts = [one.start() for one in _KEYCAP.finditer(written)]
    if len(starts) > 1:
        ends = [*starts[1:], len(written)]
        blocks = [written[start:end] for start, end in zip(starts, ends, strict=True)]
    else:
        blocks = re.split(r"\n[ \t]*\n", written)
        blocks = blocks[0].split("\n") if len(blocks) == 1 else blocks
    found = [" ".join(_NUMBERING.sub("", block).split()) for block in blocks]
    return [one for one in found if one]


def _tokens(marked: str) -> "list[re.Match[str]]":
    return [one for one in _TOKEN.finditer(marked) if (one["bold"] or one["struck"] or one["plain"]).strip()]  # fmt: skip


def _token(found: "re.Match[str]") -> JSON:
    words = " ".join((found["bold"] or found["struck"] or found["plain"]).split())
    token: dict[str, JSON] = {
        "text": words,
        "important": found["bold"] is not None,
        "struck": found["struck"] is not None,
    }
    return {**token, "weight": float(found["weight"])} if found["weight"] else token


def _lines(whole: str) -> str:
    return whole.replace("\r\n", "\n").replace("\r", "\n")
