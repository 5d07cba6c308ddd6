"""What a run saves, as soon as it is there."""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import attrs

from omnidsl.checking.values import Later
from omnidsl.checking.values import Value as Known
from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import Ref
from omnidsl.plugins.media import JSON, Artifact
from omnidsl.running.arrivals import Arrivals
from omnidsl.running.artifacts import ArtifactStore
from omnidsl.running.clerk import Clerk
from omnidsl.running.emitter import Emitter
from omnidsl.running.errors import LeftOut, SaveError, StepError
from omnidsl.running.events import Notice, Saved, SaveFailed, told
from omnidsl.running.provenance import Author, Source
from omnidsl.running.reading import Absent, Find, Reading, written
from omnidsl.running.records import SavedFile, StoredFile
from omnidsl.running.results import Failure, Result
from omnidsl.running.saving import Copied, Origin, Taken, numbered, save_artifact, save_text


class Output:
    """The saves of one plan below one output folder; `saved` are absolute paths in the order they were written."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        emitter: Emitter,
        arrivals: Arrivals,
        *,
        store: ArtifactStore,
        clerk: Clerk,
        author: Author,
        results: Mapping[str, Result],
    ) -> None:
        self._folder = folder
        self._emitter = emitter
        self._store = store
        self._clerk = clerk
        self._author = author
        self._results = results
        self._taken = Taken()
        self.saved: list[Path] = []
        self.failures: list[Failure] = []
        for save in plan.saves:
            arrivals.add(save.needs, partial(self._save, save))

    async def _save(self, save: Save, find: Find) -> None:
        """Save what can be: nothing of a step that was skipped, failed or is held."""
        reading = Reading(find)
        node = save.value.node if isinstance(save.value, Ref) else next(iter(save.needs), "")
        try:
            if save.when is not None and not reading.holds(save.when):
                return
            for one in save.after:
                find(one)
            value = reading.settled(save.value)
            if isinstance(value, Ref):
                node = value.node
            found = (
                value if isinstance(value, Ref) and reading.shows(value) else reading.known(value)
            )
        except Absent:
            return
        except StepError as error:
            if error.reason == "no-such-part":
                error = SaveError("nothing-to-save", node=node, path=save.shown)
            if error.reason != "needs" and not isinstance(error, LeftOut):
                self._failed(save.shown, node, error)
            return
        made: list[tuple[Result, Artifact]] = []
        if isinstance(found, Ref):
            result = reading.result(found.node)
            made = [(result, one) for one in reading.artifacts(found)]
        elif isinstance(found, list) and found and all(isinstance(one, Later) for one in found):
            media = [Ref(one.node, one.part) for one in found if isinstance(one, Later)]
            made = [(reading.result(one.node), reading.artifact(one)) for one in media]
        try:
            paths = [reading.path(save.path, place) for place in range(1, (len(made) or 1) + 1)]
        except StepError as error:
            self._failed(save.shown, node, error)
            return
        if made:
            await self._copy(save, paths, made)
        elif not isinstance(found, Ref):
            whole_of = value if isinstance(value, Ref) else None
            result_of = None if whole_of is None else reading.result(whole_of.node)
            source = Source(save, result_of, task_of=self._task_of)
            await self._write(paths[0], node, found, source)

    async def _copy(
        self, save: Save, paths: Sequence[str], files: Sequence[tuple[Result, Artifact]]
    ) -> None:
        """Save files under their names; where several would have one they are numbered."""
        for number, (path, (result, artifact)) in enumerate(zip(paths, files, strict=True), 1):
            wanted = path if paths.count(path) == 1 else numbered(path, number)
            number_of = result.all_files.index(artifact) + 1
            source = Source(save, result, number=number_of, task_of=self._task_of)
            stored = StoredFile(
                kind=result.type,
                sha256=artifact.sha256,
                size=artifact.size,
                media_type=artifact.media_type,
            )
            origin = await self._origin(source, stored)
            try:
                copied = await asyncio.to_thread(
                    save_artifact, self._store, artifact, self._folder, wanted, self._taken, origin
                )
            except SaveError as error:
                self._failed(path, result.node, error)
                continue
            self._done(result.node, wanted, stored, copied, result.attempt)

    async def _write(self, path: str, node: str, found: Known | JSON, source: Source) -> None:
        whole = isinstance(found, list | dict)
        text = json.dumps(found, ensure_ascii=False, indent=2) if whole else written(found)
        data = text.encode("utf-8", "replace")
        stored = StoredFile(
            kind="text",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            media_type="application/json" if whole else "text/plain",
        )
        origin = await self._origin(source, stored)
        try:
            copied = await asyncio.to_thread(
                save_text, data, stored.media_type, self._folder, path, self._taken, origin
            )
        except SaveError as error:
            self._failed(path, node, error)
        else:
            attempt = "" if source.result is None else source.result.attempt
            self._done(node, path, stored, copied, attempt)

    def _task_of(self, node: str) -> str | None:
        return self._results[node].task_id if node in self._results else None

    async def _origin(self, source: Source, stored: StoredFile) -> Origin | None:
        """Return what a file is to say of itself; None where nothing is to be said."""
        if self._author.mode == "none":
            return None
        if source.result is not None and (bought := source.result.attempt):
            attempt = await self._clerk.do(lambda ledger: ledger.attempt(bought))
            source = attrs.evolve(source, attempt=attempt)
        return Origin(self._author, self._author.document(source, stored))

    def _done(
        self, node: str, wanted: str, stored: StoredFile, copied: Copied, attempt: str
    ) -> None:
        path, sidecar = str(copied.path), str(copied.sidecar or "")
        if copied.corrected:
            values = {"wanted": wanted, "media_type": stored.media_type, "path": path}
            self._emitter.emit(Notice(node=node, **told("extension", values)))
        self.saved.append(copied.path)
        known = SavedFile(
            run=self._author.run,
            node=node,
            attempt=attempt,
            path=path,
            sha256=copied.sha256,
            original=stored.sha256,
            saved=time.time(),
        )
        self._clerk.enter(lambda ledger: ledger.add_saved(known))
        self._emitter.emit(
            Saved(node=node, path=path, size=copied.size, sha256=copied.sha256, sidecar=sidecar)
        )

    def _failed(self, path: str, node: str, error: StepError) -> None:
        self.failures.append(Failure.of(node, error))
        self._emitter.emit(SaveFailed(node=node, path=path, **told(error.reason, error.values)))
