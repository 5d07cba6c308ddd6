"""The check of one file after the other: its settings, its findings, and which of them are reported."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.cli.discovery import STDIN
from omnidsl.cli.projects import Projects
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.reader import LARGEST
from omnidsl.settings.patterns import Patterns
from omnidsl.settings.selection import Layer, Selection, always

if TYPE_CHECKING:
    from omnidsl.checking.fixes import Mending
    from omnidsl.cli.plugging import Catalogues
    from omnidsl.language.source import Source
    from omnidsl.prompts import HouseRules
    from omnidsl.settings import Settings


class Wishes:
    """What the command line says about every file: it goes over the settings."""

    __slots__ = ("default_version", "layer", "per_file_ignores", "rules", "stdin_filename")

    def __init__(
        self,
        *,
        layer: Layer | None = None,
        per_file_ignores: Mapping[str, tuple[str, ...]] | None = None,
        rules: str | None = None,
        default_version: str | None = None,
        stdin_filename: str | None = None,
    ) -> None:
        self.layer = layer or Layer()
        self.per_file_ignores = dict(per_file_ignores or {})
        self.rules = rules
        self.default_version = default_version
        self.stdin_filename = stdin_filename

    def over(self, house: "HouseRules") -> "HouseRules":
        """Return what a project says about prompts with what the command line says put over it."""
        return house.overridden(name=self.rules, default_version=self.default_version)


class FileChecker:
    """Checks files; settings are read once a folder, and what is wrong with them comes with the first file there.

    A file of more than `most` bytes is not read.
    """

    most = LARGEST

    def __init__(self, catalogues: "Catalogues", projects: Projects, wishes: Wishes) -> None:
        self.catalogues = catalogues
        self.projects = projects
        self._wishes = wishes
        self._lenses: dict[Settings, _Lens] = {}
        self._stdin: Source | None = None
        self._mark = b""
        self._told: set[str] = set()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process without what was read so far."""
        return type(self), (self.catalogues, self.projects.fresh(), self._wishes)

    def check(self, path: str) -> list[Diagnostic]:
        """Return what is reported of one file; `-` is standard input."""
        settings = self.projects.of_file(str(self._where(path)))
        self.catalogues.of(settings)
        faults = [
            *self.catalogues.take_findings(),
            *self.projects.take_faults(),
            *self._of_services(settings),
        ]
        source, fault = self._read(path, settings.root)
        if source is None:
            return [*faults, *([fault] if fault else [])]
        return [*faults, *self.find(path, source)]

    def _of_services(self, settings: "Settings") -> list[Diagnostic]:
        """Return what is wrong with the tables of services, with the first file below a settings file."""
        if (
            not {"services", "plugin"} & set(settings.values.given)
            or str(settings.file) in self._told
        ):
            return []
        from omnidsl.settings.services import faults  # what few projects pay

        self._told.add(str(settings.file))
        return self._lens(settings).reported(faults(settings, self.catalogues.of(settings)))

    def find(self, path: str, source: "Source") -> list[Diagnostic]:
        """Return what is reported of a text that stands for a file."""
        where = self._where(path)
        settings = self.projects.of_file(str(where))
        found = self._found(source, where, settings)
        return self._lens(settings).reported(found) if found else found

    def mended(self, path: str, source: "Source", *, unsafe: bool) -> "Mending":
        """Apply the fixes of what is reported of a text that stands for a file, until none is left."""
        from omnidsl.checking.fixes import mend

        return mend(source, lambda text: self.find(path, text), unsafe=unsafe)

    def house(self, settings: "Settings") -> "HouseRules":
        """Return what prompts are held to below a settings file."""
        house = self._wishes.over(settings.rules)
        return house.overridden(remarks=True) if self._lens(settings).remarks else house

    def _found(self, source: "Source", where: Path, settings: "Settings") -> list[Diagnostic]:
        """Return what is wrong with a recipe, but for what its comments suppress."""
        from omnidsl.checking.suppressions import apply
        from omnidsl.planning.inspection import inspect_source

        inspection = inspect_source(
            source,
            where,
            root=settings.root,
            catalogue=self.catalogues.of(settings).behind(
                settings.gateway_kind, settings.service_kinds
            ),
            rules=self.house(settings),
            most_steps=settings.max_steps,
        )
        inspection.dry_run()
        inspection.lint()
        return apply(inspection.diagnostics, source)

    def source(self, path: str) -> "Source | None":
        """Return a file's text; None where it cannot be read, as `check` will tell."""
        return self._read(path, self.projects.of_file(str(self._where(path))).root)[0]

    def remember(self, source: "Source") -> None:
        """Take a text for standard input, which can be read only once."""
        self._stdin = source

    def encoded(self, source: "Source") -> bytes:
        """Return a text as standard input would hold it, with the byte order mark that was there."""
        return self._mark + source.text.encode("utf-8")

    def _where(self, path: str) -> Path:
        return Path(self._wishes.stdin_filename or STDIN) if path == STDIN else Path(path)

    def _read(self, path: str, root: Path) -> "tuple[Source | None, Diagnostic | None]":
        from omnidsl.language.reader import decode, read

        if path != STDIN:
            return read(self._where(path), root=root, most=self.most)
        if self._stdin is not None:
            return self._stdin, None
        from omnidsl.language.rewriting import BYTE_ORDER_MARK

        data = sys.stdin.buffer.read()
        self._mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""
        return decode(data, self._wishes.stdin_filename or "<stdin>")

    def _lens(self, settings: "Settings") -> "_Lens":
        if settings not in self._lenses:
            self._lenses[settings] = _Lens(settings, self._wishes)
        return self._lenses[settings]


def reported(found: list[Diagnostic], settings: "Settings") -> list[Diagnostic]:
    """Return those of the findings that a project wants to hear of."""
    return _Lens(settings, Wishes()).reported(found)


class _Lens:
    """Which findings are reported below one settings file."""

    def __init__(self, settings: "Settings", wishes: Wishes) -> None:
        self.selection = Selection(wishes.layer, settings.lint.layer)
        self.remarks = self.selection.wants_remarks
        here, folder = os.getcwd(), str(settings.folder)  # noqa: PTH109  # a string
        rows = [(here, *one) for one in wishes.per_file_ignores.items()]
        rows += [(folder, *one) for one in settings.lint.per_file_ignores.items()]
        self._by_file = [
            (Patterns(base, [pattern]), Selection(Layer(ignore=codes), quiet=True))
            for base, pattern, codes in rows
        ]

    def reported(self, found: list[Diagnostic]) -> list[Diagnostic]:
        return [one for one in found if self._reports(one)]

    def _reports(self, one: Diagnostic) -> bool:
        if always(one.code):
            return True
        if not self.selection.keeps(one.code):
            return False
        name = (one.source.path or one.source.name) if one.source else ""
        path = os.path.abspath(name)  # noqa: PTH100  # links unresolved
        return not any(
            not leaves.keeps(one.code) and patterns.verdict(path, is_folder=False)
            for patterns, leaves in self._by_file
        )
