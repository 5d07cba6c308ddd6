"""How long a gateway asks to be left alone, from the headers of its reply."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from time import time

from omnidsl.plugins.outcomes import Reply

LONGEST = 3600.0
"""Seconds that are waited at most, whatever a gateway asks for: a slip of its clock must not stop a batch for years."""

HEADERS = frozenset(
    (
        "date",
        "retry-after",
        "retry-after-ms",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-requests",
        "x-ratelimit-reset-tokens",
    )
)
"""The headers that are read here."""

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6}
_PART = r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs)"


def retry_after(reply: Reply) -> float | None:
    """Return how many seconds a gateway asks to wait before the next try; None where it does not say, or says none.

    `retry-after-ms`, then `retry-after` (seconds, or a date in any of HTTP's three forms), then the used-up budgets of
    `x-ratelimit-*`.
    """
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        raw = reply.headers.get(name, "").strip()
        seconds = _number(raw, scale)
        if seconds is None and raw and scale == 1.0:
            seconds = _until(raw, reply.headers.get("date", ""))
        # None at all, or a moment that has passed, is no leave to try again at once: who was refused waits.
        if seconds is not None and seconds > 0:
            return min(seconds, LONGEST)
    return exhausted(reply)


def exhausted(reply: Reply) -> float | None:
    """Return the seconds until a budget of requests or tokens that is used up is filled again; None where none is."""
    resets = [
        _span(reply.headers.get(f"x-ratelimit-reset-{what}", ""))
        for what in ("requests", "tokens")
        if reply.headers.get(f"x-ratelimit-remaining-{what}", "").strip() == "0"
    ]
    known = [one for one in resets if one is not None]
    return min(max(known), LONGEST) if known else None


def _number(raw: str, scale: float) -> float | None:
    try:
        seconds = float(raw) / scale
    except ValueError:
        return None
    return None if seconds != seconds else seconds  # not NaN


def _until(raw: str, sent: str) -> float | None:
    """Return the seconds until a date, by the gateway's own clock where it tells it."""
    then = _moment(raw)
    if then is None:
        return None
    now = _moment(sent)
    return then - (time() if now is None else now)


def _moment(raw: str) -> float | None:
    try:
        moment = parsedate_to_datetime(raw)
        # The form of asctime names no zone: HTTP's dates are all in UTC.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _span(raw: str) -> float | None:
    """Read `6m0s`, `1.5s`, `12ms`, or plain seconds."""
    text = raw.strip()
    if (plain := _number(text, 1.0)) is not None:
        return max(0.0, plain)
    if len(text) > 40 or not re.fullmatch(f"(?:{_PART})+", text):
        return None
    return sum(float(one[1]) * _UNITS[one[2]] for one in re.finditer(_PART, text))
