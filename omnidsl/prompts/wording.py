"""The text of a prompt: its segments, its quotes, and what looks like a slip in it."""

import re

from omnidsl.language.pattern import pattern
from omnidsl.prompts.expansion import Slice
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.parameters import ParameterTable
from omnidsl.prompts.values import Problem

_ESCAPED = pattern(r"\\([{}])")
_URL = pattern(r"<?https?://[^\s<>{}]+>?", re.IGNORECASE)
_BROKEN_SEPARATOR = pattern(
    r"(?<![:：]):[ \t]+:(?![:：])|(?<![:：])(?:：[ \t]*[：:]|:[ \t]*：)(?![:：])|(?<=::)-?[０-９]+(?:[.．][０-９]+)?(?!\w)"
)
_DIGITS = {code: code - 0xFEE0 for code in (0xFF0E, *range(0xFF10, 0xFF1A))}
_COMMAND = pattern(
    r"(?P<command>/imagine(?:\s+prompt(?:\s*(?:：|:(?!:))|(?!\S))|(?!\S)))\s*", re.IGNORECASE
)
_CURLY = pattern(r"[“”]")
_NUMBER_AFTER = pattern(r"[ \t]+-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?!\w)")
_LOOKS_LIKE = pattern(r"(?:[–—－−‑⸺―]{1,2}|(?<![\w-])-)(?P<name>[A-Za-z]+)\s+(?P<value>[^\s,]+)")
_DASHES = "-–—－−‑⸺―"
_SIGNS = pattern(r"[–—－−‑⸺―：:/\"“”]|(?<![\w-])-")
"""What is in every slip of the text: most texts have none of these."""


class Segment:
    """One part of a multi-prompt: its text as people read it, and its weight."""

    __slots__ = ("text", "weight")

    def __init__(self, text: str, weight: float = 1) -> None:
        self.text = text
        self.weight = weight

    def __repr__(self) -> str:
        return f"Segment({self.text!r}, {self.weight})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segment) and (self.text, self.weight) == (other.text, other.weight)

    def __hash__(self) -> int:
        return hash((self.text, self.weight))


def plain(text: str) -> str:
    """Return a stretch as people read it: escapes resolved, white space single."""
    return " ".join((_ESCAPED.sub(r"\1", text) if "\\" in text else text).split())


def segments(
    text: str,
    start: int,
    end: int,
    weights: list[Slice],
    findings: Findings,
    *,
    after_terms: bool,
    without: bool = False,
) -> tuple[Segment, ...]:
    """Return the parts between the `::` of a text; empty ones are reported and left out.

    `after_terms` says that terms of the vocabulary stand before it, so that the first part may be empty; `without` that the
    prompt has a `--no`, which is a part of weight -0.5 to Midjourney.
    """
    found: list[Segment] = []
    empty_allowed = after_terms
    for begin, stop in weights:
        number = text[begin + 2 : stop]
        part = plain(text[start:begin]).strip(" ,，、")
        if part:
            value = float(number) if number else 1.0
            found.append(Segment(part, int(value) if value == int(value) else value))
        elif not empty_allowed:
            findings.add("OM406", begin, stop)
        empty_allowed = False
        start = stop
    last = plain(text[start:end])
    if weights:
        last = last.strip(" ,，、")
    if last:
        found.append(Segment(last))
    total = sum(one.weight for one in found) - (0.5 if without else 0)
    if weights and found and total <= 0:
        findings.add("OM405", weights[0][0], weights[-1][1], {"sum": f"{total:g}"})
    return tuple(found)


def quoted(text: str) -> list[str]:
    """Return what stands between straight double quotes: the text that the picture is to show."""
    parts = text.split('"')
    return [" ".join(part.split()) for part in parts[1 : len(parts) - 1 : 2] if part.strip()]


def check_text(
    text: str, start: int, end: int, weights: list[Slice], table: ParameterTable, findings: Findings
) -> None:
    """Report slips in the text `[start, end)` of one prompt.

    A sign that every slip of a kind has is looked for first.
    """
    if not _SIGNS.search(text, start, end):
        return
    if text.startswith("/", start) and (command := _COMMAND.match(text, start, end)):
        values = {"command": command["command"]}
        left = text[command.end() : end].strip()  # without anything there would be no prompt
        changes = [(*command.span(), "")] if left else []
        findings.add("OM424", start, command.end("command"), values, changes=changes)
    for url in _URL.finditer(text, start, end) if "://" in text else ():
        moved = url[0].rstrip(",，;")
        after = url.start() + len(moved)
        findings.add(
            "OM403",
            url.start(),
            after,
            {"url": moved},
            changes=[]
            if findings.grouped(url.start())
            else [(0, 0, f"{moved} "), (url.start(), after, "")],
            safe=False,
        )
    colons = ":" in text or "：" in text
    for broken in _BROKEN_SEPARATOR.finditer(text, start, end) if colons else ():
        written = broken[0]
        instead = "::" if written[0] in ":：" else written.translate(_DIGITS)
        values = {"written": written, "instead": instead}
        findings.add(
            "OM407", *broken.span(), values, changes=[(*broken.span(), instead)], safe=False
        )
    for weight in weights:
        _check_separator(text, weight, findings)
    _check_quotes(text, start, end, findings)
    dashed = any(text.find(one, start, end) >= 0 for one in _DASHES)
    for like in _LOOKS_LIKE.finditer(text, start, end) if dashed else ():
        row = table.find(like["name"])
        if (
            row
            and row.type not in ("flag", "words", "choice")
            and not isinstance(row.check_value(like["value"]), Problem)
        ):
            here, there = like.start(), like.end("name")
            space = " " if here and not text[here - 1].isspace() else ""
            findings.add(
                "OM336",
                here,
                there,
                {"name": like["name"]},
                changes=[(here, there, f"{space}--{like['name']}")],
                safe=False,
            )


def _check_separator(text: str, weight: Slice, findings: Findings) -> None:
    start, end = weight
    before = start
    while before and text[before - 1] in " \t":
        before -= 1
    after = _NUMBER_AFTER.match(text, end) if end - start == 2 else None
    changes = [(before, start, "")] if before < start else []
    if after:
        changes.append((end, after.start() + len(after[0]) - len(after[0].lstrip()), ""))
    if changes:
        findings.add("OM408", before, after.end() if after else end, changes=changes, safe=False)


def _check_quotes(text: str, start: int, end: int, findings: Findings) -> None:
    if '"' not in text and "“" not in text and "”" not in text:
        return
    curly = [found.start() for found in _CURLY.finditer(text, start, end)]
    straight = [
        at for at in range(start, end) if text[at] == '"' and not (at and text[at - 1].isdigit())
    ]
    if curly:  # a single one has no partner, straight or not
        paired = (len(curly) + len(straight)) % 2 == 0
        changes = [(at, at + 1, '"') for at in curly] if paired else []
        findings.add("OM414", curly[0], curly[-1] + 1, changes=changes)
    if len(straight) % 2:
        findings.add("OM415", straight[-1], straight[-1] + 1)
