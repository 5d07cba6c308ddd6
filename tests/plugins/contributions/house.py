"""A project with a plugin of its own, and what its declarations make of the index."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omnidsl.plugins.building import build
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.installed import EntryPoint

Install = Callable[..., Path]

HEAD = """
from omnidsl.plugins import Function, NamedEngine, Price, PromptRule, ServiceSetting, hookimpl

"""


RUN = 'pipeline main {\n    said = "x" -> openai.chat\n    save said as "said.txt"\n}\n'
"""A recipe whose one step is bought."""


class House:
    """A project that trusts its own plugin, `plugins/brand.py`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        (folder / "plugins").mkdir(parents=True)
        self.write("omni.toml", 'plugin-folders = ["plugins"]\n')

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def plugin(self, text: str) -> None:
        self.write("plugins/brand.py", HEAD + text)

    def omni(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = "import sys; del sys.path[0]; from omnidsl.__main__ import main; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments, "--trust"],
            capture_output=True,
            encoding="utf-8",
            env=self.environment,
            cwd=self.folder,
        )

    def check(self, recipe: str) -> list[dict[str, Any]]:
        self.write("one.omni", recipe)
        finished = self.omni("check", "--output-format", "json", "one.omni")
        found: list[dict[str, Any]] = json.loads(finished.stdout)["diagnostics"]
        return found

    def codes(self, recipe: str) -> list[str]:
        return [one["code"] for one in self.check(recipe)]


def built(install: Install, monkeypatch: pytest.MonkeyPatch, source: str) -> Catalogue:
    monkeypatch.syspath_prepend(install("brand", HEAD + source))
    return Catalogue.from_json(build([EntryPoint("brand", "brand", "brand_plugin", "1")]))
