"""Plugins as running code: imported when something runs, never by `check`."""

import importlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from omnidsl.plugins.arguments import operation_name
from omnidsl.plugins.backend import Backend
from omnidsl.plugins.catalogue import ServiceView
from omnidsl.plugins.containment import Surroundings, Tell, Whose, contained
from omnidsl.plugins.declarations import Operation, Service
from omnidsl.plugins.declared import FAULTS, imported, manager, words
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.installed import EntryPoint
from omnidsl.plugins.media import JSON
from omnidsl.plugins.speaking import apart

LISTENING = frozenset(("omnidsl_before_submit", "omnidsl_event"))
"""The hooks that a run calls: who implements one of them is there from its beginning."""


def _services(answer: object) -> list[Service]:
    """Return the services of a hook's answer; what is none has been told by the index."""
    items = answer if isinstance(answer, list | tuple) else ()
    return [one for one in items if isinstance(one, Service)]


PATIENCE = 5.0
"""Seconds that one plugin may keep the event loop from everybody else."""


def _unheard(reason: str, values: Mapping[str, JSON]) -> None:
    """Take what nobody listens to."""


class Plugins:
    """The live plugins of one run: hooks to call, backends and operation classes on demand.

    Only what a run needs is imported: plugins that listen to it, and those of the services that it asks for (`needed`
    ones at once). One that does not load costs the steps that need it. `tell` hears what a plugin does that it may not,
    `patience` is how many seconds one may block the loop, `around` what they share, `whose` says whose code it is.
    """

    def __init__(
        self,
        points: Iterable[EntryPoint],
        services: Mapping[str, ServiceView],
        needed: Iterable[str] = (),
    ) -> None:
        self._services = services
        points = list(points)
        self.whose = Whose(points)
        self.around = Surroundings()
        self.tell: Tell = _unheard
        self.patience = PATIENCE
        self._points = {one.name: one for one in points}
        self._backends: dict[str, Backend] = {}
        self._operations: dict[str, type[Operation[Any]]] = {}
        self.manager = manager()
        wanted = {services[one].plugin for one in needed if one in services}
        for name, point in self._points.items():
            if name in wanted or LISTENING & set(point.hooks):
                with suppress(PluginError):  # told by the step that needs it
                    self._register(point)

    def _register(self, point: EntryPoint) -> None:
        """Import a plugin, and learn its operations; PluginError says why that cannot be."""
        if self.manager.has_plugin(point.name):
            return
        try:
            with apart(point.name):
                module = imported(point)
            self.manager.register(module, name=point.name)
            hooks = self.manager.hook.omnidsl_services.get_hookimpls()
            own = [one for one in hooks if one.plugin is module]
            for one in own:
                with apart(point.name):
                    self._learn(_services(one.function()))
        except FAULTS as error:
            raise PluginError(point.name, f"does not load: {words(error)}") from error

    def _learn(self, declared: Iterable[Service]) -> None:
        for service in declared:
            view = self._services.get(service.name)
            if view is not None and service.implementation == view.implementation:
                for operation in service.operations:
                    self._operations[f"{service.name}.{operation_name(operation)}"] = operation

    def operation(self, full_name: str) -> type[Operation[Any]]:
        """Return the declared class of `service.operation`.

        KeyError where nothing installed brings it, PluginError where its plugin does not load.
        """
        if full_name not in self._operations:
            view = self._services.get(full_name.partition(".")[0])
            point = self._points.get(view.plugin) if view is not None else None
            if point is not None:
                self._register(point)
        return self._operations[full_name]

    def _told(self, reason: str, values: Mapping[str, JSON]) -> None:
        self.tell(reason, values)

    def backend(self, service: str) -> Backend:
        """Return the service's backend, imported and made on first use; PluginError names what went wrong."""
        if service not in self._backends:
            path = self._services[service].implementation
            module, _, name = path.partition(":")
            try:
                with apart(service):
                    if (point := self._points.get(self._services[service].plugin)) is not None:
                        imported(point)  # where a project's own folder has it
                    made = getattr(importlib.import_module(module), name)()
            except FAULTS as error:
                raise PluginError(service, f"`{path}` does not load: {words(error)}") from error
            if not isinstance(made, Backend):
                raise PluginError(service, f"`{path}` is no Backend")
            self._backends[service] = contained(service, made, self.around, self._told)
        return self._backends[service]
