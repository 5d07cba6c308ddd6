"""What a run saves, as soon as it is there."""

import asyncio
import json
from pathlib import Path

from omnidsl.planning.plan import Plan, Save
from omnidsl.planning.values import Ref
from omnidsl.plugins.media import JSON
from omnidsl.running.emitter import Emitter
from omnidsl.running.errors import SaveError
from omnidsl.running.events import Notice, Saved, SaveFailed, told
from omnidsl.running.results import Failure, Result
from omnidsl.running.saving import Copied, Taken, numbered, save_artifact, save_text


class Output:
    """The saves of one plan below one output folder; `saved` are absolute paths in the order they were written."""

    def __init__(self, plan: Plan, folder: Path, emitter: Emitter) -> None:
        self._saves = plan.saves
        self._folder = folder
        self._emitter = emitter
        self._taken = Taken()
        self.saved: list[Path] = []
        self.failures: list[Failure] = []

    async def save_literals(self) -> None:
        """Save the texts that no step makes."""
        for save in self._saves:
            if isinstance(save.value, str):
                await self._write(save, "", save.value)

    async def save_from(self, result: Result) -> None:
        """Save everything that the plan saves of one step."""
        for save in self._saves:
            if not isinstance(save.value, Ref) or save.value.node != result.node:
                continue
            part = save.value.part
            if part in ("", "sheet") and result.files:
                await self._copy(save, result)
                continue
            found = {"": result.value, "text": result.text}.get(part, result.facts.get(part))
            if found is None:
                self._failed(
                    save,
                    result.node,
                    SaveError("nothing-to-save", node=result.node, path=save.path),
                )
            else:
                await self._write(save, result.node, found)

    async def _copy(self, save: Save, result: Result) -> None:
        for number, artifact in enumerate(result.files, 1):
            wanted = save.path if len(result.files) == 1 else numbered(save.path, number)
            try:
                copied = await asyncio.to_thread(
                    save_artifact, artifact, self._folder, wanted, self._taken
                )
            except SaveError as error:
                self._failed(save, result.node, error)
                continue
            self._done(result.node, wanted, artifact.media_type, copied)

    async def _write(self, save: Save, node: str, found: JSON) -> None:
        text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=2)
        kind = "application/json" if isinstance(found, list | dict) else "text/plain"
        try:
            copied = await asyncio.to_thread(
                save_text, text, kind, self._folder, save.path, self._taken
            )
        except SaveError as error:
            self._failed(save, node, error)
        else:
            self._done(node, save.path, kind, copied)

    def _done(self, node: str, wanted: str, media_type: str, copied: Copied) -> None:
        if copied.corrected:
            values = {"wanted": wanted, "media_type": media_type, "path": str(copied.path)}
            self._emitter.emit(Notice(node=node, **told("extension", values)))
        self.saved.append(copied.path)
        self._emitter.emit(
            Saved(node=node, path=str(copied.path), size=copied.size, sha256=copied.sha256)
        )

    def _failed(self, save: Save, node: str, error: SaveError) -> None:
        self.failures.append(Failure.of(node, error))
        self._emitter.emit(
            SaveFailed(node=node, path=save.path, **told(error.reason, error.values))
        )
