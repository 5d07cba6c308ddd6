"""A run from its plan to its result: what the command line and the Python interface call."""

import hashlib
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import attrs

from omnidsl.planning.plan import PICK, Plan
from omnidsl.plugins.media import JSON
from omnidsl.running.circumstances import Circumstances
from omnidsl.running.errors import SettingsError
from omnidsl.running.gateway import Gateway
from omnidsl.running.job import Job
from omnidsl.running.ledger import Ledger
from omnidsl.running.owners import Owners
from omnidsl.running.records import LIVE, RunRecord
from omnidsl.running.results import RunResult
from omnidsl.running.scheduler import check_order
from omnidsl.running.selection import named
from omnidsl.running.sqlite_ledger import SqliteLedger


async def run(plan: Plan, around: Circumstances) -> RunResult:
    """Run a plan and return how it ended; steps that are done already are not paid for again.

    Raises SettingsError and LedgerError when nothing could begin; whatever happens to a step is in the result.
    """
    _check(plan, around)
    around.budget.check(plan)
    check_output(around.output)
    with _open(around.state) as (ledger, owners), owners.enter() as owner:
        run_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid4().hex[:6]}"
        # The record is not held on to: it has the plan once more, in its stored form.
        ledger.add_run(
            RunRecord(
                id=run_id,
                recipe=plan.recipe,
                pipeline=plan.pipeline,
                gateway=plan.gateway,
                plan=plan.to_json(),
                owner=owner,
                started=time.time(),
                options={**around.asked(), **_recipe(plan, around)},
            )
        )
        return await Job(run_id, owner, plan, around, ledger, owners).work()


def _recipe(plan: Plan, around: Circumstances) -> dict[str, JSON]:
    """Return the SHA-256 of the recipe's text as a run begins, where it can be read."""
    try:
        text = (around.project / plan.recipe).read_bytes()
    except (OSError, ValueError):
        return {}
    return {"recipe": hashlib.sha256(text).hexdigest()}


async def resume(run_id: str, around: Circumstances) -> RunResult:
    """Go on with a run from its stored plan, as `run` does."""
    with _open(around.state) as (ledger, owners), owners.enter() as owner:
        record = ledger.run(run_id)
        if record is None:
            raise SettingsError("no-such-run", run=run_id, path=str(around.state))
        plan = _stored_plan(record)
        around = around.going_on(record.options)
        _check(plan, around)
        around.budget.check(plan)
        check_output(around.output)
        around = _decided(around, ledger, run_id, [node.id for node in plan.nodes])
        if owners.alive(record.owner) or not ledger.own_run(run_id, owner, record.owner):
            raise SettingsError("run-is-live", run=run_id)
        del record  # as above
        return await Job(run_id, owner, plan, around, ledger, owners).work()


def _decided(
    around: Circumstances, ledger: Ledger, run_id: str, known: Collection[str]
) -> Circumstances:
    """Return the decisions about held steps with their names for what a person wrote; SettingsError for one about none."""
    if not around.resubmit and not around.abandon:
        return around
    steps = ledger.assignments(run_id)

    def held(patterns: Collection[str]) -> set[str]:
        chosen: set[str] = set()
        for pattern in sorted(patterns):
            meant = named([pattern], known)
            found = [one for one in meant if one in steps and _is_open(ledger, steps[one])]
            if not found:
                raise SettingsError("not-held", node=pattern, run=run_id)
            chosen.update(found)
        return chosen

    resubmit, abandon = held(around.resubmit), held(around.abandon)
    for name in sorted(resubmit & abandon):
        raise SettingsError("both-decisions", node=name)
    return attrs.evolve(around, resubmit=resubmit, abandon=abandon)


def _is_open(ledger: Ledger, step: str) -> bool:
    """Tell whether a step has a purchase that a person can still decide about: something was sent, and is not here."""
    attempts = ledger.attempts(step)
    if not attempts or attempts[-1].state not in LIVE or attempts[-1].operation == PICK:
        return False
    return any(one.state != "refused" for one in ledger.stages(attempts[-1].id))


def check_output(folder: Path) -> None:
    """Refuse an output folder that nothing can be saved in, before anything is paid; SettingsError says why."""
    for one in (folder, *folder.parents):
        if one.is_dir():
            if not os.access(one, os.W_OK | os.X_OK):
                raise SettingsError("output", path=str(folder), part=str(one), words="not writable")
            return
        if one.exists() or one.is_symlink():
            raise SettingsError("output", path=str(folder), part=str(one), words="not a folder")


def prepare_state(state: Path) -> None:
    """Make the state directory, hidden from version control; SettingsError when it cannot be made."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        ignore = state / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")
    except OSError as error:
        raise SettingsError("disk", path=str(state), words=error.strerror or str(error)) from None


@contextmanager
def _open(state: Path) -> Iterator[tuple[Ledger, Owners]]:
    prepare_state(state)
    ledger = SqliteLedger(state / "ledger.sqlite3")
    try:
        yield ledger, Owners(state / "owners")
    finally:
        ledger.close()


def _stored_plan(record: RunRecord) -> Plan:
    try:
        return Plan.from_json(record.plan)
    except ValueError as error:
        raise SettingsError("plan-broken", words=str(error)) from None


def check_gateways(plan: Plan, own: Mapping[str, Gateway], common: Gateway) -> None:
    """Refuse a plan that was made for other gateways than those that its services have now; SettingsError names both."""
    pairs = [(plan.gateway_of(one), own.get(one, common).identity) for one in plan.services]
    for theirs, ours in pairs or [(plan.gateway, common.identity)]:
        if theirs != ours:
            raise SettingsError("plan-gateway", theirs=theirs, gateway=ours)


def _check(plan: Plan, around: Circumstances) -> None:
    """Refuse a plan for other gateways, or one that does not hang together."""
    check_gateways(plan, around.gateways, around.gateway)
    check_order(plan.nodes)
    names = {node.id for node in plan.nodes}
    for save in plan.saves:
        if missing := [one for one in save.needs if one not in names]:
            words = f"{save.path} is saved from `{missing[0]}`, which is not there"
            raise SettingsError("plan-broken", words=words)
