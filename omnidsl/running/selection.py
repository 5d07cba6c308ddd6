"""What a person picks out of a plan: steps by name or pattern, a part to run, steps to buy anew."""

import copy
import re
from collections.abc import Collection, Iterable

from omnidsl.language.suggestions import nearest
from omnidsl.planning.plan import Plan, PlanNode
from omnidsl.planning.values import refs
from omnidsl.running.errors import SettingsError

_NAMED = 3
"""How many of a plan's steps are named to somebody who named none, the likeliest first."""


def named(patterns: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the names that the patterns mean, in the order of `known`; SettingsError for one that means none.

    A pattern is a step's name, the name without its rounds (`wide` for `wide[1]`, `wide[2]` …), or has `*` and `?`.
    Brackets are brackets: `wide[*]`.
    """
    chosen: set[str] = set()
    for pattern in dict.fromkeys(patterns):
        found = {pattern} if pattern in known else _matching(pattern, known)
        if not found:
            some = list(dict.fromkeys((*nearest(pattern, known), *known)))
            listed = ", ".join(some[:_NAMED]) + (", …" if len(some) > _NAMED else "")
            raise SettingsError("no-such-step", node=pattern, known=listed)
        chosen |= found
    return [one for one in known if one in chosen]


def _matching(pattern: str, known: Collection[str]) -> set[str]:
    written = "".join(
        ".*" if sign == "*" else "." if sign == "?" else re.escape(sign)
        for sign in re.sub(r"\*+", "*", pattern)
    )
    whole = re.compile(rf"{written}(\[.*)?", re.DOTALL)
    return {one for one in known if whole.fullmatch(one)}


def until(plan: Plan, patterns: Collection[str]) -> Plan:
    """Return the part of a plan that makes the named steps: they, what they need, and the saves that need no more."""
    by_name = {node.id: node for node in plan.nodes}
    ahead = named(patterns, by_name)
    wanted: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in wanted:
            wanted.add(name)
            ahead.extend(by_name[name].needs)
    part = copy.copy(plan)
    part.nodes = tuple(node for node in plan.nodes if node.id in wanted)
    part.saves = tuple(one for one in plan.saves if wanted.issuperset(one.needs))
    part.loops = tuple(one for one in plan.loops if wanted.issuperset(one.needs))
    part.returns = (
        plan.returns if wanted.issuperset(one.node for one in refs(plan.returns)) else None
    )
    return part


def anew(plan: Plan, patterns: Collection[str]) -> Plan:
    """Return a plan that buys the named steps, whatever earlier runs have of them; going on with its run keeps them."""
    chosen = set(named(patterns, [node.id for node in plan.nodes]))
    changed = copy.copy(plan)
    changed.nodes = tuple(_bought_anew(one) if one.id in chosen else one for one in plan.nodes)
    return changed


def _bought_anew(node: PlanNode) -> PlanNode:
    changed = copy.copy(node)
    changed.options = copy.copy(node.options)
    changed.options.cache = False
    return changed
