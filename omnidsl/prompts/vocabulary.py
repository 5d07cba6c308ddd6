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
    if min(name) >= "\u4e00" and max(name) <= "\u9fff":
        return name  # Chinese words alone have no case, no width and no space
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


_folded_before = lru_cache(maxsize=4096)(_folded)


class Term:
    """One term: `english` is what a prompt emits, the other names are understood.

    `upstream` is a misspelling that front ends send; `loose` names are everyday words, understood only behind the name
    of their category. `excludes` names terms, of this category or of any, that say the contrary.
    """

    __slots__ = (
        "abbreviation",
        "aliases",
        "category",
        "english",
        "excludes",
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
        excludes: Iterable[str] = (),
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
        self.excludes = tuple(excludes)

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

    def is_same(self, other: "Term") -> bool:
        """Say whether another term of this category is emitted the same way."""
        return self.category == other.category and folded(self.english) == folded(other.english)

    def joined(self, other: "Term") -> "Term":
        """Return this term with the names of another one beside its own; where there is room for one, its own stays."""
        named = Term(
            self.category,
            self.english,
            abbreviation=self.abbreviation or other.abbreviation,
            upstream=self.upstream or other.upstream,
            simplified=self.simplified or other.simplified,
            traditional=self.traditional or other.traditional,
            label=self.label,
            excludes=dict.fromkeys((*self.excludes, *other.excludes)),
        )
        known = named.names()
        aliases = dict.fromkeys((*self.aliases, *other.names()))
        named.aliases = tuple(one for one in aliases if one not in known)
        named.loose = tuple(dict.fromkeys((*self.loose, other.label, *other.loose)))
        return named

    def verbatim(self) -> "Term":
        """Return the term that emits what front ends send, error included; itself where they make none."""
        if not self.upstream:
            return self
        return Term(
            self.category,
            self.upstream,
            abbreviation=self.abbreviation,
            simplified=self.simplified,
            traditional=self.traditional,
            label=self.label,
            aliases=(self.english, *self.aliases),
            loose=self.loose,
            excludes=self.excludes,
        )


class Category:
    """A category: its English name, its Chinese names, its terms in order."""

    __slots__ = ("_by_name", "aliases", "label", "name", "simplified", "terms", "traditional")

    def __init__(
        self,
        name: str,
        terms: Iterable[Term] = (),
        *,
        simplified: Iterable[str] = (),
        traditional: Iterable[str] = (),
        label: str = "",
        aliases: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.terms = tuple(terms)
        self.simplified = tuple(simplified)
        self.traditional = tuple(traditional)
        self.label = label or name
        self.aliases = tuple(aliases)
        self._by_name: dict[str, Term] | None = None

    def __repr__(self) -> str:
        return f"Category({self.name!r}, {len(self.terms)} terms)"

    def with_terms(self, terms: Iterable[Term]) -> "Category":
        """Return a category of the same names with other terms."""
        return Category(
            self.name,
            terms,
            simplified=self.simplified,
            traditional=self.traditional,
            label=self.label,
            aliases=self.aliases,
        )

    def names(self) -> list[str]:
        """Return every name of the category itself."""
        return list(dict.fromkeys((self.name, *self.simplified, *self.traditional, *self.aliases)))

    def lookup(self, name: str) -> Term | None:
        """Return a term by any of its names, ignoring case and spaces; of two that share one, the first."""
        if self._by_name is None:  # most runs ask few categories
            self._by_name = {}
            for term in self.terms:
                for one in term.all_names():
                    self._by_name.setdefault(folded(one), term)
        return self._by_name.get(folded(name))

    def nearest(self, name: str) -> list[str]:
        """Return at most three names of terms that begin with what somebody typed, or are near to it."""
        spelt: dict[str, str] = {}
        for term in self.terms:
            for one in term.all_names():
                spelt.setdefault(folded(one), one)  # `Sun light`, and not `Sun Light` too
        names = list(spelt.values())
        begun = folded(name)
        longer = [one for one in names if begun and folded(one).startswith(begun)]
        return list(dict.fromkeys([*longer, *nearest(name, names)]))[:MOST_SUGGESTIONS]


class Vocabulary:
    """Categories in the order in which their terms are emitted."""

    __slots__ = ("_by_name", "_by_term", "_longest", "_opposites", "categories")

    def __init__(self, categories: Iterable[Category]) -> None:
        self.categories = tuple(categories)
        self._by_name: dict[str, Category] = {}
        self._by_term: dict[str, Term] | None = None
        self._longest = 0
        self._opposites: dict[Term, frozenset[Term]] | None = None
        for category in self.categories:
            for name in category.names():
                self._by_name.setdefault(folded(name), category)

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
        if self._by_term is None:
            self._by_term = self._terms_by_name()
            self._longest = max(map(len, self._by_term), default=0)
        found = self._by_term.get(term)
        if (
            found is None
            and not (
                len(term) > self._longest
                and term.isascii()
                and term.isprintable()
                and len(term) - term.count(" ") > self._longest
            )
        ):  # what is longer without its blanks, the text itself most often, is none, and need not be folded
            found = self._by_term.get(folded(term))
        return found

    def _terms_by_name(self) -> dict[str, Term]:
        """Return the terms by every name, folded, and as most people write it."""
        terms = [one for category in self.categories for one in category.terms]
        found: dict[str, Term] = {}
        for one in terms:
            for name in one.names():
                found.setdefault(folded(name), one)
        for one in terms:
            for name in one.names():
                found.setdefault(name, found[folded(name)])
        return found

    def nearest(self, category: str, term: str) -> list[str]:
        """Return at most three names of terms of a category that are near to what somebody typed."""
        found = self.category(category)
        return found.nearest(term) if found else []

    def nearest_category(self, name: str) -> list[str]:
        """Return at most three names of categories that are near to what somebody typed."""
        return nearest(name, (one for category in self.categories for one in category.names()))

    @property
    def opposed(self) -> Mapping[Term, frozenset[Term]]:
        """The terms that have a contrary, each with all of them, whichever of two names the other."""
        if self._opposites is None:
            self._opposites = self._pairs()
        return self._opposites

    def _pairs(self) -> dict[Term, frozenset[Term]]:
        pairs: dict[Term, set[Term]] = {}
        for category in self.categories:
            for term in category.terms:
                for name in term.excludes:
                    other = category.lookup(name) or self.find(name)
                    if other is not None and other is not term:
                        pairs.setdefault(term, set()).add(other)
                        pairs.setdefault(other, set()).add(term)
        return {term: frozenset(others) for term, others in pairs.items()}

    def extended(self, additions: Iterable[Category]) -> "Vocabulary":
        """Return a vocabulary with more categories, and more terms in the categories that have the same name."""
        merged = {category.name: category for category in self.categories}
        for new in additions:
            old = merged.get(new.name)
            merged[new.name] = new if old is None else _joined(old, new)
        return Vocabulary(merged.values())

    def verbatim(self) -> "Vocabulary":
        """Return the vocabulary that emits what front ends send, letter by letter, their errors included."""
        return Vocabulary(
            one.with_terms([term.verbatim() for term in one.terms]) for one in self.categories
        )


def _joined(old: Category, new: Category) -> Category:
    """Return both categories' terms; one that both have has the names of both."""
    terms: dict[str, Term] = {}
    for term in (*old.terms, *new.terms):
        key = folded(term.english)
        terms[key] = terms[key].joined(term) if key in terms else term
    return Category(
        old.name,
        terms.values(),
        simplified=dict.fromkeys((*old.simplified, *new.simplified)),
        traditional=dict.fromkeys((*old.traditional, *new.traditional)),
        label=old.label,
        aliases=dict.fromkeys((*old.aliases, *new.aliases)),
    )


def read_table(text: str) -> list[dict[str, str]]:
    """Return the rows of a tab-separated table with a header row; lines that begin with `#` are comments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


def term_from(category: str, row: Mapping[str, str]) -> Term:
    """Return a term from a row of a table; only the column `english` must be there."""
    return Term(
        category,
        row["english"],
        abbreviation=row.get("abbreviation", ""),
        upstream=row.get("upstream", ""),
        simplified=row.get("simplified", ""),
        traditional=row.get("traditional", ""),
        label=row.get("label", ""),
        aliases=listed(row.get("aliases", "")),
        loose=listed(row.get("loose", "")),
        excludes=listed(row.get("excludes", "")),
    )


def listed(cell: str) -> list[str]:
    """Return the items of a cell that `;` parts; without the empty ones."""
    return [item for part in cell.split(";") if (item := part.strip())] if cell else []


def _read(row: Mapping[str, str]) -> Category:
    name = row["name"]
    return Category(
        name,
        [term_from(name, one) for one in read_table((_FOLDER / f"{name}.tsv").read_text("utf-8"))],
        simplified=listed(row["simplified"]),
        traditional=listed(row["traditional"]),
        label=row["label"],
        aliases=listed(row["aliases"]),
    )


@cache
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary that comes with the package."""
    return Vocabulary(
        _read(row) for row in read_table((_FOLDER / "categories.tsv").read_text("utf-8"))
    )
