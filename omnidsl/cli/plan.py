"""`omni plan RECIPE [PIPELINE] [name=value …]`: what a run would do, step by step, without doing it."""

import argparse
import json
import re
import shutil
import sys
from typing import TYPE_CHECKING

from omnidsl.cli.preparing import Refused, add_arguments, prepare, settled
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.planning.costs import Cost, Prices
    from omnidsl.planning.plan import Plan, PlanNode
    from omnidsl.plugins.media import JSON

_NUMBERED = re.compile(r"(.*)\[(\d+)\]\Z")
_NARROWEST = 24
"""Columns that a step's inputs have at least."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-plan")
    parser = subparsers.add_parser("plan", help=words, description=words)
    add_arguments(parser)
    parser.add_argument("--sandbox", action="store_true", help=phrase("help-plan-sandbox"))
    parser.add_argument(
        "--until", action="append", default=[], metavar="STEP", help=phrase("help-until")
    )
    parser.add_argument("--json", action="store_true", help=phrase("help-plan-json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan and return 0; 1 or 2 where the recipe, its arguments or the settings are wrong."""
    try:
        settings = settled(arguments)
        prepared = prepare(arguments, settings)
    except Refused as refused:
        return refused.status
    plan, prices = prepared.plan, prepared.prices
    if arguments.until:
        from omnidsl.running.selection import until

        plan = until(plan, arguments.until)
    if arguments.json:
        whole = {**plan.to_json(), "cost": cost_json(plan, prices)}
        print(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        terminal = sys.stdout.isatty()
        print(table(plan, prices, shutil.get_terminal_size().columns if terminal else None))
    return 0


def table(plan: "Plan", prices: "Prices", width: int | None = None) -> str:
    """Return the plan as a table: one line a step, numbered ones together, and lines that add up jobs and money.

    `width` is the terminal's, in columns; without one nothing is cut.
    """
    groups: dict[str, list[PlanNode]] = {}
    for node in plan.nodes:
        found = _NUMBERED.match(node.id)
        groups.setdefault(found[1] if found else node.id, []).append(node)
    names = ["step", "operation", "jobs", "cost"]
    perhaps = any(node.when is not None for node in plan.nodes)
    if perhaps:
        names.append("when")
    rows = [tuple(phrase(f"plan-{name}") for name in (*names, "inputs"))]
    for name, nodes in groups.items():
        first = nodes[0]
        step = first.id if len(nodes) == 1 else f"{name}[{_number(first)}…{_number(nodes[-1])}]"
        jobs = at_most(prices.jobs(nodes), any(one.when is not None for one in nodes))
        when = (_when(nodes, plan),) if perhaps else ()
        rows.append((step, first.operation, jobs, _cost(nodes, prices), *when, _inputs(first)))
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(columns(row[at]) for row in rows) for at in range(len(names))]
    room = max(_NARROWEST, width - sum(widths) - 2 * len(names)) if width is not None else None
    lines = [_line(row, widths, room) for row in rows]
    gateway = ", ".join(one or phrase("plan-unset") for one in plan.places)
    jobs = at_most(
        prices.jobs(plan.nodes),
        any(prices.is_paid(one) and one.when is not None for one in plan.nodes),
    )
    files = at_most(len(plan.saves), any(one.when is not None for one in plan.saves))
    total = phrase("plan-total").format(jobs=jobs, files=files, gateway=gateway)
    return "\n".join(
        [*lines, "", printable(total), priced(prices.total(plan.nodes), prices.currency)]
    )


def _number(node: "PlanNode") -> str:
    found = _NUMBERED.match(node.id)
    return found[2] if found else "1"


def priced(cost: "Cost", currency: str) -> str:
    """Return what steps cost, in words: a range, whether it is estimated, and what is not in it."""
    from omnidsl.planning.money import span

    shown = f"{printable(currency)} {span(cost.low, cost.high)}"
    words = "plan-estimate" if cost.estimated else "plan-priced"
    missing = phrase("plan-unpriced").format(count=cost.unknown) if cost.unknown else ""
    return phrase(words).format(cost=shown) + missing


def cost_json(plan: "Plan", prices: "Prices") -> "dict[str, JSON]":
    """Return what a plan costs as JSON: micros, for each step and in all; null for a step without a price."""
    total = prices.total(plan.nodes)
    found = {node.id: prices.of(node) for node in plan.nodes if node.served}
    return {
        "currency": prices.currency,
        "estimated": total.estimated,
        "low": total.low,
        "high": total.high,
        "unpriced": total.unknown,
        "steps": {
            name: None if one.unknown else [one.low, one.high] for name, one in found.items()
        },
    }


def _cost(nodes: "list[PlanNode]", prices: "Prices") -> str:
    """Return what steps that stand together cost; `?` where one has no price."""
    from omnidsl.planning.costs import NOTHING
    from omnidsl.planning.money import span

    total = NOTHING
    for node in nodes:
        total += prices.of(node)
    if total.unknown:
        return "?"
    return span(total.low, total.high) if any(one.served for one in nodes) else ""


def at_most(count: int, perhaps: bool) -> str:  # noqa: FBT001  # reads well where it is called
    """Return a count, marked where results may leave some of it out."""
    return f"≤ {count}" if perhaps and count else str(count)


def _when(nodes: "list[PlanNode]", plan: "Plan") -> str:
    """Return the condition of steps that stand together, each one once."""
    from omnidsl.reporting.plan_values import conditions

    found = dict.fromkeys(conditions(one.when, plan) for one in nodes)
    return " / ".join(one for one in found if one)


def _line(row: tuple[str, ...], widths: list[int], room: int | None) -> str:
    cells = [pad(cell, width) for cell, width in zip(row, widths, strict=False)]
    return "  ".join([*cells, row[-1] if room is None else _cut(row[-1], room)]).rstrip()


def _inputs(node: "PlanNode") -> str:
    from omnidsl.reporting.plan_values import shown

    return ", ".join(f"{name}: {shown(value)}" for name, value in node.arguments.items())


def _cut(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    while columns(text) > room - 1:
        text = text[: -max(1, (columns(text) - room) // 2)]
    return f"{text}…"
