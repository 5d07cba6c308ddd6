"""Which plugins take part: what is installed, narrowed by a project's settings and by whoever runs a command.

Settings of a project can only leave plugins out. Code of the project itself (`plugin-folders`) takes part where somebody
has said that this project is trusted: by `--trust`, which speaks of the project of the current folder alone, or by
`OMNI_TRUST` in the environment, a list of projects' folders. Nothing in a project's own files can say so.
"""

import os

from omnidsl._record import Record
from omnidsl._typing import TYPE_CHECKING
from omnidsl.plugins.installed import EntryPoint, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from omnidsl.settings import Settings

TRUST = "OMNI_TRUST"
_NO = "no:"


class Choice(Record):
    """What takes part. `allowed` are distributions, None for all; `without` names of plugins or distributions that do not.

    `modules` are modules, or names of plugins, that do whatever is allowed. `folders` are those of local plugins: as the
    settings have them, and where they lie; `untrusted` those whose code may not run.
    """

    __slots__ = ("allowed", "folders", "modules", "untrusted", "without")
    __match_args__ = ("allowed", "folders", "modules", "untrusted", "without")

    def __init__(
        self,
        *,
        allowed: "Iterable[str] | None" = None,
        without: "Iterable[str]" = (),
        modules: "Iterable[str]" = (),
        folders: "Iterable[tuple[str, str]]" = (),
        untrusted: "Iterable[str]" = (),
    ) -> None:
        self.allowed = None if allowed is None else tuple(canonical(one) for one in allowed)
        self.without = tuple(without)
        self.modules = tuple(modules)
        self.folders = tuple(folders)
        self.untrusted = tuple(untrusted)

    @classmethod
    def of(
        cls, settings: "Settings", *, said: "Iterable[str]" = (), trust: bool = False
    ) -> "Choice":
        """Return the choice of a project; `said` is what the command line says with `-p`, `trust` with `--trust`."""
        values = settings.values
        allowed = values.texts("plugins") if "plugins" in values.given else None
        without = [one.removeprefix(_NO) for one in said if one.startswith(_NO)]
        modules = [one for one in said if not one.startswith(_NO)]
        wanted = values.texts("plugin-folders")
        home = str(settings.folder)
        trusted = bool(wanted) and _is_trusted(home, trust=trust)
        places = [(one, os.path.join(home, one)) for one in wanted] if trusted else []  # noqa: PTH118  # a string
        return cls(
            allowed=allowed,
            without=without,
            modules=modules,
            folders=places,
            untrusted=() if trusted else wanted,
        )

    def narrowed(
        self, installed: "Iterable[EntryPoint]"
    ) -> "tuple[list[EntryPoint], list[tuple[EntryPoint, str]]]":
        """Return the plugins that take part, and those that do not with the reason: `switched-off`, `not-listed`."""
        chosen: list[EntryPoint] = []
        left: list[tuple[EntryPoint, str]] = []
        found = list(installed)
        names = {one.name for one in found}
        own = [EntryPoint(one, one, f"-p {one}", "") for one in self.modules if one not in names]
        for one in [*found, *self.local(), *own]:
            if one.name in self.without or canonical(one.distribution) in map(
                canonical, self.without
            ):
                left.append((one, "switched-off"))
            elif self._allows(one):
                chosen.append(one)
            else:
                left.append((one, "not-listed"))
        return chosen, left

    def _allows(self, one: EntryPoint) -> bool:
        asked_for = one.name in self.modules or bool(one.folder)
        return self.allowed is None or asked_for or canonical(one.distribution) in self.allowed

    def local(self) -> "Iterator[EntryPoint]":
        """Yield the plugins of the project's own folders: each module and package in them."""
        for shown, folder in self.folders:
            for name in modules_in(folder):
                yield EntryPoint(name, name, f"{shown}/{name}", "", folder=folder)

    def key(self) -> list[object]:
        """Return what an index that was built for this choice remembers of it."""
        return [
            None if self.allowed is None else sorted(self.allowed),
            sorted(self.without),
            list(self.modules),
            [[folder, modules_in(folder)] for _, folder in self.folders],
        ]


def modules_in(folder: str) -> list[str]:
    """Return the names of the modules and packages in a folder, but for private ones."""
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        return []
    names = []
    for one in entries:
        name, dot, ending = one.name.partition(".")
        is_package = not dot and os.path.isfile(os.path.join(one.path, "__init__.py"))  # noqa: PTH113, PTH118  # a string
        if (is_package or ending == "py") and name.isidentifier() and not name.startswith("_"):
            names.append(name)
    return names


def _is_trusted(home: str, *, trust: bool) -> bool:
    place = os.path.realpath(home)
    if trust and place == _project_of_here():
        return True
    said = os.environ.get(TRUST, "")
    return any(place == os.path.realpath(one) for one in said.split(os.pathsep) if one)


def _project_of_here() -> str:
    from pathlib import Path

    from omnidsl.settings import load  # a command that trusts nothing does not pay for it

    return os.path.realpath(load(Path.cwd())[0].folder)
