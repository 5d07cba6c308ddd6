"""`omni plan RECIPE [PIPELINE] [name=value …]`: what a run would do, step by step, without doing it."""

import argparse
import json
import re
from typing import TYPE_CHECKING

from omnidsl.cli.preparing import Refused, add_arguments, prepare, settled
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.planning.plan import Plan, PlanNode
    from omnidsl.planning.values import Value
    from omnidsl.settings import Settings

_NUMBERED = re.compile(r"(.*)\[(\d+)\]\Z")
_LONGEST = 60
"""Columns of one step's inputs in the table."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-plan")
    parser = subparsers.add_parser("plan", help=words, description=words)
    add_arguments(parser)
    parser.add_argument("--sandbox", action="store_true", help=phrase("help-plan-sandbox"))
    parser.add_argument("--json", action="store_true", help=phrase("help-plan-json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan and return 0; 1 or 2 where the recipe, its arguments or the settings are wrong."""
    try:
        settings = settled(arguments)
        plan = prepare(
            arguments, settings, gateway_identity(settings, sandbox=arguments.sandbox)
        ).plan
    except Refused as refused:
        return refused.status
    print(
        json.dumps(plan.to_json(), ensure_ascii=False, indent=2) if arguments.json else table(plan)
    )
    return 0


def gateway_identity(settings: "Settings", *, sandbox: bool) -> str:
    """Return what keys will know the gateway by: `sandbox`, the configured name, the URL's origin, or nothing yet."""
    if sandbox:
        return "sandbox"
    if settings.gateway_name or not settings.gateway_base_url:
        return settings.gateway_name or ""
    from urllib.parse import urlsplit

    parts = urlsplit(settings.gateway_base_url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def table(plan: "Plan") -> str:
    """Return the plan as a table: one line a step, numbered ones together, and a line that adds up."""
    groups: dict[str, list[PlanNode]] = {}
    for node in plan.nodes:
        found = _NUMBERED.match(node.id)
        groups.setdefault(found[1] if found else node.id, []).append(node)
    rows = [tuple(phrase(f"plan-{name}") for name in ("step", "operation", "inputs", "jobs"))]
    for name, nodes in groups.items():
        shown = name if len(nodes) == 1 and nodes[0].id == name else f"{name}[1…{len(nodes)}]"
        rows.append((shown, nodes[0].operation, _inputs(nodes[0]), str(len(nodes))))
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(columns(row[at]) for row in rows) for at in range(3)]
    lines = [
        "  ".join([*(pad(cell, width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
    gateway = plan.gateway or phrase("plan-unset")
    jobs = len(plan.nodes)
    total = phrase("plan-total").format(
        jobs=jobs, steps=len(groups), files=len(plan.saves), gateway=gateway
    )
    return "\n".join([*lines, "", printable(total)])


def _inputs(node: "PlanNode") -> str:
    parts = [f"{name}: {_shown(value)}" for name, value in node.arguments.items()]
    text = ", ".join(parts)
    return text if columns(text) <= _LONGEST else _cut(text)


def _cut(text: str) -> str:
    while columns(text) > _LONGEST - 1:
        text = text[: -max(1, (columns(text) - _LONGEST) // 2)]
    return f"{text}…"


def _shown(value: "Value") -> str:
    from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TextInput

    match value:
        case Ref():
            return f"‹{value.node}{'.' if value.part else ''}{value.part}›"
        case TextInput() | PromptInput():
            return "".join(one if isinstance(one, str) else _shown(one) for one in value.parts)
        case FileInput():
            return value.path
        case MessagesInput():
            return " ".join(_shown(one) for turn in value.turns for one in turn.parts)
        case tuple():
            return "[" + ", ".join(_shown(one) for one in value) + "]"
    return str(value)
