"""How long something takes, as people write it: `90`, `30s`, `45m`, `1h30m`."""

from omnidsl.language.pattern import pattern

DURATION = r"^(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,3})?)s?)?$"
_DURATION = pattern(DURATION)
FORM = "90, 30s, 45m, 1h30m"
MOST = 31 * 86_400
"""Seconds that a duration has at most."""


def seconds(value: object) -> float:
    """Return a duration (a number of seconds, or a text) in seconds; ValueError for what is none."""
    found = None if isinstance(value, bool) else _DURATION.fullmatch(str(value))
    if found is None:
        raise ValueError(f"a duration is written as {FORM}")
    hours, minutes, rest = found.groups()
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)
    if total > MOST:
        raise ValueError(f"a duration is at most {MOST // 86_400} days")
    return total
