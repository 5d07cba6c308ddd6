"""Runs of rendered text: what was put together, and where each part of it comes from."""

from omnidsl.language.source import Source, Span

COMMAS = ",，、"
"""What parts terms in a recipe's line."""


class Run:
    """A run of rendered text: where it comes from, and what it is.

    `exact` says that its characters stand so in the source; `typed` that they count as typed there, though a value
    holds them; `open` that a value is missing.
    """

    __slots__ = ("exact", "open", "source", "span", "text", "typed")

    def __init__(
        self,
        text: str,
        source: Source | None,
        span: Span | None,
        *,
        exact: bool,
        open_: bool = False,
        typed: bool = False,
    ) -> None:
        self.text = text
        self.source = source
        self.span = span
        self.exact = exact
        self.open = open_
        self.typed = typed or exact


def depth(text: str) -> int:
    """Return how many groups a literal text leaves open."""
    if "{" not in text and "}" not in text:
        return 0
    plain = text.replace("\\{", "").replace("\\}", "")
    return plain.count("{") - plain.count("}")


def spaced(groups: list[list[Run]], between: str) -> list[Run]:
    """Join groups of runs, leaving out empty ones."""
    runs: list[Run] = []
    for group in groups:
        if group:
            if runs:
                runs.append(Run(between, None, None, exact=False))
            runs.extend(group)
    return runs


def cut(runs: list[Run]) -> list[list[Run]]:
    """Cut runs at commas outside braces, trimmed; a value that was filled in as data is never cut."""
    terms: list[list[Run]] = [[]]
    depth = 0
    for run in runs:
        if not run.typed:
            terms[-1].append(run)
            continue
        begin = 0
        for at, sign in enumerate(run.text):
            depth += (sign == "{") - (sign == "}")
            if sign in COMMAS and depth <= 0:
                terms[-1].append(_part(run, begin, at))
                terms.append([])
                begin = at + 1
        terms[-1].append(_part(run, begin, len(run.text)))
    trimmed = [_trimmed([run for run in term if run.text]) for term in terms]
    return [term for term in trimmed if term]


def _part(run: Run, begin: int, end: int) -> Run:
    if not run.exact:
        return Run(run.text[begin:end], run.source, run.span, exact=False, typed=True)
    span = Span(run.span.start + begin, run.span.start + end) if run.span else None
    return Run(run.text[begin:end], run.source, span, exact=True)


def _trimmed(term: list[Run]) -> list[Run]:
    if term and term[0].typed:
        first = term[0]
        lead = len(first.text) - len(first.text.lstrip())
        term[0] = _part(first, lead, len(first.text))
    if term and term[-1].typed:
        last = term[-1]
        term[-1] = _part(last, 0, len(last.text.rstrip()))
    return [run for run in term if run.text]
