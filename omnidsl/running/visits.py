"""What `omni doctor` finds of gateways, keys and services: they are asked what is free to ask, all at the same time.

Each question has a few seconds, and nothing can be bought.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import TypeVar, cast

import attrs

from omnidsl.plugins.backend import Context
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON
from omnidsl.plugins.outcomes import GatewayError, Reply
from omnidsl.plugins.probes import Probe, listed_models
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.checkup import Check, State
from omnidsl.running.clock import SystemClock
from omnidsl.running.errors import SettingsError
from omnidsl.running.gateway import DEFAULT, Gateway, find_key, login_command
from omnidsl.running.limits import Account, Limits
from omnidsl.running.payment import FreeContext
from omnidsl.running.transport import Bounds, Transport
from omnidsl.settings.addresses import Address, Addresses

PATIENCE = 10.0
"""Seconds that a question may take, and a slow keyring with it."""

_BOUNDS = Bounds(connect=4.0, answer=6.0, tries=1)
_NO_TASK = "/mj/task/0/fetch"
"""What each kind of gateway answers in a way of its own (wire reference, "Unknown id")."""

_REFUSED = frozenset((401, 403))

Answer = TypeVar("Answer")


async def remote_checks(
    found: Addresses,
    catalogue: Catalogue,
    settings: Mapping[str, Mapping[str, JSON]],
    state: Path,
    *,
    kind: str | None = None,
    kinds: Mapping[str, str] | None = None,
    bounds: Bounds = _BOUNDS,
) -> list[Check]:
    """Return what is to be said of gateways, keys and services, in their order; all are asked at the same time.

    `kind` is what the project says of the common gateway, `kinds` what it says of those of single services.
    """
    if found.common is None and not found.own:
        return [Check("gateway", "—", "bad", "gateway-none")]
    plugins = Plugins(catalogue.points, catalogue.services, set(catalogue.services))
    tools = _Tools(plugins, settings, FolderStore(state / "artifacts"), bounds)
    shared = [one for one in catalogue.services if one not in found.own]
    visits = [
        _Visit(one, [name], tools, (kinds or {}).get(name)) for name, one in found.own.items()
    ]
    if found.common is not None:
        visits.insert(0, _Visit(found.common, shared, tools, kind))
    known = await asyncio.gather(*(one.known_keys() for one in visits))
    secrets = [key for keys, _ in known for key in keys.values()]
    told = await asyncio.gather(
        *(one.checks(*keys, secrets) for one, keys in zip(visits, known, strict=True))
    )
    checks = [one for part in told for one in part]
    if found.common is None:
        checks += [Check("service", one, "remark", "service-nowhere") for one in shared]
    return sorted(checks, key=lambda one: one.area == "service")


@attrs.frozen
class _Tools:
    """What every visit works with."""

    plugins: Plugins
    settings: Mapping[str, Mapping[str, JSON]]
    store: FolderStore
    bounds: Bounds

    def context(self, account: str, transport: Transport, service: str = "") -> FreeContext:
        """Return a context that can buy nothing."""
        settings = self.settings.get(service, {})
        pace = Account(account, Limits(), SystemClock())
        return FreeContext(pace, transport, self.store, settings)


@attrs.frozen(eq=False)
class _Visit:
    """One gateway: its keys are looked for, it is asked what is free, and so are the services that it serves."""

    address: Address
    services: list[str]
    tools: _Tools
    kind: str | None = None

    @property
    def subject(self) -> str:
        """What people know it by."""
        return self.address.identity

    def check(self, state: State, reason: str, **values: JSON) -> Check:
        """Return something that is to be said of the gateway."""
        return Check("gateway", self.subject, state, reason, values)

    async def checks(
        self, keys: Mapping[str, str], told: list[Check], secrets: Sequence[str]
    ) -> list[Check]:
        """Return all that is to be said of it; no words of a gateway show any of the secrets."""
        if not keys:
            return [*told, *self._unasked()]
        try:
            gateway = Gateway.of(self.address, key=next(iter(keys.values())))
        except SettingsError as error:
            return [*told, self.check("bad", "unusable", words=error.message()), *self._unasked()]
        if self.address.accounts:
            gateway = attrs.evolve(gateway, accounts=keys)
        gateway = attrs.evolve(gateway, others=secrets)
        async with Transport(gateway, self.tools.bounds) as transport:
            contexts = {one: self.tools.context(one, transport) for one in gateway.names}
            reached, account = await self._reached(contexts)
            told += reached
            if account is None:
                return [*told, *self._unasked()]
            probed = await asyncio.gather(
                *(
                    self._service(one, self.tools.context(account, transport, one))
                    for one in self.services
                )
            )
        return [*told, *probed]

    def _unasked(self) -> list[Check]:
        return [Check("service", one, "remark", "service-unchecked") for one in self.services]

    async def known_keys(self) -> tuple[dict[str, str], list[Check]]:
        """See `keys`; a keyring may wait for somebody to unlock it, who is not there."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await _aside(self.keys)
        except TimeoutError:
            words = f"the system's keyring gave no answer within {PATIENCE:g} s"
            return {}, [self.check("bad", "unusable", words=words)]

    def keys(self) -> tuple[dict[str, str], list[Check]]:
        """Return the keys that there are, by account, and what is to be said of each."""
        keys: dict[str, str] = {}
        told: list[Check] = []
        # A plugin that declares where it is was installed, and nobody has said yet that it is wanted.
        missing: State = "remark" if self.address.untouched else "bad"
        for account, variable in (
            self.address.accounts or {DEFAULT: self.address.variable}
        ).items():
            named = account if self.address.accounts else ""
            values: dict[str, JSON] = {"variable": variable, "account": account}
            try:
                key, teller = find_key(self.address, variable, account)
            except SettingsError as error:
                told.append(self.check("bad", "unusable", words=error.message()))
                continue
            if key:
                keys[account] = key
                told.append(self.check("good", f"key-{teller}{'-of' if named else ''}", **values))
            else:
                login = login_command(self.address.service, named)
                told.append(self.check(missing, "key-missing", login=login, **values))
        return keys, told

    async def _reached(self, contexts: Mapping[str, Context]) -> tuple[list[Check], str | None]:
        """Return whether it can be reached, whether it takes each key, and what it seems to be.

        With that the account that services are asked with; None where there is none.
        """
        began, first = time.monotonic(), next(iter(contexts))
        if self.address.declared:
            root = await _asked(contexts[first].get("/"))
            return [self._reach(root, began)], None if _is_lost(root) else first
        asked = await asyncio.gather(*(_asked(one.get("/v1/models")) for one in contexts.values()))
        replies = dict(zip(contexts, asked, strict=True))
        told = [self._reach(replies[first], began)]
        if _is_lost(replies[first]):
            return told, None
        account = next((one for one in contexts if not _is_refused(replies[one])), None)
        kind = "" if account is None else await self._kind(contexts[account])
        told += [self._accepted(reply, one, known=bool(kind)) for one, reply in replies.items()]
        if kind and self.kind not in (None, "", kind):
            told.append(self.check("warning", "kind-other", kind=kind, settled=self.kind))
        elif kind:
            told.append(self.check("remark", "kind-seems", kind=kind))
        return told, account

    def _reach(self, reply: Reply | GatewayError, began: float) -> Check:
        if isinstance(reply, GatewayError) and _is_lost(reply):
            return self.check("bad", "unreachable", words=reply.message)
        return self.check("good", "reached", ms=round((time.monotonic() - began) * 1000))

    def _accepted(self, reply: Reply | GatewayError, account: str, *, known: bool) -> Check:
        """Return whether a key is taken; a gateway of a kind that we know lets nobody ask without a good one."""
        several = "-of" if self.address.accounts else ""
        values: dict[str, JSON] = {"account": account}
        if isinstance(reply, GatewayError):
            values["words"] = reply.message
            if reply.reason == "auth":
                return self.check("bad", f"key-refused{several}", **values)
            return self.check("warning", "trouble", **values)
        models = listed_models(reply)
        if models is not None:
            return self.check("good", f"key-accepted{several}", models=len(models), **values)
        if reply.status in _REFUSED:
            return self.check(
                "bad", f"key-refused{several}", words=f"HTTP {reply.status}", **values
            )
        if known:
            return self.check("good", f"key-taken{several}", **values)
        return self.check("remark", "key-untold", **values)

    async def _kind(self, context: Context) -> str:
        """Return which kind of gateway it seems to be, by what it says of a task that nobody bought; empty: none of ours."""
        reply = await _asked(context.get(_NO_TASK))
        if isinstance(reply, GatewayError):
            return ""
        if reply.status == 204:
            return "proxy"
        if reply.status == 200 and not reply.body:
            return "plus"
        return "new-api" if reply.status == 400 and "task_no_found" in reply.text else ""

    async def _service(self, name: str, context: Context) -> Check:
        def checked(state: State, reason: str, **values: JSON) -> Check:
            return Check("service", name, state, reason, values)

        try:
            backend = self.tools.plugins.backend(name)
            async with asyncio.timeout(PATIENCE):
                probe = await backend.probe(context)
        except GatewayError as error:
            refused = error.reason == "auth"
            return checked("bad", "service-refused" if refused else "silent", words=error.message)
        except TimeoutError:
            return checked("bad", "silent", words=f"no answer within {PATIENCE:g} s")
        except Exception as error:  # noqa: BLE001  # a plugin's defect is what is looked for here
            return checked("bad", "probe-broken", words=f"{type(error).__name__}: {error}")
        if not isinstance(probe, Probe):
            return checked("remark", "not-asked")
        if probe.state == "answers":
            lists = probe.models is not None
            return checked("good", "answers-models" if lists else "answers", models=probe.models)
        state: State = "bad" if probe.state == "refused" else "warning"
        return checked(state, f"service-{probe.state}", words=probe.words)


