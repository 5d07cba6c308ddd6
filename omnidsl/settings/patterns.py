"""Patterns of `.gitignore` over paths below one folder, as git reads them."""

import os
from collections.abc import Iterable, Iterator

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.pattern import pattern

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.pattern import Pattern

LARGEST = 100_000
"""Characters of a file of patterns that are read."""

MOST_DEEP = 3
"""`**` in one pattern; nobody writes more, and time grows with the length of a path to the power of them."""

# In the library's expressions: a star, what stands behind it, and another star. The first place where that fits is as good
# as any later one, so there is no going back to it: `*a*a*a*b` takes linear time.
_BETWEEN_STARS = (
    r"\[\^/\]\*((?:\[\^/\](?!\*)|\[(?:\\.|[^\]/\\])+\]|\\.|[^\\/\[\](){}|*+?^$.])*)(?=\[\^/\]\*)"
)


def is_pattern(line: str) -> bool:
    """Say whether a line can be a pattern: git takes a lone `!`, and a backslash at the end, for none."""
    if line.count("**") > MOST_DEEP:
        return False
    slashes = len(line) - len(line.rstrip("\\"))
    return line.strip() not in ("", "!", "/") and "\0" not in line and slashes % 2 == 0


class _Plain:
    """A pattern about a name alone, wherever it stands: `out/`, `.env`, `*.tmp`, `.*/`."""

    __slots__ = ("_end", "_folders", "_start")

    def __init__(self, start: str, end: str | None, *, folders: bool) -> None:
        self._start = start
        self._end = end
        self._folders = folders

    def fits(self, name: str, is_folder: bool) -> bool:  # noqa: FBT001  # asked for each entry of each folder
        if self._folders and not is_folder:
            return False
        if self._end is None:
            return name == self._start
        short = len(name) < len(self._start) + len(self._end)
        return not short and name.startswith(self._start) and name.endswith(self._end)


_NAME = pattern(r"([\w.-]*)(?:(\*)([\w.-]*))?(/?)")


def _plain(lines: list[str]) -> list[_Plain] | None:
    """Return patterns about names alone; None where one is more than that, and the library must read them."""
    found = [_NAME.fullmatch(line.rstrip(" ")) for line in lines]
    if not all(found):
        return None
    return [
        _Plain(one[1], one[3] if one[2] else None, folders=bool(one[4])) for one in found if one
    ]


class Patterns:
    """Patterns that count from `folder` (absolute); the library that reads them is loaded when there are some."""

    __slots__ = ("_lines", "_plain", "_spec", "folder")

    def __init__(self, folder: str, lines: Iterable[str]) -> None:
        self.folder = folder
        self._lines = [one for one in lines if is_pattern(one) and not one.startswith("#")]
        self._plain = _plain(self._lines)
        self._spec: GitIgnoreSpec | None = None

    def __bool__(self) -> bool:
        return bool(self._lines)

    @classmethod
    def read(cls, folder: str, file: str) -> "Patterns":
        """Return the patterns of a file; none where it cannot be read, or is a link, which git does not follow."""
        if os.path.islink(file) or not os.path.isfile(file):  # noqa: PTH113, PTH114  # a string
            return cls(folder, ())
        try:
            with open(file, encoding="utf-8", errors="surrogateescape") as stream:  # noqa: PTH123  # a string already
                return cls(folder, stream.read(LARGEST).splitlines())
        except OSError:
            return cls(folder, ())

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Say whether an absolute path is left out (True), taken in again (False), or not spoken of (None)."""
        if not self._lines:
            return None
        if self._plain is not None:
            name = os.path.basename(path)  # noqa: PTH119  # a string
            inside = path.startswith(os.path.join(self.folder, ""))  # noqa: PTH118  # with its separator
            return (
                True if inside and any(one.fits(name, is_folder) for one in self._plain) else None
            )
        relative = os.path.relpath(path, self.folder)
        if relative.startswith(".."):
            return None
        name = relative.replace(os.sep, "/") + ("/" if is_folder else "")
        return self._compiled().check_file(name).include

    def hides(self, path: str, *, is_folder: bool) -> bool:
        """Say whether an absolute path, or a folder above it, is left out."""
        return any(
            self.verdict(one, is_folder=is_folder or one is not path)
            for one in upwards(path, len(self.folder))
        )

    def inside(self, folder: str) -> "Patterns":
        """Return the patterns for a search of a folder that was named: what hides the folder itself does not count."""
        if self._plain is not None or not self.hides(folder, is_folder=True):
            return self
        singles = [(line, Patterns(self.folder, [line])) for line in self._lines]
        return Patterns(
            self.folder, [line for line, one in singles if not one.hides(folder, is_folder=True)]
        )

    def _compiled(self) -> "GitIgnoreSpec":
        if self._spec is None:
            from pathspec import GitIgnoreSpec

            good = []
            for line in self._lines:
                try:
                    read = list(GitIgnoreSpec.from_lines([line]).patterns)
                    for one in read:
                        _go_forward(one)
                    good += read
                except Exception:  # noqa: BLE001, S112  # `re.error` and more of the library's own; git passes over it too
                    continue
            self._spec = GitIgnoreSpec(good)
        return self._spec


def _go_forward(read: "Pattern") -> None:
    """Let the stars of a pattern of the library not go back; it matches the same."""
    import re

    regex = getattr(read, "regex", None)
    if isinstance(regex, re.Pattern) and isinstance(regex.pattern, str):
        forward = re.sub(_BETWEEN_STARS, r"(?>[^/]*?\1)", regex.pattern)
        read.regex = re.compile(forward, regex.flags)  # type: ignore[attr-defined]  # the kind that has one


def upwards(path: str, top: int) -> Iterator[str]:
    """Yield a path and the folders above it whose names are longer than `top` characters."""
    yield path
    while len(above := os.path.dirname(path)) > top and above != path:  # noqa: PTH120  # a string
        path = above
        yield path
