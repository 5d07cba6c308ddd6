"""Names of files to save: below the output folder, and legal on every desktop system."""

import re
import unicodedata

from omnidsl.checking.values import Ratio, Value, text_of
from omnidsl.language.pattern import pattern

_FORBIDDEN = pattern(r'[<>:"|?*\x00-\x1f\x7f-\x9f]')
_SURROGATE = pattern(r"[\ud800-\udfff]")
_RESERVED = pattern(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?\Z",
    re.IGNORECASE,
)
_SEPARATOR = pattern(r"[/\\]")
_DRIVE = pattern(r"[A-Za-z]:")
LONGEST = 200
"""Bytes in one part of a path; file systems stop at 255, and an extension may be added."""

LONGEST_PATH = 200
"""Characters of a path below the output folder; Windows stops at 260 for all of it."""


def _odd(part: str) -> "re.Match[str] | None":
    return (
        None if part.isascii() else _SURROGATE.search(part)
    )  # its set costs a start more than a whole search


class PathFault:
    """What is wrong with a path: the code and the values of its message."""

    __slots__ = ("code", "values")

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values


def path_text(value: Value) -> str:
    """Return how a value is written into a file name: `16x9`, and no separator of folders."""
    if isinstance(value, Ratio):
        return f"{value.width}x{value.height}"
    text = text_of(value)
    return _SEPARATOR.sub("-", text) if "/" in text or "\\" in text else text


def path_fault(path: str) -> PathFault | None:
    """Return what is wrong with a path below the output folder, or None."""
    if (
        path.startswith(("/", "\\", "~"))
        or _DRIVE.match(path)
        or (".." in path and ".." in _SEPARATOR.split(path))
    ):
        return PathFault("OM607", path=path)
    if len(path) > LONGEST_PATH:
        return PathFault("OM608", path=path, part=f"{path[:20]}…", why="long")
    for part in path.split("/"):
        if not part or part == ".":
            return PathFault("OM608", path=path, part=part or path or '""', why="empty")
        if "\\" in part or (bad := _FORBIDDEN.search(part) or _odd(part)):
            sign = "\\" if "\\" in part else bad[0] if bad else ""
            return PathFault(
                "OM608",
                path=path,
                part=sign if sign.isprintable() else repr(sign)[1:-1],
                why="sign",
            )
        if part[-1] in ". " or part[0] == " ":
            return PathFault("OM608", path=path, part=part, why="end")
        if _RESERVED.match(part):
            return PathFault("OM608", path=path, part=part, why="reserved")
        if len(part.encode("utf-8", "replace")) > LONGEST:
            return PathFault("OM608", path=path, part=f"{part[:20]}…", why="long")
    return None


def taken(path: str, kind: str) -> list[str]:
    """Return what a saved file takes: its name, for media its name with any ending, and its folders.

    An ending that is not the content's is corrected when the file is saved, so `a.jpg` and `a.png` may become one.
    """
    whole = _same(path)
    names = [f"file {whole}"]
    if kind in _ENDINGS_CHANGE:
        names.append(f"{_ENDINGS_CHANGE[kind]} {_stem(whole)}")
    parts = whole.split("/")[:-1]
    return [*names, *(f"folder {'/'.join(parts[: at + 1])}" for at in range(len(parts)))]


def claims(path: str, kind: str) -> list[str]:
    """Return what must not be taken yet for a file to be saved there."""
    whole = _same(path)
    names = [f"file {whole}", f"folder {whole}"]
    if kind in _ENDINGS_CHANGE:
        names.append(f"{_ENDINGS_CHANGE[kind]} {_stem(whole)}")
    parts = whole.split("/")[:-1]
    return [*names, *(f"file {'/'.join(parts[: at + 1])}" for at in range(len(parts)))]


_ENDINGS_CHANGE = {"image": "picture", "grid": "picture", "audio": "audio", "video": "video"}
_ENDING = pattern(r"\.(?:png|jpe?g|webp|gif|bmp|tiff?|mp3|wav|ogg|flac|m4a|mp4|webm|mov)\Z")


def _stem(path: str) -> str:
    return _ENDING.sub("", path)


def _same(path: str) -> str:
    """Return what two paths share when a case-insensitive file system would take them for one."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
