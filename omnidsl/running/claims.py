"""Who works on a step: what a run finds when it comes to one, decided in one transaction."""

from collections.abc import Callable

import attrs

from omnidsl.running.ledger import Ledger
from omnidsl.running.records import LIVE, Attempt, Stored


@attrs.frozen(kw_only=True)
class Claimant:
    """Who asks: the run, its owner, and what it would open a new attempt with."""

    run: str
    node: str
    owner: str
    operation: str
    gateway: str
    account: str


@attrs.frozen
class Mine:
    """The attempt is ours: new, or left behind by an owner that is dead. Nothing was ever sent for a `new` one."""

    attempt: Attempt
    new: bool = False


@attrs.frozen
class Made:
    """An attempt has the result already."""

    attempt: Attempt
    stored: Stored


@attrs.frozen
class Theirs:
    """Another owner, alive, is at work on it."""

    attempt: Attempt


@attrs.frozen
class Ended:
    """This very run bought it before, and the task failed."""

    attempt: Attempt


Claim = Mine | Made | Theirs | Ended


def claim(
    ledger: Ledger,
    step: str,
    who: Claimant,
    *,
    alive: Callable[[str], bool],
    cache: bool = True,
    again: bool = False,
) -> Claim:
    """Decide what becomes of a step.

    Without `cache` only what this run bought counts. `again` opens a new attempt where this run's last one failed.
    """
    with ledger.transaction():
        attempts = [one for one in ledger.attempts(step) if cache or one.run == who.run]
        for attempt in reversed(attempts):
            if attempt.state == "done" and (stored := ledger.result(attempt.id)) is not None:
                return Made(attempt, stored)
        live = next((one for one in reversed(attempts) if one.state in LIVE), None)
        if live is not None:
            if live.owner == who.owner:
                return Mine(live)
            if alive(live.owner):
                return Theirs(live)
            return Mine(ledger.take_over(live.id, who.owner, live.fence))
        if (
            attempts
            and not again
            and attempts[-1].state == "failed"
            and attempts[-1].run == who.run
        ):
            return Ended(attempts[-1])
        opened = Attempt(
            id="",
            step=step,
            number=0,
            run=who.run,
            node=who.node,
            operation=who.operation,
            gateway=who.gateway,
            account=who.account,
            owner=who.owner,
        )
        return Mine(ledger.open_attempt(opened), new=True)
