"""How time grows, told in a way that neither a slow machine nor a busy one changes.

Processor time of this thread, the best of several rounds, and ratios of sizes. The garbage collector rests meanwhile: its
full rounds walk everything that other tests left behind, and only the longer text lives long enough to set one off.
"""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Text = TypeVar("Text")

NEGLIGIBLE = 0.02
"""Seconds: what takes more than linear time is far beyond it at the larger size, and below it noise decides."""

ROUNDS = 3
TRIES = 5


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the processor time that some work takes at best; what takes next to none is not measured again."""
    taken: list[float] = []
    gc.collect()
    gc.disable()
    try:
        while len(taken) < rounds and not (taken and taken[-1] < NEGLIGIBLE / 4):
            start = time.thread_time()
            work()
            taken.append(time.thread_time() - start)
    finally:
        gc.enable()
    return min(taken)


def growth(
    read: Callable[[Text], object],
    make: Callable[[int], Text],
    small: int,
    large: int,
    below: float,
) -> float:
    """Return how many times the time the larger text (or whatever is made) takes; 0.0 where that is negligible anyway.

    A ratio that is not below the bound is measured again, and the best time of each size counts: noise comes and goes,
    growth stays. One round of the larger text is enough at first, since noise can only make its time too long.
    """
    less, more = make(small), make(large)
    short = long = float("inf")
    for tried in range(TRIES):
        long = min(long, seconds(lambda: read(more), ROUNDS if tried else 1))
        if long < NEGLIGIBLE:
            return 0.0
        short = min(short, max(seconds(lambda: read(less)), 1e-9))
        if long / short < below:
            break
    return long / short
