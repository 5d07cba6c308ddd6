"""What reading a prompt collects: diagnostics whose places are mapped back to the prompt as it was given."""

from collections.abc import Iterable, Mapping

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.source import Source, Span
from omnidsl.prompts.origin import AS_GIVEN, group_end
from omnidsl.prompts.parameters import ParameterTable

Change = tuple[int, int, str]
"""Replace the characters from the first offset to the second one by the text."""

LONGEST = 120
"""Characters of one value in a message: what stands in the prompt can be as long as the prompt."""

_MOST_SUGGESTIONS = 20
"""Suggestions for unknown names cost time; after so many different ones the reader has other worries."""


def short(text: str) -> str:
    """Return a text as a message quotes it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def shown(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a message without the end of very long texts."""
    return {name: short(one) if isinstance(one, str) else one for name, one in values.items()}


class Findings:
    """Diagnostics about one source, which `text` is (a part of).

    Places are offsets into the text that `origin` belongs to: one job, or the whole prompt.
    What several jobs share is reported once; codes that are `muted` at the moment are left out. Where a fix pins the
    prompt's version, `pins` are the ways to write those that it may pin, the chosen one first: two such fixes would
    contradict each other.
    """

    __slots__ = (
        "_group_ends",
        "_known",
        "_nearest",
        "_seen",
        "_text",
        "muted",
        "origin",
        "pins",
        "source",
    )

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self._text = text
        self.origin = AS_GIVEN
        self.muted: frozenset[str] = frozenset()
        self.pins: list[str] = []
        self._known: list[Diagnostic] = []
        self._seen: set[tuple[str, Span, str]] = set()
        self._group_ends: dict[int, int] = {}
        self._nearest: dict[str, list[str]] = {}

    def add(
        self,
        code: str,
        start: int,
        end: int,
        values: Mapping[str, object] | None = None,
        *,
        suggestions: Iterable[str] = (),
        changes: Iterable[Change] = (),
        safe: bool = True,
        first: tuple[int, int] | None = None,
    ) -> None:
        """Report a code at `[start, end)`; `changes` mend it, `first` is a place that the catalogue's note `first` names."""
        if code in self.muted:
            return
        values = shown(values or {})
        span = self.origin.span(start, end)
        seen = (code, span, repr(values))
        if seen in self._seen:
            return
        self._seen.add(seen)
        edits = [
            Edit(self._place(here, there), content)
            for here, there, content in changes
            if self.origin.whole(here, there)
        ]
        labels = [Label(self.origin.span(*first), "first")] if first else []
        self._known.append(
            Diagnostic(
                code,
                span,
                source=self.source,
                values=values,
                labels=labels,
                suggestions=suggestions,
                fix=Fix(edits, safe=safe) if edits and len(edits) == len(list(changes)) else None,
            )
        )

    def _place(self, start: int, end: int) -> Span:
        if start < end:
            return self.origin.span(start, end)
        at = self.origin.joint(start, self._text)
        return Span(at, at)

    def alone(self, first: int, second: int) -> bool:
        """Say whether there are jobs that have the second of two characters without the first one."""
        return self.origin is not AS_GIVEN and self.origin.offset(second) >= self._group_end(first)

    def grouped(self, at: int) -> bool:
        """Say whether a character stands in a group, so that there are jobs without it."""
        return self.origin is not AS_GIVEN and self._group_end(at) < len(self._text)

    def _group_end(self, at: int) -> int:
        place = self.origin.offset(at)
        if place not in self._group_ends:
            self._group_ends[place] = group_end(self._text, place)
        return self._group_ends[place]

    def nearest(self, table: ParameterTable, name: str) -> list[str]:
        """Return known names near to an unknown one."""
        if name not in self._nearest:
            self._nearest[name] = (
                table.nearest(name) if len(self._nearest) < _MOST_SUGGESTIONS else []
            )
        return self._nearest[name]

    @property
    def none(self) -> bool:
        """Whether nothing was reported so far."""
        return not self._known

    def has(self, code: str) -> bool:
        """Say whether a code was reported."""
        return bool(self._known) and any(one.code == code for one in self._known)

    def sorted(self) -> list[Diagnostic]:
        """Return the diagnostics in the order of their places."""
        if not self._known:
            return []
        return sorted(self._known, key=lambda one: (one.span.start if one.span else 0, one.code))
