"""The pytest plugin: fixtures for whoever tests a plugin or recipes. Nothing is imported before a fixture is asked for."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from omnidsl.testing import LedgerInspection, ManualClock, Project, ScriptedGateway
    from omnidsl.testing.scripted import Behaviour

pytest.register_assert_rewrite("omnidsl.testing.laws")


@pytest.fixture
def omni_gateway() -> "Iterator[Callable[[Behaviour], ScriptedGateway]]":
    """Start a gateway on loopback that answers as a function says; it ends with the test.

    `gateway = omni_gateway(lambda request: Answer.of({"id": "1"}))`; `gateway.requests` are what came.
    """
    from omnidsl.testing.scripted import ScriptedGateway

    with ExitStack() as stack:
        yield lambda behaviour: stack.enter_context(ScriptedGateway(behaviour))


@pytest.fixture
def omni_project(tmp_path: Path) -> "Project":
    """Make an empty project: `omni_project.run(text, gateway=…)` runs a recipe, on the sandbox without a gateway."""
    from omnidsl.testing.project import Project

    return Project(tmp_path / "project")


@pytest.fixture
def omni_ledger(omni_project: "Project") -> "LedgerInspection":
    """Open the ledger of `omni_project`: attempts, paid requests, what was made, spending by step."""
    return omni_project.ledger


@pytest.fixture
def omni_clock() -> "ManualClock":
    """Make a clock whose time passes only when the test says so: `await omni_clock.advance(60)`."""
    from omnidsl.testing.manual_clock import ManualClock

    return ManualClock()
