"""The steps that a run does by itself, and nobody is paid for: asking a person, holding a result to its expectation."""

import shlex
from collections.abc import Mapping

from omnidsl.planning.keys import canonical_arguments, content_key
from omnidsl.planning.plan import EXPECT, PICK, PlanNode
from omnidsl.planning.values import Ref
from omnidsl.running.claims import Claimant, Made, Mine, Theirs, claim
from omnidsl.running.errors import HeldError, StepError
from omnidsl.running.events import StepDone, StepStarted
from omnidsl.running.reading import Reading, no_part, reading_of, written
from omnidsl.running.records import Attempt
from omnidsl.running.results import Result
from omnidsl.running.workshop import Workshop


async def perform(shop: Workshop, node: PlanNode, results: Mapping[str, Result]) -> Result:
    """Return what a step of our own gives; HeldError while nobody has chosen, StepError for what is not as expected."""
    reading = reading_of(results)
    if node.operation == EXPECT:
        return _expect(shop, node, reading)
    return await _pick(shop, node, reading)


def _expect(shop: Workshop, node: PlanNode, reading: Reading) -> Result:
    if not reading.holds(node.arguments["condition"]):
        words = written(reading.known(node.arguments["message"]))
        raise StepError("expectation", words=words, line=node.line)
    shop.emit(StepDone(node=node.id, step="", attempt="", reused=False))
    return Result(
        node=node.id,
        operation=EXPECT,
        type="bool",
        step="",
        number=1,
        attempt="",
        gateway=shop.accesses.common.gateway.identity,
        value=True,
    )


async def _pick(shop: Workshop, node: PlanNode, reading: Reading) -> Result:
    """Return the choice that a person has made; it is kept as the result of an attempt that nothing was sent for."""
    grid = reading.settled(node.arguments["grid"])
    if not isinstance(grid, Ref):
        raise StepError("plan-broken", words=f"{grid!r} is no grid")
    handle = shop.binder.handle(reading.result(grid.node))
    content = content_key(handle.gateway, PICK, canonical_arguments({"grid": handle}))
    key = await shop.clerk.do(
        lambda ledger: ledger.assign(shop.run, node.id, content, node.take, node.key)
    )
    shop.emit(StepStarted(node=node.id, operation=PICK, step=key))
    who = Claimant(
        run=shop.run,
        node=node.id,
        owner=shop.owner,
        operation=PICK,
        gateway=handle.gateway,
        account=handle.account,
    )
    cache = node.options.cache
    found = await shop.clerk.do(
        lambda ledger: claim(ledger, key, who, alive=shop.owners.alive, cache=cache)
    )
    match found:
        case Made(attempt, stored) if stored.text is not None:
            return _chosen(shop, node, attempt, stored.text)
        case Mine(attempt) | Theirs(attempt):
            raise HeldError(
                "pick",
                attempt=attempt,
                node=node.id,
                run=shop.run,
                step=shlex.quote(node.id),
                path=str(reading.artifact(grid).path),
            )
    raise no_part(reading.result(grid.node), PICK)


def _chosen(shop: Workshop, node: PlanNode, attempt: Attempt, choice: str) -> Result:
    shop.emit(
        StepDone(node=node.id, step=attempt.step, attempt=attempt.id, reused=True, text=choice)
    )
    return Result(
        node=node.id,
        operation=PICK,
        type="int",
        step=attempt.step,
        number=attempt.number,
        attempt=attempt.id,
        gateway=attempt.gateway,
        account=attempt.account,
        text=choice,
        value=int(choice),
        reused=True,
    )
