"""The words of failures and notices, in English and Simplified Chinese, from `data/*.toml`."""

import shlex
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

from omnidsl.plugins.media import JSON

_LONGEST = 600
"""Characters of a gateway's own words that a message repeats."""


Way = Literal["resume", "retry", "change", "nothing"]
"""What brings a failed step on; see `data/failures.toml`."""


class _Row(TypedDict, total=False):
    en: Mapping[str, str]
    zh: Mapping[str, str]
    way: Way
    do: list[str]


@cache
def _tables() -> Mapping[str, _Row]:
    folder = Path(__file__).parent / "data"
    tables: dict[str, _Row] = {}
    for name in ("failures.toml", "notices.toml", "findings.toml"):
        tables.update(tomllib.loads((folder / name).read_text("utf-8")))
    return tables


class _Lenient(string.Formatter):
    """A formatter that leaves out what it was not given: words about a failure must not fail themselves.

    `{name!q}` is quoted for a shell.
    """

    def get_value(self, key: int | str, args: object, kwargs: object) -> object:
        """Return the named value, or an empty text."""
        del args
        return kwargs.get(key, "") if isinstance(kwargs, Mapping) else ""

    def convert_field(self, value: object, conversion: str | None) -> object:
        """Return a value as its conversion asks."""
        return shlex.quote(str(value)) if conversion == "q" else value


def reasons() -> list[str]:
    """Return every reason that has words of its own."""
    return sorted(_tables())


def words(
    reason: str, values: Mapping[str, JSON], *, part: str = "message", language: str = "en"
) -> str:
    """Return one text about a reason: `part` is `message` or `help`, `language` `en` or `zh`."""
    row = _row(reason)
    template = (row["zh"] if language == "zh" else row["en"]).get(part, "")
    short = {key: _shorten(value) for key, value in values.items()}
    return _Lenient().vformat(template, (), short)


def commands(reason: str, values: Mapping[str, JSON]) -> list[str]:
    """Return what to type about a reason, ready for a shell; nothing where no command helps."""
    quoted = {key: shlex.quote(str(value)) for key, value in values.items()}
    return [_Lenient().vformat(one, (), quoted) for one in _row(reason).get("do", [])]


def way(reason: str) -> Way:
    """Return what brings a step on that failed for a reason."""
    return _row(reason).get("way", "resume")


def _row(reason: str) -> _Row:
    tables = _tables()
    return tables.get(reason, tables["other"])


def _shorten(value: JSON) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
