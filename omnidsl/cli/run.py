"""`omni run RECIPE [PIPELINE] [name=value …]`: do what the plan says, pay once, save the results."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli.plan import at_most, gateway_identity
from omnidsl.cli.preparing import Prepared, Refused, add_arguments, prepare, settled
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.embedding import Place
    from omnidsl.running import RunResult
    from omnidsl.running.forecast import Forecast

USAGE = 2
ASKS_ABOVE = 10
"""Paid jobs that are sent without asking."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-run")
    parser = subparsers.add_parser("run", help=words, description=words)
    add_arguments(parser)
    parser.add_argument("--output", type=Path, metavar="DIR", help=phrase("help-output"))
    parser.add_argument("--sandbox", action="store_true", help=phrase("help-run-sandbox"))
    parser.add_argument("--yes", "-y", action="store_true", help=phrase("help-yes"))
    parser.add_argument("--json", action="store_true", help=phrase("help-run-json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a recipe; 0 done, 1 a step failed, 2 usage or settings, 3 something is held, 130 or 143 interrupted."""
    try:
        settings = settled(arguments)
        prepared = prepare(
            arguments, settings, gateway_identity(settings, sandbox=arguments.sandbox)
        )
    except Refused as refused:
        return refused.status
    if not prepared.plan.gateway:
        print(f"omni: {phrase('no-gateway').format(recipe=arguments.recipe)}", file=sys.stderr)
        return USAGE
    from omnidsl.embedding import open_gateway

    with ExitStack() as stack:
        place = stack.enter_context(open_gateway(settings, sandbox=arguments.sandbox))
        if not _may_send(prepared, place, arguments):
            return USAGE
        result = _perform(prepared, place, arguments)
    if not arguments.json:
        show_returned(result)
    return result.status


def show_returned(result: "RunResult") -> None:
    """Print the text that the pipeline returns, where it returns one."""
    returned = result.returned
    if isinstance(result.returns, str):
        print(result.returns)
    elif returned is not None and returned.text is not None and not returned.files:
        print(returned.text)


def _may_send(prepared: Prepared, place: "Place", arguments: argparse.Namespace) -> bool:
    """Say how many jobs there are; above ten somebody has to agree, on the terminal or with `--yes` before."""
    from omnidsl.running.forecast import forecast

    gateway = prepared.plan.gateway
    ahead = forecast(prepared.plan, place.state, prepared.catalogue)
    jobs, shown = ahead.send, at_most(ahead.send, ahead.perhaps)
    says = announced(ahead, gateway)
    nothing_is_paid = arguments.sandbox and not sys.stdin.isatty()
    if jobs <= ASKS_ABOVE or arguments.yes or nothing_is_paid:
        print(says, file=sys.stderr)
        return True
    if sys.stdin.isatty() and sys.stderr.isatty():
        print(
            phrase("run-asks").format(jobs=shown, gateway=gateway),
            end="",
            file=sys.stderr,
            flush=True,
        )
        if sys.stdin.readline().strip().casefold() in ("y", "yes", "是", "好"):
            return True
        print(phrase("run-declined"), file=sys.stderr)
        return False
    print(f"omni: {phrase('run-needs-yes').format(jobs=shown, gateway=gateway)}", file=sys.stderr)
    return False


def announced(ahead: "Forecast", gateway: str) -> str:
    """Return how many jobs a run is about to send, and for how many steps it sends nothing."""
    shown = at_most(ahead.send, ahead.perhaps)
    return phrase("run-sends").format(jobs=shown, gateway=gateway, kept=_not_sent(ahead))


def _not_sent(ahead: "Forecast") -> str:
    """Return the counts of the steps for which nothing is sent."""
    from omnidsl.reporting.progress_words import Words

    words = Words()
    kept = phrase("run-kept").format(count=ahead.kept) if ahead.kept else ""
    others = {"bought": ahead.bought, "waiting": ahead.held, "behind": ahead.behind}
    return kept + "".join(
        words(f"ahead-{name}", count=count) for name, count in others.items() if count
    )


def _perform(prepared: Prepared, place: "Place", arguments: argparse.Namespace) -> "RunResult":
    from omnidsl.reporting.progress import progress
    from omnidsl.running import Circumstances
    from omnidsl.running import run as run_plan

    with progress(sys.stderr, sys.stdout, form="json" if arguments.json else "auto") as listener:
        around = Circumstances(
            catalogue=prepared.catalogue,
            gateway=place.gateway,
            state=place.state,
            output=prepared.settings.output,
            project=prepared.settings.root,
            listeners=[listener],
        )
        return asyncio.run(run_plan(prepared.plan, around))
