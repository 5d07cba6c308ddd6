"""Who works on a step: what a run finds when it comes to one, decided in one transaction."""

from collections.abc import Callable, Sequence

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
    """It was bought before and came to nothing, or was given up; see `is_over`."""

    attempt: Attempt


Claim = Mine | Made | Theirs | Ended


def release(ledger: Ledger, attempt: Attempt) -> None:
    """Leave an attempt that has not come to its end to whoever comes next: others would wait as long as we live.

    Fenced when it is another's by now.
    """
    with ledger.transaction():
        now = ledger.attempt(attempt.id)
        if now is not None and now.state in LIVE:
            ledger.take_over(attempt.id, "", attempt.fence)


def is_over(last: Attempt, run: str) -> bool:
    """Tell whether a run buys a step no more, whose last purchase this is, unless it is told to.

    An answer that was of no use is so for every run: asked again, a service would say the same.
    """
    if last.state == "failed" and last.receipt is None:
        return True
    return last.state in ("failed", "abandoned") and last.run == run


def goes_on_with(ledger: Ledger, attempt: Attempt, run: str, *, cache: bool) -> bool:
    """Tell whether a run that comes to the step goes on with just this attempt; see `claim`."""
    attempts = _counting(ledger, attempt.step, run, cache=cache)
    live = _live(attempts)
    return _made(ledger, attempts) is None and live is not None and live.id == attempt.id


def _counting(ledger: Ledger, step: str, run: str, *, cache: bool) -> list[Attempt]:
    return [one for one in ledger.attempts(step) if cache or one.run == run]


def _made(ledger: Ledger, attempts: Sequence[Attempt]) -> Made | None:
    for attempt in reversed(attempts):
        if attempt.state == "done" and (stored := ledger.result(attempt.id)) is not None:
            return Made(attempt, stored)
    return None


def _live(attempts: Sequence[Attempt]) -> Attempt | None:
    return next((one for one in reversed(attempts) if one.state in LIVE), None)


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

    Without `cache` only what this run bought counts. `again` opens a new attempt where this run's last one failed or
    was given up.
    """
    with ledger.transaction():
        attempts = _counting(ledger, step, who.run, cache=cache)
        if (made := _made(ledger, attempts)) is not None:
            return made
        if (live := _live(attempts)) is not None:
            if live.owner == who.owner:
                return Mine(live)
            if alive(live.owner):
                return Theirs(live)
            return Mine(ledger.take_over(live.id, who.owner, live.fence))
        if attempts and not again and is_over(attempts[-1], who.run):
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
