"""The words of every diagnostic, in English and Simplified Chinese, read from `codes/*.toml` when first needed."""

import os
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")


class Entry:
    """One code of the catalogue: its kebab name, its severity and its texts by language."""

    __slots__ = ("code", "name", "severity", "texts")

    def __init__(self, code: str, row: dict[str, object]) -> None:
        self.code = code
        self.name = str(row["name"])
        self.severity = str(row["severity"])
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


@cache
def _files() -> tuple[dict[str, Entry], dict[str, dict[str, str]]]:
    import tomllib  # eight milliseconds that a clean recipe does not pay

    entries: dict[str, Entry] = {}
    phrases: dict[str, dict[str, str]] = {}
    for file in sorted((Path(__file__).parent / "codes").glob("*.toml")):
        for key, row in tomllib.loads(file.read_text("utf-8")).items():
            if key == "phrases":
                phrases.update(row)
            else:
                entries[key] = Entry(key, row)
    return entries, phrases


def entry(code: str) -> Entry:
    """Return a code's entry; KeyError for a code that the catalogue lacks (a defect, held by a test)."""
    return _files()[0][code]


def codes() -> list[str]:
    """Return every code of the catalogue, sorted."""
    return sorted(_files()[0])


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


def phrase(key: str, language: str | None = None) -> str:
    """Return words that no single code owns, as `did you mean …?`."""
    return _files()[1][key][language or preferred_language()]
