"""What a project has settled: `omni.toml`, `[tool.omnidsl]`, the environment, flags."""

from omnidsl.settings.project import DEFAULT_RULES, Settings, load

__all__ = ["DEFAULT_RULES", "Settings", "load"]
