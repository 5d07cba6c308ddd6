"""What purchases cost: how reservations become charges, and when a limit is passed. Pure; both ledgers write what it says."""

from collections.abc import Mapping, Sequence

import attrs

from omnidsl.running.errors import OverBudget
from omnidsl.running.records import AttemptState, Cap, Spending, Stage


def check_cap(cap: Cap, spending: Spending, needed: int) -> None:
    """Raise OverBudget when `needed` micros more would pass a limit; what costs nothing never does."""
    if cap.most is not None and needed > 0 and spending.total + needed > cap.most:
        raise OverBudget(cap, spending, needed)


def charge(stages: Sequence[Stage], charged: int | None) -> list[Stage]:
    """Return the stages of an attempt with nothing reserved any more, and `charged` micros charged together.

    None charges what was reserved. An amount is charged by the last stage that was not refused.
    """
    if charged is None:
        return [attrs.evolve(one, charged=one.charged + one.reserved, reserved=0) for one in stages]
    payers = [one.name for one in stages if one.state != "refused"] or [one.name for one in stages]
    return [
        attrs.evolve(one, charged=charged if one.name == payers[-1] else 0, reserved=0)
        for one in stages
    ]


def charge_at_end(
    stages: Sequence[Stage], state: AttemptState, charged: int | None
) -> list[Stage] | None:
    """Return the stages after an attempt came to a state, or None where that settles nothing.

    What was refused costs nothing unless it is said to; what failed or was given up may have cost all.
    """
    if state in ("done", "failed", "abandoned"):
        return charge(stages, charged)
    if state == "refused":
        return charge(stages, charged or 0)
    return None


def changes(before: Stage | None, after: Stage) -> Mapping[str, Spending]:
    """Return by how much each scope's totals change where a stage becomes another."""
    found: dict[str, Spending] = {}
    for sign, stage in ((-1, before), (1, after)):
        if stage is None:
            continue
        for scope in stage.scopes:
            known = found.get(scope, Spending())
            found[scope] = Spending(
                known.reserved + sign * stage.reserved, known.charged + sign * stage.charged
            )
    return {scope: one for scope, one in found.items() if one != Spending()}
