"""From a file to a `Source`: everything that can be wrong with a file before its first character is parsed."""

from pathlib import Path

from omnidsl.language.boundary import files_beside, inside
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span

LARGEST = 1_000_000
"""Bytes in a recipe; the longest that people write has some thousands."""


def read(
    path: Path, name: str | None = None, *, root: Path | None = None, most: int = LARGEST
) -> tuple[Source | None, Diagnostic | None]:
    """Return the file's text, or the finding that says why there is none; a byte order mark is dropped.

    `name`, `root` and `most` are those of `contents`.
    """
    data, fault = contents(path, name, root=root, most=most)
    if data is None:
        return None, fault
    return decode(data, name if name is not None else path.as_posix(), str(path))


def contents(
    path: Path, name: str | None = None, *, root: Path | None = None, most: int = LARGEST
) -> tuple[bytes | None, Diagnostic | None]:
    """Return the file's bytes, or the finding that says why there are none.

    `name` is how the file is called before people (default: the path as given). A file outside of
    `root` (None: there is no project) is not read, nor is a link to one: a project must not learn what lies beside it. `most` is how many bytes it may have.
    """
    shown = name if name is not None else path.as_posix()
    if root is not None and not inside(path, root):
        return None, Diagnostic("OM614", values={"path": shown})
    try:
        if path.is_dir():
            return None, Diagnostic("OM603", values={"path": shown})
        if path.exists() and not path.is_file():
            return None, Diagnostic(
                "OM602", values={"path": shown, "problem": Words("no-regular-file")}
            )
        if not path.is_file():
            return None, Diagnostic(
                "OM601", values={"path": shown}, suggestions=_neighbours(path, shown, root)
            )
        size = path.stat().st_size
        if size > most:
            values = {"path": shown, "size": f"{size / 1e6:.1f}", "most": f"{most / 1e6:.0f}"}
            return None, Diagnostic("OM604", source=Source("", shown, str(path)), values=values)
        return path.read_bytes(), None
    except OSError as error:
        return None, Diagnostic(
            "OM602", values={"path": shown, "problem": error.strerror or str(error)}
        )


def decode(
    data: bytes, name: str, path: str | None = None
) -> tuple[Source | None, Diagnostic | None]:
    """Return bytes as a source, or the finding that names the first place that is no UTF-8 text."""
    if b"\0" in data:
        return None, Diagnostic("OM605", source=Source("", name, path), values={"path": name})
    try:
        return Source(data.decode("utf-8").removeprefix("\ufeff"), name, path), None
    except UnicodeDecodeError as error:
        readable = Source(data.decode("utf-8", "replace"), name, path)
        at = len(data[: error.start].decode("utf-8"))
        values = {"path": name, "byte": f"0x{data[error.start]:02X}", "offset": error.start}
        return None, Diagnostic("OM606", Span(at, at + 1), source=readable, values=values)


def _neighbours(path: Path, shown: str, root: Path | None) -> list[str]:
    """Return names of recipes that were perhaps meant, as they would stand in place of the one that is shown."""
    from omnidsl.language.suggestions import nearest

    names = [one for one in files_beside(path, root or path.parent) if one.endswith(".omni")]
    return [(Path(shown).parent / one).as_posix() for one in nearest(path.name, names)]
