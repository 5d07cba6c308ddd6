"""Declarations: what `omni check` and people read."""

import json
import warnings

import pytest

from omnidsl.plugins import API
from omnidsl.plugins.backend import Backend
from omnidsl.plugins.catalogue import ServiceView
from omnidsl.plugins.describing import describe
from omnidsl.plugins.errors import DeclarationError
from omnidsl.plugins.index import load
from omnidsl.testing.laws.base import Law
from omnidsl.testing.rehearsal import backend_class


class ConformanceWarning(UserWarning):
    """Something that works and that people will miss."""


class Declared(Law):
    """Laws of declarations."""

    def test_the_service_is_installed_and_sound(self) -> None:
        """The plugin is found by its entry point, and its declarations have no fault."""
        catalogue = load()
        service = catalogue.services.get(self.cases.service)
        faults = [f"{one.distribution}: {one.hook}: {one.problem}" for one in catalogue.problems]
        assert service is not None, f"the service is not there: {faults or 'not installed'}"

    def test_declarations_survive_the_index(self) -> None:
        """What is declared can be written as JSON and is the same when it is read."""
        service = self.service()
        assert service.api == API, f"written for API {service.api}, this is API {API}"
        try:
            row = describe(service)
        except DeclarationError as error:
            pytest.fail(str(error))
        read = json.loads(json.dumps(row))
        again = ServiceView(service.name, {"distribution": "x", "version": "1", **read})
        assert read == row, "something in it changes its type on its way through JSON"
        assert again.name == service.name

    def test_every_operation_has_a_sample(self) -> None:
        """The table has a call of every operation, and of none that is not declared."""
        named = {one.operation for one in self.cases.samples}
        known = self.views().keys()
        missing, strange = known - named - self.cases.untried.keys(), named - known
        assert not missing, f"no sample of: {', '.join(sorted(missing))}"
        assert not strange, f"samples of what is not declared: {', '.join(sorted(strange))}"

    def test_every_operation_and_argument_is_explained(self) -> None:
        """Operations have a docstring, arguments have `help`; without `zh` there is a warning."""
        views = self.views().values()
        silent = [one.name for one in views if not one.doc]
        silent += [
            f"{view.name}.{one.name}"
            for view in views
            for one in view.parameters.values()
            if not one.help
        ]
        untranslated = [
            f"{view.name}.{one.name}"
            for view in views
            for one in view.parameters.values()
            if not one.zh
        ]
        if untranslated:
            words = f"no Chinese help (`zh=…`): {', '.join(untranslated)}"
            warnings.warn(words, ConformanceWarning, stacklevel=1)
        assert not silent, f"no help: {', '.join(silent)}"

    def test_the_backend_has_what_its_operations_need(self) -> None:
        """It loads, is a `Backend`, and overrides what tasks and immediate operations are made with."""
        backend = backend_class(load(), self.cases.service)
        kinds = {one.kind for one in self.views().values()}
        needed = [name for name in ("submit", "poll", "collect") if "task" in kinds]
        needed += ["call"] if "immediate" in kinds else []
        missing = [one for one in needed if getattr(backend, one) is getattr(Backend, one)]
        assert not missing, f"{backend.__name__} does not override: {', '.join(missing)}"
