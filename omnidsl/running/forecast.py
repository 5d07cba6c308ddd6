"""What a run of a plan would send: the steps that no earlier run has finished, bought, or left held."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

import attrs

from omnidsl.planning.costs import NOTHING, Cost, Prices
from omnidsl.planning.plan import PICK, Plan, PlanNode
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.running.claims import is_over
from omnidsl.running.ledger import Ledger
from omnidsl.running.owners import Owners
from omnidsl.running.records import LIVE, Attempt
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_ledger import SqliteLedger

Standing = Literal["kept", "bought", "held"]
"""How a step stands that earlier runs know: it has its result, its purchase is under way, or a person has to decide."""


@attrs.frozen
class Forecast:
    """Counts of paid steps. `send` will be sent; nothing is sent for the others. What is free is not counted.

    `kept` have their results, `bought` are at the gateway (or in the hands of another run), `held` wait for a person,
    and `behind` need one that is held, or that a person has to choose. `perhaps` says that results may leave out some
    of those to be sent; `cost` is what those cost, in `currency`.
    """

    send: int
    kept: int = 0
    bought: int = 0
    held: int = 0
    behind: int = 0
    perhaps: bool = False
    cost: Cost = NOTHING
    currency: str = ""


def forecast(
    plan: Plan,
    state: Path,
    catalogue: Catalogue,
    *,
    prices: Prices | None = None,
    resumes: str = "",
    retry: bool = False,
    resubmit: Collection[str] = (),
) -> Forecast:
    """Return what a run would send, by the ledger of a state directory; LedgerError when it cannot be read.

    A step that depends on another one's result stands as an earlier run left the same planned step. `resumes` is the run
    that goes on, without `retry` not buying again what it saw fail; `resubmit` are the held steps that a person has it buy
    again. What is bought anew (`cache: false`, `--redo`) makes whatever depends on it new too, as far as anybody can tell.
    """
    file = state / "ledger.sqlite3"
    if not file.exists():
        return _sorted(plan, {}, catalogue, prices)
    ended: set[str] = set()
    ledger = SqliteLedger(file)
    try:
        history = _History(ledger, state, retry)
        known = history.standings(plan)
        own: dict[str, Standing] = {}
        for name, step in ledger.assignments(resumes).items() if resumes else ():
            attempts = ledger.attempts(step)
            if standing := history.standing([one for one in attempts if one.run == resumes]):
                own[name] = standing
            if retry or not attempts:
                continue
            if is_over(attempts[-1], resumes):
                ended.add(name)
    finally:
        ledger.close()
    return _sorted(plan, known, catalogue, prices, own, ended, resubmit)


def _sorted(
    plan: Plan,
    known: Mapping[str, Standing],
    catalogue: Catalogue,
    prices: Prices | None,
    own: Mapping[str, Standing] | None = None,
    ended: Collection[str] = (),
    resubmit: Collection[str] = (),
) -> Forecast:
    own = own or {}
    renewed: set[str] = set()
    found: dict[str, Standing | Literal["send", "behind", "free", "ended"]] = {}
    for node in plan.nodes:  # what a step needs stands before it
        if not node.options.cache or any(need in renewed for need in node.needs):
            renewed.add(node.id)
        standing = own.get(node.id) if node.id in renewed else known.get(node.key)
        blocked = any(found.get(need) in ("held", "behind") for need in node.needs)
        if node.id in ended or any(found.get(need) == "ended" for need in node.needs):
            found[node.id] = "ended"
            continue
        if not node.served:
            chosen = node.operation != PICK or standing == "kept"
            found[node.id] = "behind" if blocked or not chosen else "free"
            continue
        again = node.id in resubmit or _decided(node, catalogue) == "resubmit"
        if standing == "held" and again:
            standing = None
        found[node.id] = standing or ("behind" if blocked else "send")
    paid = [one for one in plan.nodes if one.served and not catalogue.is_free(one.operation)]
    stands = [found[one.id] for one in paid]
    perhaps = any(one.when is not None and found[one.id] == "send" for one in paid)
    counted = Counter(stands)
    sent = (one for one in plan.nodes if found[one.id] == "send")
    cost = prices.total(sent) if prices else NOTHING
    return Forecast(
        send=counted["send"],
        kept=counted["kept"],
        bought=counted["bought"],
        held=counted["held"],
        behind=counted["behind"],
        perhaps=perhaps,
        cost=cost,
        currency=prices.currency if prices else "",
    )


def _decided(node: PlanNode, catalogue: Catalogue) -> str | None:
    """Return what is to become of a lost answer, as the step or else its operation says."""
    operation = catalogue.find(node.operation)
    return node.options.on_ambiguous or (operation.on_ambiguous if operation else None)


@attrs.frozen
class _History:
    """What earlier runs left in a state directory."""

    ledger: Ledger
    state: Path
    retry: bool

    def standings(self, plan: Plan) -> Mapping[str, Standing]:
        """Return how steps stand by their planned keys; those of which nothing was bought are left out."""
        known: dict[str, Standing] = {}
        planned = self.ledger.planned({node.key for node in plan.nodes})
        for key, steps in planned.items():
            found = [one for step in steps if (one := self.standing(self.ledger.attempts(step)))]
            if found:
                known[key] = "kept" if "kept" in found else found[0]
        return known

    def standing(self, attempts: list[Attempt]) -> Standing | None:
        """Return how the attempts of one step stand, as a run that claims it would find (see `claims`)."""
        done = [one for one in attempts if one.state == "done"]
        if any(self.ledger.result(one.id) is not None for one in done):
            return "kept"
        live = next((one for one in reversed(attempts) if one.state in LIVE), None)
        if live is None:
            over = bool(attempts) and not self.retry and is_over(attempts[-1], "")
            return "bought" if over else None
        if live.state == "submitted" or Owners(self.state / "owners").alive(live.owner):
            return "bought"
        stages = [one for one in self.ledger.stages(live.id) if one.state != "refused"]
        if not stages:
            return None
        spool = Spool(self.state / "replies")
        lost = any(one.state == "ambiguous" or spool.find(one) is None for one in stages)
        return "held" if lost else "bought"
