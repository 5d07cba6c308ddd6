"""What kind of file system a path lies on: SQLite's log and our locks hold on a local disk only."""

import re
import sys
import tomllib
from functools import cache
from pathlib import Path, PurePosixPath

MOUNTS = Path("/proc/self/mountinfo")
"""What Linux says is mounted where (`proc_pid_mountinfo(5)`)."""


def network_kind(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Return the kind of network file system that a path lies on, as `nfs4`; None for a local one, or where nobody says.

    The path need not be there yet. Linux says it in `mounts`, Windows in a path that begins with two backslashes; on
    other systems nothing is known.
    """
    if sys.platform == "win32":
        return "smb" if path.absolute().drive.startswith("\\\\") else None
    try:
        text = mounts.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None
    place, found, kind = PurePosixPath(path.resolve()), -1, ""
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = PurePosixPath(_plain(fields[4]))
        # What is mounted later over the same point hides what was there.
        if place.is_relative_to(point) and len(point.parts) >= found:
            found, kind = len(point.parts), after.partition(" ")[0]
    return kind if kind in _network_kinds() else None


def _plain(text: str) -> str:
    """Undo how the kernel writes spaces and the like: a backslash and three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


@cache
def _network_kinds() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "network_file_systems.toml"
    return frozenset(tomllib.loads(path.read_text("utf-8"))["kinds"])
