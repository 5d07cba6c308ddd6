"""A project that the tests of this folder share."""

from pathlib import Path

import pytest

from tests.plugins.contributions.house import House


@pytest.fixture
def house(tmp_path: Path, child_environment: dict[str, str]) -> House:
    return House(tmp_path / "house", child_environment)
