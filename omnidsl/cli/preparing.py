"""What `plan` and `run` have in common: a recipe, a pipeline, `name=value` arguments, and a plan for one gateway."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding, plugging
from omnidsl.cli.unmatched import unfit
from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    from omnidsl.planning.costs import Prices
    from omnidsl.planning.inspection import Inspection
    from omnidsl.planning.plan import Plan
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.settings import Settings
    from omnidsl.settings.addresses import Addresses


USAGE = 2


class Refused(Exception):
    """Raised when there is nothing to plan; the findings have been shown. `status` is the exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Prepared:
    """A recipe that is ready to be planned and run."""

    __slots__ = ("addresses", "catalogue", "plan", "prices", "settings")

    def __init__(
        self, plan: "Plan", settings: "Settings", catalogue: "Catalogue", addresses: "Addresses"
    ) -> None:
        self.plan = plan
        self.settings = settings
        self.catalogue = catalogue
        self.addresses = addresses
        self.prices = prices_of(settings, catalogue)


def prices_of(settings: "Settings", catalogue: "Catalogue") -> "Prices":
    """Return the prices that hold for a project: its own before the estimates of plugins."""
    from omnidsl.planning.costs import Prices

    return Prices.settled(settings.values, catalogue)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recipe and its arguments."""
    parser.add_argument("recipe", metavar="RECIPE", help=phrase("help-recipe"))
    parser.add_argument(
        "arguments",
        nargs="*",
        default=[],
        metavar="PIPELINE|NAME=VALUE",
        help=phrase("help-bindings"),
    )
    parser.set_defaults(takes_more="arguments")
    parser.add_argument("--rules", metavar="NAME", help=phrase("help-rules"))
    parser.add_argument("--default-version", metavar="VERSION", help=phrase("prompt-version"))
    plugging.add_options(parser)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help=phrase("help-color")
    )


def settled(arguments: argparse.Namespace) -> "Settings":
    """Return the settings that hold for the recipe; Refused where they are wrong."""
    from omnidsl.settings import load

    settings, found = load(Path(arguments.recipe))
    if any(one.severity == "error" for one in found):
        raise _refused(found, arguments)
    return settings.overridden(
        output=getattr(arguments, "output", None),
        rules=arguments.rules,
        default_version=arguments.default_version,
    )


def prepare(arguments: argparse.Namespace, settings: "Settings") -> Prepared:
    """Check a recipe and plan it for the gateways of its services; Refused, with the findings shown, where that fails."""
    from omnidsl.planning.inspection import inspect
    from omnidsl.settings.addresses import addresses

    catalogues = plugging.Catalogues.of_command(arguments)
    catalogue = catalogues.of(settings).preferring(mode=settings.gateway_mode)
    catalogue = catalogue.behind(settings.gateway_kind, settings.service_kinds)
    finding.show(catalogues.take_findings(), colour=arguments.color, to_stderr=True)
    if unfit(settings, catalogue, colour=arguments.color):
        raise Refused(USAGE)
    inspection = inspect(
        Path(arguments.recipe),
        root=settings.root,
        catalogue=catalogue,
        rules=settings.rules,
        most_steps=settings.max_steps,
    )
    pipeline, given = _split(arguments.arguments)
    plan, found = None, addresses(settings, catalogue, sandbox=arguments.sandbox)
    if inspection.valid and (chosen := inspection.choose(pipeline)) is not None:
        plan = inspection.plan(chosen, given, gateway=found.identity, own=found.identities)
    if plan is None:
        raise _refused(_told(inspection, settings), arguments)
    finding.show(_told(inspection, settings), colour=arguments.color, to_stderr=True)
    return Prepared(plan, settings, catalogue, found)


def _told(inspection: "Inspection", settings: "Settings") -> list[Diagnostic]:
    """Return what was found, but for the warnings that comments or settings suppress: what is wrong still stops a run."""
    from omnidsl.checking.suppressions import apply
    from omnidsl.cli.file_check import reported

    found = inspection.diagnostics
    if inspection.recipe is None or not found:
        return found
    wanted = {id(one) for one in reported(apply(found, inspection.recipe.main.source), settings)}
    return [one for one in found if one.severity == "error" or id(one) in wanted]


def _refused(found: list[Diagnostic], arguments: argparse.Namespace) -> Refused:
    finding.show(found, colour=arguments.color, to_stderr=True)
    finding.count(found)
    return Refused(finding.status(found))


def _split(arguments: list[str]) -> tuple[str | None, dict[str, object]]:
    """Part the pipeline's name from `name=value`; SystemExit says which argument is neither."""
    pipeline = None
    given: dict[str, object] = {}
    for one in arguments:
        name, sign, value = one.partition("=")
        if sign and name in given:
            raise SystemExit(phrase("given-twice").format(name=name))
        if sign and name.isidentifier():
            given[name] = value
        elif not sign and pipeline is None:
            pipeline = one
        else:
            raise SystemExit(phrase("bad-argument").format(argument=one))
    return pipeline, given
