"""Making a saved file again: the part of a plan that it came from, its step bought anew, its name another."""

import copy
import hashlib
from collections.abc import Iterator
from pathlib import Path

from omnidsl.errors import OmniError
from omnidsl.planning.keys import canonical_arguments, content_key, step_key
from omnidsl.planning.plan import Options, Plan, PlanNode, Save
from omnidsl.planning.values import (
    Computed,
    FileInput,
    MessagesInput,
    PromptInput,
    TextInput,
    Value,
)
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.running.artifacts import ArtifactStore
from omnidsl.running.errors import SettingsError
from omnidsl.running.origins import Origin
from omnidsl.running.scheduler import check_order
from omnidsl.running.selection import anew, until


def reproduction(origin: Origin, catalogue: Catalogue, store: ArtifactStore, project: Path) -> Plan:
    """Return a plan that makes a file once more and saves it beside the old one; `project` is where its inputs lie.

    The step that made it is bought anew; what that takes is used where it is still there. SettingsError says what is
    missing: the plan, an operation, or a file that goes in. A file may say anything of itself: what its plan claims to
    have been bought is worked out anew, steps that the file does not need are left out, and nothing is bought twice over.
    """
    plan = origin.plan
    if plan is None or len(plan.saves) != 1:
        raise SettingsError("no-plan", path=str(origin.path))
    try:
        check_order(plan.nodes)
        plan = _own_claims_dropped(until(plan, plan.saves[0].needs))
        plan.rules.check()
    except (OmniError, ValueError) as error:
        raise SettingsError("plan-broken", words=str(error)) from None
    for node in plan.nodes:
        if node.served and catalogue.find(node.operation) is None:
            words = f"no installed plugin brings `{node.operation}`"
            raise SettingsError("plan-broken", words=words)
    for file in _inputs(plan):
        if store.find(file.sha256) is None and not _is_there(file, project):
            raise SettingsError("input-missing", path=file.path, sha256=file.sha256)
    (save,) = plan.saves
    changed = copy.copy(plan)
    changed.saves = (Save(save.value, fresh_name(origin.path), save.line, save.when, save.after),)
    paid = {node.id for node in plan.nodes if node.served}
    wanted = [one for one in _made_by(origin, save) if one in paid]
    return anew(changed, wanted) if wanted else changed


def _own_claims_dropped(plan: Plan) -> Plan:
    """Return a plan with keys that follow from its steps, and without leave to buy again what was lost or failed.

    By its keys a plan finds what earlier runs have bought: with those of other work it would look paid for.
    """
    changed, keys = copy.copy(plan), dict[str, str]()
    nodes: list[PlanNode] = []
    for node in plan.nodes:
        if missing := [one for one in node.needs if one not in keys]:
            words = f"`{node.id}` stands before `{missing[0]}`, which it needs"
            raise SettingsError("plan-broken", words=words)
        arguments = canonical_arguments(node.arguments, node.expects, keys)
        renewed, old = copy.copy(node), node.options
        renewed.key = step_key(
            content_key(plan.gateway_of(node.operation), node.operation, arguments), node.take
        )
        renewed.options = Options(
            timeout=old.timeout, retries=old.retries, take=old.take, cache=old.cache
        )
        keys[node.id] = renewed.key
        nodes.append(renewed)
    changed.nodes = tuple(nodes)
    return changed


def fresh_name(path: Path) -> str:
    """Return a name beside a file that nothing has: `hero-again.png`, then `hero-again-2.png`."""
    taken = {one.name for one in path.parent.iterdir()}
    number = 1
    while True:
        stem = f"{path.stem}-again" if number == 1 else f"{path.stem}-again-{number}"
        if not any(one.startswith((f"{stem}.", f"{stem}-1.")) or one == stem for one in taken):
            return f"{stem}{path.suffix}"
        number += 1


def _made_by(origin: Origin, save: Save) -> tuple[str, ...]:
    """Return the steps that made a file: one, or for a text those that it was put together from."""
    match origin.document.get("step"):
        case {"id": str(name)}:
            return (name,)
    return save.needs


def _is_there(file: FileInput, project: Path) -> bool:
    path = project / file.path
    try:
        inside = path.resolve().is_relative_to(project.resolve())
        if not inside or not path.is_file() or path.stat().st_size != file.size:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    except (OSError, ValueError):
        return False


def _inputs(plan: Plan) -> Iterator[FileInput]:
    for node in plan.nodes:
        for value in node.arguments.values():
            yield from _files(value)


def _files(value: Value) -> Iterator[FileInput]:
    """Yield the files of the user's that a value takes in."""
    inner: tuple[Value, ...] = ()
    match value:
        case FileInput():
            yield value
        case tuple():
            inner = value
        case Computed():
            inner = value.arguments
        case TextInput():
            inner = value.parts
        case PromptInput():
            inner = (*value.parts, *value.images)
        case MessagesInput():
            inner = tuple(part for turn in value.turns for part in turn.parts)
    for one in inner:
        yield from _files(one)
