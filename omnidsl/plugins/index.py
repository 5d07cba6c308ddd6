"""The declaration index: what every installed plugin declares, as JSON in the user's cache.

It is rebuilt when the set of installed distributions, a file that declarations were read from, the contract or Python
changes. Reading it imports no plugin; rebuilding does, once, in a process of its own (`omnidsl.plugins.building`).
The file is a line about everything, then a line for each service, which is read when somebody asks for that service.
"""

import json
import os
import sys

from omnidsl import __version__
from omnidsl._typing import TYPE_CHECKING
from omnidsl.plugins import API
from omnidsl.plugins.catalogue import Catalogue, Problem
from omnidsl.plugins.installed import EntryPoint, distributions, entry_points_file, folders, scan

if TYPE_CHECKING:
    from typing import Any

    from omnidsl.plugins.choice import Choice

FORMAT = 14

_PRIME = 0xFFFF_FFFB
"""The largest one of 32 bits: the remainder of a text names a file as well as a hash, and costs no import."""


def _stamp(path: str) -> list[object]:
    try:
        status = os.stat(path)  # noqa: PTH116  # at every start
    except OSError:
        return [path, 0, 0]
    return [path, status.st_mtime_ns, status.st_size]


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


def load(choice: "Choice | None" = None) -> Catalogue:
    """Return the catalogue of what is installed (and chosen, where there is a choice), from the index where it is fresh."""
    among, key = folders(), [] if choice is None else choice.key()
    around: dict[str, Any] = {
        "format": FORMAT,
        "api": API,
        "version": __version__,
        "python": [sys.implementation.name, *sys.version_info],
        "folders": [[folder, distributions(folder)] for folder in among],
        "choice": key,
    }
    place = _named_by("\0".join([*among, *([repr(key)] if key else [])]))
    file = os.path.join(cache_folder(), f"declarations-{place:08x}.json")  # noqa: PTH118  # at every start
    found = _read(file, around) or _built(file, around, choice)
    if choice is not None:
        found.problems += tuple(Problem.untrusted(one) for one in choice.untrusted)
    return found


def _built(file: str, around: "dict[str, Any]", choice: "Choice | None") -> Catalogue:
    """Ask the plugins that take part, and keep what they say."""
    from omnidsl.plugins.building import build  # what a fresh index does not pay

    installed = scan([folder for folder, _ in around["folders"]])
    points, left = (installed, []) if choice is None else choice.narrowed(installed)
    index = build(points)
    index["left"] = [[*one.to_json(), why] for one, why in left]
    places = {entry_points_file(*one) for one in _own_folders(installed, around["folders"])}
    index["files"] = [_stamp(one) for one in [*index["files"], *sorted(places)]]
    _write(file, {**around, **index})
    return Catalogue.from_json(index)


def _own_folders(points: list[EntryPoint], installed: "list[list[Any]]") -> list[tuple[str, str]]:
    """Return the folders, and the `dist-info` in them, of distributions that bring plugins."""
    ours = {f"{one.distribution}-{one.version}.dist-info" for one in points}
    return [(folder, one) for folder, names in installed for one in names if one in ours]


def _read(file: str, around: "dict[str, Any]") -> Catalogue | None:
    """Return what the cache holds; None where it is missing, cut, another format's, or older than what is installed."""
    try:
        with open(file, encoding="utf-8") as stream:  # noqa: PTH123  # at every start
            head, _, rows = stream.read().partition("\n")
        index = json.loads(head)
        if (
            any(index[name] != value for name, value in around.items())
            or len(rows) != index["length"]
            or any(_stamp(one[0]) != one for one in index["files"])
        ):
            return None
        texts = dict(zip(index["services"], rows.split("\n"), strict=False))
        return Catalogue.from_json(index, texts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(file: str, index: "dict[str, Any]") -> None:
    """Replace the cache atomically; a cache that cannot be written only costs time."""
    services = dict(sorted(index["services"].items()))
    rows = "\n".join(json.dumps(one) for one in services.values())
    heads = {name: _head(one) for name, one in services.items()}
    head = json.dumps({**index, "services": heads, "length": len(rows)})
    temporary = f"{file}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120  # as the rest of this module
        with open(temporary, "w", encoding="utf-8") as stream:  # noqa: PTH123  # as the rest of this module
            stream.write(f"{head}\n{rows}")
        os.replace(temporary, file)  # noqa: PTH105  # as the rest of this module
    except OSError:
        return


def _head(service: "dict[str, Any]") -> "dict[str, Any]":
    """Return what is said of a service beside its operations."""
    head = {name: service[name] for name in ("distribution", "version", "plugin")}
    where = ("base_url", "key_variable", "key_header")
    return {**head, **{name: service[name] for name in where if name in service}}


def _named_by(text: str) -> int:
    return int.from_bytes(text.encode("utf-8", "surrogateescape"), "big") % _PRIME
