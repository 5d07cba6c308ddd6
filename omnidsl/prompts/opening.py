"""How a prompt opens: its images, and the terms of the vocabulary in front of its text."""

from omnidsl.prompts.division import Parts
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.vocabulary import Term, Vocabulary

_COMMAS = ",，、"
_DASHES = ("-", "—")
LONGEST_TERM = 80
"""Characters; what is longer between two commas is no term."""


Mention = tuple[Term, int, int]
"""A term of the vocabulary, and where the stretch of the prompt that names it starts and ends."""


def read_opening(text: str, parts: Parts, vocabulary: Vocabulary) -> tuple[list[Mention], int, int]:
    """Return the leading terms, and where the text behind them begins and ends, without commas at either end."""
    start, end = _without_commas(text, parts.text_start, parts.text_end)
    first_end = parts.weights[0][0] if parts.weights else end
    terms, start = _take_terms(text, start, first_end, vocabulary, open_end=not parts.weights)
    start, end = _without_commas(text, start, end)
    return terms, start, end


def image_address(text: str) -> str:
    """Return an image's address without `<…>` around it and commas behind it."""
    return text.rstrip(",，;>").removeprefix("<")


def grouped(mentions: list[Mention], vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return terms by category, in the order of the vocabulary."""
    found: dict[str, list[str]] = {}
    for term, _, _ in mentions:
        found.setdefault(term.category, []).append(term.english)
    names = [one.name for one in vocabulary.categories] if len(found) > 1 else found
    return {name: tuple(found[name]) for name in names if name in found}


def check_terms(mentions: list[Mention], vocabulary: Vocabulary, findings: Findings) -> None:
    """Tell of terms that say the contrary of one before them, each term once, against the first such one."""
    opposed = vocabulary.opposed
    seen: dict[Term, Mention] = {}
    for one in mentions:
        term, start, end = one
        if term not in opposed or term in seen:
            continue
        contrary = [seen[other] for other in opposed[term] if other in seen]
        if contrary:
            other, first, last = min(contrary, key=lambda mention: mention[1])
            values = {"term": term.english, "first": other.english}
            findings.add("OM430", start, end, values, first=(first, last))
        seen[term] = one


def _without_commas(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without commas around it, but for those that keep dashes from beginning a parameter."""
    if start < end and text[start].isalnum() and text[end - 1].isalnum():
        return start, end
    first, last = start, end
    while last > first and (text[last - 1] in _COMMAS or text[last - 1].isspace()):
        last -= 1
    while first < last and (text[first] in _COMMAS or text[first].isspace()):
        first += 1
    return (start if text[first : first + 1] in _DASHES else first), (
        end if text[last - 1 : last] == "-" else last
    )


def _take_terms(
    text: str, start: int, end: int, vocabulary: Vocabulary, *, open_end: bool
) -> tuple[list[Mention], int]:
    """Take the leading comma-separated terms of the vocabulary; return them, and where the rest begins.

    `open_end` says that the last part counts although no comma ends it.
    """
    terms: list[Mention] = []
    parts = text[start:end].replace("，", ",").replace("、", ",").split(",")
    last = len(parts) - 1
    for at, part in enumerate(parts):
        if len(part) > LONGEST_TERM or (at == last and not open_end):
            break
        name = part.strip()
        term = vocabulary.find(name) if name else None
        if term is not None:
            begin = start if part is name else start + len(part) - len(part.lstrip())
            terms.append((term, begin, begin + len(name)))
        elif name or not terms:
            break
        start += len(part) + 1
    return terms, min(start, end)
