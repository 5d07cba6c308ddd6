"""Patterns of `.gitignore` over paths below one folder, as git reads them."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

LARGEST = 100_000
"""Characters of a file of patterns that are read."""


def is_pattern(line: str) -> bool:
    """Say whether a line can be a pattern: git takes a lone `!`, and a backslash at the end, for none."""
    slashes = len(line) - len(line.rstrip("\\"))
    return line.strip() not in ("", "!", "/") and "\0" not in line and slashes % 2 == 0


class Patterns:
    """Patterns that count from `folder` (absolute); the library that reads them is loaded when there are some."""

    __slots__ = ("_lines", "_spec", "folder")

    def __init__(self, folder: str, lines: Iterable[str]) -> None:
        self.folder = folder
        self._lines = [one for one in lines if is_pattern(one) and not one.startswith("#")]
        self._spec: GitIgnoreSpec | None = None

    def __bool__(self) -> bool:
        return bool(self._lines)

    @classmethod
    def read(cls, folder: str, file: str) -> "Patterns":
        """Return the patterns of a file; none where it cannot be read."""
        try:
            with open(file, encoding="utf-8", errors="surrogateescape") as stream:  # noqa: PTH123  # a string already
                return cls(folder, stream.read(LARGEST).splitlines())
        except OSError:
            return cls(folder, ())

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Say whether an absolute path is left out (True), taken in again (False), or not spoken of (None)."""
        if not self._lines:
            return None
        relative = os.path.relpath(path, self.folder)
        if relative.startswith(".."):
            return None
        name = relative.replace(os.sep, "/") + ("/" if is_folder else "")
        return self._compiled().check_file(name).include

    def _compiled(self) -> "GitIgnoreSpec":
        if self._spec is None:
            from pathspec import GitIgnoreSpec

            good = []
            for line in self._lines:
                try:
                    good += list(GitIgnoreSpec.from_lines([line]).patterns)
                except Exception:  # noqa: BLE001, S112  # `re.error` and more of the library's own; git passes over it too
                    continue
            self._spec = GitIgnoreSpec(good)
        return self._spec
