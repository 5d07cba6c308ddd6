"""A folder in which plans are made and run, for tests that want the real thing: ledger, store, sockets."""

import asyncio
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Options, Plan, PlanNode, Save
from omnidsl.planning.values import Value
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import load
from omnidsl.running.breaker import Fuse
from omnidsl.running.budget import Budget
from omnidsl.running.circumstances import Circumstances
from omnidsl.running.filing import Filing
from omnidsl.running.gateway import Gateway
from omnidsl.running.limits import Limits
from omnidsl.running.results import RunResult
from omnidsl.running.runner import resume, run
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.running.transport import Bounds

if TYPE_CHECKING:
    from omnidsl.plugins.manager import Plugins
    from omnidsl.plugins.media import JSON
    from omnidsl.running.events import Event, Listener

QUICK = Limits(
    backoff=0.02, backoff_cap=0.05, retries=2, connect_retries=2, fuse=Fuse(rest=0.1, longest=0.2)
)
"""Limits that let a test see retries without waiting for them."""

HASTY = Bounds(connect=2.0, answer=2.0, download=5.0, tries=2, backoff=0.02, backoff_cap=0.05)
"""Bounds that let a test see time-outs without waiting for them."""

_RESULTS = {
    "midjourney.imagine": "grid",
    "midjourney.upscale": "image",
    "midjourney.vary": "grid",
    "midjourney.reroll": "grid",
    "midjourney.pan": "grid",
    "midjourney.zoom": "grid",
    "midjourney.describe": "text",
    "openai.chat": "text",
    "openai.image": "image",
    "openai.speech": "audio",
}


def step(
    node_id: str,
    operation: str,
    arguments: dict[str, Value],
    *,
    take: int = 1,
    result: str = "",
    expects: str = "",
    options: Options | None = None,
) -> PlanNode:
    """Return a step of a plan; `result` is that of the operation unless it is given."""
    made = result or _RESULTS.get(operation, "text")
    return PlanNode(
        node_id, operation, arguments, node_id, take, made, expects, options or Options()
    )


def hastened(
    catalogue: Catalogue, usual: float | None = 0.1, settling: float | None = 0.1
) -> Catalogue:
    """Have the services of a catalogue take as long as this, in seconds; None: as they declare."""
    for service in catalogue.services.values():
        # Read first: a service learns what it declares when it is asked, and would forget what was set before.
        declared = (service.usual_seconds, service.settling_seconds)
        service.usual_seconds = declared[0] if usual is None else usual
        service.settling_seconds = declared[1] if settling is None else settling
    return catalogue


class Bench:
    """Plans and runs in one folder against one gateway; `events` are all that the runs told.

    `usual_seconds` and `settling_seconds` stand for what services declare, so that nothing is waited for; None: as
    they declare. `settings` are what is settled for services, `gateways` what they have of their own, by service.
    """

    def __init__(
        self, folder: Path, gateway: Gateway, *, catalogue: Catalogue | None = None
    ) -> None:
        self.folder = folder
        self.gateway = gateway
        self.gateways: dict[str, Gateway] = {}
        self.state = folder / ".omni"
        self.output = folder / "out"
        self.events: list[Event] = []
        self.listeners: list[Listener] = [self.events.append]
        self.limits = QUICK
        self.bounds = HASTY
        self.files = Filing()
        self.grace = 0.5
        self.deadline: float | None = None
        self.plugins: Plugins | None = None
        self.budget: Budget | None = None
        self.usual_seconds: float | None = 0.1
        self.settling_seconds: float | None = 0.1
        self.listening = False
        self.settings: dict[str, dict[str, JSON]] = {}
        self._catalogue = catalogue

    def plan(self, *nodes: PlanNode, saves: Collection[Save] = (), returns: Value = None) -> Plan:
        """Return a plan of these steps for the bench's gateway."""
        return Plan("test.omni", "test", self.gateway.identity, {}, nodes, tuple(saves), returns)

    def run(self, plan: Plan) -> RunResult:
        """Run a plan."""
        return asyncio.run(run(plan, self.around()))

    def resume(
        self,
        run_id: str,
        *,
        retry: bool = False,
        resubmit: Collection[str] = (),
        abandon: Collection[str] = (),
    ) -> RunResult:
        """Go on with a run."""
        around = attrs.evolve(self.around(), retry=retry, resubmit=resubmit, abandon=abandon)
        return asyncio.run(resume(run_id, around))

    def around(self) -> Circumstances:
        """Return where and how the bench's runs work."""
        around = Circumstances(
            catalogue=self.catalogue(),
            gateway=self.gateway,
            gateways=self.gateways,
            state=self.state,
            output=self.output,
            project=self.folder,
            listeners=self.listeners,
            limits=self.limits,
            bounds=self.bounds,
            files=self.files,
            grace=self.grace,
            deadline=self.deadline,
            plugins=self.plugins,
            budget=self.budget or Budget(prices=Prices(self.catalogue())),
            listening=self.listening,
        )
        return attrs.evolve(around, settings={**around.settings, **self.settings})

    def catalogue(self) -> Catalogue:
        """Return the catalogue in use: the installed plugins', unless another was given."""
        return hastened(self._catalogue or load(), self.usual_seconds, self.settling_seconds)

    def ledger(self) -> SqliteLedger:
        """Open the ledger; the caller closes it."""
        return SqliteLedger(self.state / "ledger.sqlite3")

    def told(self) -> Counter[str]:
        """Count the events by name."""
        return Counter(one.event for one in self.events)
