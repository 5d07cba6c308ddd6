"""The words of progress and summary, from `progress.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from omnidsl.language.catalogue import preferred_language
from omnidsl.reporting.terminal import printable


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "progress.toml").read_text("utf-8"))


class Words:
    """Phrases in one language (`en` or `zh`; None: the reader's), whatever fills them made harmless for a terminal."""

    def __init__(self, language: str | None = None) -> None:
        self.language = language or preferred_language()

    def __call__(self, key: str, **values: object) -> str:
        """Return a phrase; KeyError for one that the data lacks (a defect, held by a test)."""
        harmless = {name: printable(str(value)) for name, value in values.items()}
        return _phrases()[key][self.language].format_map(harmless)
