"""Where findings go while a recipe is checked: once each, with the source they are about."""

from collections.abc import Iterable

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.renaming import rename
from omnidsl.language.diagnostics import Diagnostic, Fix, Label
from omnidsl.language.source import Source, Span

if TYPE_CHECKING:
    from omnidsl.checking.symbols import Module

MOST_AT_A_PLACE = 3
"""Findings of one code at one place, where a loop fills it with different values."""


class Report:
    """Collects findings; what was said of a place before is not said again."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._told: dict[tuple[str, str, Span | None], set[str]] = {}

    def add(
        self,
        code: str,
        source: Source | None,
        span: Span | None,
        *,
        labels: Iterable[Label] = (),
        suggestions: Iterable[str] = (),
        fix: Fix | None = None,
        **values: object,
    ) -> None:
        """Add a finding; `values` fill the code's texts."""
        self.take(
            Diagnostic(
                code,
                span,
                source=source,
                values=values,
                labels=labels,
                suggestions=suggestions,
                fix=fix,
            )
        )

    def take(self, finding: Diagnostic) -> None:
        """Add a finding that somebody else made."""
        place = (finding.code, finding.source.name if finding.source else "", finding.span)
        said = repr(sorted(finding.values.items()))
        told = self._told.setdefault(place, set())
        if said not in told and len(told) < MOST_AT_A_PLACE:
            told.add(said)
            if finding.fix is None and finding.suggestions:
                finding.fix = rename(finding)
            self.diagnostics.append(finding)

    def withdraw(self, findings: Iterable[Diagnostic]) -> None:
        """Take findings back."""
        gone = {id(one) for one in findings}
        self.diagnostics[:] = [one for one in self.diagnostics if id(one) not in gone]

    def hush(self, modules: Iterable["Module"]) -> None:
        """Take back what was said of places with a syntax error: one report a statement."""
        quiet = {id(one.source): one.tree for one in modules if one.tree.quiet}
        if quiet:
            self.diagnostics = [
                one
                for one in self.diagnostics
                if one.code.startswith("OM0")
                or id(one.source) not in quiet
                or not quiet[id(one.source)].touched(one.span)
            ]

    def sorted(self) -> list[Diagnostic]:
        """Return the findings by file and place."""

        def place(one: Diagnostic) -> tuple[str, int, int, str]:
            span = one.span or Span(0, 0)
            return (one.source.name if one.source else "", span.start, span.end, one.code)

        return sorted(self.diagnostics, key=place)
