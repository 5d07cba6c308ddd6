"""Terms that plugins bring: in the declaration index as the table that a project would write of them.

They are held to what a project's own files are held to, and read the same way, without any plugin.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from omnidsl.language.source import Source
from omnidsl.plugins.errors import DeclarationError
from omnidsl.prompts.term_files import COLUMNS, LISTS, TermFile
from omnidsl.prompts.vocabulary import Category, Term, Vocabulary

HOOK = "omnidsl_vocabulary"
_SEPARATORS = frozenset("\t\r\n;")


def table(categories: object) -> str:
    """Return what a plugin's hook gave as a table; DeclarationError where it is no list of categories with terms."""
    if not isinstance(categories, list | tuple):
        raise DeclarationError(
            HOOK, f"must return a list of Category, not {type(categories).__name__}"
        )
    rows = ["\t".join(COLUMNS)]
    for one in categories:
        if not isinstance(one, Category):
            raise DeclarationError(
                HOOK, f"must return a list of Category, not of {type(one).__name__}"
            )
        rows += ["\t".join(row) for row in _rows(one)]
    return "\n".join(rows) + "\n"


def _rows(category: Category) -> Iterator[list[str]]:
    named = [_cell((one,)) for one in (category.name, *_other_names(category))]
    for term in category.terms:
        if not isinstance(term, Term):
            raise DeclarationError(
                HOOK, f"`{category.name}` holds no Term, but {type(term).__name__}"
            )
        row = [term.english, "; ".join(named)]
        for column in COLUMNS[2:]:
            given = getattr(term, column)
            row.append(_cell(given) if column in LISTS else _cell((given,)))
        row[0] = _cell((term.english,))
        if row[COLUMNS.index("label")] == row[0]:
            row[COLUMNS.index("label")] = ""
        yield row


def _other_names(category: Category) -> Iterator[str]:
    """Yield the names behind a category's own in the order that the table has them."""
    simplified, traditional = category.simplified, category.traditional
    yield from simplified[:1]
    yield from traditional[:1] if simplified else ()
    yield from (
        *simplified[1:],
        *(traditional[1:] if simplified else traditional),
        *category.aliases,
    )


def _cell(names: Iterable[object]) -> str:
    for name in names:
        if not isinstance(name, str) or _SEPARATORS & set(name):
            raise DeclarationError(HOOK, f"{name!r} cannot be a name")
    return "; ".join(map(str, names))


def read_table(text: str, known: Vocabulary) -> TermFile:
    """Read what `table` made, on top of what is known already."""
    return TermFile(Source(text, "<plugin>"), known)


@lru_cache(maxsize=16)
def extended(known: Vocabulary, tables: tuple[str, ...]) -> Vocabulary:
    """Return a vocabulary with the terms of plugins; where a name is taken, as by a project's own file, it stays so."""
    for text in tables:
        categories = read_table(text, known).categories
        if categories:
            known = known.extended(categories)
    return known
