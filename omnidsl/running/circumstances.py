"""Where and how a run works: what the command line, a program or a test decides before it begins."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from omnidsl.planning.costs import Prices
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON
from omnidsl.running.budget import Budget
from omnidsl.running.engines import Engine
from omnidsl.running.events import Listener
from omnidsl.running.filing import Filing
from omnidsl.running.gateway import Gateway
from omnidsl.running.limits import Limits
from omnidsl.running.transport import Bounds
from omnidsl.settings.services import ServiceSettings
from omnidsl.settings.values import Values


def _names(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


@attrs.frozen(kw_only=True)
class Circumstances:
    """A run's gateways, its folders, its limits, who listens, and what a person decided.

    `gateway` is the plan's, `gateways` are those that single services of the plan have of their own; `elsewhere` are services
    with such a gateway that the plan has no use for.

    `state` is the state directory (`.omni`), `output` where saves go, `project` where the plan's paths start. `retry`
    buys again what the run bought and saw fail. `listening` has answers streamed where a service can, and told while
    they come (`StepText`); what is bought is the same. `resubmit` and `abandon` name held steps (by node id): buy again,
    perhaps a second time; or give up. Without an `engine` steps run in this process, as many as the limits allow.
    `service_limits` are those of services that do not share `limits`. `plugin_settings` are what the project has settled for
    plugins, `settings` for
    services, by service: by default what these declare. `budget` is what may be spent, by default without a
    limit. After `deadline` seconds nothing more is bought. A run that stops, for that reason or because of a signal,
    gives what is paid for `grace` seconds to come to its end. `selection`
    is what was asked of the plan before (`until`, `redo`, `fresh`): the plan says it already, and it is kept with the run.
    """

    catalogue: Catalogue
    gateway: Gateway
    gateways: Mapping[str, Gateway] = attrs.field(factory=dict)
    elsewhere: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    state: Path
    output: Path
    project: Path
    listeners: Sequence[Listener] = ()
    limits: Limits = attrs.field(factory=Limits)
    service_limits: Mapping[str, Limits] = attrs.field(factory=dict)
    settings: Mapping[str, Mapping[str, JSON]] = attrs.field(
        default=attrs.Factory(
            lambda self: ServiceSettings(Values({}), self.catalogue), takes_self=True
        )
    )
    plugin_settings: Mapping[str, Mapping[str, JSON]] = attrs.field(factory=dict)
    bounds: Bounds = attrs.field(factory=Bounds)
    files: Filing = attrs.field(factory=Filing)
    plugins: Plugins | None = None
    engine: Engine | None = None
    deadline: float | None = None
    grace: float = 30.0
    resumed: bool = False
    retry: bool = False
    listening: bool = False
    resubmit: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    abandon: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    selection: Mapping[str, JSON] = attrs.field(factory=dict)
    budget: Budget = attrs.field(
        default=attrs.Factory(lambda self: Budget(prices=Prices(self.catalogue)), takes_self=True)
    )

    def gateway_of(self, service: str) -> Gateway:
        """Return the gateway of a service."""
        return self.gateways.get(service, self.gateway)

    def asked(self) -> Mapping[str, JSON]:
        """Return what the run was asked for: kept with it, so that going on with it keeps to that."""
        budget = self.budget
        said = budget.run is not None and not budget.usual
        cost: dict[str, JSON] = {"max_cost": budget.run} if said else {}
        return {**cost, **self.selection}

    def going_on(self, asked: Mapping[str, JSON]) -> "Circumstances":
        """Return the circumstances in which a run goes on that was asked for so.

        What is said anew wins; what the project has for every run does not.
        """
        most = asked.get("max_cost")
        budget = self.budget
        if (budget.run is None or budget.usual) and isinstance(most, int):
            budget = attrs.evolve(budget, run=most, usual=False)
        return attrs.evolve(self, resumed=True, budget=budget)
