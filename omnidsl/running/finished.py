"""The results of a run: at hand where something waits for them, packed up otherwise."""

import pickle
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from omnidsl.running.results import Result

AT_HAND = 1000
"""Results that are kept as they are; with the buttons and facts that gateways send, each takes about ten kilobytes."""


class Finished(Mapping[str, Result]):
    """Results by step, in the order of `names`; those that were let go are unpacked when somebody looks at them."""

    def __init__(self, names: Sequence[str], at_hand: int = AT_HAND) -> None:
        self._names = names
        self._spare = at_hand
        self._results: dict[str, Result] = {}
        self._packed: dict[str, bytes] = {}
        self.reused = 0
        """How many of them an earlier run had paid for."""

    def add(self, result: Result) -> None:
        """Keep a result, at hand until it is let go."""
        self._results[result.node] = result
        self.reused += result.reused

    def let_go(self, name: str) -> None:
        """Say that nothing in the run waits for a result any more; there need not be one."""
        if name not in self._results:
            return
        if self._spare:
            self._spare -= 1
            return
        self._packed[name] = zlib.compress(pickle.dumps(self._results.pop(name)), 1)

    def __getitem__(self, name: str) -> Result:
        found = self._results.get(name)
        if found is None:
            packed = zlib.decompress(self._packed[name])
            found = cast(Result, pickle.loads(packed))  # noqa: S301  # our own, it never left this process
        return found

    def __iter__(self) -> Iterator[str]:
        return (one for one in self._names if one in self)

    def __contains__(self, name: object) -> bool:
        return name in self._results or name in self._packed

    def __len__(self) -> int:
        return len(self._results) + len(self._packed)
