"""What every rule is made of."""

from collections.abc import Iterable

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.report import Report
from omnidsl.checking.rules.survey import Survey
from omnidsl.language.diagnostics import Fix, Label
from omnidsl.language.source import Span

if TYPE_CHECKING:
    from typing import ClassVar


class Rule:
    """One rule over one file; `codes` are those that it reports."""

    codes: "ClassVar[tuple[str, ...]]"

    def __init__(self, survey: Survey, report: Report) -> None:
        self.survey = survey
        self._report = report

    def check(self) -> None:
        """Report what the rule is about."""
        raise NotImplementedError

    def tell(
        self,
        code: str,
        span: Span,
        *,
        labels: Iterable[Label] = (),
        suggestions: Iterable[str] = (),
        fix: Fix | None = None,
        **values: object,
    ) -> None:
        """Report a finding in the file."""
        source = self.survey.source
        self._report.add(
            code, source, span, labels=labels, suggestions=suggestions, fix=fix, **values
        )
