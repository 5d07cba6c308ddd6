"""`omni vocab`: the words that a prompt's categories know, in English and Chinese."""

import argparse
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase, preferred_language

if TYPE_CHECKING:
    from omnidsl.prompts import Category, Term

FORMAT_VERSION = "1.0"
"""Of the JSON form; the second number grows when something is added, the first when anything else changes."""

_WIDE, _NARROWEST, _NARROWEST_CELL = 160, 30, 2
"""Columns of the terminal: without a window, at least for five cells with blanks between them, for one Chinese character."""

_COLUMNS = ("term", "abbreviation", "simplified", "traditional", "aliases")


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-vocab")
    parser = subparsers.add_parser("vocab", help=words, description=words)
    parser.add_argument("category", nargs="?", metavar="CATEGORY", help=phrase("vocab-category"))
    parser.add_argument("--json", action="store_true", help=phrase("vocab-json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one category or all of them; return 0. Raises `UnknownName` for a category that there is not."""
    from omnidsl.prompts import UnknownName, load_vocabulary

    vocabulary = load_vocabulary()
    chosen = vocabulary.categories
    if arguments.category is not None:
        category = vocabulary.category(arguments.category)
        if category is None:
            raise UnknownName("category", arguments.category, [one.name for one in chosen])
        chosen = (category,)
    if arguments.json:
        _print_json(chosen)
    else:
        _print_tables(chosen)
    return 0


def _also(term: "Term") -> list[str]:
    """Return the names that are worth showing beside the columns of their own."""
    shown = {term.english, term.abbreviation, term.simplified, term.traditional, term.label}
    return [name for name in term.all_names() if name not in shown]


def _print_json(categories: "tuple[Category, ...]") -> None:
    import json

    shown = [
        {
            "name": category.name,
            "names": category.names(),
            "terms": [
                {
                    "term": term.english,
                    "abbreviation": term.abbreviation or None,
                    "simplified": term.simplified,
                    "traditional": term.traditional,
                    "label": term.label,
                    "aliases": _also(term),
                }
                for term in category.terms
            ],
        }
        for category in categories
    ]
    print(json.dumps({"format_version": FORMAT_VERSION, "categories": shown}, indent=2))


def _print_tables(categories: "tuple[Category, ...]") -> None:
    """Print one table a category; wide enough for its words where nobody's window limits it, else with words folded."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=False)
    console.width = max(_NARROWEST, console.width if console.is_terminal else _WIDE)
    for category in categories:
        title = category.name if preferred_language() == "en" else " / ".join(category.simplified)
        other = " / ".join(category.simplified) if preferred_language() == "en" else category.name
        table = Table(
            title=Text(f"{title} · {other}"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False
        )
        for column in _COLUMNS:
            table.add_column(phrase(f"vocab-{column}"), overflow="fold", min_width=_NARROWEST_CELL)
        for term in category.terms:
            cells = (
                term.english,
                term.abbreviation,
                term.simplified,
                term.traditional,
                ", ".join(_also(term)),
            )
            table.add_row(*(Text(cell) for cell in cells))
        console.print(table)
