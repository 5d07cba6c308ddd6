"""The settings of the folders that one command meets: read once each, with the command's own words over them."""

import os
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    from omnidsl.settings import Settings


class Projects:
    """Settings by folder; `take_faults` returns what was found wrong with them since it was last asked."""

    __slots__ = ("_by_folder", "_faults", "_isolated", "_told")

    def __init__(self, *, isolated: bool = False) -> None:
        self._isolated = isolated
        self._by_folder: dict[str, Settings] = {}
        self._faults: list[Diagnostic] = []
        self._told: set[Path] = set()

    def fresh(self) -> "Projects":
        """Return one that has read nothing yet."""
        return Projects(isolated=self._isolated)

    def of_folder(self, folder: str) -> "Settings":
        """Return the settings that hold in a folder."""
        key = os.path.abspath(folder)  # noqa: PTH100  # `..` goes, links stay
        found = self._by_folder.get(key)
        if found is None:
            from omnidsl.settings import load

            found, faults = load(Path(key), isolated=self._isolated)
            if found.folder not in self._told:
                self._told.add(found.folder)
                self._faults += faults
            self._by_folder[key] = found
        return found

    def of_file(self, path: str) -> "Settings":
        """Return the settings that hold for a file."""
        return self.of_folder(os.path.dirname(path) or ".")  # noqa: PTH120  # a string

    def take_faults(self) -> list[Diagnostic]:
        """Return faults of settings that have not been returned before."""
        faults, self._faults = self._faults, []
        return faults
