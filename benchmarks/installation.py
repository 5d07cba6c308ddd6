"""OmniDSL as users have it: a wheel, installed with pinned dependencies into an environment of its own, compiled."""

import os
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import attrs
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--compile")


@attrs.frozen
class Installation:
    """A virtual environment that holds the wheel, and the environment variables to use it with."""

    folder: Path

    @property
    def python(self) -> str:
        """The environment's interpreter."""
        return str(self.folder / "bin" / "python")

    @property
    def omni(self) -> str:
        """The command, as pip made it."""
        return str(self.folder / "bin" / "omni")

    def environment(self) -> dict[str, str]:
        """Return the variables of a child: none that makes Python or OmniDSL behave unusually."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OMNI_", "PYTHON"))
        }
        cache = str(self.folder / "cache")
        return {**kept, "OMNI_CACHE_DIR": cache, "OMNI_LANG": "en", "NO_COLOR": "1"}


def install(folder: Path) -> Installation:
    """Build the wheel and install it below a folder; RuntimeError shows what stood against it."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    _run([*build, str(ROOT)], dict(os.environ))
    (wheel,) = folder.glob("*.whl")
    made = Installation(folder / "venv")
    _run([sys.executable, "-m", "venv", str(made.folder)], made.environment())
    pins = folder / "pins.txt"
    pins.write_text(_pins(_needed("omnidsl", {"sandbox"})), "utf-8")
    for what in (("--require-hashes", "--requirement", str(pins)), ("--no-deps", str(wheel))):
        _run([made.python, *_PIP, *what], made.environment())
    return made


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _needed(name: str, extras: set[str]) -> set[str]:
    """Return the names of all that a distribution needs at run time."""
    waiting, found = [(name, extras)], set[str]()
    while waiting:
        name, extras = waiting.pop()
        for line in requires(name) or ():
            one = Requirement(line)
            key = one.name.lower().replace("_", "-")
            wanted = one.marker is None or any(
                one.marker.evaluate({"extra": extra}) for extra in {"", *extras}
            )
            if wanted and key not in found:
                found.add(key)
                waiting.append((key, one.extras))
    return found


def _pins(names: set[str]) -> str:
    """Return the rows of `constraints.txt` for these names, hashes included."""
    rows = re.split(r"\n(?=\S)", (ROOT / "constraints.txt").read_text("utf-8"))
    return "\n".join(row for row in rows if row.partition("==")[0] in names)
