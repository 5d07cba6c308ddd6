"""The wheel carries the package's TOML files as JSON too: Python reads that ten times as fast, at every start."""

import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileData(BuildHookInterface[Any]):
    """Adds `x.json` beside every `x.toml` of `omnidsl`; a checkout has none, and reads the TOML."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, in a folder that lives until the wheel is written."""
        if version != "standard":
            return
        self._folder = TemporaryDirectory()
        for file in sorted(Path(self.root, "omnidsl").rglob("*.toml")):
            inside = file.relative_to(self.root).with_suffix(".json")
            made = Path(self._folder.name, inside)
            made.parent.mkdir(parents=True, exist_ok=True)
            table = tomllib.loads(file.read_text("utf-8"))
            made.write_text(json.dumps(table, ensure_ascii=False, separators=(",", ":")), "utf-8")
            build_data["force_include"][str(made)] = inside.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002  # the hook's signature
        """Remove the files."""
        if version == "standard":
            self._folder.cleanup()
