"""Where a run goes: the configured gateway, or the embedded sandbox that lives as long as the run."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from omnidsl.errors import OmniError
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.running import Gateway
from omnidsl.running.errors import SettingsError
from omnidsl.running.gateway import SANDBOX
from omnidsl.settings import Settings
from omnidsl.settings.addresses import Addresses
from omnidsl.settings.declaration import KINDS

if TYPE_CHECKING:
    from omnidsl.running import Circumstances, Listener

STATE = ".omni"
"""The state folder at the project's root, unless OMNI_STATE_DIR says otherwise."""


class NoGatewayError(OmniError, LookupError):
    """Raised when neither a flag, nor the environment, nor the settings say where the gateway is."""


class SandboxMissingError(OmniError, ImportError):
    """Raised when the sandbox is wanted and its libraries are not installed; `package` is the first one missing."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"the sandbox needs the package `{package}`: pip install 'omnidsl[sandbox]'"
        )
        self.package = package


@attrs.frozen
class Place:
    """Gateways that are ready, and the folder that holds the ledger and the artifacts.

    `gateway` is the plan's, `gateways` are those that services have of their own, by service; `elsewhere` are services
    that have one which is not opened.
    """

    gateway: Gateway
    state: Path
    gateways: Mapping[str, Gateway] = attrs.field(factory=dict)
    elsewhere: frozenset[str] = frozenset()


def state_folder(settings: Settings) -> Path:
    """Return the state folder of a project."""
    return _own_state() or settings.root / STATE


def states_near(folder: Path) -> Iterator[Path]:
    """Yield the state folders with a ledger that somebody in a folder may mean, the likeliest first.

    OMNI_STATE_DIR alone where it is set; else those of the folder and the folders above it, then those of the projects
    up to two levels below it.
    """
    own = _own_state()
    if own is not None:
        folders = [own]
    else:
        above = [one / STATE for one in (folder, *folder.parents)]
        folders = [*above, *sorted([*folder.glob(f"*/{STATE}"), *folder.glob(f"*/*/{STATE}")])]
    return (one for one in folders if (one / "ledger.sqlite3").is_file())


def _own_state() -> Path | None:
    """Return the state folder that the environment names; None where it names none."""
    own = os.environ.get("OMNI_STATE_DIR")
    return Path(own) if own else None


@contextmanager
def open_gateways(
    settings: Settings,
    found: Addresses,
    services: Iterable[str] | None = None,
    *,
    gateway: Gateway | None = None,
) -> Iterator[Place]:
    """Yield the gateways that a run of these services goes to; only their keys are asked for.

    Without `services` it is not known what will be asked for: every gateway is opened whose key is at hand. The embedded
    sandbox is started, keeps its tasks, and is stopped again; it, or a given `gateway`, stands for all.

    Raises NoGatewayError, SandboxMissingError, or SettingsError where a URL or key is unusable.
    """
    state = state_folder(settings)
    if gateway is not None:
        yield Place(gateway, state)
        return
    if found.everywhere == SANDBOX:
        with _sandbox(state, settings.gateway_kind or KINDS[0]) as simulated:
            yield Place(simulated, state)
        return
    yield _usable(found, state) if services is None else _needed(found, services, state)


def _needed(found: Addresses, services: Iterable[str], state: Path) -> Place:
    """Return the gateways of services."""
    wanted = list(services)
    own = {name: Gateway.of(found.own[name]) for name in wanted if name in found.own}
    elsewhere = frozenset(found.own) - own.keys()
    if own and len(own) == len(wanted):
        return Place(next(iter(own.values())), state, own, elsewhere)
    return Place(_common(found), state, own, elsewhere)


def _usable(found: Addresses, state: Path) -> Place:
    """Return the common gateway, and of those that services have of their own the ones that a key is there for.

    One of these is enough.
    """
    own: dict[str, Gateway] = {}
    for name, address in found.own.items():
        with suppress(SettingsError):  # whoever asks for the service is told
            own[name] = Gateway.of(address)
    elsewhere = frozenset(found.own) - own.keys()
    try:
        return Place(_common(found), state, own, elsewhere)
    except (NoGatewayError, SettingsError):
        if not own:
            raise
    return Place(next(iter(own.values())), state, own, elsewhere | found.shared)


def _common(found: Addresses) -> Gateway:
    if found.common is None:
        raise NoGatewayError(
            "no gateway is configured: set OMNI_BASE_URL and OMNI_API_KEY, or ask for the sandbox"
        )
    return Gateway.of(found.common)


@contextmanager
def _sandbox(state: Path, profile: str) -> Iterator[Gateway]:
    """Yield the embedded sandbox, which speaks as a gateway of the kind that the project has settled."""
    try:
        from omnidsl_sandbox import Sandbox
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("omnidsl"):
            raise
        raise SandboxMissingError(error.name.partition(".")[0].replace("PIL", "pillow")) from None
    from omnidsl.running.runner import prepare_state

    prepare_state(state)
    with Sandbox(profile=profile, state=state / "sandbox") as server:
        yield Gateway.sandbox(server.url)


def circumstances(
    settings: Settings,
    catalogue: Catalogue,
    where: Place,
    *,
    output: Path | None = None,
    listeners: "Sequence[Listener]" = (),
    max_cost: float | None = None,
) -> "Circumstances":
    """Return the circumstances of a run as a project has settled them; `max_cost` is in units of its currency.

    Where somebody listens, answers are told while they come.
    """
    from omnidsl.planning.costs import Prices
    from omnidsl.running import Circumstances
    from omnidsl.running.budget import Budget
    from omnidsl.running.filing import Filing
    from omnidsl.running.limits import Limits
    from omnidsl.running.named_engines import engine_named
    from omnidsl.settings.prices import micros
    from omnidsl.settings.services import ServiceSettings, plugin_settings

    values = settings.values
    limits, own = Limits.settled(values)
    prices = Prices.settled(values, catalogue)
    return Circumstances(
        catalogue=catalogue,
        gateway=where.gateway,
        gateways=where.gateways,
        elsewhere=where.elsewhere,
        state=where.state,
        output=settings.output if output is None else output,
        project=settings.root,
        listeners=listeners,
        listening=bool(listeners),
        budget=Budget.settled(values, prices, None if max_cost is None else micros(max_cost)),
        files=Filing.settled(values),
        limits=limits,
        service_limits=own,
        settings=ServiceSettings(values, catalogue),
        plugin_settings=plugin_settings(values, catalogue),
        engine=engine_named(values.text("engine"), catalogue, limits),
        deadline=values.seconds("limits.deadline"),
        grace=values.seconds("limits.grace") or 0.0,
    )
