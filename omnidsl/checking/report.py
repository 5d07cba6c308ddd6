"""Where findings go while a recipe is checked: once each, with the source they are about."""

from collections.abc import Iterable

from omnidsl.language.diagnostics import Diagnostic, Fix, Label
from omnidsl.language.source import Source, Span


class Report:
    """Collects findings; the same code at the same place counts once."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[tuple[str, str, Span | None]] = set()

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
        key = (finding.code, finding.source.name if finding.source else "", finding.span)
        if key not in self._seen:
            self._seen.add(key)
            self.diagnostics.append(finding)

    def sorted(self) -> list[Diagnostic]:
        """Return the findings by file and place."""

        def place(one: Diagnostic) -> tuple[str, int, int, str]:
            span = one.span or Span(0, 0)
            return (one.source.name if one.source else "", span.start, span.end, one.code)

        return sorted(self.diagnostics, key=place)
