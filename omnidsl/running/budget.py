"""What a run may spend: the limits that every intent counts against, and the prices that fill them."""

from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Plan
from omnidsl.running.errors import SettingsError, StepError
from omnidsl.running.gateway import SANDBOX
from omnidsl.running.records import Cap
from omnidsl.settings.values import Values


@attrs.frozen(kw_only=True)
class Budget:
    """The limits of a run and of its project, in micros; None: none. `monthly`: the project's begins anew each month.

    `usual` says that the run's is what the project has for every run, and nothing that was said for this one. Money
    that the sandbox only simulates is counted apart: it never uses up what is real.
    """

    prices: Prices
    run: int | None = None
    project: int | None = None
    monthly: bool = False
    usual: bool = False

    @classmethod
    def settled(cls, values: Values, prices: Prices, most: int | None = None) -> "Budget":
        """Return the limits that a project has settled, `most` micros instead of its own for the run."""
        return cls(
            prices=prices,
            run=values.money("budget.run") if most is None else most,
            project=values.money("budget.project"),
            monthly=values.text("budget.period") == "month",
            usual=most is None,
        )

    def caps(self, run: str, gateway: str, now: float) -> tuple[Cap, ...]:
        """Return what an intent of a run counts against at a moment (Unix seconds)."""
        project = "sandbox" if gateway == SANDBOX else "project"
        if self.monthly:
            project += datetime.fromtimestamp(now, UTC).strftime(":%Y-%m")
        currency = self.prices.currency
        return (
            Cap(scope=f"run:{run}", most=self.run, currency=currency),
            Cap(scope=project, most=self.project, currency=currency),
        )

    def reserve(self, operation: str, arguments: Mapping[str, object]) -> int:
        """Return what a call costs at most; StepError where a limit holds and nobody knows the price."""
        cost = self.prices.cost(operation, arguments)
        if cost.unknown and self._holds:
            raise StepError("no-price", operation=operation)
        return cost.high

    def check(self, plan: Plan) -> None:
        """Refuse a plan with a step that has no price, where a limit holds; SettingsError names the operation."""
        if not self._holds:
            return
        for node in plan.nodes:
            if self.prices.of(node).unknown:
                raise SettingsError("no-price", operation=node.operation, node=node.id)

    @property
    def _holds(self) -> bool:
        return self.run is not None or self.project is not None
