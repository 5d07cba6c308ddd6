"""A recipe from Python: load, check, plan, run."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.rendering import Renderer
from omnidsl.checking.report import Report
from omnidsl.checking.suppressions import apply
from omnidsl.checking.symbols import Symbol
from omnidsl.checking.values import Instance, Ratio, Value
from omnidsl.errors import OmniError
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.errors import MissingRecipeError, RecipeError
from omnidsl.planning.inspection import Inspection, inspect
from omnidsl.planning.plan import Plan
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.choice import Choice
from omnidsl.plugins.index import load as load_catalogue
from omnidsl.prompts import Prompt
from omnidsl.settings import Settings
from omnidsl.settings import load as load_settings
from omnidsl.settings.addresses import addresses
from omnidsl.settings.services import faults

if TYPE_CHECKING:
    from omnidsl.running import Gateway, Listener, RunResult


class EventLoopError(OmniError, RuntimeError):
    """Raised when what waits is called inside an event loop; `instead` is what to use there."""

    def __init__(self, instead: str = "await recipe.run_async(…)") -> None:
        super().__init__(f"an event loop is running here: use `{instead}`")


def loop_is_running() -> bool:
    """Tell whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def load(path: str | Path) -> "Recipe":
    """Read a recipe file; RecipeError says what is wrong where it cannot even be parsed.

    Errors of meaning do not raise here: `check` lists them, and `plan` and `run` refuse.
    """
    recipe = Recipe(Path(path))
    if not recipe.readable:
        found = recipe.check()
        missing = any(one.code == "OM601" and one.span is None for one in found)
        raise MissingRecipeError(found) if missing else RecipeError(found)
    return recipe


class Recipe:
    """A recipe that was read, with the settings of its project and the services that are installed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._settings, self._setting_faults = load_settings(path)
        self._catalogue = (
            load_catalogue(Choice.of(self._settings))
            .preferring(mode=self._settings.gateway_mode)
            .behind(self._settings.gateway_kind, self._settings.service_kinds)
        )
        self._setting_faults += faults(self._settings, self._catalogue)
        self._inspection = self._inspect()

    def __repr__(self) -> str:
        return f"Recipe({str(self.path)!r})"

    @property
    def readable(self) -> bool:
        """Whether the file follows the grammar."""
        read = self._inspection
        return read.recipe is not None and all(one.code[2] != "0" for one in read.diagnostics)

    @property
    def settings(self) -> Settings:
        """The settings that hold for this recipe."""
        return self._settings

    @property
    def catalogue(self) -> Catalogue:
        """The services that are installed."""
        return self._catalogue

    def _inspect(self) -> Inspection:
        return inspect(
            self.path,
            root=self._settings.root,
            catalogue=self._catalogue,
            rules=self._settings.rules,
            most_steps=self._settings.max_steps,
        )

    def check(self) -> list[Diagnostic]:
        """Return every finding, errors and warnings, by place; empty for a sound recipe."""
        inspection = self._inspect()
        inspection.dry_run()
        inspection.lint()
        found = inspection.diagnostics
        if inspection.recipe is not None:
            found = apply(found, inspection.recipe.main.source)
        return [*self._setting_faults, *found]

    def prompt(self, name: str, **arguments: object) -> Prompt:
        """Return a prompt of the recipe as a value, its parameters bound; KeyError where there is none of that name."""
        inspection = self._inspect()
        if inspection.recipe is None or not inspection.valid:
            raise RecipeError(inspection.diagnostics)
        symbol = inspection.recipe.symbols("prompt")[name]
        report = Report()
        evaluator = Evaluator(inspection.recipe.facts, report, inspection.recipe.root)
        rendered = Renderer(evaluator).render(Instance(symbol, _values(arguments, symbol)))
        if any(one.severity == "error" for one in report.diagnostics):
            raise RecipeError(report.sorted())
        return Prompt.parse(rendered.text, rules=inspection.recipe.facts.rules)

    def plan(
        self,
        pipeline: str | None = None,
        *,
        gateway: str = "",
        bindings: Mapping[str, object] | None = None,
        **more: object,
    ) -> Plan:
        """Return what a run would do at the gateway of that identity (`sandbox`, a name, an origin).

        Further keyword arguments bind the pipeline's parameters; `bindings` does so for any name. RecipeError carries the findings where it cannot be planned.
        """
        return self._planned(pipeline, {**(bindings or {}), **more}, gateway, {})

    def _planned(
        self,
        pipeline: str | None,
        given: Mapping[str, object],
        gateway: str,
        own: Mapping[str, str],
    ) -> Plan:
        """Return the plan for a gateway, and for those that single services have of their own."""
        inspection = self._inspect()
        chosen = inspection.choose(pipeline) if inspection.valid else None
        plan = None
        if chosen is not None:
            plan = inspection.plan(chosen, given, gateway=gateway, own=own)
        if plan is None:
            raise RecipeError([*self._setting_faults, *inspection.diagnostics])
        return plan

    def run(
        self,
        pipeline: str | None = None,
        *,
        sandbox: bool = False,
        gateway: "Gateway | None" = None,
        output: str | Path | None = None,
        listeners: "Sequence[Listener]" = (),
        max_cost: float | None = None,
        bindings: Mapping[str, object] | None = None,
        **more: object,
    ) -> "RunResult":
        """Run a pipeline and return how it ended; see `run_async`. Not from inside an event loop."""
        if loop_is_running():
            raise EventLoopError
        return asyncio.run(
            self.run_async(
                pipeline,
                sandbox=sandbox,
                gateway=gateway,
                output=output,
                listeners=listeners,
                max_cost=max_cost,
                bindings=bindings,
                **more,
            )
        )

    async def run_async(
        self,
        pipeline: str | None = None,
        *,
        sandbox: bool = False,
        gateway: "Gateway | None" = None,
        output: str | Path | None = None,
        listeners: "Sequence[Listener]" = (),
        max_cost: float | None = None,
        bindings: Mapping[str, object] | None = None,
        **more: object,
    ) -> "RunResult":
        """Run a pipeline: at `gateway`, on the embedded sandbox, or at the configured gateways.

        `gateway` and the sandbox stand for all: services with a gateway of their own go there too.

        Results are saved below `output` (default: the project's output folder). What an earlier run finished is not
        paid for again. `listeners` hear every event, pieces of answers while they come too. `max_cost` bounds what the run spends, in units of the project's currency. Raises RecipeError, and SettingsError where no gateway is known.
        """
        from omnidsl.embedding import circumstances, open_gateways
        from omnidsl.running import run

        found = addresses(self._settings, self._catalogue, sandbox=sandbox)
        identity, own = found.identity, found.identities
        if gateway is not None:
            identity, own = gateway.identity, {}
        plan = self._planned(pipeline, {**(bindings or {}), **more}, identity, own)
        with open_gateways(self._settings, found, plan.services, gateway=gateway) as where:
            around = circumstances(
                self._settings,
                self._catalogue,
                where,
                output=None if output is None else Path(output),
                listeners=listeners,
                max_cost=max_cost,
            )
            return await run(plan, around)


def _values(arguments: Mapping[str, object], symbol: Symbol) -> dict[str, Value]:
    """Return Python values as the language's: a pair of ints is a ratio."""
    values: dict[str, Value] = {}
    for name, one in arguments.items():
        if isinstance(one, tuple) and len(one) == 2 and all(isinstance(part, int) for part in one):
            values[name] = Ratio(*one)
        elif isinstance(one, str | bool | int | float):
            values[name] = one
        else:
            raise TypeError(f"`{symbol.name}` cannot take {one!r} as `{name}`")
    return values
