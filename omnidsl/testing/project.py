"""A project for one test: recipes as texts, run against a scripted gateway or on the sandbox."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.planning.costs import Prices
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import load
from omnidsl.recipe import Recipe
from omnidsl.recipe import load as load_recipe
from omnidsl.running.budget import Budget
from omnidsl.running.gateway import Gateway
from omnidsl.running.results import RunResult
from omnidsl.testing.bench import Bench, hastened
from omnidsl.testing.inspection import LedgerInspection
from omnidsl.testing.scripted import ScriptedGateway

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.running.events import Event

KEY = "sk-test-0123456789"
"""The key that requests to a scripted gateway carry."""

_PLACE = "test"
_RECIPE = "recipe.omni"


class Project:
    """An empty project in a folder; `events` are what its runs told, `ledger` is what they left in the books.

    Runs wait for little: retries come after hundredths of a second, and services are taken to answer at once, whatever
    they declare. What an earlier run of the project paid for is not paid for again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self.ledger = LedgerInspection(folder / ".omni")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "omni.toml").touch()

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the project (a picture that a recipe needs, settings) and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def check(self, recipe: str) -> "list[Diagnostic]":
        """Return what `omni check` finds in a recipe's text."""
        return Recipe(self.write(_RECIPE, recipe)).check()

    def run(
        self,
        recipe: str,
        *,
        gateway: ScriptedGateway | None = None,
        pipeline: str | None = None,
        bindings: Mapping[str, object] | None = None,
    ) -> RunResult:
        """Run a recipe's text and return how it ended; without a gateway on the sandbox.

        RecipeError where it cannot be planned. A step that fails is in the result: `status` is 1 then, 3 where
        something is held for a person.
        """
        found = load_recipe(self.write(_RECIPE, recipe))
        hastened(found.catalogue)
        if gateway is None:
            return found.run(
                pipeline, sandbox=True, bindings=bindings, listeners=[self.events.append]
            )
        bench = Bench(self.folder, _place(gateway), catalogue=found.catalogue)
        bench.gateways = _own(gateway, found.catalogue)
        bench.events = self.events
        bench.listeners = [self.events.append]
        values = found.settings.values
        bench.budget = Budget.settled(values, Prices.settled(values, found.catalogue))
        return bench.run(found.plan(pipeline, gateway=_PLACE, bindings=bindings))

    def resume(self, run: str, *, gateway: ScriptedGateway) -> RunResult:
        """Go on with a run at a scripted gateway."""
        catalogue = load()
        bench = Bench(self.folder, _place(gateway), catalogue=catalogue)
        bench.gateways = _own(gateway, catalogue)
        bench.events = self.events
        bench.listeners = [self.events.append]
        return bench.resume(run)


def _place(gateway: ScriptedGateway, header: str = "") -> Gateway:
    return Gateway.at(gateway.url, key=KEY, name=_PLACE, header=header)


def _own(gateway: ScriptedGateway, catalogue: Catalogue) -> dict[str, Gateway]:
    """Return the gateway as those services know it whose keys travel in a header of their own."""
    return {
        name: _place(gateway, view.key_header)
        for name, view in catalogue.services.items()
        if view.key_header
    }
