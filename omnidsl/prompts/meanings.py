"""What parameters do, in one line for people, read from `data/meanings.toml`."""

from functools import cache
from pathlib import Path

from omnidsl.language.catalogue import preferred_language
from omnidsl.language.data import read_data


def meaning(name: str, language: str | None = None) -> str:
    """Return what a parameter, by its long name, does; empty for one that the data lack (a defect, held by a test)."""
    return _meanings().get(name, {}).get(language or preferred_language(), "")


@cache
def _meanings() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = read_data(Path(__file__).parent / "data" / "meanings.toml")
    return found
