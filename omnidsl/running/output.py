"""What a run saves, as soon as it is there."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from omnidsl.checking.values import Later
from omnidsl.checking.values import Value as Known
from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import Ref
from omnidsl.plugins.media import JSON, Artifact
from omnidsl.running.arrivals import Arrivals
from omnidsl.running.emitter import Emitter
from omnidsl.running.errors import SaveError, StepError
from omnidsl.running.events import Notice, Saved, SaveFailed, told
from omnidsl.running.reading import Absent, Find, Reading, written
from omnidsl.running.results import Failure
from omnidsl.running.saving import Copied, Taken, numbered, save_artifact, save_text


class Output:
    """The saves of one plan below one output folder; `saved` are absolute paths in the order they were written."""

    def __init__(self, plan: Plan, folder: Path, emitter: Emitter, arrivals: Arrivals) -> None:
        self._folder = folder
        self._emitter = emitter
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
            if error.reason != "needs":
                self._failed(save.shown, node, error)
            return
        try:
            path = reading.path(save.path)
        except StepError as error:
            self._failed(save.shown, node, error)
            return
        if isinstance(found, Ref):
            result = reading.result(found.node)
            whole = found.part in ("", "sheet")
            files = result.files if whole else (reading.artifact(found),)
            await self._copy(path, found.node, files)
        elif isinstance(found, list) and found and all(isinstance(one, Later) for one in found):
            media = [one for one in found if isinstance(one, Later)]
            files = tuple(reading.artifact(Ref(one.node, one.part)) for one in media)
            await self._copy(path, node, files)
        else:
            await self._write(path, node, found)

    async def _copy(self, path: str, node: str, files: Sequence[Artifact]) -> None:
        for number, artifact in enumerate(files, 1):
            wanted = path if len(files) == 1 else numbered(path, number)
            try:
                copied = await asyncio.to_thread(
                    save_artifact, artifact, self._folder, wanted, self._taken
                )
            except SaveError as error:
                self._failed(path, node, error)
                continue
            self._done(node, wanted, artifact.media_type, copied)

    async def _write(self, path: str, node: str, found: Known | JSON) -> None:
        whole = isinstance(found, list | dict)
        text = json.dumps(found, ensure_ascii=False, indent=2) if whole else written(found)
        kind = "application/json" if whole else "text/plain"
        try:
            copied = await asyncio.to_thread(save_text, text, kind, self._folder, path, self._taken)
        except SaveError as error:
            self._failed(path, node, error)
        else:
            self._done(node, path, kind, copied)

    def _done(self, node: str, wanted: str, media_type: str, copied: Copied) -> None:
        if copied.corrected:
            values = {"wanted": wanted, "media_type": media_type, "path": str(copied.path)}
            self._emitter.emit(Notice(node=node, **told("extension", values)))
        self.saved.append(copied.path)
        self._emitter.emit(
            Saved(node=node, path=str(copied.path), size=copied.size, sha256=copied.sha256)
        )

    def _failed(self, path: str, node: str, error: StepError) -> None:
        self.failures.append(Failure.of(node, error))
        self._emitter.emit(SaveFailed(node=node, path=path, **told(error.reason, error.values)))