def _is_lost(reply: Reply | GatewayError) -> bool:
    """Tell whether nobody answered at all."""
    return isinstance(reply, GatewayError) and reply.reply is None


def _is_refused(reply: Reply | GatewayError) -> bool:
    """Tell whether the key was refused."""
    if isinstance(reply, GatewayError):
        return reply.reason == "auth"
    return reply.status in _REFUSED


async def _aside(work: Callable[[], Answer]) -> Answer:
    """Return what work in a thread gives; the process can end while it still waits."""
    loop = asyncio.get_running_loop()
    given: asyncio.Future[Answer] = loop.create_future()

    def settle(answer: Answer | None, error: BaseException | None) -> None:
        if given.cancelled():
            return
        if error is not None:
            given.set_exception(error)
        else:
            given.set_result(cast("Answer", answer))

    def perform() -> None:
        answer, error = None, None
        try:
            answer = work()
        except BaseException as raised:  # noqa: BLE001  # it is raised where somebody waits
            error = raised
        with contextlib.suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(settle, answer, error)

    Thread(target=perform, name="keys", daemon=True).start()
    return await given


async def _asked(question: Awaitable[Answer]) -> Answer | GatewayError:
    """Return an answer, or what was raised instead of one in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await question
    except GatewayError as error:
        return error
    except TimeoutError:
        return GatewayError("gateway-trouble", f"no answer within {PATIENCE:g} s")
