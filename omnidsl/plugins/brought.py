"""What plugins bring beside services and terms, as the index has it: light views, no plugin's code.

Rules about prompts are JSON texts, one each, as the rules of a house have them.
"""

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from omnidsl.plugins.catalogue import SettingView


class FunctionFailed(Exception):
    """Raised when a plugin's function raises, or gives what it did not declare; `problem` says so in words."""

    def __init__(self, plugin: str, problem: str) -> None:
        super().__init__(f"{plugin}: {problem}")
        self.plugin = plugin
        self.problem = problem


class FunctionView:
    """A pure function: types of the language by argument, in order, and the type of what it gives."""

    __slots__ = ("arguments", "help", "implementation", "name", "plugin", "returns", "zh")

    def __init__(self, name: str, row: "Mapping[str, Any]") -> None:
        self.name = name
        self.plugin: str = row["plugin"]
        self.implementation: str = row["implementation"]
        self.arguments: dict[str, str] = {one["name"]: one["type"] for one in row["arguments"]}
        self.returns: str = row["returns"]
        self.help: str = row["help"]
        self.zh: str = row["zh"]

    def __repr__(self) -> str:
        return f"FunctionView({self.name!r} -> {self.returns})"


class EngineView:
    """An engine by name."""

    __slots__ = ("help", "implementation", "name", "plugin", "zh")

    def __init__(self, name: str, row: "Mapping[str, Any]") -> None:
        self.name = name
        self.plugin: str = row["plugin"]
        self.implementation: str = row["implementation"]
        self.help: str = row["help"]
        self.zh: str = row["zh"]

    def __repr__(self) -> str:
        return f"EngineView({self.name!r})"


class Brought:
    """Rules, functions, engines, settings (by plugin, then by name) and prices (rows by full name of an operation)."""

    __slots__ = ("engines", "functions", "options", "prices", "rules", "settings")

    def __init__(self, row: "Mapping[str, Any]") -> None:
        functions = row.get("functions", {})
        self.functions = {name: FunctionView(name, one) for name, one in functions.items()}
        self.engines = {name: EngineView(name, one) for name, one in row.get("engines", {}).items()}
        self.prices: dict[str, list[Mapping[str, Any]]] = row.get("prices", {})
        self.rules: tuple[str, ...] = tuple(row.get("rules", ()))
        self.options: tuple[str, ...] = tuple(row.get("options", ()))
        self.settings = _settings(row.get("settings", {}))

    def __repr__(self) -> str:
        return f"Brought({sorted(self.functions)}, {sorted(self.engines)}, {len(self.rules)} rules)"


def _settings(rows: "Mapping[str, Any]") -> "dict[str, dict[str, SettingView]]":
    if not rows:
        return {}
    from omnidsl.plugins.catalogue import SettingView  # what few plugins bring

    return {
        plugin: {one["name"]: SettingView(one) for one in settings}
        for plugin, settings in rows.items()
    }
