"""Terms that somebody looks for by a part of any of their names, in either language."""

from unicodedata import normalize

from omnidsl.language.suggestions import nearest
from omnidsl.prompts.vocabulary import Category, Vocabulary, folded

_SHORTEST = 3
"""Characters."""


def search(vocabulary: Vocabulary, words: str) -> list[Category]:
    """Return the category of that name; else, by category, the terms that have the words in a name. Exact names come first."""
    wanted, part = folded(words), _spaced(words)
    named = vocabulary.category(words)
    if named is not None:
        return [named]
    if not wanted:
        return []
    found = []
    for category in vocabulary.categories:
        exact, within = [], []
        for term in category.terms:
            names = term.all_names()
            if wanted in map(folded, names):
                exact.append(term)
            elif any(part in _spaced(one) for one in names):
                within.append(term)
        if exact or within:
            found.append(category.with_terms([*exact, *within]))
    return found


def _spaced(name: str) -> str:
    """Fold case and width, and keep the blanks between words: `calm` is no part of `magical mood`."""
    return " ".join(normalize("NFKC", name).casefold().split())


def similar(vocabulary: Vocabulary, words: str) -> list[Category]:
    """Return the categories and terms with the names, at most three, that are near to misspelt words.

    Two characters are near to nothing: with one of them changed a Chinese word is another word.
    """
    if len(folded(words)) < _SHORTEST:
        return []
    spelt: dict[str, str] = {}
    for category in vocabulary.categories:
        for name in (
            *category.names(),
            *(name for one in category.terms for name in one.all_names()),
        ):
            spelt.setdefault(folded(name), name)
    near = {folded(one) for one in nearest(words, spelt.values())}
    found = []
    for category in vocabulary.categories:
        if near & set(map(folded, category.names())):
            found.append(category)
            continue
        terms = [one for one in category.terms if near & set(map(folded, one.all_names()))]
        if terms:
            found.append(category.with_terms(terms))
    return found
