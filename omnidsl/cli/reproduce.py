"""`omni reproduce FILE`: make a saved file again, beside the old one."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding, plugging
from omnidsl.cli.performing import add_options, form, pacing
from omnidsl.cli.plan import priced, table
from omnidsl.cli.preparing import prices_of
from omnidsl.cli.show import find
from omnidsl.cli.unmatched import unfit
from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import printable

if TYPE_CHECKING:
    from omnidsl.embedding import Place
    from omnidsl.planning.plan import Plan
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.running.origins import Origin
    from omnidsl.settings import Settings

USAGE = 2


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-reproduce")
    parser = subparsers.add_parser("reproduce", help=words, description=phrase("reproduce-about"))
    parser.add_argument("file", metavar="FILE", type=Path, help=phrase("help-show-file"))
    parser.add_argument("--dry-run", action="store_true", help=phrase("help-reproduce-dry"))
    plugging.add_options(parser)
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say what would be bought, ask, and make the file again; exit statuses as those of `run`."""
    from omnidsl.embedding import open_gateways
    from omnidsl.running.gateway import SANDBOX
    from omnidsl.settings import load
    from omnidsl.settings.addresses import addresses

    origin = find(arguments.file)
    if isinstance(origin, int):
        return origin
    settings, findings = load(Path.cwd())
    if any(one.severity == "error" for one in findings):
        finding.show(findings, to_stderr=True)
        finding.count(findings)
        return USAGE
    catalogue = plugging.catalogue(settings, arguments)
    if unfit(settings, catalogue):
        return USAGE
    plan = _planned(origin, catalogue, settings)
    if not origin.known:
        print(f"omni: {phrase('reproduce-not-known')}", file=sys.stderr)
    sandbox = plan.gateway == SANDBOX
    with ExitStack() as stack:
        where = addresses(settings, catalogue, sandbox=sandbox)
        place = stack.enter_context(open_gateways(settings, where, plan.services))
        if not _agreed(plan, catalogue, settings, place, arguments):
            return 0 if arguments.dry_run else USAGE
        return _perform(plan, origin, catalogue, settings, place, arguments)


def _planned(origin: "Origin", catalogue: "Catalogue", settings: "Settings") -> "Plan":
    from omnidsl.embedding import state_folder
    from omnidsl.running.artifacts import FolderStore
    from omnidsl.running.reproducing import reproduction

    store = FolderStore(state_folder(settings) / "artifacts")
    return reproduction(origin, catalogue, store, settings.root)


def _agreed(
    plan: "Plan",
    catalogue: "Catalogue",
    settings: "Settings",
    place: "Place",
    arguments: argparse.Namespace,
) -> bool:
    """Show what would be done and what it costs, and ask unless that is agreed to, or nothing is paid."""
    from omnidsl.running.forecast import forecast
    from omnidsl.running.gateway import SANDBOX
    from omnidsl.running.runner import check_gateways

    check_gateways(plan, place.gateways, place.gateway)
    prices = prices_of(settings, catalogue)
    ahead = forecast(plan, place.state, catalogue, prices=prices)
    nothing_is_paid = plan.gateway == SANDBOX or not ahead.send
    agreed = arguments.yes or nothing_is_paid
    if arguments.dry_run or not (arguments.quiet and agreed):
        words = phrase("reproduce-sends").format(
            jobs=ahead.send,
            kept=ahead.kept,
            gateway=", ".join(plan.places),
            path=plan.saves[0].shown,
        )
        cost = "" if nothing_is_paid else phrase("run-cost") + priced(ahead.cost, ahead.currency)
        print(table(plan, prices), file=sys.stderr)
        print(f"{printable(words)}{cost}", file=sys.stderr)
    if arguments.dry_run:
        return False
    if agreed:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(f"omni: {phrase('reproduce-needs-yes')}", file=sys.stderr)
        return False
    print(phrase("reproduce-asks"), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() in ("y", "yes", "是", "好"):
        return True
    print(phrase("run-declined"), file=sys.stderr)
    return False


def _perform(
    plan: "Plan",
    origin: "Origin",
    catalogue: "Catalogue",
    settings: "Settings",
    place: "Place",
    arguments: argparse.Namespace,
) -> int:
    from omnidsl.reporting.progress import progress
    from omnidsl.running import Circumstances
    from omnidsl.running import run as run_plan
    from omnidsl.running.budget import Budget
    from omnidsl.running.filing import Filing
    from omnidsl.settings.services import ServiceSettings

    with progress(sys.stderr, sys.stdout, form=form(arguments)) as listener:
        around = Circumstances(
            catalogue=catalogue,
            settings=ServiceSettings(settings.values, catalogue),
            gateway=place.gateway,
            gateways=place.gateways,
            elsewhere=place.elsewhere,
            state=place.state,
            output=arguments.output or origin.path.absolute().parent,
            project=settings.root,
            listeners=[listener],
            listening=listener.reads_along,
            **pacing(arguments, settings.values, catalogue),
            budget=Budget.settled(
                settings.values, prices_of(settings, catalogue), arguments.max_cost
            ),
            files=Filing.settled(settings.values),
        )
        return asyncio.run(run_plan(plan, around)).status
