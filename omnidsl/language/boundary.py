"""The boundary of a project: what lies outside of it is neither read nor named, however a recipe or a link leads there."""

import os
from pathlib import Path


def real_path(path: Path) -> str:
    """Return the one name of a file, its links followed; what leads nowhere keeps its own."""
    try:
        return os.path.realpath(path)  # pathlib raises for links in a circle
    except ValueError:  # a NUL, or half a character
        return os.path.abspath(path)  # noqa: PTH100  # as above


def inside(path: Path, root: Path) -> bool:
    """Say whether a path lies below a folder when the links of both are followed."""
    real, home = real_path(path), real_path(root)
    return real == home or real.startswith(os.path.join(home, ""))  # noqa: PTH118  # strings


def files_beside(path: Path, root: Path) -> list[str]:
    """Return the names of the files in a path's folder, for suggestions; none where that is no folder of the project."""
    if not inside(path.parent, root):
        return []
    try:
        with os.scandir(path.parent) as entries:
            return [one.name for one in entries if one.is_file()]
    except (OSError, ValueError):
        return []
