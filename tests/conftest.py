"""What many tests stand on: the command as a child process, and throw-away plugins as installed distributions."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test asks the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# No property fails because a machine is slow, and in CI the same examples are tried each time.
settings.register_profile(
    "omni",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("omni")

Omni = Callable[..., "subprocess.CompletedProcess[str]"]
Install = Callable[..., Path]


@pytest.fixture
def child_environment(tmp_path: Path) -> dict[str, str]:
    """The environment of child processes: English, a cache of its own, nothing of the user's settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMNI_", "LC_", "LANG", "GITHUB_"))
    }
    return {
        **kept,
        "OMNI_LANG": "en",
        "OMNI_CACHE_DIR": str(tmp_path / "cache"),
        "NO_COLOR": "1",
    }


@pytest.fixture
def omni(tmp_path: Path, child_environment: dict[str, str]) -> Omni:
    """Run `omni` with arguments (and further environment variables) in an empty folder; returns the finished child."""
    folder = tmp_path / "folder"
    folder.mkdir()

    def run(
        *arguments: str, stdin: str | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "omnidsl", *arguments],
            capture_output=True,
            input=stdin,
            encoding="utf-8",
            env=child_environment | environment,
            cwd=folder,
            timeout=60,
        )

    return run


@pytest.fixture
def deep() -> Iterator[list[str]]:
    """More folders than Python calls functions, one in the other, the outermost first.

    Not in pytest's own folder: left there by a run that was killed, they would end the clean-up of every later one.
    """
    folders = [os.path.realpath(tempfile.mkdtemp())]
    try:
        while len(folders) < 1_200:
            folders.append(f"{folders[-1]}/d")
            os.mkdir(folders[-1])  # noqa: PTH102  # pathlib would be slow with such paths
        yield folders
    finally:
        for folder in reversed(folders[1:]):
            with os.scandir(folder) as entries:
                files = [one.path for one in entries if not one.is_dir()]
            for file in files:
                os.remove(file)  # noqa: PTH107  # as above
            os.rmdir(folder)  # noqa: PTH106  # as above
        shutil.rmtree(folders[0])


def install_into(folder: Path) -> Install:
    """Return what installs a plugin from its source text as a distribution in a folder, which it returns."""

    def make(name: str, source: str, *, distribution: str = "", version: str = "1.0") -> Path:
        (folder / f"{name}.py").parent.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(source, "utf-8")
        info = folder / f"{distribution or name}-{version}.dist-info"
        info.mkdir()
        (info / "entry_points.txt").write_text(f"[omnidsl]\n{name} = {name}\n", "utf-8")
        return folder

    return make


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Install a plugin from its source text as a distribution; returns the folder to put on PYTHONPATH."""
    return install_into(tmp_path / "site")
