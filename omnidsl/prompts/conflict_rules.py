"""What the parts of one job must not say together, whatever its version: the rows of `data/conflicts.toml`."""

from omnidsl.prompts.edition import Conflict, Edition
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import Reference, is_url


def check_conflicts(
    settings: tuple[Setting, ...],
    edition: Edition,
    findings: Findings,
    told: tuple[Setting, ...],
    *,
    remarks: bool,
) -> None:
    """Report every row that a job breaks, at the parameter that the row bounds.

    A row that always holds is left out where the parameter has been `told` of, one that is a remark without `remarks`.
    """
    alone = edition.triggers.isdisjoint([one.name for one in settings])
    if alone and not remarks and edition.unopposed.issuperset([one.text for one in settings]):
        return
    known = {
        one.name: one for one in reversed(settings) if not one.faulty
    }  # the first of a name counts
    for each in known.values():
        if not any(_refuses(row, each) for row in edition.conflicts):
            edition.unopposed.remember(each.text)
    for row in edition.conflicts:
        one = known.get(row.parameter)
        if one is None or row.bounds.accepts(one.value) or (row.remark and not remarks):
            continue
        if not row.when and one in told:
            continue
        other = known.get(row.when) if row.when else one
        if other is None or not _counts(row, other):
            continue
        values: dict[str, object] = {
            "name": one.text,
            "other": other.text,
            "accepted": row.bounds.shown(),
        }
        first = other.span if other is not one else None
        findings.add(row.code, *one.span, values, first=first)


def _refuses(row: Conflict, one: Setting) -> bool:
    """Say whether a row that always holds is against a setting; a remark is against none."""
    bound = row.parameter == one.name and not row.when and not row.remark
    return bound and not row.bounds.accepts(one.value)


def _counts(row: Conflict, other: Setting) -> bool:
    if row.items == "codes":
        items = other.value if isinstance(other.value, tuple) else ()
        return any(isinstance(item, Reference) and not is_url(item.value) for item in items)
    return not row.values or other.value in row.values
