"""The vocabulary: categories of terms, in English and in both Chinese scripts, read from `data/vocabulary/`.

A `Vocabulary` is a value made from rows, so that a plugin or a project's file adds to it without any global state.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from omnidsl.language.suggestions import nearest

MOST_SUGGESTIONS = 3

_FOLDER = Path(__file__).parent / "data" / "vocabulary"


def folded(name: str) -> str:
    """Return a name without what does not matter: case, white space, full-width forms."""
    return _folded_before(name) if len(name) <= _LONGEST else _folded(name)


_LONGEST = 60
"""Characters; what is longer is no name that comes again and again."""


def _folded(name: str) -> str:
    if name.isascii():
        return "".join(name.lower().split())
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


_folded_before = lru_cache(maxsize=4096)(_folded)


class Term:
    """One term: `english` is what a prompt emits, the other names are understood.

    `upstream` is a misspelling that front ends send; `loose` names are everyday words, understood only behind the name
    of their category.
    """

    __slots__ = (
        "abbreviation",
        "aliases",
        "category",
        "english",
        "label",
        "loose",
        "simplified",
        "traditional",
        "upstream",
    )

    def __init__(
        self,
        category: str,
        english: str,
        *,
        abbreviation: str = "",
        upstream: str = "",
        simplified: str = "",
        traditional: str = "",
        label: str = "",
        aliases: Iterable[str] = (),
        loose: Iterable[str] = (),
    ) -> None:
        self.category = category
        self.english = english
        self.abbreviation = abbreviation
        self.upstream = upstream
        self.simplified = simplified
        self.traditional = traditional
        self.label = label or english
        self.aliases = tuple(aliases)
        self.loose = tuple(loose)

    def __repr__(self) -> str:
        return f"Term({self.category!r}, {self.english!r})"

    def names(self) -> list[str]:
        """Return every name that means this term anywhere, the emitted one first."""
        names = (
            self.english,
            self.abbreviation,
            self.upstream,
            self.simplified,
            self.traditional,
            *self.aliases,
        )
        return [name for name in dict.fromkeys(names) if name]

    def all_names(self) -> list[str]:
        """Return every name that means this term behind the name of its category."""
        return list(dict.fromkeys((*self.names(), self.label, *self.loose)))


class Category:
    """A category: its English name, its Chinese names, its terms in order."""

    __slots__ = ("_by_name", "label", "name", "simplified", "terms", "traditional")

    def __init__(
        self,
        name: str,
        terms: Iterable[Term] = (),
        *,
        simplified: Iterable[str] = (),
        traditional: Iterable[str] = (),
        label: str = "",
    ) -> None:
        self.name = name
        self.terms = tuple(terms)
        self.simplified = tuple(simplified)
        self.traditional = tuple(traditional)
        self.label = label or name
        self._by_name: dict[str, Term] = {}
        for term in self.terms:
            for one in term.all_names():
                self._by_name.setdefault(folded(one), term)

    def __repr__(self) -> str:
        return f"Category({self.name!r}, {len(self.terms)} terms)"

    def names(self) -> list[str]:
        """Return every name of the category itself."""
        return list(dict.fromkeys((self.name, *self.simplified, *self.traditional)))

    def lookup(self, name: str) -> Term | None:
        """Return a term by any of its names, ignoring case and spaces."""
        return self._by_name.get(folded(name))

    def nearest(self, name: str) -> list[str]:
        """Return at most three names of terms that begin with what somebody typed, or are near to it."""
        names = [one for term in self.terms for one in term.all_names()]
        begun = folded(name)
        longer = [one for one in names if begun and folded(one).startswith(begun)]
        return list(dict.fromkeys([*longer, *nearest(name, names)]))[:MOST_SUGGESTIONS]


class Vocabulary:
    """Categories in the order in which their terms are emitted."""

    __slots__ = ("_by_name", "_by_term", "categories")

    def __init__(self, categories: Iterable[Category]) -> None:
        self.categories = tuple(categories)
        self._by_name: dict[str, Category] = {}
        self._by_term: dict[str, Term] = {}
        for category in self.categories:
            for name in category.names():
                self._by_name.setdefault(folded(name), category)
            for term in category.terms:
                for name in term.names():
                    self._by_term.setdefault(folded(name), term)

    def __repr__(self) -> str:
        return f"Vocabulary({[category.name for category in self.categories]})"

    def category(self, name: str) -> Category | None:
        """Return a category by its English or Chinese name, ignoring case and spaces."""
        return self._by_name.get(folded(name))

    def lookup(self, category: str, term: str) -> Term | None:
        """Return a term of a category by any of its names; None where either is unknown."""
        found = self.category(category)
        return found.lookup(term) if found else None

    def find(self, term: str) -> Term | None:
        """Return the term that a name means without its category (everyday words mean none); the first category wins."""
        return self._by_term.get(folded(term))

    def nearest(self, category: str, term: str) -> list[str]:
        """Return at most three names of terms of a category that are near to what somebody typed."""
        found = self.category(category)
        return found.nearest(term) if found else []

    def nearest_category(self, name: str) -> list[str]:
        """Return at most three names of categories that are near to what somebody typed."""
        return nearest(name, (one for category in self.categories for one in category.names()))

    def extended(self, additions: Iterable[Category]) -> "Vocabulary":
        """Return a vocabulary with more categories, and more terms in the categories that have the same name."""
        merged = {category.name: category for category in self.categories}
        for new in additions:
            old = merged.get(new.name)
            merged[new.name] = new if old is None else Category(
                old.name, (*old.terms, *new.terms),
                simplified=(*old.simplified, *new.simplified), traditional=(*old.traditional, *new.traditional), label=old.label,
            )  # fmt: skip  # the two halves of a merge read best side by side
        return Vocabulary(merged.values())


def read_table(text: str) -> list[dict[str, str]]:
    """Return the rows of a tab-separated table with a header row; lines that begin with `#` are comments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


def read_terms(category: str, text: str) -> list[Term]:
    """Return the terms of a table with the columns that `data/vocabulary/style.tsv` has."""
    return [
        Term(
            category,
            row["english"],
            abbreviation=row["abbreviation"],
            upstream=row["upstream"],
            simplified=row["simplified"],
            traditional=row["traditional"],
            label=row["label"],
            aliases=_listed(row["aliases"]),
            loose=_listed(row["loose"]),
        )
        for row in read_table(text)
    ]


def _listed(cell: str) -> list[str]:
    return [item for part in cell.split(";") if (item := part.strip())]


def _read(row: Mapping[str, str]) -> Category:
    return Category(
        row["name"],
        read_terms(row["name"], (_FOLDER / f"{row['name']}.tsv").read_text("utf-8")),
        simplified=_listed(row["simplified"]),
        traditional=_listed(row["traditional"]),
        label=row["label"],
    )


@cache
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary that comes with the package."""
    return Vocabulary(
        _read(row) for row in read_table((_FOLDER / "categories.tsv").read_text("utf-8"))
    )
