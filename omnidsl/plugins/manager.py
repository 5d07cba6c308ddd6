"""Plugins as running code: imported when something runs or when the declaration index is rebuilt, never by `check`."""

import importlib
import json
from collections.abc import Mapping
from typing import Any

import pluggy

from omnidsl.plugins import hookspecs
from omnidsl.plugins.backend import Backend
from omnidsl.plugins.catalogue import ServiceView
from omnidsl.plugins.declarations import API, Operation, Service, describe, operation_name
from omnidsl.plugins.errors import DeclarationError, PluginError
from omnidsl.plugins.index import EntryPoint
from omnidsl.plugins.vocabulary import HOOK, read_table, table
from omnidsl.prompts.vocabulary import Vocabulary


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("omnidsl")
    manager.add_hookspecs(hookspecs)
    return manager


class Declared:
    """What one plugin declares: services as JSON, its terms as a table (empty where it has none), and what is wrong.

    `failures` are hook and problem, in words. `known` is the vocabulary that the terms are added to.
    """

    __slots__ = ("failures", "services", "terms")

    def __init__(self, module: str, known: Vocabulary) -> None:
        self.services: dict[str, Any] = {}
        self.terms = ""
        self.failures: list[dict[str, str]] = []
        manager = _manager()
        try:
            manager.register(importlib.import_module(module))
            manager.check_pending()
        except FAULTS as error:
            self.failures.append({"hook": f"import {module}", "problem": _words(error)})
            return
        self.services, failures = _services(manager)
        self.terms, unfit = _terms(manager, known)
        self.failures += failures + unfit


def _services(manager: pluggy.PluginManager) -> tuple[dict[str, Any], list[dict[str, str]]]:
    try:
        answers = manager.hook.omnidsl_services()
        services = [one for answer in answers for one in answer]
    except FAULTS as error:
        return {}, [{"hook": "omnidsl_services", "problem": _words(error)}]
    declared: dict[str, Any] = {}
    failures: list[dict[str, str]] = []
    for service in services:
        try:
            known = _known(service)
            if known.name in declared:
                raise DeclarationError(known.name, "this plugin brings the service twice")
            row = describe(known)
            json.dumps(row)
            declared[known.name] = row
        except FAULTS as error:
            failures.append({"hook": "omnidsl_services", "problem": _words(error)})
    return declared, failures


def _terms(manager: pluggy.PluginManager, known: Vocabulary) -> tuple[str, list[dict[str, str]]]:
    try:
        answers = manager.hook.omnidsl_vocabulary()
        if not answers:
            return "", []
        text = table([one for answer in answers for one in answer])
    except FAULTS as error:
        return "", [{"hook": HOOK, "problem": _words(error)}]
    faults = read_table(text, known).diagnostics
    return text, [{"hook": HOOK, "problem": one.message("en")} for one in faults]


FAULTS = (Exception, SystemExit)
"""Whatever a plugin raises costs one diagnostic, never the run; only Ctrl-C is the user's own."""


def _words(error: BaseException) -> str:
    return str(error) if isinstance(error, DeclarationError) else f"{type(error).__name__}: {error}"


def _known(service: object) -> Service:
    if not isinstance(service, Service):
        raise DeclarationError(
            "omnidsl_services", f"must return a list of Service, not of {type(service).__name__}"
        )
    if service.api != API:
        raise DeclarationError(
            f"{service.name}.api", f"was written for API {service.api}, this is API {API}"
        )
    return service


class Plugins:
    """The live plugins of one run: hooks to call, backends and operation classes on demand."""

    def __init__(self, points: list[EntryPoint], services: Mapping[str, ServiceView]) -> None:
        self._services = services
        self._backends: dict[str, Backend] = {}
        self._operations: dict[str, type[Operation[Any]]] = {}
        self.manager = _manager()
        for point in points:
            try:
                self.manager.register(importlib.import_module(point.module), name=point.name)
            except FAULTS:  # the index has reported it; its services are not in the catalogue
                continue
        for hook in self.manager.hook.omnidsl_services.get_hookimpls():
            try:
                answer = hook.function()
                self._learn(answer if isinstance(answer, list) else [])
            except FAULTS:  # as above
                continue

    def _learn(self, declared: list[Service]) -> None:
        for service in declared:
            view = self._services.get(service.name)
            if view is not None and service.implementation == view.implementation:
                for operation in service.operations:
                    self._operations[f"{service.name}.{operation_name(operation)}"] = operation

    def operation(self, full_name: str) -> type[Operation[Any]]:
        """Return the declared class of `service.operation`."""
        return self._operations[full_name]

    def backend(self, service: str) -> Backend:
        """Return the service's backend, imported and made on first use; PluginError names what went wrong."""
        if service not in self._backends:
            path = self._services[service].implementation
            module, _, name = path.partition(":")
            try:
                made = getattr(importlib.import_module(module), name)()
            except FAULTS as error:
                raise PluginError(
                    service, f"`{path}` does not load: {type(error).__name__}: {error}"
                ) from error
            if not isinstance(made, Backend):
                raise PluginError(service, f"`{path}` is no Backend")
            self._backends[service] = made
        return self._backends[service]
