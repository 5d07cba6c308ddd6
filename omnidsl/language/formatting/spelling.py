"""How a word is spelled: one colon behind a category, one kind of comma between its terms."""

import re

from omnidsl.language.line_names import LINES

COMMAS = ",，、"
"""What parts the terms of a line."""

_MARKS = re.compile(r"(?P<value>\$\{[^{}\"\n]*\})|(?P<sign>[{},，、])")
_BRACES = re.compile(r"\\.|(?P<brace>[{}])")
_DEEPEST_GROUP = 6
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
    spelled = ", ".join(term for term in terms if term)
    if len(terms) == 1 or not spelled or _READ_ANEW.search(spelled):
        return written
    return spelled if terms[-1] else f"{spelled},"


def cut_terms(written: str) -> list[str]:
    """Return what stands between the commas of a line that part its terms, without blanks around it."""
    if ("," not in written and "，" not in written and "、" not in written) or "\\$" in written:
        return [written]
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
        return [written]
    terms.append(written[start:].strip())
    return terms


def ends_in_brace(written: str) -> bool:
    """Say whether a text ends in a `}` that no `{` of it opens: last on its line it would close the block."""
    if not written.endswith("}"):
        return False
    depth, closes = 0, False
    for mark in _BRACES.finditer(written):
        if mark["brace"]:
            closes = mark["brace"] == "}" and depth == 0
            depth = depth + 1 if mark["brace"] == "{" else max(depth - 1, 0)
            if depth > _DEEPEST_GROUP:
                return True
    return closes


def ends_in_number_sign(written: str) -> bool:
    """Say whether a text ends in a `#` of its own: it is text only because the `}` of its block is glued to it."""
    return written == "#" or (written[-1:] == "#" and written[-2].isspace())
