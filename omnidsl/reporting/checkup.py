"""What `omni doctor` found, for people: one line a check, by area, and what helps below it."""

from collections.abc import Iterator, Sequence

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable
from omnidsl.running.checkup import Check, State

AREAS = ("settings", "state", "gateway", "service", "plugin", "system")
_SIGNS: dict[State, tuple[str, str]] = {
    "good": ("✓", "32"),
    "remark": ("·", "2"),
    "warning": ("!", "33"),
    "bad": ("✗", "31"),
}
HELPED = frozenset(
    (
        "gateway-none", "key-missing", "key-refused", "key-refused-of", "ledger-broken", "ledger-newer", "plugin-broken",
        "plugin-slow", "state-no-locks", "state-read-only", "state-remote", "unreachable",
    )
)  # fmt: skip  # one table
"""Reasons that somebody can do something about."""


def lines(checks: Sequence[Check], *, colour: bool) -> Iterator[str]:
    """Yield the report: areas in their order, and how many things are wrong."""
    for area in AREAS:
        found = [one for one in checks if one.area == area]
        if not found:
            continue
        yield _styled(phrase(f"doctor-area-{area}"), "1", colour=colour)
        width = max(columns(printable(one.subject)) for one in found)
        last = ""
        for one in found:
            shown = printable(one.subject)
            sign, code = _SIGNS[one.state]
            name = pad("" if shown == last else shown, width)
            last = shown
            words = (
                _styled(message(one), code, colour=colour) if one.state != "good" else message(one)
            )
            yield f"  {_styled(sign, code, colour=colour)} {name}  {words}"
            if more := help_of(one):
                yield f"    {' ' * width}  {more}"
        yield ""
    yield verdict(checks)


def message(check: Check) -> str:
    """Return what a check says."""
    return printable(phrase(f"doctor-{check.reason}").format(**check.values))


def help_of(check: Check) -> str:
    """Return what helps; empty where nothing is to be done, or nobody knows."""
    if check.reason not in HELPED or check.state in ("good", "remark"):
        return ""
    return printable(phrase(f"doctor-help-{check.reason}").format(**check.values))


def verdict(checks: Sequence[Check]) -> str:
    """Return how many things are wrong."""
    bad = sum(one.state == "bad" for one in checks)
    warnings = sum(one.state == "warning" for one in checks)
    name = "doctor-bad" if bad else "doctor-warnings" if warnings else "doctor-good"
    return phrase(name).format(bad=bad, warnings=warnings)


def _styled(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
