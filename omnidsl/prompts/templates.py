"""What is wrong with the braces of a prompt before its expansion."""

from omnidsl.prompts.expansion import DEEPEST, Template
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.origin import AS_GIVEN

_MOST_ODD = 3
"""A prompt that was torn apart has odd braces everywhere; the first ones say it."""


def check_template(template: Template, findings: Findings) -> None:
    """Report odd braces, empty groups, groups of one alternative, and full-width signs that part nothing."""
    findings.origin = AS_GIVEN
    if template.odd:
        _check_odd(template, findings)
    findings.origin = template.origin
    for group in template.groups():
        if len(group.alternatives) == 1:
            _check_single(template, group.start, group.end, findings)
    at = template.text.find("｛")
    if at >= 0 and (end := template.text.find("｝", at + 1)) > at:
        changes = [(at, at + 1, "{"), (end, end + 1, "}")]
        findings.add("OM420", at, end + 1, changes=changes, safe=False)


def _check_odd(template: Template, findings: Findings) -> None:
    reported = [one for one in template.odd if one.code == "OM409"][:_MOST_ODD]
    reported += [one for one in template.odd if one.code == "OM413"][:1]
    for one in reported:
        values = {"brace": one.sign, "most": DEEPEST}
        changes = [(one.at, one.at, "\\")] if one.code == "OM409" else []
        findings.add(one.code, one.at, one.at + 1, values, changes=changes, safe=False)


def _check_single(template: Template, start: int, end: int, findings: Findings) -> None:
    inside = template.text[start + 1 : end - 1]
    if not inside.strip():
        findings.add("OM410", start, end, changes=[(start, end, "")], safe=False)
        return
    marks = [start + 1 + at for at, sign in enumerate(inside) if sign in "，、"]
    if marks and "{" not in inside:
        findings.add("OM412", start, end, changes=[(at, at + 1, ", ") for at in marks], safe=False)
    elif "|" in inside:
        bars = [start + 1 + at for at, sign in enumerate(inside) if sign == "|"]
        findings.add("OM423", start, end, changes=[(at, at + 1, ",") for at in bars], safe=False)
    else:
        changes = [(start, start + 1, ""), (end - 1, end, "")]
        findings.add("OM419", start, end, changes=changes, safe=False)
