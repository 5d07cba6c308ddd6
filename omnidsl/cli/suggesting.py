"""Did-you-means for what is typed on a command line."""

from collections.abc import Iterable

from omnidsl.language.catalogue import phrase
from omnidsl.language.suggestions import nearest

LONGEST = 80
"""Characters; nobody mistypes a longer name, and comparing costs their square."""


def did_you_mean(typed: str, known: Iterable[str]) -> list[str]:
    """Return one line that names the nearest known names, or none."""
    names = nearest(typed, known) if len(typed) <= LONGEST else []
    if not names:
        return []
    listed = phrase("or").join(f"`{one}`" for one in names)
    return [f"{phrase('help')}: {phrase('did-you-mean').format(names=listed)}"]
