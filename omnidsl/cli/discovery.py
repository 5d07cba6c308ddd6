"""From paths on the command line to recipes: folders are searched, and what git or the settings leave out is left out.

A folder that is named is searched even if something leaves it out, and a file that is named is taken, unless
`force-exclude` says otherwise: pre-commit names every file.
"""

import os
from collections.abc import Iterable, Sequence

from omnidsl.cli.projects import Projects
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.settings.patterns import Patterns, upwards

SUFFIX = ".omni"
STDIN = "-"
_SETTINGS = frozenset({"omni.toml", "pyproject.toml"})


class SearchOptions:
    """What the command line says of a search; None where it says nothing."""

    __slots__ = ("exclude", "extend_exclude", "force_exclude", "respect_gitignore")

    def __init__(
        self,
        *,
        exclude: Sequence[str] | None = None,
        extend_exclude: Sequence[str] = (),
        force_exclude: bool | None = None,
        respect_gitignore: bool | None = None,
    ) -> None:
        self.exclude = exclude
        self.extend_exclude = tuple(extend_exclude)
        self.force_exclude = force_exclude
        self.respect_gitignore = respect_gitignore


def discover(
    names: Iterable[str],
    projects: Projects,
    options: SearchOptions,
    *,
    stdin_name: str = "",
    searches: bool = True,
) -> tuple[list[str], list[Diagnostic]]:
    """Return the recipes that paths name, each once (`-` stands for standard input), and what is wrong with the paths.

    Where it `searches` not, a folder is taken as it is, for whoever reads it to refuse.
    """
    search = _Search(projects, options)
    files: dict[str, str] = {}
    for name in names:
        if name == STDIN:
            if not (stdin_name and search.forces(stdin_name)):
                files[STDIN] = STDIN
        elif searches and os.path.isdir(name):  # noqa: PTH112  # a string
            if search.forces(name, is_folder=True):
                continue
            inside = search.below(name)
            for one in inside:
                files.setdefault(os.path.normpath(one), one)
            if not inside and not search.faults:
                search.faults.append(Diagnostic("OM617", values={"path": name}))
        elif not search.forces(name):
            files.setdefault(os.path.normpath(name), name)
    return list(files.values()), search.faults


class _Search:
    def __init__(self, projects: Projects, options: SearchOptions) -> None:
        self.faults: list[Diagnostic] = []
        self._projects = projects
        self._options = options

    def forces(self, name: str, *, is_folder: bool = False) -> bool:
        """Say whether a path that was named is left out all the same."""
        said = self._options.force_exclude
        path = os.path.abspath(name)  # noqa: PTH100  # `..` goes, links stay
        search = self._projects.of_folder(os.path.dirname(path)).search  # noqa: PTH120  # a string
        return (search.force_exclude if said is None else said) and self._hidden(path, is_folder)

    def below(self, name: str) -> list[str]:
        """Return the recipes below a folder, sorted; links to folders are not followed."""
        found: list[str] = []
        top = os.path.abspath(name)  # noqa: PTH100  # `..` goes, links stay
        ignores = [one.inside(top) for one in self._ignores_above(top)]
        excludes = [one.inside(top) for one in self._excludes(top)]
        waiting = [(name, top, ignores, excludes)]
        while waiting:
            shown, folder, ignores, excludes = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = list(entries)
            except OSError as error:
                values = {"path": shown, "problem": error.strerror or str(error)}
                self.faults.append(Diagnostic("OM602", values=values))
                continue
            names = {one.name for one in listed}
            if folder != top and names & _SETTINGS:
                excludes = self._excludes(folder)
            if ".gitignore" in names and self._respects(folder):
                ignores = [Patterns.read(folder, os.path.join(folder, ".gitignore")), *ignores]  # noqa: PTH118  # a string
            for one in listed:
                is_folder = one.is_dir(follow_symlinks=False)
                if not is_folder and not (one.name.endswith(SUFFIX) and _is_file(one)):
                    continue
                if _left_out(one.path, ignores, excludes, is_folder=is_folder):
                    continue
                path = one.name if shown == "." else os.path.join(shown, one.name)  # noqa: PTH118  # a string
                if is_folder:
                    waiting.append((path, one.path, ignores, excludes))
                else:
                    found.append(path.replace(os.sep, "/"))
        return sorted(found)

    def _respects(self, folder: str) -> bool:
        said = self._options.respect_gitignore
        return self._projects.of_folder(folder).search.respect_gitignore if said is None else said

    def _excludes(self, folder: str) -> list[Patterns]:
        """Return what settings and the command line leave out in a folder."""
        settings, said = self._projects.of_folder(folder), self._options
        here = os.getcwd()  # noqa: PTH109  # a string
        lists = [Patterns(here, said.extend_exclude)]
        if said.exclude is not None:
            lists.append(Patterns(here, said.exclude))
        else:
            lists.append(Patterns(str(settings.folder), settings.search.exclude))
        return [one for one in lists if one]

    def _ignores_above(self, folder: str) -> list[Patterns]:
        """Return git's patterns of the folders above one, the nearest first; without a repository there are none."""
        top = self._repository(folder)
        if top is None or not self._respects(folder):
            return []
        lists = []
        above = folder
        while above != top:
            above = os.path.dirname(above)  # noqa: PTH120  # a string
            lists.append(Patterns.read(above, os.path.join(above, ".gitignore")))  # noqa: PTH118  # a string
        lists.append(Patterns.read(top, os.path.join(top, ".git", "info", "exclude")))  # noqa: PTH118  # a string
        return [one for one in lists if one]

    def _repository(self, folder: str) -> str | None:
        above = folder
        while not os.path.exists(os.path.join(above, ".git")):  # noqa: PTH110, PTH118  # strings, and never raises
            if above == (higher := os.path.dirname(above)):  # noqa: PTH120  # a string
                return None
            above = higher
        return above

    def _hidden(self, path: str, is_folder: bool) -> bool:  # noqa: FBT001  # passed on
        """Say whether a path, or a folder above it, is left out."""
        folder = path if is_folder else os.path.dirname(path)  # noqa: PTH120  # a string
        own = Patterns.read(folder, os.path.join(folder, ".gitignore"))  # noqa: PTH118  # a string
        ignores = [own, *self._ignores_above(folder)] if self._respects(folder) else []
        return any(
            one.hides(path, is_folder=is_folder) for one in self._excludes(folder)
        ) or _ignored_on_the_way(path, ignores, is_folder=is_folder)


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads in a circle
        return False


def _left_out(
    path: str, ignores: Iterable[Patterns], excludes: Iterable[Patterns], *, is_folder: bool
) -> bool:
    if any(one.verdict(path, is_folder=is_folder) for one in excludes):
        return True
    said = (one.verdict(path, is_folder=is_folder) for one in ignores)
    return next((one for one in said if one is not None), False)


def _ignored_on_the_way(path: str, ignores: Sequence[Patterns], *, is_folder: bool) -> bool:
    """Say whether git ignores a path, or a folder above it: nothing below an ignored folder is taken in again."""
    top = min((len(one.folder) for one in ignores), default=len(path))
    return any(
        _left_out(one, ignores, (), is_folder=is_folder or one is not path)
        for one in upwards(path, top)
    )
