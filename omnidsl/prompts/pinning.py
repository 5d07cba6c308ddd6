"""A fix that pins the version of one job is held to be good for all the jobs that are made of the text."""

from collections import Counter
from collections.abc import Callable, Iterable

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.prompts.findings import Findings


def hold_pin(text: str, findings: Findings, read: Callable[[str], Iterable[Diagnostic]]) -> None:
    """Keep of the models that the pinning fix may name the newest that makes no new error in any job, or no fix.

    `read` returns what is wrong with all jobs of a text.
    """
    told = next((one for one in findings.sorted() if one.fix and _pins(one, findings)), None)
    if told is None or told.fix is None:
        return
    (edit,) = told.fix.edits
    known = _clashes(findings.sorted())
    for pin in findings.pins:
        content = edit.content.replace(findings.pins[0], pin)
        mended = f"{text[: edit.span.start]}{content}{text[edit.span.end :]}"
        if _clashes(read(mended)) <= known:
            told.fix = Fix([Edit(edit.span, content)], safe=told.fix.safe)
            return
    told.fix = None


def _pins(one: Diagnostic, findings: Findings) -> bool:
    return (
        one.code in ("OM343", "OM346")
        and one.fix is not None
        and one.fix.edits[0].content.strip() == findings.pins[0]
    )


def _clashes(found: Iterable[Diagnostic]) -> Counter[str]:
    """Count the errors, and the versions that are given twice: the second one is taken out again."""
    return Counter(one.code for one in found if one.severity == "error" or one.code == "OM316")
