"""What has to be done as soon as certain steps have settled, whatever became of them."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from omnidsl.running.reading import Find

Act = Callable[[Find], Awaitable[None]]


class Arrivals:
    """Acts that wait for steps; `find` gives the results of those that have settled."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._free: list[Act] = []
        self._waiting: dict[str, list[tuple[set[str], Act]]] = defaultdict(list)

    def add(self, needs: Iterable[str], act: Act) -> None:
        """Have something done when all these steps have settled."""
        left = set(needs)
        if not left:
            self._free.append(act)
        for one in left:
            self._waiting[one].append((left, act))

    async def begin(self) -> None:
        """Do what waits for nothing."""
        for act in self._free:
            await act(self._find)

    async def settled(self, node: str) -> None:
        """Do what waited for this step last."""
        for left, act in self._waiting.pop(node, ()):
            left.discard(node)
            if not left:
                await act(self._find)
