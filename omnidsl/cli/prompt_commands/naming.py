"""What people are told a category is called, in the language that they read."""

from typing import TYPE_CHECKING

from omnidsl.language.catalogue import preferred_language

if TYPE_CHECKING:
    from omnidsl.prompts import Vocabulary


def category_name(name: str, vocabulary: "Vocabulary") -> str:
    """Return a category's first Chinese name where Chinese is read and it has one, else its English one."""
    found = vocabulary.category(name)
    if preferred_language() == "zh" and found is not None and found.simplified:
        return found.simplified[0]
    return name
