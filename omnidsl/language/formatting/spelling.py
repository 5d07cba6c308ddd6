"""How a word is spelled: one colon behind a category, one kind of comma between its terms."""

import re

from omnidsl.language.line_names import LINES

COMMAS = ",，、"
"""What parts the terms of a line."""

_MARKS = re.compile(r"(?P<value>\$\{[^{}\"\n]*\})|(?P<sign>[{},，、])")
_READ_ANEW = re.compile(r"(?:\A|, )(?:--[A-Za-z]|#(?:[ \t]|\Z))")


def spelled_category(written: str) -> str:
    """Return a category with a plain colon right behind it."""
    return written.rstrip(":： \t") + ":"


def is_text(category: str) -> bool:
    """Say whether a category's line is text, in which a comma is a sign like any other."""
    return category.rstrip(":： \t").casefold() in LINES["text"]


def spelled_terms(written: str) -> str:
    r"""Return the terms of a line with `, ` between them; as it is where a comma might be part of a term.

    Commas in braces belong to a permutation and stay. A text with `\$` is one term for the checker, and a term that
    begins like a parameter or a comment would become one behind a blank.
    """
    terms = cut_terms(written)
    if terms is None:
        return written
    spelled = ", ".join(terms)
    if not spelled or _READ_ANEW.search(spelled):
        return written
    return f"{spelled}," if written[-1] in COMMAS else spelled


def cut_terms(written: str) -> list[str] | None:
    """Return the terms of a line, without empty ones; None where its commas part nothing."""
    if "," not in written and "，" not in written and "、" not in written:
        return None
    if "\\$" in written:
        return None
    terms, start, depth, values = list[str](), 0, 0, 0
    for mark in _MARKS.finditer(written):
        if mark["value"]:
            values += 1
        elif (sign := mark["sign"]) in COMMAS:
            if depth <= 0:
                terms.append(written[start : mark.start()].strip())
                start = mark.end()
        else:
            depth += 1 if sign == "{" else -1
    if written.count("${") != values:
        return None
    terms.append(written[start:].strip())
    return [term for term in terms if term]
