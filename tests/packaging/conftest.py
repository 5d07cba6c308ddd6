"""The wheel, built once, and fresh environments that it is installed into."""

import re
import subprocess
import sys
from collections.abc import Collection
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def runtime(name: str, extras: frozenset[str], found: set[str]) -> set[str]:
    """Return the distributions that one needs at run time, itself not included."""
    for line in requires(name) or ():
        one = Requirement(line)
        wanted = one.marker is None or any(
            one.marker.evaluate({"extra": extra}) for extra in extras | {""}
        )
        key = one.name.lower().replace("_", "-")
        if wanted and key not in found:
            found.add(key)
            runtime(key, frozenset(one.extras), found)
    return found


def pinned(names: set[str]) -> str:
    """Return the lines of constraints.txt for some distributions: versions and hashes."""
    blocks = re.split(r"\n(?=[a-z])", (ROOT / "constraints.txt").read_text("utf-8"))
    return "\n".join(block for block in blocks if block.partition("==")[0] in names)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert 0 == done.returncode, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


def environment(folder: Path, wheel: Path, names: Collection[str] = ()) -> Path:
    """Make a fresh environment with our wheel, what it needs for the sandbox, and further pinned ones; return its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    wanted = runtime("omnidsl", frozenset({"sandbox"}), set())
    for one in names:
        wanted |= {one, *runtime(one, frozenset(), set())}
    needed = folder / "needed.txt"
    needed.write_text(pinned(wanted), "utf-8")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip.append("--disable-pip-version-check")
    for more in (["--require-hashes", "--requirement", str(needed)], ["--no-deps", str(wheel)]):
        done = subprocess.run([*pip, *more], capture_output=True, encoding="utf-8")
        assert 0 == done.returncode, done.stderr
    return folder / "bin"


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `omni` of a fresh environment."""
    return environment(tmp_path_factory.mktemp("venv"), wheel) / "omni"
