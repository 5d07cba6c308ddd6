"""What every report of findings has in common: their order, their count, and the words for a fix."""

from collections.abc import Iterable

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.language.source import Source, Span

SEVERITIES = ("error", "warning", "info")


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by file, place, code; what is about no file comes first."""

    def key(one: Diagnostic) -> tuple[str, int, int, str]:
        span = one.span or Span(0, 0)
        return (one.source.name if one.source else "", span.start, span.end, one.code)

    return sorted(diagnostics, key=key)


def summary(diagnostics: Iterable[Diagnostic], language: str | None = None) -> str:
    """Return one sentence that counts, in the manner of `Found 2 errors, 1 warning.`."""
    severities = [one.severity for one in diagnostics]
    counts = [
        _count(severity, severities.count(severity), language)
        for severity in SEVERITIES
        if severity in severities
    ]
    if not counts:
        return phrase("found-nothing", language)
    return phrase("found", language).format(counts=phrase("counts-comma", language).join(counts))


def fixable(diagnostics: Iterable[Diagnostic], language: str | None = None) -> str:
    """Return one line that counts what `--fix` and `--unsafe-fixes` would mend; empty where nothing can be."""
    fixes = [one.fix for one in diagnostics if one.fix is not None]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    if not fixes:
        return ""
    if not safe:
        return phrase("fixable-unsafe", language).format(unsafe=unsafe)
    return phrase("fixable-both" if unsafe else "fixable-safe", language).format(
        safe=safe, unsafe=unsafe
    )


def fix_words(fix: Fix, source: Source | None, language: str | None) -> str:
    """Return what a fix does, edit by edit."""
    return phrase("counts-comma", language).join(
        _edit_text(one, source, language) for one in fix.edits
    )


def _edit_text(edit: Edit, source: Source | None, language: str | None) -> str:
    if not edit.content:
        old = source[edit.span] if source else ""
        return phrase("fix-remove", language).format(old=old)
    kind = "fix-insert" if edit.span.start == edit.span.end else "fix-replace"
    return phrase(kind, language).format(new=edit.content)


def _count(severity: str, count: int, language: str | None) -> str:
    return phrase(f"{severity}-{'one' if count == 1 else 'many'}", language).format(count=count)
