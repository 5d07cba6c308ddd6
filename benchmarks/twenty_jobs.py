"""Twenty jobs that do not need each other: a recipe, and the polling loop, at the same sandbox."""

import shutil
import subprocess
import time
from pathlib import Path

from benchmarks import polling_loop
from benchmarks.installation import Installation

JOBS = 20
DURATION = 1.0
"""Seconds that a task takes at the sandbox."""

RECIPE = Path(__file__).parent / "recipes" / "twenty.omni"
_KEY = "sk-benchmark"


def recipe_seconds(installation: Installation, address: str, folder: Path) -> float:
    """Run the recipe in a new folder and return the seconds from start to end; RuntimeError where it fails."""
    shutil.copy(RECIPE, folder / "twenty.omni")
    (folder / "omni.toml").touch()
    key = {"OMNI_BASE_URL": address, "OMNI_API_KEY": _KEY}
    began = time.perf_counter()
    done = subprocess.run(
        [installation.omni, "run", "twenty.omni", "--yes"],
        cwd=folder,
        env={**installation.environment(), **key},
        capture_output=True,
        encoding="utf-8",
    )
    seconds = time.perf_counter() - began
    saved = done.stdout.splitlines()
    if done.returncode or len(saved) != JOBS:
        raise RuntimeError(f"exit status {done.returncode}, {len(saved)} files:\n{done.stderr}")
    return seconds


def loop_seconds(address: str, jobs: int) -> float:
    """Make as many pictures with the polling loop."""
    prompts = [f"cat number {number} --ar 4:3 --v 6.1" for number in range(1, jobs + 1)]
    return polling_loop.run(address, _KEY, prompts)
