"""`omni resume [RUN]`: go on with a run from its stored plan, with what a person decided about its steps."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding, plugging
from omnidsl.cli.performing import add_options, form, may_send, pacing, show_returned
from omnidsl.cli.preparing import prices_of
from omnidsl.cli.stored_runs import Found, find
from omnidsl.cli.unmatched import unfit
from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from omnidsl.planning.costs import Prices
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.running import RunResult
    from omnidsl.settings import Settings

USAGE = 2


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-resume")
    parser = subparsers.add_parser("resume", help=words, description=words)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help=phrase("help-resume-run"))
    parser.add_argument("--retry", action="store_true", help=phrase("command-retry"))
    add_decisions(parser)
    parser.set_defaults(run=run)


def add_decisions(parser: argparse.ArgumentParser) -> None:
    """Add what a person decides about held steps, and the options of every run."""
    parser.add_argument(
        "--resubmit", action="append", default=[], metavar="STEP", help=phrase("help-resubmit")
    )
    parser.add_argument(
        "--abandon", action="append", default=[], metavar="STEP", help=phrase("help-abandon")
    )
    plugging.add_options(parser)
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Go on with a run under the settings of its own project; exit statuses as those of `run`."""
    from omnidsl.embedding import state_folder
    from omnidsl.reporting.progress_paths import shown_path
    from omnidsl.running.errors import SettingsError
    from omnidsl.settings import load

    found = find(Path.cwd(), arguments.run_id)
    if found is None:
        looked = shown_path(str(state_folder(load(Path.cwd())[0])))
        if arguments.run_id is not None:
            raise SettingsError("no-such-run", run=arguments.run_id, path=looked)
        print(f"omni: {phrase('no-runs-yet').format(path=looked)}", file=sys.stderr)
        return USAGE
    settings, findings = load(found.project)
    if any(one.severity == "error" for one in findings):
        finding.show(findings, to_stderr=True)
        finding.count(findings)
        return USAGE
    result = _perform(found, settings.overridden(output=arguments.output), arguments)
    if result is None:
        return USAGE
    if not arguments.json:
        show_returned(result)
    return result.status


def _perform(
    found: Found, settings: "Settings", arguments: argparse.Namespace
) -> "RunResult | None":
    """Go on with the run; None where nobody agreed to what it would pay."""
    from omnidsl.embedding import open_gateways
    from omnidsl.reporting.progress import progress
    from omnidsl.running import Circumstances, resume
    from omnidsl.running.budget import Budget
    from omnidsl.running.filing import Filing
    from omnidsl.running.gateway import SANDBOX
    from omnidsl.settings.addresses import addresses
    from omnidsl.settings.services import ServiceSettings

    with ExitStack() as stack:
        sandbox = found.record.gateway == SANDBOX
        catalogue = plugging.catalogue(settings, arguments)
        where = addresses(settings, catalogue, sandbox=sandbox)
        place = stack.enter_context(open_gateways(settings, where, _services(found)))
        if unfit(settings, catalogue):
            return None
        prices = prices_of(settings, catalogue)
        if not _agreed(found, catalogue, prices, arguments):
            return None
        listener = stack.enter_context(progress(sys.stderr, sys.stdout, form=form(arguments)))
        around = Circumstances(
            catalogue=catalogue,
            settings=ServiceSettings(settings.values, catalogue),
            gateway=place.gateway,
            gateways=place.gateways,
            elsewhere=place.elsewhere,
            state=found.state,
            output=settings.output,
            project=found.project,
            listeners=[listener],
            listening=listener.reads_along,
            retry=arguments.retry,
            resubmit=arguments.resubmit,
            abandon=arguments.abandon,
            budget=Budget.settled(settings.values, prices, arguments.max_cost),
            files=Filing.settled(settings.values),
            **pacing(arguments, settings.values, catalogue),
        )
        return asyncio.run(resume(found.record.id, around))


def _services(found: Found) -> tuple[str, ...]:
    """Return the services of a stored plan; one that cannot be read is refused a moment later."""
    from omnidsl.planning.plan import Plan

    try:
        return Plan.from_json(found.record.plan).services
    except ValueError:
        return ()


def _agreed(
    found: Found, catalogue: "Catalogue", prices: "Prices", arguments: argparse.Namespace
) -> bool:
    """Say how many jobs are about to be sent, and ask; a stored plan that cannot be read is refused a moment later."""
    from omnidsl.planning.plan import Plan
    from omnidsl.running.forecast import forecast
    from omnidsl.running.gateway import SANDBOX
    from omnidsl.running.selection import named

    try:
        plan = Plan.from_json(found.record.plan)
    except ValueError:
        return True
    ahead = forecast(
        plan,
        found.state,
        catalogue,
        prices=prices,
        resumes=found.record.id,
        retry=arguments.retry,
        resubmit=named(arguments.resubmit, [node.id for node in plan.nodes]),
    )
    return may_send(ahead, ", ".join(plan.places), arguments, sandbox=plan.gateway == SANDBOX)
