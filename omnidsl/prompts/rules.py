"""What must hold between the parts of one prompt: slots, repeats, needs, numbers of images and jobs."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.pattern import pattern
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.parsed import Job
from omnidsl.prompts.rulesets import Rules

if TYPE_CHECKING:
    from omnidsl.prompts.findings import Change
    from omnidsl.prompts.parameters import Parameter
    from omnidsl.prompts.setting import Setting

_MOODBOARD = pattern(r"m[0-9]+\Z")
_HOSTLESS = pattern(r"(?i:https?)://(?:[/?#]|\Z)")
_STYLE_WEIGHTS = ("sw", "sv")


def check_job(job: Job, findings: Findings, *, files: int, several: bool) -> None:
    """Report what is wrong between the parts of a job.

    `files` is how many images travel beside the prompt; `several` says that the prompt has permutations.
    """
    slots: dict[str, Setting] = {}
    lists: dict[str, tuple[Setting, int]] = {}
    special = False
    for one in job.settings:
        row = one.parameter
        if row is None:
            continue
        first = slots.setdefault(row.slot, one)
        if first is not one:
            _check_slot(first, one, row, findings)
            if row.count is not None and first.name == one.name:
                lists[one.name] = (one, row.count)
        special = special or row.special
    for last, most in lists.values():
        _check_count(job, last, most, findings)
    if special:  # in few prompts
        _check_status(job, findings)
        _check_needs(job, findings, files)
        _check_relaxed(job, findings, several=several)
        _check_moodboard(job, findings)


def _check_slot(first: "Setting", one: "Setting", row: "Parameter", findings: Findings) -> None:
    """Compare a setting with the first one of its slot."""
    values: dict[str, object] = {"name": one.text, "first": first.text}
    if first.name != one.name:
        findings.add("OM314", *one.span, values, first=first.span)
    elif row.accumulates:
        if row.announced:
            findings.add("OM317", *one.span, {"name": row.written}, first=first.span)
    elif first.value == one.value and (one.value is not None or first.text == one.text):
        changes = _removal_behind(first, one, findings)
        findings.add("OM316", *one.span, {"name": one.text}, changes=changes, first=first.span)
    elif row.repeats == "first":
        changes = _removal_behind(first, one, findings)
        findings.add("OM318", *one.span, values, changes=changes, first=first.span)
    elif None not in (first.value, one.value):  # what was not read contradicts nothing
        findings.add("OM315", *one.span, values, first=first.span)


def _check_count(job: Job, last: "Setting", most: int, findings: Findings) -> None:
    """Report a list whose items stand in several places and are too many; one that is too long alone is told already."""
    same = [one for one in job.settings if one.name == last.name]
    found = sum(len(one.value) for one in same if isinstance(one.value, tuple))
    if found > most and not any(one.faulty for one in same):
        values: dict[str, object] = {"name": last.name, "most": most, "found": found}
        findings.add("OM313", *last.span, values)


def _removal(one: "Setting") -> "list[Change]":
    """Return the change that takes a parameter out; none where text that belongs elsewhere would go with it."""
    return [] if one.faulty else [(*one.span, "")]


def _removal_behind(first: "Setting", one: "Setting", findings: Findings) -> "list[Change]":
    """Return the change that takes out what the first one makes superfluous; none where other jobs lack the first one."""
    return [] if findings.alone(first.span[0], one.span[0]) else _removal(one)


def _check_status(job: Job, findings: Findings) -> None:
    sides = _check_sides(job, findings)
    for one in job.settings:
        row = one.parameter
        if row is None or one in sides:
            continue
        if row.status == "operation" and not one.faulty:
            findings.add("OM319", *one.span, {"name": row.name})
        elif row.status == "deprecated":
            findings.add("OM322", *one.span, {"name": row.name}, changes=_removal(one))
        elif row.status == "removed":
            code = "OM323" if row.instead else "OM337"
            findings.add(code, *one.span, {"name": row.name, "instead": row.instead})


def _check_sides(job: Job, findings: Findings) -> "tuple[Setting, ...]":
    """Report `--w 512 --h 768`: `--w` was the width once. Return the two where they stand there."""
    wide = next((one for one in job.settings if one.name == "weird"), None)
    high = next((one for one in job.settings if one.name in ("h", "height")), None)
    if wide is None or high is None:
        return ()
    if not (
        isinstance(wide.value, int) and isinstance(high.value, int) and wide.value > 0 < high.value
    ):
        return ()
    from math import gcd  # nobody else pays for it

    most = gcd(wide.value, high.value)
    ratio = f"{wide.value // most}:{high.value // most}"
    values = {"name": wide.text, "other": high.text, "ratio": ratio}
    changes = [(*wide.span, f"--ar {ratio}"), (*high.span, "")]
    findings.add("OM357", *wide.span, values, changes=changes, safe=False, first=high.span)
    return (wide, high)


def _check_needs(job: Job, findings: Findings, files: int) -> None:
    moodboard = _has_moodboard(job)
    for one in job.settings:
        row = one.parameter
        if row is None or not row.needs or any(need in job.parameters for need in row.needs):
            continue
        if moodboard and row.name in _STYLE_WEIGHTS:
            continue  # that it does not act on the moodboard is the better report
        if "image" in row.needs:
            if not job.images and not files:
                values: dict[str, object] = {"name": row.written}
                findings.add("OM338", *one.span, values, changes=[(*one.span, "")], safe=False)
        else:
            values = {"name": row.written, "needed": row.needs[0]}
            findings.add("OM320", *one.span, values, changes=[(*one.span, "")], safe=False)


def _check_relaxed(job: Job, findings: Findings, *, several: bool) -> None:
    relaxed = next((one for one in job.settings if one.name == "relax"), None)
    if relaxed is not None and (several or job.repeat > 1):
        findings.add("OM321", *relaxed.span)


def _has_moodboard(job: Job) -> bool:
    profiles = job.parameters.get("profile", ())
    return isinstance(profiles, tuple) and any(_MOODBOARD.match(str(code)) for code in profiles)


def _check_moodboard(job: Job, findings: Findings) -> None:
    if not _has_moodboard(job):
        return
    for one in job.settings:
        if one.name in _STYLE_WEIGHTS:
            values: dict[str, object] = {"name": one.name}
            findings.add("OM335", *one.span, values, changes=[(*one.span, "")], safe=False)


def check_length(
    text: str, rules: Rules, findings: Findings, place: tuple[int, int], *, known: int
) -> None:
    """Report a prompt that is refused for its length, or whose end may have no effect.

    `known` is what its version is known to read, 0 where nothing is known.
    """
    code, most = "OM417", rules.length or known or rules.limits["length"]
    refused = rules.limits.get("refused")
    if refused is not None and len(text) > refused:
        code, most = "OM427", refused
    if len(text) > most and not findings.has(code):  # the jobs of a prompt are about as long
        findings.add(code, *place, {"length": len(text), "most": most})


def check_images(
    job: Job, rules: Rules, findings: Findings, places: list[tuple[int, int]], files: int
) -> None:
    """Report too many images; `places` are those of the addresses, `files` how many travel beside the prompt."""
    for image, place in zip(job.images, places, strict=False):
        if _HOSTLESS.match(image):
            findings.add("OM428", *place, {"url": image})
    most = rules.limits["images"]
    found = len(job.images) + files
    if found > most:
        start, end = places[most - files] if places and most >= files else (0, 0)
        findings.add(
            "OM404", start, places[-1][1] if places else end, {"found": found, "most": most}
        )
