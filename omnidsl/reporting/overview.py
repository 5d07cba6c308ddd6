"""One line that says how a whole run stands: counts, money, time, what is left."""

from omnidsl.planning.money import amount
from omnidsl.reporting.progress_state import ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.reporting.terminal import columns

SEPARATOR = " · "


def overview(state: ProgressState, words: Words, now: float, width: int | None = None) -> str:
    """Return the line, at most `width` columns wide as far as its first part allows: the least important goes first."""
    parts = _parts(state, words, now)
    while width is not None and len(parts) > 1 and columns(_joined(parts)) > width:
        parts.remove(max(parts, key=lambda one: one[0]))
    return _joined(parts)


def _joined(parts: list[tuple[int, str]]) -> str:
    return SEPARATOR.join(text for _, text in parts)


def _parts(state: ProgressState, words: Words, now: float) -> list[tuple[int, str]]:
    """Return the parts in the order that they are shown, each with its place in importance (0: the first)."""
    failed = sum(one.reason != "needs" for one in state.failed)
    left = None if state.stopping else state.seconds_left(now)
    parts: list[tuple[int, str]] = [(0, words("overview", ended=state.ended, count=state.count))]
    if state.stopping:
        parts.insert(0, (1, words("stopping")))
    if state.active:
        parts.append((1 if state.stopping else 8, f"{words('at-work')} {len(state.active)}"))
    if failed:
        parts.append((6, f"{words('failed')} {failed}"))
    if state.held:
        parts.append((7, f"{words('held')} {len(state.held)}"))
    if state.spent or state.reserved:
        parts.append((2, _spent(state, words)))
    if state.reserved:
        parts.append((5, words("reserved", amount=amount(state.reserved))))
    parts.append((4, duration(now - state.began)))
    if left is not None and state.finished is None:
        parts.append((3, words("time-left", time=duration(left))))
    return parts


def money(state: ProgressState, words: Words) -> str:
    """Return what a run has spent and what is reserved for it; nothing where neither is known."""
    if not state.spent and not state.reserved:
        return ""
    if not state.reserved:
        return _spent(state, words)
    reserved = words("reserved", amount=amount(state.reserved))
    return words("comma").join((_spent(state, words), reserved))


def _spent(state: ProgressState, words: Words) -> str:
    key = "simulated" if state.simulated else "spent"
    return words(key, currency=state.currency, amount=amount(state.spent))


def duration(seconds: float) -> str:
    """Return a time as people read it: `7 s`, `3:20`, `1:02:10`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"
