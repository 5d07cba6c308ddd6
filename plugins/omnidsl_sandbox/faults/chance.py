"""Which fault happens when: seeded draws that depend on what is asked, not on the order in which it arrives."""

import threading
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b

import attrs

from omnidsl_sandbox.faults.kinds import Deed, Kind, Scope
from omnidsl_sandbox.faults.mixture import Mixture


@attrs.frozen
class Occasion:
    """One thing that a fault can happen to: what it is, and how often an equal one came before."""

    seed: str
    scope: Scope
    identity: str

    def drawn(self, name: str) -> float:
        """Return a number from 0 to below 1 for a name; always the same one."""
        text = f"{self.seed}\0{self.scope}\0{self.identity}\0{name}"
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=7).digest()
        return int.from_bytes(digest) / (1 << 56)

    def number(self, name: str, below: int) -> int:
        """Return a whole number from 0 to below a bound."""
        return int(self.drawn(name) * below)


class Faults:
    """A mixture at work, and the count of what it did. Safe to call from several threads."""

    def __init__(self, mixture: Mixture, seed: str) -> None:
        self.mixture = mixture
        self._seed = seed
        self._lock = threading.Lock()
        self._seen: Counter[bytes] = Counter()
        self._done: Counter[str] = Counter()
        self._fated: set[str] = set()

    def occasion(self, scope: Scope, identity: str) -> Occasion:
        """Return the next occasion of this identity: a request sent again is another occasion, and so has a chance."""
        key = blake2b(f"{scope} {identity}".encode("utf-8", "replace"), digest_size=16).digest()
        with self._lock:
            self._seen[key] += 1
            turn = self._seen[key]
        return Occasion(self._seed, scope, f"{key.hex()} {turn}")

    def choose(self, occasion: Occasion, deeds: frozenset[Deed]) -> Kind | None:
        """Return the one kind with such a deed that happens on an occasion, if one does."""
        left = occasion.drawn("kind " + " ".join(sorted(deeds)))
        for kind, rate in self.mixture.of(occasion.scope, deeds):
            left -= rate
            if left < 0:
                return kind
        return None

    def fate(self, task: str) -> str:
        """Return the kind of end that a task comes to, empty for its natural one; always the same for a task."""
        kind = self.choose(Occasion(self._seed, "task", task), frozenset(("fate",)))
        if kind is None:
            return ""
        with self._lock:
            if task not in self._fated:
                self._fated.add(task)
                self._done[f"task:{kind.name}"] += 1
        return kind.name

    def seconds(self, occasion: Occasion, name: str) -> float:
        """Return one of the mixture's times, with its jitter."""
        time = self.mixture.time(occasion.scope, name)
        return max(0.0, time.middle + time.jitter * (2 * occasion.drawn(name) - 1))

    def note(self, scope: Scope, kind: str) -> None:
        """Count a fault that happened."""
        with self._lock:
            self._done[f"{scope}:{kind}"] += 1

    def counts(self) -> Mapping[str, int]:
        """Return how often each kind happened since the sandbox started, as `{"submit:429": 3}`."""
        with self._lock:
            return dict(sorted(self._done.items()))
