"""The declaration index: what every installed plugin declares, as JSON in the user's cache.

It is rebuilt when the set of installed distributions or a plugin's own file changes. Reading it imports no plugin;
rebuilding does, once. The installed set comes from a raw scan of `*.dist-info`: importlib.metadata alone would cost
forty milliseconds at every start.
"""

import json
import os
import sys

from omnidsl._typing import TYPE_CHECKING
from omnidsl.plugins.catalogue import Catalogue

if TYPE_CHECKING:
    from typing import Any

FORMAT = 5

_PRIME = 0xFFFF_FFFB
"""The largest one of 32 bits: the remainder of a text names a file as well as a checksum, and costs no import."""


class EntryPoint:
    """One line of the group `omnidsl` in a distribution's `entry_points.txt`."""

    __slots__ = ("distribution", "module", "name", "version")

    def __init__(self, name: str, module: str, distribution: str, version: str) -> None:
        self.name = name
        self.module = module
        self.distribution = distribution
        self.version = version

    def __repr__(self) -> str:
        return f"EntryPoint({self.name!r}, {self.module!r}, {self.distribution!r})"


def scan(folders: list[str]) -> list[EntryPoint]:
    """Find the plugins installed in these folders, first folder first; a distribution's second copy is passed over."""
    found: dict[tuple[str, str], EntryPoint] = {}
    for folder in folders:
        for name in _distributions(folder):
            for point in _entry_points(folder, name):
                found.setdefault((point.distribution, point.name), point)
    return list(found.values())


def _distributions(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))  # noqa: PTH208  # twice as fast as pathlib, at every start
    except OSError:
        return []


def _entry_points(folder: str, dist_info: str) -> list[EntryPoint]:
    try:
        with open(os.path.join(folder, dist_info, "entry_points.txt"), encoding="utf-8") as file:  # noqa: PTH118, PTH123  # as above
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return []
    if "[omnidsl]" not in text:
        return []
    distribution, _, version = dist_info.removesuffix(".dist-info").partition("-")
    section, points = "", []
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            section = line
        elif section == "[omnidsl]" and "=" in line and not line.startswith(("#", ";")):
            name, _, module = line.partition("=")
            points.append(EntryPoint(name.strip(), module.strip(), distribution, version))
    return points


def _folders() -> list[str]:
    return [one for one in dict.fromkeys(sys.path) if one and os.path.isdir(one)]  # noqa: PTH112  # at every start


def _data_beside(file: str) -> list[str]:
    """Return the files that declarations beside them may be read from: prices, or modules of operations."""
    folder = os.path.dirname(file)  # noqa: PTH120  # as the rest of this module
    names = sorted(os.listdir(folder)) if os.path.basename(file) == "__init__.py" else []  # noqa: PTH119, PTH208  # as above
    return [os.path.join(folder, one) for one in names if one.endswith((".toml", ".py"))]  # noqa: PTH118  # as above


def _stamp(path: str) -> list[object]:
    try:
        status = os.stat(path)  # noqa: PTH116  # at every start
    except OSError:
        return [path, 0]
    return [path, status.st_mtime_ns]


def cache_folder() -> str:
    """Return the user's cache folder: `OMNI_CACHE_DIR`, else where the platform keeps caches."""
    if own := os.environ.get("OMNI_CACHE_DIR"):
        return own
    platform: str = sys.platform  # a name of its own, or type checkers look at one platform alone
    if platform == "linux":  # platformdirs says the same, ten milliseconds later
        caches = os.environ.get("XDG_CACHE_HOME", "")
        if not caches.startswith("/"):
            caches = os.path.expanduser("~/.cache")  # noqa: PTH111  # as the rest of this module
        return os.path.join(caches, "omnidsl")  # noqa: PTH118  # as above
    from platformdirs import user_cache_dir

    return user_cache_dir("omnidsl", appauthor=False)


def load() -> Catalogue:
    """Return the catalogue of what is installed, from the index where it is fresh."""
    folders = _folders()
    installed = [[folder, _distributions(folder)] for folder in folders]
    place = int.from_bytes("\0".join(folders).encode("utf-8", "surrogateescape"), "big") % _PRIME
    name = f"declarations-{place:08x}.json"
    file = os.path.join(cache_folder(), name)  # noqa: PTH118  # at every start
    try:
        with open(file, encoding="utf-8") as stream:  # noqa: PTH123  # at every start
            index = json.load(stream)
        fresh = (
            index["format"] == FORMAT
            and index["folders"] == installed
            and all(_stamp(path) == [path, then] for path, then in index["files"])
        )
        if fresh:
            return Catalogue.from_json(index)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # missing, cut, or another format's: it is only a cache
    index = build(scan(folders))
    index["folders"] = installed
    _write(file, index)
    return Catalogue.from_json(index)


def build(points: list[EntryPoint]) -> "dict[str, Any]":
    """Ask every plugin for its declarations; a broken one becomes a problem and never costs another."""
    from omnidsl.plugins.manager import Declared
    from omnidsl.plugins.vocabulary import extended
    from omnidsl.prompts import load_vocabulary

    services: dict[str, Any] = {}
    problems: list[dict[str, str]] = []
    files: list[list[object]] = []
    names: dict[str, str] = {}
    tables: list[str] = []
    for point in points:
        first = names.setdefault(point.name, point.distribution)
        if first != point.distribution:
            problem = f"the plugin name `{point.name}` is already taken by {first}"
            problems.append(
                {"distribution": point.distribution, "hook": "entry point", "problem": problem}
            )
            continue
        declared = Declared(point.module, extended(load_vocabulary(), tuple(tables)))
        tables += [declared.terms] if declared.terms else []
        problems.extend(
            {"distribution": point.distribution, **failure} for failure in declared.failures
        )
        module_file = getattr(sys.modules.get(point.module), "__file__", None)
        if module_file:
            files.append(_stamp(module_file))
            files += [_stamp(one) for one in _data_beside(module_file)]
        for name, row in declared.services.items():
            if name in services:
                other = services[name]["distribution"]
                problem = f"the service `{name}` is already brought by {other}"
                problems.append(
                    {
                        "distribution": point.distribution,
                        "hook": "omnidsl_services",
                        "problem": problem,
                    }
                )
                continue
            services[name] = {"distribution": point.distribution, "version": point.version, **row}
    return {
        "format": FORMAT,
        "files": files,
        "services": services,
        "vocabulary": tables,
        "problems": problems,
    }


def _write(file: str, index: "dict[str, Any]") -> None:
    """Replace the cache atomically; a cache that cannot be written only costs time."""
    temporary = f"{file}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120  # as the rest of this module
        with open(temporary, "w", encoding="utf-8") as stream:  # noqa: PTH123  # as the rest of this module
            json.dump(index, stream)
        os.replace(temporary, file)  # noqa: PTH105  # as the rest of this module
    except OSError:
        return
