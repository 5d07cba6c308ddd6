"""Folders below more folders than Python calls functions are searched as any others."""

import sys
from pathlib import Path

import pytest

from tests.safety.conftest import Watch
from tests.safety.test_looking import LOOKING


@pytest.fixture
def project(deep: list[str]) -> Path:
    """A project whose recipe lies above all those folders."""
    folder = Path(deep[0])
    (folder / "omni.toml").write_text('rules = "omniai"\n', "utf-8")
    (folder / "main.omni").write_text("prompt cat {\n    a cat\n}\n", "utf-8")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere paths are shorter")
@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_folders_may_be_deep(command: list[str], watch: Watch) -> None:
    done = watch(*command, ".")

    assert [] == done.breaches()
    assert "defect" not in done.stderr
