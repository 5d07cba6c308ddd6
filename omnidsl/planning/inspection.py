"""Everything that can be known of a recipe before it runs: checked, and planned once with its defaults."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from omnidsl.checking.checker import check
from omnidsl.checking.facts import CheckedRecipe
from omnidsl.checking.report import Report
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.reader import read
from omnidsl.language.source import Source
from omnidsl.planning.pipelines import make_plan, pipeline_names
from omnidsl.planning.plan import Plan
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.prompts import HouseRules
from omnidsl.settings.declaration import MOST_STEPS


class Inspection:
    """A recipe file, what it means (None where it cannot be read), and what was found."""

    __slots__ = ("_catalogue", "_most_steps", "recipe", "report")

    def __init__(
        self,
        recipe: CheckedRecipe | None,
        report: Report,
        catalogue: Catalogue,
        most_steps: int = MOST_STEPS,
    ) -> None:
        self.recipe = recipe
        self.report = report
        self._catalogue = catalogue
        self._most_steps = most_steps

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Every finding, by file and place."""
        return self.report.sorted()

    @property
    def valid(self) -> bool:
        """Whether no finding is an error."""
        return self.recipe is not None and all(
            one.severity != "error" for one in self.report.diagnostics
        )

    def dry_run(self) -> None:
        """Plan every pipeline with its defaults, for what only planning finds."""
        if self.recipe is None or not self.valid:
            return
        for name in pipeline_names(self.recipe):
            found = Report()
            self._plan(self.recipe, name, {}, found, gateway="", dry=True)
            for one in found.diagnostics:
                self.report.take(one)

    def lint(self) -> None:
        """Look for what is right and still not meant."""
        if self.recipe is not None:
            from omnidsl.checking.rules import lint

            lint(self.recipe, self.report)

    def choose(self, wanted: str | None) -> str | None:
        """Return the pipeline to run, or report why there is none to choose."""
        if self.recipe is None:
            return None
        names = pipeline_names(self.recipe)
        path = self.recipe.main.source.name
        if wanted is None and len(names) == 1:
            return names[0]
        listed = ", ".join(f"`{one}`" for one in names)
        if not names:
            self.report.add("OM502", None, None, path=path)
        elif wanted is None:
            self.report.add("OM504", None, None, path=path, names=listed)
        elif wanted in names:
            return wanted
        else:
            from omnidsl.language.suggestions import nearest

            self.report.add(
                "OM505",
                None,
                None,
                path=path,
                name=wanted,
                names=listed,
                suggestions=nearest(wanted, names),
            )
        return None

    def plan(
        self,
        pipeline: str,
        given: Mapping[str, object],
        *,
        gateway: str,
        own: Mapping[str, str] | None = None,
    ) -> Plan | None:
        """Plan a pipeline for a gateway with its parameters bound; None, and findings, where that fails.

        `own` are the gateways that single services have of their own, by service.
        """
        if self.recipe is None or not self.valid:
            return None
        return self._plan(
            self.recipe, pipeline, given, self.report, gateway=gateway, own=own, dry=False
        )

    def _plan(
        self,
        recipe: CheckedRecipe,
        pipeline: str,
        given: Mapping[str, object],
        report: Report,
        *,
        gateway: str,
        own: Mapping[str, str] | None = None,
        dry: bool,
    ) -> Plan | None:
        try:
            with _uncollected():
                return make_plan(
                    recipe,
                    pipeline,
                    given,
                    report,
                    gateway=gateway,
                    own=own,
                    catalogue=self._catalogue,
                    most_steps=self._most_steps,
                    dry=dry,
                )
        except RecursionError:  # blocks in blocks, with nested expressions in the innermost
            symbol = recipe.symbols("pipeline").get(pipeline)
            report.add("OM010", recipe.main.source, symbol.span if symbol is not None else None)
            return None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Have no garbage collected for a while: what planning makes stays, and is in no cycles.

    Of a plan of a hundred thousand steps the collector would look at every value again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def inspect(
    path: Path,
    *,
    root: Path,
    catalogue: Catalogue,
    rules: HouseRules,
    most_steps: int = MOST_STEPS,
    name: str | None = None,
) -> Inspection:
    """Read and check a recipe file; nothing is run and nothing but files below `root` is read.

    A plan of more than `most_steps` steps is a fault.
    """
    source, finding = read(path, name, root=root)
    if source is None:
        report = Report()
        if finding is not None:
            report.take(finding)
        return Inspection(None, report, catalogue)
    return inspect_source(
        source, path, root=root, catalogue=catalogue, rules=rules, most_steps=most_steps
    )


def inspect_source(
    source: Source,
    path: Path | None,
    *,
    root: Path,
    catalogue: Catalogue,
    rules: HouseRules,
    most_steps: int = MOST_STEPS,
) -> Inspection:
    """Check a recipe that was read already."""
    rules.check()
    house = catalogue.house(rules)
    recipe, report = check(source, path, root=root, catalogue=catalogue, rules=house)
    return Inspection(recipe, report, catalogue, most_steps)
