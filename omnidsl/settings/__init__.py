"""What a project has settled: `omni.toml`, `[tool.omnidsl]`, the environment, flags."""

from omnidsl.settings.declaration import DEFAULT_RULES
from omnidsl.settings.project import Settings, load

__all__ = ["DEFAULT_RULES", "Settings", "load"]
