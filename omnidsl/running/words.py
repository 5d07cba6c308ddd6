"""The words of failures and notices, in English and Simplified Chinese, from `data/*.toml`."""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from omnidsl.plugins.media import JSON

_LONGEST = 600
"""Characters of a gateway's own words that a message repeats."""


@cache
def _tables() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    folder = Path(__file__).parent / "data"
    tables: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for name in ("failures.toml", "notices.toml"):
        tables.update(tomllib.loads((folder / name).read_text("utf-8")))
    return tables


class _Lenient(string.Formatter):
    """A formatter that leaves out what it was not given: words about a failure must not fail themselves."""

    def get_value(self, key: int | str, args: object, kwargs: object) -> object:
        """Return the named value, or an empty text."""
        del args
        return kwargs.get(key, "") if isinstance(kwargs, Mapping) else ""


def reasons() -> list[str]:
    """Return every reason that has words of its own."""
    return sorted(_tables())


def words(
    reason: str, values: Mapping[str, JSON], *, part: str = "message", language: str = "en"
) -> str:
    """Return one text about a reason: `part` is `message` or `help`, `language` `en` or `zh`."""
    tables = _tables()
    template = tables.get(reason, tables["other"])[language].get(part, "")
    short = {key: _shorten(value) for key, value in values.items()}
    return _Lenient().vformat(template, (), short)


def _shorten(value: JSON) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
