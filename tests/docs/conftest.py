"""A folder such as a reader has after following a document, and the commands to use in it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from tests.docs.documents import ROOT, blocks

PLUGINS_PAGE = ROOT / "docs" / "plugins.md"


@attrs.frozen
class Workplace:
    """A reader's folder and environment."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
        """Run a command there, stderr within stdout; whatever it started ends with it."""
        child = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            output, _ = child.communicate(timeout=timeout)
        finally:
            _end_group(child.pid)
        return subprocess.CompletedProcess(command, child.wait(), output)

    def before(self, folder: str) -> "Workplace":
        """Return the workplace as it was before a folder was there, and what is in it was installed."""
        shutil.rmtree(self.folder / folder)
        environment = {name: one for name, one in self.environment.items() if name != "PYTHONPATH"}
        return Workplace(self.folder, environment)

    def check(self, *paths: str) -> dict[str, set[str]]:
        """Return the codes that `omni check` gives for each file."""
        if not paths:
            return {}
        finished = subprocess.run(
            [sys.executable, "-m", "omnidsl", "check", "--output-format", "json", *paths],
            capture_output=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environment,
        )
        found: dict[str, set[str]] = {path: set() for path in paths}
        for one in json.loads(finished.stdout)["diagnostics"]:
            found.setdefault(one["filename"], set()).add(one["code"])
        return found


def _end_group(leader: int) -> None:
    """End what a command left behind; the group is of our own making."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


Follow = Callable[[Path], Workplace]


@pytest.fixture(scope="session")
def plugin_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin of the plugins' page, as `omni plugin new` writes it, installed apart from everything else."""
    folder = tmp_path_factory.mktemp("plugin")
    subprocess.run(
        [sys.executable, "-m", "omnidsl", "plugin", "new", "sketch"],
        cwd=folder,
        env={**os.environ, "OMNI_LANG": "en"},
        check=True,
    )
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", "site", "./omnidsl-sketch"], cwd=folder, check=True)
    return folder / "site"


@pytest.fixture
def follow(
    tmp_path: Path,
    child_environment: dict[str, str],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Follow:
    """Return the folder of somebody who has followed a document: its files, and the examples."""

    def make(document: Path) -> Workplace:
        folder = tmp_path / "studio"
        (folder / ".omni").mkdir(parents=True)
        shutil.copytree(ROOT / "examples", folder / "examples")
        write_files(document, folder)
        environment = {
            **child_environment,
            "OMNI_CACHE_DIR": str(tmp_path_factory.getbasetemp() / f"cache-{document.stem}"),
            "OMNI_TRUST": str(folder / "house"),
            "OMNI_LANG": "zh" if ".zh-CN" in document.name else "en",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        if document == PLUGINS_PAGE:
            site = request.getfixturevalue("plugin_site")
            shutil.copytree(site.parent / "omnidsl-sketch", folder / "omnidsl-sketch")
            environment["PYTHONPATH"] = str(site)
        return Workplace(folder, environment)

    return make


def write_files(document: Path, folder: Path) -> None:
    """Write the files that a document shows."""
    for block in blocks(document):
        if "file" in block.notes:
            path = folder / block.notes["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
