"""Settings of a project: `omni.toml`, or `[tool.omnidsl]` in `pyproject.toml`; the nearest ancestor wins.

A command-line flag beats the environment, the environment beats the file, the file beats the default. Keys never
stand here: they come from the environment, and one that is found in a file is reported without being shown.
"""

import os
from pathlib import Path

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.settings.file import URL_EXAMPLE, SettingsFile, is_base_url

MARKERS = (".omni", ".git")
"""What makes a folder a project's root, beside a settings file."""

DEFAULT_RULES = "omniai"


class Settings:
    """What a project has settled.

    `root` is the nearest folder with a settings file, `.omni` or `.git`, else the recipe's own. `gateway_base_url` is
    the gateway's root, without `/v1` and the like. `gateway_mode` is `relax`, `fast`, `turbo`, or None: as each
    operation says. `output` is absolute. `requires` is a version range as `>=0.1`.
    """

    __slots__ = (
        "gateway_base_url",
        "gateway_mode",
        "gateway_name",
        "output",
        "requires",
        "root",
        "rules",
    )

    def __init__(
        self,
        root: Path,
        *,
        gateway_name: str | None = None,
        gateway_base_url: str | None = None,
        gateway_mode: str | None = None,
        output: Path | None = None,
        rules: str = DEFAULT_RULES,
        requires: str | None = None,
    ) -> None:
        self.root = root
        self.gateway_name = gateway_name
        self.gateway_base_url = gateway_base_url
        self.gateway_mode = gateway_mode
        self.output = output or root / "out"
        self.rules = rules
        self.requires = requires

    def __repr__(self) -> str:
        return (
            f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"
        )

    def overridden(
        self,
        *,
        base_url: str | None = None,
        mode: str | None = None,
        output: Path | None = None,
        rules: str | None = None,
    ) -> "Settings":
        """Return the settings with flags that were given (None: not given) put over them.

        Another base URL is another gateway: it loses the configured name, so that its purchases are never taken for
        those of the gateway that the file names. A relative `output` counts from the current folder.
        """
        other_gateway = base_url is not None and base_url.rstrip("/") != (
            self.gateway_base_url or ""
        ).rstrip("/")
        return Settings(
            self.root,
            gateway_name=None if other_gateway else self.gateway_name,
            gateway_base_url=base_url if other_gateway else self.gateway_base_url,
            gateway_mode=mode or self.gateway_mode,
            output=Path(os.path.abspath(output)) if output else self.output,  # noqa: PTH100  # `..` goes, links stay
            rules=rules or self.rules,
            requires=self.requires,
        )


def load(start: Path) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings that hold for a recipe (or a folder), environment included, and what is wrong with them.

    A setting that is wrong counts as absent. Raises OSError only where the current folder is gone.
    """
    here = Path(os.path.abspath(start))  # noqa: PTH100  # `..` goes, links stay
    folder = here if os.path.isdir(here) else here.parent  # noqa: PTH112  # never raises
    root: Path | None = None
    for one in (folder, *folder.parents):
        file = SettingsFile.find(one)
        if root is None and (file or any(os.path.exists(one / marker) for marker in MARKERS)):  # noqa: PTH110  # never raises
            root = one
        if file:
            return _with_environment(_from_file(root or one, file), file.diagnostics)
    return _with_environment(Settings(root or folder), [])


def _from_file(root: Path, file: SettingsFile) -> Settings:
    strings = file.strings
    return Settings(
        root,
        gateway_name=strings.get("gateway.name"),
        gateway_base_url=strings.get("gateway.base_url"),
        gateway_mode=strings.get("gateway.mode"),
        output=file.folder / strings["output"] if "output" in strings else None,
        rules=strings.get("rules", DEFAULT_RULES),
        requires=strings.get("requires"),
    )


def _with_environment(
    settings: Settings, found: list[Diagnostic]
) -> tuple[Settings, list[Diagnostic]]:
    base_url = os.environ.get("OMNI_BASE_URL")
    if not base_url:
        return settings, found
    if not is_base_url(base_url):
        values = {"key": "OMNI_BASE_URL", "example": URL_EXAMPLE}
        return settings, [*found, Diagnostic("OM905", values=values)]
    return settings.overridden(base_url=base_url), found
