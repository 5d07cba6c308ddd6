"""What is installed: a raw scan of `*.dist-info`, since importlib.metadata alone costs forty milliseconds at every start."""

import os
import sys


class EntryPoint:
    """A plugin as it is found: a name, a module, and the distribution that brings it.

    `folder` is the one that the module lies in where no distribution brings it; `hooks` are those that it implements, as
    far as the declaration index knows.
    """

    __slots__ = ("distribution", "folder", "hooks", "module", "name", "version")

    def __init__(
        self,
        name: str,
        module: str,
        distribution: str,
        version: str,
        *,
        folder: str = "",
        hooks: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.module = module
        self.distribution = distribution
        self.version = version
        self.folder = folder
        self.hooks = hooks

    def __repr__(self) -> str:
        return f"EntryPoint({self.name!r}, {self.module!r}, {self.distribution!r})"

    def to_json(self) -> list[object]:
        """Return it as the index keeps it."""
        rest = [self.version, self.folder, list(self.hooks)]
        return [self.name, self.module, self.distribution, *rest]

    @classmethod
    def from_json(cls, row: list[object]) -> "EntryPoint":
        """Read what `to_json` gave."""
        name, module, distribution, version, folder, hooks = row
        return cls(
            str(name),
            str(module),
            str(distribution),
            str(version),
            folder=str(folder),
            hooks=tuple(map(str, hooks)) if isinstance(hooks, list) else (),
        )


def folders() -> list[str]:
    """Return the folders that things are installed in: those that Python imports from, but for the current one.

    `python -m omnidsl` has that among them, and what lies there may be anybody's.
    """
    here = _here()
    return [one for one in dict.fromkeys(sys.path) if one and one != here and os.path.isdir(one)]  # noqa: PTH112  # at every start


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # a string
    except OSError:
        return ""


def distributions(folder: str) -> list[str]:
    """Return the names of the `dist-info` folders of one folder."""
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))  # noqa: PTH208  # twice as fast as pathlib, at every start
    except OSError:
        return []


def scan(among: list[str]) -> list[EntryPoint]:
    """Find the plugins installed in these folders, first folder first; a distribution's second copy is passed over."""
    found: dict[tuple[str, str], EntryPoint] = {}
    for folder in among:
        for name in distributions(folder):
            for point in _entry_points(entry_points_file(folder, name), name):
                found.setdefault((point.distribution, point.name), point)
    return list(found.values())


def entry_points_file(folder: str, dist_info: str) -> str:
    """Return where a distribution lists its entry points."""
    return os.path.join(folder, dist_info, "entry_points.txt")  # noqa: PTH118  # as above


def _entry_points(file: str, dist_info: str) -> list[EntryPoint]:
    try:
        with open(file, encoding="utf-8") as stream:  # noqa: PTH123  # as above
            text = stream.read()
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


def canonical(distribution: str) -> str:
    """Return a distribution's name as all its spellings have it: `Omnidsl_Suno` is `omnidsl-suno`."""
    return "-".join(
        filter(None, distribution.lower().replace("_", "-").replace(".", "-").split("-"))
    )
