"""What all laws stand on: the author's table, and rehearsals of its samples in folders of their own."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import pytest

from omnidsl.plugins.catalogue import OperationView
from omnidsl.plugins.declarations import Service
from omnidsl.plugins.index import load
from omnidsl.testing.cases import Cases, Sample
from omnidsl.testing.rehearsal import Rehearsal, key_in_environment, plugins_of
from omnidsl.testing.samples import view_of

Rehearse = Callable[..., Rehearsal]


class Law:
    """The base of laws: `cases` is the author's table."""

    cases: ClassVar[Cases]

    @pytest.fixture
    def rehearse(self, tmp_path: Path) -> Iterator[Rehearse]:
        """Begin a rehearsal of a sample, with the key in the environment; its gateway ends with the test."""
        with ExitStack() as stack:
            stack.enter_context(key_in_environment(self.cases.service))

            def begin(sample: Sample, *, copies: int = 1) -> Rehearsal:
                folder = tmp_path / re.sub(r"\W", "_", sample.operation)
                return stack.enter_context(Rehearsal(folder, self.cases, sample, copies=copies))

            yield begin

    @classmethod
    def views(cls) -> Mapping[str, OperationView]:
        """Return the declared operations of the service by name; empty where it is not installed."""
        service = load().services.get(cls.cases.service)
        return service.operations if service else {}

    @classmethod
    def kind(cls, sample: Sample) -> str:
        """Return `task` or `immediate`; empty for an operation that is not declared."""
        try:
            return view_of(sample, cls.cases.service, load()).kind
        except KeyError:
            return ""

    def service(self) -> Service:
        """Return the declared service."""
        catalogue = load()
        view = catalogue.services.get(self.cases.service)
        assert view is not None, f"the service `{self.cases.service}` is not installed"
        answers = plugins_of(catalogue).manager.hook.omnidsl_services()
        found = [one for answer in answers for one in answer if one.name == self.cases.service]
        assert found, f"no installed plugin brings the service `{self.cases.service}`"
        service: Service = found[0]
        return service
