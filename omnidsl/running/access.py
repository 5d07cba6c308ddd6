"""How a run reaches its gateways: connections, and the limits of accounts."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import attrs

from omnidsl.running.accounts import Accounts
from omnidsl.running.circumstances import Circumstances
from omnidsl.running.clock import Clock
from omnidsl.running.errors import StepError
from omnidsl.running.events import Event
from omnidsl.running.gateway import Gateway
from omnidsl.running.transport import Transport


@attrs.frozen(eq=False)
class Access:
    """One gateway as a run reaches it."""

    gateway: Gateway
    transport: Transport
    accounts: Accounts


@attrs.frozen(eq=False)
class Accesses:
    """All gateways of a run: the plan's, and by service those that single ones have of their own.

    `elsewhere` are services with one that the run has not opened.
    """

    common: Access
    own: Mapping[str, Access] = attrs.field(factory=dict)
    elsewhere: Collection[str] = ()

    def of(self, service: str) -> Access:
        """Return the gateway of a service; StepError for one that has its own, and that was not opened."""
        if service in self.elsewhere:
            raise StepError("elsewhere", service=service)
        return self.own.get(service, self.common)

    def identities(self) -> tuple[str, ...]:
        """Return what the gateways are known by, each once."""
        found = (one.gateway.identity for one in (self.common, *self.own.values()))
        return tuple(dict.fromkeys(found))


@asynccontextmanager
async def reached(
    around: Circumstances, clock: Clock, emit: Callable[[Event], None]
) -> AsyncIterator[Accesses]:
    """Yield the gateways of a run; services with the same one and the same keys share its connections and limits.

    No gateway's reply shows the key to another one, either.
    """
    gateways = _distinct(around)
    several = len(gateways) > 1
    secrets = tuple(dict.fromkeys(key for one in gateways for key in one.secrets))
    opened: list[tuple[Gateway, Access]] = []
    async with AsyncExitStack() as stack:
        for one in gateways:
            guarded = attrs.evolve(one, others=secrets) if several else one
            transport = await stack.enter_async_context(Transport(guarded, around.bounds))
            place = one.identity if several else ""
            accounts = Accounts(
                one.names, around.limits, around.service_limits, clock, emit, place=place
            )
            opened.append((one, Access(guarded, transport, accounts)))

        def access(gateway: Gateway) -> Access:
            return next(found for one, found in opened if one == gateway)

        own = {name: access(one) for name, one in around.gateways.items()}
        yield Accesses(access(around.gateway), own, around.elsewhere)


def _distinct(around: Circumstances) -> list[Gateway]:
    found: list[Gateway] = []
    for one in (around.gateway, *around.gateways.values()):
        if one not in found:
            found.append(one)
    return found


def places(around: Circumstances) -> int:
    """Return how many tasks a run may have at its gateways at a time."""
    most = max(one.tasks for one in (around.limits, *around.service_limits.values()))
    return most * sum(len(one.names) for one in _distinct(around))


def secrets_of(around: Circumstances) -> Gateway:
    """Return the plan's gateway, with the keys to all others beside its own: what is written shows none of them."""
    others = [key for one in around.gateways.values() for key in one.secrets]
    return attrs.evolve(around.gateway, others=others) if others else around.gateway
