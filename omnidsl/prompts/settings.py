"""From a parameter as it stands to a setting: which row it is, what its value is, what is wrong with it."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache

from omnidsl.prompts.division import Occurrence
from omnidsl.prompts.findings import Change, Findings
from omnidsl.prompts.parameters import Parameter, ParameterTable
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import ITEM_TYPES, Problem, Value

_WORD = re.compile(r"\S+")
_ENDS = ",.;:!，。；：！、"
_SIGNS = ":=：＝"
_NARROW: dict[int, int | str | None] = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord("。"): ".", ord("、"): ","}
    | {0x2236: ":", 0xA789: ":", 0xFE55: ":", 0x2011: "-", 0x2212: "-"}
    | dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))
)
"""Full-width signs, signs that look like others, and signs that nobody sees, to what Midjourney reads."""

_PLAIN = frozenset(("flag", "int", "number", "version", "ratio", "choice"))
"""Types of one word, or none."""

_OUT_OF_BOUNDS = ("OM307", "OM308", "OM312")
"""Codes of values that are of the right type."""

_NOT_MEANT = frozenset(
    ("OM301", "OM302", "OM303", "OM304", "OM305", "OM306", "OM309", "OM310", "OM311", "OM339")
)
"""Codes of what is no value at all: with torn dashes in front of it, the dashes are the one slip to report."""

_PLAIN_SLIPS = ("OM306", "OM329")
"""Codes of values whose repair leaves no doubt: `16x9` and `1.39:1` name a ratio."""

_LONGEST = 48
"""Characters of a parameter that is read once and remembered."""


class PlainReading:
    """What a parameter is without a fault: its row, its value, and how it is emitted."""

    __slots__ = ("row", "text", "value")

    def __init__(self, row: Parameter, value: Value) -> None:
        self.row = row
        self.value = value
        self.text = row.write(value)


def read_plain(table: ParameterTable, written: str) -> PlainReading | None:
    """Read a plain name with one plain value or none, as nearly all parameters are written; None for any other.

    `written` is without dashes.
    """
    return _plain(table, written) if len(written) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _plain(table: ParameterTable, written: str) -> PlainReading | None:
    name, *values = written.split()
    row = table.find(name) if name == name.lower() else None
    if row is None or row.type not in _PLAIN or len(values) > 1:
        return None
    text = values[0] if values else ""
    if row.optional and text and not text[0].isdigit():
        return None
    value = row.check_value(text)
    return None if isinstance(value, Problem) else PlainReading(row, value)


class Settler:
    """Settles the occurrences of one text, reporting into `findings`.

    `text_end` is where the prompt's text ends, `groups` where permutations begin (before expansion only): a parameter that
    holds one stays as it is.
    """

    __slots__ = ("_errors", "_groups", "_text_end", "findings", "table", "text")

    def __init__(
        self,
        text: str,
        table: ParameterTable,
        findings: Findings,
        text_end: int,
        groups: Sequence[int] = (),
    ) -> None:
        self.text = text
        self._groups = groups
        self.table = table
        self.findings = findings
        self._text_end = text_end
        self._errors = 0

    def settle(self, one: Occurrence) -> Setting:
        """Return the setting that an occurrence makes, whatever is wrong with it."""
        start, end = one.start, one.end
        if not one.fault and not self._groups:
            read = read_plain(self.table, self.text[start + 2 : end])
            if read is not None:
                return Setting(read.row.name, read.row, read.value, read.text, (start, end))
        return self._judged(one)

    def _judged(self, one: Occurrence) -> Setting:
        self._errors = 0
        self._dashes(one)
        if one.fault == "OM327":
            self.findings.muted = _NOT_MEANT
        setting = self._named(one)
        self.findings.muted = frozenset()
        return setting

    def _named(self, one: Occurrence) -> Setting:
        span = (one.start, one.end)
        row = self.table.find(one.name)
        if bisect_left(self._groups, one.start) < bisect_left(
            self._groups, max(one.end, one.start + 1)
        ):
            return Setting(row.name if row else "", row, None, self._verbatim(one), span)
        start, glued = self._value_start(one, row)
        if row is None or glued:
            return self._unknown(one, span)
        if one.name != one.name.lower():
            change = (one.name_end - len(one.name), one.name_end, one.name.lower())
            self.findings.add(
                "OM324",
                *change[:2],
                {"name": one.name, "lower": one.name.lower()},
                changes=[change],
            )
        value = self._value(row, one, start, one.end)
        faulty = self._errors > 0
        text = row.write(value) if value is not None and not faulty else self._verbatim(one)
        return Setting(row.name, row, value, text, span, faulty=faulty)

    def _error(
        self,
        code: str,
        start: int,
        end: int,
        values: Mapping[str, object],
        *,
        changes: list[Change] | None = None,
        safe: bool = True,
    ) -> None:
        self._errors += 1
        self.findings.add(code, start, end, values, changes=changes or [], safe=safe)

    def _verbatim(self, one: Occurrence) -> str:
        text = self.text[one.start : one.end]
        if one.fault == "OM330":
            text = f"--{text.lstrip('—')}"
        return " ".join(text.split())

    def _dashes(self, one: Occurrence) -> None:
        """Report what is wrong in front of the name."""
        here, values = (one.start, one.name_end), {"name": one.name}
        if one.fault == "OM325":
            before = one.start
            while before and self.text[before - 1] in "-—":
                before -= 1
            if before and not self.text[before - 1].isspace():
                before = one.start
            space = "" if before < one.start else " "
            self._error("OM325", *here, values, changes=[(before, one.start, space)])
        elif one.fault == "OM327":
            self._error("OM327", *here, values, changes=[(*here, f"--{one.name}")])
        elif one.fault == "OM340":
            values["dashes"] = self.text[one.start : one.name_end - len(one.name)]
            self._error("OM340", *here, values, changes=[(*here, f"--{one.name}")])
        elif one.fault == "OM330":
            self.findings.add("OM330", *here, values, changes=[(*here, f"--{one.name}")])

    def _value_start(self, one: Occurrence, row: Parameter | None) -> tuple[int, bool]:
        """Return where the value begins, and whether it is glued to a name that means something else then."""
        start = one.name_end
        if start >= one.end or self.text[start].isspace():
            return start, False
        if row is not None and self.text[start] in _SIGNS:
            after = start + 1
            while after < one.end and self.text[after].isspace():
                after += 1
            self._error("OM326", start, after, {"name": one.name}, changes=[(start, after, " ")])
            return after, False
        return start, True

    def _unknown(self, one: Occurrence, span: tuple[int, int]) -> Setting:
        """Report an unknown name: nothing after the dashes, a name with its value glued to it, or a stranger."""
        if one.fault == "OM328":
            here = (one.start, one.name_end)
            self._error("OM328", *here, {}, changes=[(*here, "")], safe=False)
            return Setting("", None, None, self._verbatim(one), span, faulty=True)
        word = _WORD.match(self.text, one.name_end, one.end)
        end = word.end() if word else one.name_end
        name = self.text[one.name_end - len(one.name) : end]
        if split := self._glued_value(name):
            row, value = split
            at = end - len(value)
            self._error(
                "OM326",
                one.start,
                end,
                {"name": name[: len(name) - len(value)]},
                changes=[(at, at, " ")],
            )
            return Setting(
                row.name,
                row,
                self._value(row, one, at, one.end),
                self._verbatim(one),
                span,
                faulty=True,
            )
        near = self.findings.nearest(self.table, name)
        self._errors += 1
        dashes = self.text[one.start : one.name_end - len(one.name)] if one.fault else "--"
        self.findings.add(
            "OM301",
            one.start,
            end,
            {"name": name},
            suggestions=[f"--{other}" for other in near],
            changes=[(one.start + len(dashes), end, near[0])] if near else [],
            safe=False,
        )
        return Setting(name, None, None, self._verbatim(one), span, faulty=True)

    def _glued_value(self, name: str) -> tuple[Parameter, str] | None:
        """Find a known name that a value is glued to, as in `v6.1` or `ar16:9`; the longest name counts."""
        for length in range(min(len(name) - 1, 12), 0, -1):
            row = self.table.find(name[:length])
            value = name[length:]
            if row and row.type in ("int", "number", "version", "ratio") and not value[0].isalpha():
                read = row.check_value(value.translate(_NARROW))
                if not isinstance(read, Problem) or read.code in _OUT_OF_BOUNDS:
                    return row, value
        return None

    def _value(self, row: Parameter, one: Occurrence, start: int, end: int) -> Value | None:
        if row.type == "words":
            return self._words(row, one, start, end)
        if row.type == "text":
            kept = row.check_value(self.text[start:end].strip())
            return None if isinstance(kept, Problem) else kept
        if row.type in ITEM_TYPES:
            return self._items(row, one, start, end)
        words = [(found.start(), found.end()) for found in _WORD.finditer(self.text, start, end)]
        if row.type == "flag":
            self._excess(words)
            return True
        if not words:
            return self._read(row, one, one.start, one.name_end, "")
        if row.optional and not self.text[words[0][0]].isdigit():
            self._excess(words)
            return True
        taken = self._joined(row, one, words) if row.type == "ratio" else None
        if taken:
            self._excess(words[taken[1] :])
            return taken[0]
        text = self.text[slice(*words[0])]
        value = self._read(row, one, *words[0], text)
        self._excess(words[1:])
        return value

    def _joined(
        self, row: Parameter, one: Occurrence, words: list[tuple[int, int]]
    ) -> tuple[Value, int] | None:
        """Read a ratio that is torn apart, as in `9 :16`: its value, and how many words it took."""
        if not isinstance(self._repaired(row, self.text[slice(*words[0])])[0], Problem):
            return None
        for count in (2, 3):
            if len(words) >= count:
                start, end = words[0][0], words[count - 1][1]
                joined = "".join(self.text[start:end].split()).translate(_NARROW)
                if not isinstance(value := row.check_value(joined), Problem):
                    self._error(
                        "OM333", start, end, {"name": one.name}, changes=[(start, end, joined)]
                    )
                    return value, count
        return None

    def _words(self, row: Parameter, one: Occurrence, start: int, end: int) -> Value | None:
        text = self.text[start:end].strip()
        value = row.check_value(text)
        if isinstance(value, Problem) or not value:
            self._error(
                "OM303", one.start, one.name_end, {"name": one.name, "written": f"--{one.name}"}
            )
            return None
        kept = text.rstrip(",，、 \t")
        if kept != text:
            at = end - (len(text) - len(kept))
            self.findings.add("OM334", at, end, {"name": one.name}, changes=[(at, end, "")])
        return value

    def _items(self, row: Parameter, one: Occurrence, start: int, end: int) -> Value | None:
        words = [(found.start(), found.end()) for found in _WORD.finditer(self.text, start, end)]
        if not words:
            return self._read(row, one, one.start, one.name_end, "")
        items: list[object] = []
        for index, (here, there) in enumerate(words):
            text = self.text[here:there]
            if index and isinstance(self._repaired(row, text)[0], Problem):
                self._excess(words[index:])
                break
            value = self._read(row, one, here, there, text)
            items.extend(value if isinstance(value, tuple) else ())
        if row.count is not None and len(items) > row.count:
            values = {"name": one.name, "most": row.count, "found": len(items)}
            self._error("OM313", words[0][0], words[-1][1], values)
        return tuple(items) or None  # type: ignore[return-value]  # one row's items are all of one kind

    def _read(
        self, row: Parameter, one: Occurrence, start: int, end: int, text: str
    ) -> Value | None:
        """Read one value at its place; a slip of the keyboard is reported as what it is, with its fix."""
        value, code, instead = self._repaired(row, text)
        if isinstance(value, Problem):
            values = {**value.values, "name": one.name, "written": f"--{one.name}"}
            changes = [(start, end, value.instead)] if value.instead else []
            self._error(
                value.code, start, end, values, changes=changes, safe=value.code in _PLAIN_SLIPS
            )
            return value.value
        if code:
            self._error(
                code,
                start,
                end,
                {"name": one.name, "value": text, "instead": instead},
                changes=[(start, end, instead)],
            )
        return value

    @staticmethod
    def _repaired(row: Parameter, text: str) -> tuple[Value | Problem, str, str]:
        """Return the value, or that of the text without full-width signs or end marks, with the code of the slip."""
        value = row.check_value(text)
        if not isinstance(value, Problem) or not text:
            return value, "", text
        narrow = text.translate(_NARROW)
        for code, other in (
            ("OM331", text.rstrip(_ENDS)),
            ("OM332", narrow),
            ("OM332", narrow.rstrip(_ENDS)),
        ):
            if other and other != text and not isinstance(kept := row.check_value(other), Problem):
                return kept, code, other
        return value, "", text

    def _excess(self, words: list[tuple[int, int]]) -> None:
        """Report text behind the last value; the fix moves it to the end of the text."""
        if not words:
            return
        start, end = words[0][0], words[-1][1]
        text = " ".join(self.text[start:end].split())
        before = start
        while before and self.text[before - 1].isspace():
            before -= 1
        moved = f" {text}" if self._text_end else f"{text} "
        kept = self._text_end > 0 and self.findings.alone(self._text_end - 1, start)
        self._error(
            "OM302",
            start,
            end,
            {"text": text},
            changes=[] if kept else [(self._text_end, self._text_end, moved), (before, end, "")],
            safe=False,
        )
