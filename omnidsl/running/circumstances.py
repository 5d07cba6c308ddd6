"""Where and how a run works: what the command line, a program or a test decides before it begins."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.manager import Plugins
from omnidsl.running.artifacts import FileLimits
from omnidsl.running.engines import Engine
from omnidsl.running.events import Listener
from omnidsl.running.gateway import Gateway
from omnidsl.running.limits import Limits
from omnidsl.running.transport import Bounds


def _names(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


@attrs.frozen(kw_only=True)
class Circumstances:
    """A run's gateway, its folders, its limits, who listens, and what a person decided.

    `state` is the state directory (`.omni`), `output` where saves go, `project` where the plan's paths start. `retry`
    buys again what the run bought and saw fail. `resubmit` and `abandon` name held steps (by node id): buy again,
    perhaps a second time; or give up. Without an `engine` steps run in this process, as many as the limits allow.
    """

    catalogue: Catalogue
    gateway: Gateway
    state: Path
    output: Path
    project: Path
    listeners: Sequence[Listener] = ()
    limits: Limits = attrs.field(factory=Limits)
    bounds: Bounds = attrs.field(factory=Bounds)
    files: FileLimits = attrs.field(factory=FileLimits)
    plugins: Plugins | None = None
    engine: Engine | None = None
    resumed: bool = False
    retry: bool = False
    resubmit: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    abandon: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
