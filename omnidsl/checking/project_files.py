"""Files of the project that a recipe names: found beside the recipe, never read outside the project."""

import os
from pathlib import Path

from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module
from omnidsl.language.boundary import files_beside, inside
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Span

_COMMENT = pattern(r"(?:(?<=\s)|^)#(?:\s.*)?\Z")
"""As in a recipe: `#` at the start or behind a blank, before a blank or the end."""


MOST_LINES = 10_000
"""As many as a range has."""


class ProjectFiles:
    """Finds files below `root`, and reports those that are missing or lie outside."""

    def __init__(self, root: Path, report: Report) -> None:
        self.root = root
        self._report = report

    def find(self, written: str, place: Span, module: Module) -> Path | None:
        """Return a file by its path relative to the recipe's folder; None where it is missing or outside."""
        path = self._inside(written, place, module)
        if path is None or os.path.isfile(path):  # noqa: PTH113  # never raises
            return path
        self._missing("OM611", path, written, place, module)
        return None

    def lines(self, written: str, place: Span, module: Module) -> list[str] | None:
        """Return the lines of a UTF-8 file, trimmed, without blank ones and comments; None, and a report, where it cannot be read."""
        from omnidsl.language.reader import read

        path = self._inside(written, place, module)
        if path is None:
            return None
        source, finding = read(path, written, root=self.root)
        if source is not None:
            lines = (_COMMENT.sub("", one).strip() for one in source.text.splitlines())
            kept = [one for one in lines if one]
            if len(kept) > MOST_LINES:
                self._report.add(
                    "OM208",
                    module.source,
                    place,
                    name=written,
                    most=MOST_LINES,
                    length=len(kept),
                )
            return kept[:MOST_LINES]
        if finding is None:
            return None
        if finding.code == "OM601":
            self._missing("OM601", path, written, place, module)
            return None
        if finding.span is None:
            finding.source, finding.span = module.source, place
        self._report.take(finding)
        return None

    def _inside(self, written: str, place: Span, module: Module) -> Path | None:
        path = Path(os.path.normpath(Path(module.folder) / written))
        if not inside(path, self.root):
            self._report.add("OM614", module.source, place, path=written)
            return None
        return path

    def _missing(self, code: str, path: Path, written: str, place: Span, module: Module) -> None:
        from omnidsl.language.suggestions import nearest

        close = [
            (Path(written).parent / one).as_posix()
            for one in nearest(path.name, files_beside(path, self.root))
        ]
        self._report.add(code, module.source, place, path=written, suggestions=close)
