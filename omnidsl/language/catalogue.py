"""The words of every diagnostic, in English and Simplified Chinese, read from `codes/*.toml` when first needed."""

import os
from collections.abc import Iterable, Mapping
from functools import cache

from omnidsl.language.data import read_data

LANGUAGES = ("en", "zh")


class Entry:
    """One code of the catalogue: its kebab name, its severity and its texts by language.

    `quiet` codes hold of so much that is sound that commands report them only where somebody selects them.
    """

    __slots__ = ("code", "name", "quiet", "severity", "texts")

    def __init__(self, code: str, row: Mapping[str, object]) -> None:
        self.code = code
        self.name = str(row["name"])
        self.severity = str(row["severity"])
        self.quiet = row.get("quiet") is True
        self.texts: dict[str, dict[str, str]] = {
            language: dict(row[language])  # type: ignore[call-overload]  # the form is held by a test of the data
            for language in LANGUAGES
        }

    def text(self, part: str, language: str | None = None) -> str:
        """Return one template (`message`, `label`, `help` or a note's key); empty where the code has none."""
        return self.texts[language or preferred_language()].get(part, "")


@cache
def preferred_language() -> str:
    """Return `zh` or `en`: from `OMNI_LANG`, else from the locale's variables."""
    for name in ("OMNI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def entry(code: str) -> Entry:
    """Return a code's entry; KeyError for a code that the catalogue lacks (a defect, held by a test)."""
    return _entries(f"{code[:3]}.toml")[code]


def codes() -> list[str]:
    """Return every code of the catalogue, sorted."""
    return sorted(code for file in _files() if _is_family(file) for code in _entries(file))


class Words:
    """A phrase as a value of a finding: put into words when the language is known."""

    __slots__ = ("key",)

    def __init__(self, key: str) -> None:
        self.key = key

    def __repr__(self) -> str:
        return f"Words({self.key!r})"

    def text(self, language: str | None = None) -> str:
        """Return the phrase in a language."""
        return phrase(self.key, language)


class OwnWords(Words):
    """What a plugin says itself, as a value of a finding: English, and Chinese where it has any."""

    __slots__ = ("zh",)

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.zh = zh

    def text(self, language: str | None = None) -> str:
        """Return it in a language."""
        chinese = (language or preferred_language()) == "zh"
        return self.zh if chinese and self.zh else self.key


def quoted(names: Iterable[str]) -> str | Words:
    """Return names as the value of a finding: `` `a`, `b` ``, or the word for none."""
    return ", ".join(f"`{one}`" for one in names) or Words("nothing")


def phrase(key: str, language: str | None = None) -> str:
    """Return words that no single code owns, as `did you mean …?`; KeyError for a key that the catalogue lacks."""
    for file in _files():
        if not _is_family(file) and key in _phrases(file):
            return _phrases(file)[key][language or preferred_language()]
    raise KeyError(key)


_CODES = os.path.join(os.path.dirname(__file__), "codes")  # noqa: PTH118, PTH120  # at every start
_FIRST = "reporting.toml"
"""The words that a clean check needs: where they are found first, no other file is read."""


@cache
def _files() -> list[str]:
    """Return the names of the catalogue's files: one for each family of codes (`OM3.toml`), the others hold phrases."""
    names = sorted(name for name in os.listdir(_CODES) if name.endswith(".toml"))  # noqa: PTH208  # at every start
    return [_FIRST, *(name for name in names if name != _FIRST)]


def _is_family(file: str) -> bool:
    return file.startswith("OM")


@cache
def _entries(file: str) -> dict[str, Entry]:
    return {code: Entry(code, row) for code, row in _read(file).items()}


@cache
def _phrases(file: str) -> dict[str, dict[str, str]]:
    return {key: row for rows in _read(file).values() for key, row in rows.items()}


def _read(file: str) -> dict[str, dict[str, dict[str, str]]]:
    return read_data(os.path.join(_CODES, file))  # noqa: PTH118  # at every start
