"""What has to be done as soon as certain steps have settled, whatever became of them."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable

from omnidsl.running.reading import Find

Act = Callable[[Find], Awaitable[None]]


class Arrivals:
    """Acts that wait for steps; `find` gives the results of those that have settled.

    `let_go` hears of every step that has settled and that no act waits for any more.
    """

    def __init__(self, find: Find, let_go: Callable[[str], None]) -> None:
        self._find = find
        self._let_go = let_go
        self._free: list[Act] = []
        self._waiting: dict[str, list[_Errand]] = defaultdict(list)
        self._users: Counter[str] = Counter()

    def add(self, needs: Iterable[str], act: Act) -> None:
        """Have something done when all these steps have settled."""
        errand = _Errand(tuple(dict.fromkeys(needs)), act)
        if not errand.needs:
            self._free.append(act)
        for one in errand.needs:
            self._waiting[one].append(errand)
            self._users[one] += 1

    async def begin(self) -> None:
        """Do what waits for nothing."""
        for act in self._free:
            await act(self._find)

    async def settled(self, node: str) -> None:
        """Do what waited for this step last."""
        errands = self._waiting.pop(node, ())
        if not errands:
            self._let_go(node)
        for errand in errands:
            errand.left -= 1
            if errand.left:
                continue
            await errand.act(self._find)
            for one in errand.needs:
                self._users[one] -= 1
                if not self._users[one]:
                    del self._users[one]
                    self._let_go(one)


class _Errand:
    """An act, the steps that it needs, and how many of them have not settled."""

    __slots__ = ("act", "left", "needs")

    def __init__(self, needs: tuple[str, ...], act: Act) -> None:
        self.needs = needs
        self.act = act
        self.left = len(needs)
