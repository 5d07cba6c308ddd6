"""Repeatable chance: the same seed draws the same scene at any size, on any machine."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Named draws from a seed, moved towards the draws of another seed by `strength` (0: not at all, 1: wholly).

    A draw depends on its name alone and not on the draws before it, so a scene may skip what is out of sight.
    """

    def __init__(self, seed: str, change: str = "", strength: float = 0.0) -> None:
        self._seed = seed
        self._change = change
        self._strength = strength if change else 0.0
        self._drawn: dict[str, float] = {}

    def between(self, name: str, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        drawn = self._drawn.get(name)
        if drawn is None:
            drawn = _draw(self._seed, name)
            if self._strength:
                drawn += (_draw(self._change, name) - drawn) * self._strength
            self._drawn[name] = drawn
        return low + (high - low) * drawn

    def pick(self, name: str, options: Sequence[T]) -> T:
        """Return one of the options; a small change keeps the pick."""
        seed = self._change if self._strength > 0.5 else self._seed
        return options[int(_draw(seed, name) * len(options))]


def _draw(seed: str, name: str) -> float:
    digest = hashlib.blake2b(f"{seed}/{name}".encode("utf-8", "replace"), digest_size=7).digest()
    return int.from_bytes(digest) / (1 << 56)
