"""The words that a project bans: written in the settings, or one a line in files of the project that end in `.txt`."""

from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.boundary import inside
from omnidsl.language.catalogue import Words
from omnidsl.prompts.banned import LONGEST_WORD, OURS

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST = 1_000_000
"""Characters; a larger file is no list of words."""

MOST_WORDS = 20_000


class NoWordsError(ValueError):
    """Raised for an item that gives no words; `problem` says why."""

    def __init__(self, item: str, problem: "Words | str") -> None:
        super().__init__(item)
        self.item = item
        self.problem = problem


def read_banned_words(folder: Path, items: "Iterable[str]") -> list[str]:
    """Return all words once each, in their order; `default` stays as it is. Raises NoWordsError."""
    words: dict[str, None] = {}
    for item in items:
        for word in _listed(folder, item) if item.lower().endswith(".txt") else [item]:
            if word != OURS and not (
                len(word) <= LONGEST_WORD and any(sign.isalnum() for sign in word)
            ):
                raise NoWordsError(item, Words("banned-no-word"))
            words[word] = None
    if len(words) > MOST_WORDS:
        raise NoWordsError(item, Words("banned-too-many"))
    return list(words)


def _listed(folder: Path, item: str) -> list[str]:
    path = folder / item
    if "\0" in item or not inside(path, folder):
        raise NoWordsError(item, Words("banned-outside"))
    if path.exists() and not path.is_file():
        raise NoWordsError(item, Words("no-regular-file"))
    try:
        with path.open(encoding="utf-8-sig") as stream:
            text = stream.read(LARGEST + 1)
    except OSError as error:
        raise NoWordsError(item, error.strerror or type(error).__name__) from None
    except UnicodeDecodeError:
        raise NoWordsError(item, Words("not-utf8")) from None
    if len(text) > LARGEST:
        raise NoWordsError(item, Words("too-many-characters"))
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
