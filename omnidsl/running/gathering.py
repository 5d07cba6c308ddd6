"""A result's files as the store has them, by the part of the result that they are."""

from collections.abc import Iterable

from omnidsl.plugins.media import Artifact
from omnidsl.running.artifacts import ArtifactStore, as_type
from omnidsl.running.records import StoredFile

_MEDIA = frozenset(("image", "grid", "audio", "video"))


def by_part(
    files: Iterable[StoredFile], result: str, store: ArtifactStore
) -> dict[str, tuple[Artifact, ...]]:
    """Return the files that are there, those of the result itself under the empty name; `result` is its type."""
    found: dict[str, tuple[Artifact, ...]] = {}
    for one in files:
        artifact = store.find(one.sha256)
        if artifact is not None:
            kind = result if not one.part and result in _MEDIA else one.kind
            found[one.part] = (*found.get(one.part, ()), as_type(artifact, kind))
    return found
