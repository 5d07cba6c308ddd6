"""A project that somebody sent us, the world around it, and commands that are watched while they look at it."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import cast

import attrs
import pytest

ROOT = Path(__file__).parents[2]
INSTALLED = (
    *map(Path, {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}),
    *(ROOT / name for name in ("omnidsl", "plugins", "grammars")),
)
"""Python, the packages beside it, and ours."""

SETTINGS = ("omni.toml", "pyproject.toml")
"""Looked for in every folder above a recipe."""

GENERATORS = (
    "<frozen ",
    sysconfig.get_path("stdlib") + os.sep,
    f"{sysconfig.get_path('purelib')}{os.sep}attr{os.sep}",
)
"""Who may run code that has no file: Python's own modules (named tuples), and attrs (the methods of declarations)."""

HARMLESS = ("import", "os.walk", "pathlib.Path.glob")
"""Events that others follow if there is anything to them."""

Event = tuple[str, list[object]]


def _asks_installed_plugins(command: list[str]) -> bool:
    """Tell whether a child is the one that asks plugins that are installed for their declarations, once for all."""
    *python, program = command
    return python == [sys.executable, "-P", "-c"] and "omnidsl.plugins.examiner" in program


@attrs.frozen
class Watched:
    """A finished command: its status and output, and what it asked of the system, in order."""

    status: int
    stdout: str
    stderr: str
    events: list[Event]
    project: Path
    cache: Path

    def breaches(self, *, written: tuple[Path, ...] = ()) -> list[Event]:
        """Return what a command that only looks at a project has no business to do; it may write these files."""
        return [one for one in self.events if not self._innocent(one, written)]

    def _innocent(self, event: Event, written: tuple[Path, ...]) -> bool:
        name, arguments = event
        if name == "open":
            path, _, flags = arguments
            return not isinstance(path, str) or self._may_open(path, cast(int, flags), written)
        if name in ("os.listdir", "os.scandir"):
            return self._readable(str(arguments[0])) or arguments[0] == str(ROOT)  # is on the path
        if name in ("os.mkdir", "os.rename", "os.remove", "os.chmod", "os.chown"):
            paths = [one for one in arguments if isinstance(one, str)]
            return all(self._writable(one, written) for one in paths)
        if name in ("exec", "compile"):
            code, asked_by = cast("tuple[list[str], str]", arguments)
            return self._below(code[-1], INSTALLED) or asked_by.startswith(GENERATORS)
        if name == "subprocess.Popen":
            return _asks_installed_plugins(cast("list[str]", arguments[1]))
        return name in HARMLESS

    def _may_open(self, path: str, flags: int, written: tuple[Path, ...]) -> bool:
        if path == os.devnull:
            return True
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            return self._writable(path, written)
        return self._readable(path) or Path(path).name in SETTINGS

    def _readable(self, path: str) -> bool:
        return self._below(path, (self.project, self.cache, *INSTALLED))

    def _writable(self, path: str, written: tuple[Path, ...]) -> bool:
        return self._below(path, (self.cache, *written))

    def _below(self, path: str, folders: tuple[Path, ...]) -> bool:
        real = _real(self.project / path)
        return any(real == one or real.startswith(one + os.sep) for one in map(_real, folders))


_REAL: dict[str, str] = {}


def _real(path: Path) -> str:
    """Return a path with its links followed; what stands in a folder that was asked for is found without going there again."""
    known = str(path)
    if known not in _REAL:
        above = _REAL.get(os.path.dirname(known))  # noqa: PTH120  # pathlib would be slow with deep folders
        plain = above is not None and path.name != ".." and not os.path.islink(known)  # noqa: PTH114  # as above
        _REAL[known] = f"{above}/{path.name}" if plain else os.path.realpath(known)
    return _REAL[known]


Watch = Callable[..., Watched]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project, a root by its settings file; `secret.txt` and `outside.omni` lie beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "omni.toml").write_text('rules = "omniai"\n', "utf-8")
    (tmp_path / "secret.txt").write_text("planted-secret = 1\n", "utf-8")
    (tmp_path / "outside.omni").write_text('let planted = "planted-secret"\n', "utf-8")
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's cache of declarations, shared by all commands as it is in life."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def watch(tmp_path: Path, project: Path, cache: Path, child_environment: dict[str, str]) -> Watch:
    """Run `omni` in the project and watch it."""
    report = tmp_path / "events.jsonl"
    environment = child_environment | {"OMNI_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*arguments: str, **more: str) -> Watched:
        report.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("auditor.py")), str(report), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            cwd=project,
            env=environment | more,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        rows = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
        events = [(row["event"], row["arguments"]) for row in rows]
        return Watched(done.returncode, done.stdout, done.stderr, events, project, cache)

    return run
