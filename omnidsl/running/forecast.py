"""How many steps of a plan a run would still buy: those that no earlier run has finished."""

from pathlib import Path

from omnidsl.planning.plan import Plan
from omnidsl.running.ledger import Ledger
from omnidsl.running.sqlite_ledger import SqliteLedger

_RUNS = 50
"""How many earlier runs are looked at, newest first."""


def steps_to_buy(plan: Plan, state: Path) -> int:
    """Return how many steps have no result in the ledger of a state directory; LedgerError when it cannot be read.

    A step that depends on another one's result counts as finished when an earlier run finished the same planned step.
    """
    file = state / "ledger.sqlite3"
    if not file.exists():
        return len(plan.nodes)
    ledger = SqliteLedger(file)
    try:
        finished = _finished(ledger, plan.gateway)
    finally:
        ledger.close()
    return sum(not node.options.cache or node.key not in finished for node in plan.nodes)


def _finished(ledger: Ledger, gateway: str) -> set[str]:
    """Return the planned keys of steps whose purchase has a result."""
    keys: set[str] = set()
    runs = sorted(ledger.runs(), key=lambda run: run.started, reverse=True)
    for run in [one for one in runs if one.gateway == gateway][:_RUNS]:
        assigned = ledger.assignments(run.id)
        try:
            nodes = Plan.from_json(run.plan).nodes
        except ValueError:
            continue  # another version's plan
        for node in nodes:
            step = assigned.get(node.id)
            if node.key in keys or step is None:
                continue
            attempts = ledger.attempts(step)
            if any(one.state == "done" and ledger.result(one.id) is not None for one in attempts):
                keys.add(node.key)
    return keys
