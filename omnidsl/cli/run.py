"""`omni run RECIPE [PIPELINE] [name=value …]`: do what the plan says, pay once, save the results."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from omnidsl.cli.performing import add_options, form, may_send, pacing, show_returned
from omnidsl.cli.preparing import Prepared, Refused, add_arguments, prepare, settled
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.embedding import Place
    from omnidsl.planning.plan import Plan
    from omnidsl.running import RunResult

USAGE = 2


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-run")
    parser = subparsers.add_parser("run", help=words, description=words)
    add_arguments(parser)
    parser.add_argument("--sandbox", action="store_true", help=phrase("help-run-sandbox"))
    parser.add_argument(
        "--until", action="append", default=[], metavar="STEP", help=phrase("help-until")
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--redo", action="append", default=[], metavar="STEP", help=phrase("help-redo")
    )
    again.add_argument("--fresh", action="store_true", help=phrase("help-fresh"))
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a recipe; 0 done, 1 a step failed, 2 usage or settings, 3 something is held, 130 or 143 interrupted."""
    try:
        settings = settled(arguments)
        prepared = prepare(arguments, settings)
    except Refused as refused:
        return refused.status
    if "" in prepared.plan.places:
        print(f"omni: {phrase('no-gateway').format(recipe=arguments.recipe)}", file=sys.stderr)
        return USAGE
    from omnidsl.embedding import open_gateways
    from omnidsl.running.forecast import forecast

    plan = _narrowed(prepared.plan, arguments)
    with ExitStack() as stack:
        place = stack.enter_context(open_gateways(settings, prepared.addresses, plan.services))
        ahead = forecast(plan, place.state, prepared.catalogue, prices=prepared.prices)
        if not may_send(ahead, ", ".join(plan.places), arguments, sandbox=arguments.sandbox):
            return USAGE
        result = _perform(plan, prepared, place, arguments)
    if not arguments.json:
        show_returned(result)
    return result.status


def _narrowed(plan: "Plan", arguments: argparse.Namespace) -> "Plan":
    """Return the plan as `--until`, `--redo` and `--fresh` change it; it is stored so, and going on keeps to it."""
    from omnidsl.running.selection import anew, until

    if arguments.until:
        plan = until(plan, arguments.until)
    if arguments.fresh:
        return anew(plan, [node.id for node in plan.nodes])
    return anew(plan, arguments.redo) if arguments.redo else plan


def _perform(
    plan: "Plan", prepared: Prepared, place: "Place", arguments: argparse.Namespace
) -> "RunResult":
    from omnidsl.reporting.progress import progress
    from omnidsl.running import Circumstances
    from omnidsl.running import run as run_plan
    from omnidsl.running.budget import Budget
    from omnidsl.running.filing import Filing
    from omnidsl.settings.services import ServiceSettings

    with progress(sys.stderr, sys.stdout, form=form(arguments)) as listener:
        around = Circumstances(
            catalogue=prepared.catalogue,
            settings=ServiceSettings(prepared.settings.values, prepared.catalogue),
            gateway=place.gateway,
            gateways=place.gateways,
            elsewhere=place.elsewhere,
            state=place.state,
            output=prepared.settings.output,
            project=prepared.settings.root,
            listeners=[listener],
            listening=listener.reads_along,
            selection={
                name: chosen
                for name in ("until", "redo", "fresh")
                if (chosen := getattr(arguments, name))
            },
            **pacing(arguments, prepared.settings.values, prepared.catalogue),
            budget=Budget.settled(prepared.settings.values, prepared.prices, arguments.max_cost),
            files=Filing.settled(prepared.settings.values),
        )
        return asyncio.run(run_plan(plan, around))
