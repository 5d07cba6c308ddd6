"""A new plugin called `sketchy`, as `omni plugin new` writes it: installed, and held to the laws."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from omnidsl.cli.plugin_commands.new import write


def installed(folder: Path) -> Path:
    """Write a new plugin `sketchy` into a folder and have it found as if it were installed; return its package."""
    write(folder / "made", "sketchy")
    site = folder / "site"
    info = site / "omnidsl_sketchy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[omnidsl]\nsketchy = omnidsl_sketchy\n", "utf-8")
    (folder / "made" / "omnidsl_sketchy").rename(site / "omnidsl_sketchy")
    return site / "omnidsl_sketchy"


def judged(
    folder: Path, *more: str, fault: Callable[[Path], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Hold a new plugin, to whose package a fault was done, to the laws that `more` selects."""
    package = installed(folder)
    if fault is not None:
        fault(package)
    environment = {
        **os.environ,
        "PYTHONPATH": str(package.parent),
        "OMNI_CACHE_DIR": str(folder / "cache"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    plugins = ["-p", "no:cacheprovider", "-p", "omnidsl.testing.pytest_plugin"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rf", *plugins, *more, "tests/test_conformance.py"],
        cwd=folder / "made",
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )


def broken(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """Return the laws that failed."""
    lines = (one for one in done.stdout.splitlines() if one.startswith(("FAILED ", "ERROR ")))
    return {one.split("::")[2].split("[")[0].split(" ")[0] for one in lines if one.count("::") > 1}
