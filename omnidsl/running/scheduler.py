"""Which steps may run: each as soon as what it needs is there, the most urgent first."""

import graphlib
import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence

from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import refs
from omnidsl.running.errors import HeldError, LeftOut, RunningError, SettingsError, StepError
from omnidsl.running.reading import Absent, Reading
from omnidsl.running.results import Result, Skipped

Outcome = Result | Skipped | RunningError
"""A result, Skipped, HeldError for a step that waits for a person, LeftOut for one that the end of the run came before,
any other error for one without a result."""

Ready = tuple[str, PlanNode, dict[str, Result]]
"""A step that may begin: its lane, itself, the results that it needs; of needs that were skipped there is none."""

OWN = ""
"""The lane of the steps that a run does by itself."""


def check_order(nodes: Sequence[PlanNode]) -> None:
    """Refuse a plan whose steps share an id, need one that is not there, or go in a circle."""
    needs: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if node.id in needs:
            raise SettingsError("plan-broken", words=f"two steps are called `{node.id}`")
        needs[node.id] = node.needs
    for name, before in needs.items():
        if missing := [one for one in before if one not in needs]:
            raise SettingsError(
                "plan-broken", words=f"`{name}` needs `{missing[0]}`, which is not there"
            )
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        raise SettingsError(
            "plan-broken", words="it goes in a circle: " + " -> ".join(error.args[1])
        ) from None


def chains(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how long the longest chain of steps behind each step is, in the order given; 0 where nothing needs it."""
    found = dict.fromkeys(needs, 0)
    for name in reversed(list(graphlib.TopologicalSorter(needs).static_order())):
        for need in needs[name]:
            found[need] = max(found[need], found[name] + 1)
    return found


class Frontier:
    """The steps that may begin, and those whose outcome is clear without them: fed with outcomes, asked for steps.

    A step that fails or is held costs only those that need it; one whose condition does not hold is skipped, and what
    only its branch needs is not waited for. Steps with the longest chains behind them come first, else in plan order.
    An outcome is forgotten as soon as no step waits for it. `nodes` are in order (see `check_order`).
    """

    def __init__(self, nodes: Sequence[PlanNode]) -> None:
        self.decided: deque[tuple[PlanNode, Outcome]] = deque()
        """Steps that are not to be performed, with what became of them; who takes one settles it."""
        self._nodes = {node.id: node for node in nodes}
        self._needs = {node.id: node.needs for node in nodes}
        self._behind: defaultdict[str, list[str]] = defaultdict(list)
        self._missing = {name: len(needs) for name, needs in self._needs.items()}
        self._asked = {node.id: _asked(node) for node in nodes if node.when is not None}
        self._outcomes: dict[str, Outcome] = {}
        self._users: dict[str, int] = {}
        for name, needs in self._needs.items():
            for need in needs:
                self._behind[need].append(name)
        self._urgency = self._ranks()
        self._ready: dict[str, list[tuple[int, int, str]]] = {}
        for node in nodes:
            if not self._asked.get(node.id):
                self._look(node.id)

    def _ranks(self) -> dict[str, tuple[int, int]]:
        """Return what steps are ordered by: how long the chains behind them are, then their place in the plan."""
        found = chains(self._needs)
        return {name: (-chain, place) for place, (name, chain) in enumerate(found.items())}

    @property
    def lanes(self) -> Collection[str]:
        """The services that steps are ready for; OWN for those that a run does by itself."""
        return self._ready.keys()

    def pop(self, lanes: Collection[str]) -> Ready | None:
        """Take the most urgent step that is ready in these lanes; None for none."""
        ready = [self._ready[lane] for lane in lanes if lane in self._ready]
        if not ready:
            return None
        heap = min(ready)
        name = heapq.heappop(heap)[-1]
        node = self._nodes[name]
        lane = _lane(node)
        if not heap:
            del self._ready[lane]
        found = ((need, self._outcomes[need]) for need in self._needs[name])
        results = {need: one for need, one in found if isinstance(one, Result)}
        self._release(name)
        return lane, node, results

    def settle(self, name: str, outcome: Outcome) -> None:
        """Take note of an outcome: what waited for it becomes ready, or is decided."""
        waiting = [one for one in self._behind.pop(name, ()) if one in self._missing]
        if not waiting:
            return
        self._outcomes[name] = outcome
        self._users[name] = len(waiting)
        for one in waiting:
            self._missing[one] -= 1
            if one in self._asked:
                self._asked[one].discard(name)
            if not self._asked.get(one):
                self._look(one, (name,))

    def _look(self, name: str, news: tuple[str, ...] = ()) -> None:
        """Decide about a step whose condition, if any, can be answered; `news` are the needs that settled just now."""
        node = self._nodes[name]
        if self._asked.pop(name, None) is not None:
            news = self._needs[name]
            if (other := self._unmet(node)) is not None:
                self._decide(node, other)
                return
        for need in news:
            if isinstance(failed := self._outcomes.get(need), RunningError):
                self._decide(node, _without(need, failed))
                return
        if not self._missing[name]:
            del self._missing[name]
            lane = self._ready.setdefault(_lane(node), [])
            heapq.heappush(lane, (*self._urgency[name], name))

    def _unmet(self, node: PlanNode) -> Outcome | None:
        """Return what becomes of a step whose condition does not hold, or cannot be told; None where it holds."""
        try:
            find = Reading(lambda need: result_of(need, self._outcomes[need]))
            return None if find.holds(node.when) else Skipped(node.id)
        except Absent:
            return Skipped(node.id)
        except RunningError as error:
            return error

    def _decide(self, node: PlanNode, outcome: Outcome) -> None:
        del self._missing[node.id]
        self._release(node.id)
        self.decided.append((node, outcome))

    def _release(self, name: str) -> None:
        """Forget the outcomes that only this step still waited for."""
        for need in self._needs.pop(name):
            if need in self._users:
                self._users[need] -= 1
                if not self._users[need]:
                    del self._users[need], self._outcomes[need]


def result_of(node: str, outcome: Outcome) -> Result:
    """Return the result of a step; Absent for one that was skipped, StepError for one that has none."""
    if isinstance(outcome, Result):
        return outcome
    if isinstance(outcome, Skipped):
        raise Absent
    raise _without(node, outcome)


def _without(need: str, outcome: RunningError) -> RunningError:
    """Return what becomes of a step when one that it needs has no result."""
    if isinstance(outcome, LeftOut):
        return LeftOut(outcome.reason)
    return StepError("needs", parent=need, held=_is_held(outcome))


def _asked(node: PlanNode) -> set[str]:
    return {ref.node for ref in refs(node.when)}


def _lane(node: PlanNode) -> str:
    return node.operation.partition(".")[0] if node.served else OWN


def _is_held(outcome: RunningError) -> bool:
    return isinstance(outcome, HeldError) or outcome.values.get("held") is True
