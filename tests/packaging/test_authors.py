"""What a stranger has: our wheel, pytest, and a plugin of their own, in a fresh environment outside the checkout."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, environment

pytestmark = pytest.mark.timeout(600)

STABILITY = ROOT / "examples" / "plugins" / "omnidsl-stability"
DRAWING = "recipe or slip or (draw and (not kill or settled))"
TWO_OPERATIONS = "(core or creative or table or recipe or sent) and not kill or (core and settled)"
"""Some of the suite, for the sake of time; `OMNI_WHOLE_CONFORMANCE=1` has all of it."""


@pytest.fixture(scope="module")
def bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: A001  # what the folder is called
    """The commands of an environment with pytest and a build backend."""
    return environment(tmp_path_factory.mktemp("author"), wheel, ("pytest", "hatchling"))


def use(bin: Path, folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":  # noqa: A002  # as above
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMNI_", "PYTHON", "PYTEST"))
    }
    cache = {"OMNI_CACHE_DIR": str(folder.parent / "cache"), "OMNI_LANG": "en"}
    return subprocess.run(
        [str(bin / command[0]), *command[1:]],
        capture_output=True,
        encoding="utf-8",
        env=kept | cache,
        cwd=folder,
    )


def install(bin: Path, folder: Path) -> None:  # noqa: A002  # as above
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = use(bin, folder, "python", *pip, "--no-deps", "--no-build-isolation", ".")
    assert 0 == done.returncode, done.stderr


def chosen(some: str) -> list[str]:
    return [] if os.environ.get("OMNI_WHOLE_CONFORMANCE") else ["-k", some]


def test_a_new_plugin_passes_its_own_tests_at_once(bin: Path, tmp_path: Path) -> None:  # noqa: A002  # as above
    made = use(bin, tmp_path, "omni", "plugin", "new", "sketch")
    folder = tmp_path / "omnidsl-sketch"
    install(bin, folder)

    done = use(bin, folder, "python", "-m", "pytest", "-q", *chosen(DRAWING))

    assert (0, 0) == (made.returncode, done.returncode), done.stdout + done.stderr
    found = use(bin, tmp_path, "omni", "plugins")
    assert "sketch.poster -> image" in found.stdout


def test_the_example_of_a_strangers_plugin_passes_its_tests_and_runs_a_recipe(
    bin: Path,  # noqa: A002  # as above
    tmp_path: Path,
) -> None:
    folder = tmp_path / "omnidsl-stability"
    shutil.copytree(STABILITY, folder)
    install(bin, folder)

    done = use(bin, folder, "python", "-m", "pytest", "-q", *chosen(TWO_OPERATIONS))

    assert 0 == done.returncode, done.stdout + done.stderr
    checked = use(bin, folder, "omni", "check", "lighthouse.omni")
    assert (0, "") == (checked.returncode, checked.stdout), checked.stderr
    planned = use(bin, folder, "omni", "plan", "lighthouse.omni")
    assert "stability.upscale_creative" in planned.stdout, planned.stderr
