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
    from omnidsl.planning.plan import Plan, PlanNode
    from omnidsl.planning.values import Value
    from omnidsl.settings import Settings

_NUMBERED = re.compile(r"(.*)\[(\d+)\]\Z")
_NARROWEST = 24
"""Columns that a step's inputs have at least."""


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
    if arguments.json:
        print(json.dumps(plan.to_json(), ensure_ascii=False, indent=2))
    else:
        terminal = sys.stdout.isatty()
        print(table(plan, shutil.get_terminal_size().columns if terminal else None))
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


def table(plan: "Plan", width: int | None = None) -> str:
    """Return the plan as a table: one line a step, numbered ones together, and a line that adds up.

    `width` is the terminal's, in columns; without one nothing is cut.
    """
    groups: dict[str, list[PlanNode]] = {}
    for node in plan.nodes:
        found = _NUMBERED.match(node.id)
        groups.setdefault(found[1] if found else node.id, []).append(node)
    rows = [tuple(phrase(f"plan-{name}") for name in ("step", "operation", "jobs", "inputs"))]
    for name, nodes in groups.items():
        shown = name if len(nodes) == 1 and nodes[0].id == name else f"{name}[1…{len(nodes)}]"
        rows.append((shown, nodes[0].operation, str(len(nodes)), _inputs(nodes[0])))
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(columns(row[at]) for row in rows) for at in range(3)]
    room = max(_NARROWEST, width - sum(widths) - 6) if width is not None else None
    lines = [_line(row, widths, room) for row in rows]
    gateway = plan.gateway or phrase("plan-unset")
    jobs = len(plan.nodes)
    total = phrase("plan-total").format(jobs=jobs, files=len(plan.saves), gateway=gateway)
    return "\n".join([*lines, "", printable(total)])


def _line(row: tuple[str, ...], widths: list[int], room: int | None) -> str:
    cells = [pad(cell, width) for cell, width in zip(row, widths, strict=False)]
    return "  ".join([*cells, row[3] if room is None else _cut(row[3], room)]).rstrip()


def _inputs(node: "PlanNode") -> str:
    return ", ".join(f"{name}: {_shown(value)}" for name, value in node.arguments.items())


def _cut(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    while columns(text) > room - 1:
        text = text[: -max(1, (columns(text) - room) // 2)]
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
