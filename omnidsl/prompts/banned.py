"""Words that no prompt may hold: found in a text in time that grows with the text alone, however many there are.

A word of an alphabet is found where it stands by itself, whatever its case; several words in a row make a phrase. A word
with Chinese, Japanese or Korean signs, which no blanks part, is found anywhere.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from omnidsl.language.data import read_data
from omnidsl.language.pattern import pattern

OURS = "default"
"""What stands for the list that comes with the package."""

LONGEST_WORD = 60
"""Characters of a banned word or phrase: what is looked for at each place is no longer."""

_UNPARTED = pattern("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = pattern("[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_WITHIN = frozenset(" \t-_'’‐‑")  # signs as people type them
"""Signs that may stand between the words of a phrase, and inside a word that is torn apart."""


class BannedWords:
    """A list of banned words; `OURS` in it stands for those that come with the package."""

    __slots__ = ("_firsts", "_phrases", "_runs", "_sizes", "_widths")

    def __init__(self, words: Iterable[str]) -> None:
        self._phrases: dict[str, str] = {}
        self._runs: dict[str, str] = {}
        for word in words:
            for one in load_banned_words() if word == OURS else (word,):
                if _UNPARTED.search(one):
                    self._runs.setdefault(one.lower(), one)
                elif phrase := " ".join(_folded(found[0]) for found in _WORD.finditer(one)):
                    self._phrases.setdefault(phrase, one)
        self._sizes = sorted({phrase.count(" ") + 1 for phrase in self._phrases})
        self._firsts = {phrase.partition(" ")[0] for phrase in self._phrases}
        self._widths = sorted({len(run) for run in self._runs})

    def find(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Yield where banned words stand in `[start, end)` of a text, and how the list writes each."""
        yield from self._find_phrases(text, start, end)
        yield from self._find_runs(text, start, end)

    def _find_phrases(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        given = text[start:end]
        words = (
            _WORD.findall(given.lower())
            if given.isascii()
            else [_folded(word) for word in _WORD.findall(given)]
        )
        if self._firsts.isdisjoint(words):
            return  # nearly always
        places = [found.span() for found in _WORD.finditer(text, start, end)]
        most = len(words) - 1
        ends = list(range(len(words)))  # the last word that a phrase from here on can reach
        for at in range(most - 1, -1, -1):
            if _WITHIN.issuperset(text[places[at][1] : places[at + 1][0]]):
                ends[at] = ends[at + 1]
        for at, end_of_phrase in enumerate(ends):
            for size in self._sizes:
                last = at + size - 1
                if last > end_of_phrase:
                    break
                banned = self._phrases.get(" ".join(words[at : last + 1]))
                if banned is not None:
                    yield places[at][0], places[last][1], banned

    def _find_runs(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        if not self._runs or not _UNPARTED.search(text, start, end):
            return
        lowered = text.lower()
        if len(lowered) != len(text):
            lowered = text
        for at in range(start, end):
            for width in self._widths:
                banned = self._runs.get(lowered[at : at + width])
                if banned is not None and at + width <= end:
                    yield at, at + width, banned


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()


@cache
def load_banned_words() -> tuple[str, ...]:
    """Return the list that comes with the package: our own selection of words that Midjourney commonly refuses."""
    data = read_data(Path(__file__).parent / "data" / "banned-words.toml")
    return tuple(word for table in data.values() for word in (*table["en"], *table["zh"]))
