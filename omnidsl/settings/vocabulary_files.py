"""The vocabulary of a project: what comes with the package, and the terms of the files that its settings name."""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from omnidsl.language.boundary import files_beside, inside
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.reader import LARGEST, decode
from omnidsl.language.suggestions import nearest
from omnidsl.prompts.term_files import TermFile
from omnidsl.prompts.vocabulary import Vocabulary, load_vocabulary
from omnidsl.settings.values import Values

VERBATIM = "verbatim"
"""How `emit` asks for the spelling of common front ends, their errors included."""


class ProjectVocabulary:
    """The terms that a project's prompts are read with, and what is wrong with its files.

    A diagnostic without a source is about the setting that names the file.
    """

    __slots__ = ("diagnostics", "vocabulary")

    def __init__(self, vocabulary: Vocabulary, diagnostics: Iterable[Diagnostic]) -> None:
        self.vocabulary = vocabulary
        self.diagnostics = tuple(diagnostics)

    def __repr__(self) -> str:
        return f"ProjectVocabulary({self.vocabulary!r}, {len(self.diagnostics)} diagnostics)"


def project_vocabulary(folder: Path, values: Values) -> ProjectVocabulary:
    """Return the vocabulary below a settings file with these values in a folder; files are read anew when they change."""
    names = values.texts("vocabulary")
    stamps = tuple(_stamp(os.path.join(folder, name)) for name in names)  # noqa: PTH118  # never raises
    return _read(folder, names, values.text("emit") == VERBATIM, stamps)


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116  # a string
    except (OSError, ValueError):
        return 0, 0
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=16)
def _read(
    folder: Path,
    names: tuple[str, ...],
    verbatim: bool,  # noqa: FBT001  # the key of the cache
    stamps: tuple[tuple[int, int], ...],  # noqa: ARG001  # as above
) -> ProjectVocabulary:
    vocabulary = load_vocabulary()
    found: list[Diagnostic] = []
    for name in dict.fromkeys(names):
        file = _terms(folder, name, vocabulary)
        if isinstance(file, Diagnostic):
            found.append(file)
            continue
        found += file.diagnostics
        if file.categories:
            vocabulary = vocabulary.extended(file.categories)
    return ProjectVocabulary(vocabulary.verbatim() if verbatim else vocabulary, found)


def _terms(folder: Path, name: str, known: Vocabulary) -> TermFile | Diagnostic:
    path = folder / name
    if not inside(path, folder):
        return Diagnostic("OM614", values={"path": name})
    try:
        if not path.exists():
            return _unreadable(name, Words("no-such-file"), _near(path, folder))
        if not path.is_file():
            return _unreadable(name, Words("no-regular-file"))
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        return _unreadable(name, getattr(error, "strerror", None) or Words("no-such-file"))
    if len(data) > LARGEST:
        return _unreadable(name, Words("too-large"))
    if b"\0" in data:
        return _unreadable(name, Words("binary-data"))
    source, fault = decode(data, _shown(path), str(path))
    if source is None:
        return fault or _unreadable(name, Words("not-utf8"))
    return TermFile(source, known)


def _unreadable(name: str, problem: str | Words, near: Iterable[str] = ()) -> Diagnostic:
    values = {"path": name, "problem": problem, "most": f"{LARGEST / 1e6:.0f}"}
    return Diagnostic("OM431", values=values, suggestions=near)


def _near(path: Path, folder: Path) -> list[str]:
    """Return names of the files beside a missing one that were perhaps meant, as the settings would name them."""
    names = nearest(path.name, files_beside(path, folder))
    return [(path.parent / one).relative_to(folder).as_posix() for one in names]


def _shown(path: Path) -> str:
    """Return the path as people know it: relative to where they stand, if it is below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)
