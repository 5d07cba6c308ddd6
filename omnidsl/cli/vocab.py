"""`omni vocab`: the words that a prompt's categories know, in English and Chinese, and those that a search finds."""

import argparse
import sys
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase, preferred_language

if TYPE_CHECKING:
    from omnidsl.prompts import Category, Term, Vocabulary

FORMAT_VERSION = "1.0"
"""Of the JSON form; the second number grows when something is added, the first when anything else changes."""

_WIDE, _NARROWEST = 160, 30
"""Columns of the tables: where nobody's window limits them, and at least."""

_LONGEST = 60
"""Characters of what somebody looked for, as it is shown to them."""

_COLUMNS = ("term", "abbreviation", "simplified", "traditional", "aliases")


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-vocab")
    parser = subparsers.add_parser("vocab", help=words, description=words)
    parser.add_argument("words", nargs="*", metavar="WORDS", help=phrase("vocab-words"))
    parser.add_argument("--json", action="store_true", help=phrase("vocab-json"))
    parser.add_argument("--isolated", action="store_true", help=phrase("help-isolated"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print everything, or what a search finds; return 0, or 2 where it finds nothing or settings are wrong."""
    vocabulary = _vocabulary(isolated=arguments.isolated)
    words = " ".join(arguments.words).strip()
    chosen = _found(vocabulary, words) if words else list(vocabulary.categories)
    if not chosen:
        _complain(phrase("vocab-nothing"), words)
        print(f"{phrase('help')}: {phrase('vocab-all')}", file=sys.stderr)
        return 2
    if arguments.json:
        _print_json(chosen)
    else:
        _print_tables(chosen)
    return 0


def _vocabulary(*, isolated: bool) -> "Vocabulary":
    """Return the terms that hold in this folder: ours, the project's, those of plugins."""
    from omnidsl.cli import finding
    from omnidsl.cli.plugging import catalogue
    from omnidsl.cli.projects import Projects

    projects = Projects(isolated=isolated)
    settings = projects.of_folder(".")
    house = catalogue(settings).house(settings.rules)
    faults = projects.take_faults()
    finding.show(faults, to_stderr=True)
    if finding.status(faults):
        raise SystemExit(finding.USAGE)
    return house.rules.vocabulary


def _found(vocabulary: "Vocabulary", words: str) -> "list[Category]":
    """Search; what only resembles the words is announced on stderr."""
    from omnidsl.prompts.term_search import search, similar

    found = search(vocabulary, words)
    if found:
        return found
    found = similar(vocabulary, words)
    if found:
        sys.stderr.write(f"{phrase('vocab-similar').format(words=_shown(words))}\n")
    return found


def _complain(message: str, words: str) -> None:
    told = message.format(words=_shown(words))
    sys.stderr.write(f"omni: {phrase('error')}: {told}\n")


def _shown(words: str) -> str:
    from omnidsl.reporting.terminal import printable

    return printable(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…")


def _also(term: "Term") -> list[str]:
    """Return the names that are worth showing beside the columns of their own."""
    shown = {term.english, term.abbreviation, term.simplified, term.traditional, term.label}
    return [name for name in term.all_names() if name not in shown]


def _cells(term: "Term") -> tuple[str, ...]:
    return (
        term.english,
        term.abbreviation,
        term.simplified,
        term.traditional,
        ", ".join(_also(term)),
    )


def _print_json(categories: "list[Category]") -> None:
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


def _print_tables(categories: "list[Category]") -> None:
    """Print one table a category; wide enough for its words where nobody's window limits it, else with words folded."""
    from omnidsl.reporting.tables import table, window
    from omnidsl.reporting.wrapping import wrap

    width = window(without=_WIDE, least=_NARROWEST)
    heads = [phrase(f"vocab-{column}") for column in _COLUMNS]
    for category in categories:
        chinese = " / ".join(category.simplified)
        names = (
            [category.name, chinese] if preferred_language() == "en" else [chinese, category.name]
        )
        rows = [_cells(term) for term in category.terms]
        title = " · ".join(filter(None, names))
        print("\n".join([*wrap(title, width), "", *table(heads, rows, width), ""]))
