"""Names for prompts that have none: made of what they say, so that people find them again."""

import re
from collections.abc import Iterable

from omnidsl.language.keywords import KEYWORDS
from omnidsl.prompts.model import Prompt

_WORD = re.compile(r"\w+")
_LONGEST = 32
_MOST_WORDS = 4
_ANY, _NOTHING = "prompt", "untitled"


class Names:
    """Gives every prompt a name of its own that is none of `taken`, ignoring case."""

    __slots__ = ("_last", "_reserved", "_taken")

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._reserved = {*KEYWORDS, *(one.casefold() for one in taken)}
        self._taken = set(self._reserved)
        self._last: dict[str, int] = {}

    def give(self, prompt: Prompt) -> str:
        """Return a name made of the first words of a prompt's text, or of its terms."""
        spoken = " ".join(one.text for one in prompt.segments)
        if not _WORD.search(spoken):
            spoken = " ".join(term for terms in prompt.vocabulary.values() for term in terms)
        return self._free(_identifier(spoken))

    def _free(self, name: str) -> str:
        if name.casefold() in self._reserved:
            name = f"{name}_{_ANY}"
        if name.casefold() not in self._taken:
            self._taken.add(name.casefold())
            return name
        number = self._last.get(name, 1)
        while True:
            number += 1
            numbered = f"{name}_{number}"
            if numbered.casefold() not in self._taken:
                self._taken.add(numbered.casefold())
                self._last[name] = number
                return numbered


def _identifier(text: str) -> str:
    """Return words as one identifier in lower case; Chinese stays as it is."""
    name = ""
    for count, word in enumerate(_WORD.findall(text[:400].lower())):
        longer = f"{name}_{word}" if name else word
        if count == _MOST_WORDS or (name and len(longer) > _LONGEST):
            break
        name = longer
    name = name[:_LONGEST].strip("_")
    if name and not name.isidentifier():
        name = f"{_ANY}_{name}"
    return name if name.isidentifier() else _NOTHING
