"""Moments that a later process can measure from, by a clock that nobody can set.

The wall clock jumps: laptops sleep, time is set by hand or over the network. What was in doubt is judged by the time
since the machine was started instead; across a restart of the machine nobody knows.
"""

import sys
import time
from functools import cache
from pathlib import Path

import attrs


@attrs.frozen
class Moment:
    """A point in time: `boot` names the machine's run, `at` is seconds since it was started, sleep included."""

    boot: str
    at: float

    @property
    def age(self) -> float | None:
        """Seconds since then; None when the machine was started anew in between."""
        now = this_moment()
        return now.at - self.at if now is not None and now.boot == self.boot else None


def this_moment() -> Moment | None:
    """Return the present moment; None on systems that have no such clock."""
    boot = _boot()
    if sys.platform != "linux" or not boot:
        return None
    return Moment(boot, time.clock_gettime(time.CLOCK_BOOTTIME))


def written_moment() -> str:
    """Return the present moment as the ledger keeps it; empty on systems that have no such clock."""
    now = this_moment()
    return "" if now is None else f"{now.boot} {now.at!r}"


def age_of(written: str) -> float | None:
    """Return how many seconds ago a written moment was, or None where nobody knows."""
    boot, _, at = written.partition(" ")
    try:
        return Moment(boot, float(at)).age
    except ValueError:
        return None


def ticking() -> float:
    """Return seconds that only grow, while the machine sleeps too where the system can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
