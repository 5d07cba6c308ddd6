"""Rules about prompts that plugins bring: rows of data, read when the first prompt is judged by them.

A row travels as JSON text, so that the rules of a house stay plain data that goes to other processes and into stored plans.
"""

import json

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.catalogue import Words, preferred_language
from omnidsl.prompts.banned import BannedWords
from omnidsl.prompts.parameters import load_parameters
from omnidsl.prompts.values import Problem, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omnidsl.prompts.findings import Findings
    from omnidsl.prompts.parsed import Job
    from omnidsl.prompts.setting import Setting
    from omnidsl.prompts.values import Value

NEEDED, FORBIDDEN = "needed", "forbidden"
CODE = "OM429"


class Said(Words):
    """Words of a plugin in both languages; where it has only one of them, that one is for both."""

    __slots__ = ("_english",)

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(chinese)
        self._english = english

    def text(self, language: str | None = None) -> str:
        """Return them in a language."""
        chinese = (language or preferred_language()) == "zh"
        return (self.key or self._english) if chinese else (self._english or self.key)


class HouseRule:
    """One row; see `omnidsl.plugins.PromptRule`."""

    __slots__ = (
        "banned", "choices", "given", "least", "most", "name", "option", "parameter", "values", "when", "words",
    )  # fmt: skip  # one slot a line would be a page of nothing

    def __init__(self, row: "Mapping[str, object]") -> None:
        self.name = _text(row, "name")
        banned = _texts(row, "banned")
        self.banned = BannedWords(banned) if banned else None
        self.option = _text(row, "option")
        if self.option and not _is_option(self.option):
            raise ValueError(f"`{self.option}` cannot be the name of an option")
        self.parameter = _parameter(_text(row, "parameter"))
        self.choices = _values(self.parameter, _texts(row, "choices"))
        self.least = _number(row, "least")
        self.most = _number(row, "most")
        self.given = _text(row, "given")
        self.when = _parameter(_text(row, "when"))
        self.values = _values(self.when, _texts(row, "values"))
        if self.parameter and not (self.choices or self.given or self.least is not None or self.most is not None):  # fmt: skip  # one condition
            raise ValueError("says nothing of the parameter: `choices`, `least`, `most` or `given`")
        if (self.when and not self.parameter) or (self.values and not self.when):
            raise ValueError("`when` is for a rule about a parameter, `values` are those of `when`")
        self.words = Said(_text(row, "help") or _plain(row), _text(row, "zh") or _plain(row))

    def check(self, job: "Job", text: str, span: tuple[int, int], findings: "Findings") -> None:
        """Report where a job breaks the rule; `span` is where its text stands, without parameters."""
        if self.banned is not None:
            for start, end, _ in self.banned.find(text, *span):
                self._report(findings, (start, end))
                return
        if not self.parameter:
            return
        named = {one.name: one for one in reversed(job.settings) if not one.faulty}
        if self.when and not self._counts(named.get(self.when)):
            return
        one = named.get(self.parameter)
        if one is None:
            if self.given == NEEDED and all(other.name != self.parameter for other in job.settings):
                self._report(findings, span)
        elif self.given == FORBIDDEN or not self._accepts(one.value):
            self._report(findings, one.span)

    def _counts(self, other: "Setting | None") -> bool:
        return other is not None and (not self.values or other.value in self.values)

    def _accepts(self, value: object) -> bool:
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.least is None or value >= self.least) and (
                self.most is None or value <= self.most
            )
        return True

    def _report(self, findings: "Findings", span: tuple[int, int]) -> None:
        findings.add(CODE, *span, {"rule": self.name, "words": self.words})


def read_rule(row: "Mapping[str, object]") -> HouseRule:
    """Read a row; ValueError and TypeError say what is wrong with it."""
    return HouseRule(row)


def read_rules_of_house(rows: "Iterable[str]") -> tuple[HouseRule, ...]:
    """Read rows as they travel."""
    return tuple(HouseRule(json.loads(one)) for one in rows)


def _is_option(name: str) -> bool:
    plain = name.isascii() and name.isidentifier() and not name.startswith("_")
    return plain and load_parameters().find(name) is None


def _plain(row: "Mapping[str, object]") -> str:
    """Return what a rule says that has no words of its own: its data."""
    rest = {key: value for key, value in row.items() if key not in ("name", "help", "zh")}
    return ", ".join(f"{key} {_shown(value)}" for key, value in rest.items())


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return number_text(value) if isinstance(value, int | float) else str(value)


def _text(row: "Mapping[str, object]", name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"`{name}` is a text")
    return value


def _texts(row: "Mapping[str, object]", name: str) -> list[str]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(
        isinstance(one, str) and one.strip() for one in value
    ):
        raise TypeError(f"`{name}` is a list of texts")
    return value


def _number(row: "Mapping[str, object]", name: str) -> float | None:
    value = row.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise TypeError(f"`{name}` is a number")


def _parameter(name: str) -> str:
    """Return the canonical name of a parameter; ValueError where there is none."""
    if not name:
        return ""
    row = load_parameters().find(name)
    if row is None:
        raise ValueError(f"Midjourney has no parameter `{name}`")
    return row.name


def _values(parameter: str, texts: list[str]) -> "tuple[Value, ...]":
    row = load_parameters().find(parameter) if parameter else None
    found = []
    for text in texts:
        value = row.check_value(text) if row is not None else text
        if isinstance(value, Problem):
            problem = f"`--{parameter}` takes no `{text}`"
            raise ValueError(problem)  # noqa: TRY004  # the text is of the right type
        found.append(value)
    return tuple(found)
