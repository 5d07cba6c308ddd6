"""Settings of a project: `omni.toml`, or `[tool.omnidsl]` in `pyproject.toml`; the nearest ancestor wins.

A command-line flag beats the environment, the environment beats the file, the file beats the default. Keys never
stand here: they come from the environment, and one that is found in a file is reported without being shown.
"""

import os
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.settings.declaration import MOST_STEPS, OWN, SHARED
from omnidsl.settings.values import Lint, Search, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omnidsl.prompts.house import HouseRules
    from omnidsl.settings.file import SettingsFile

MARKERS = (".omni", ".git")
"""What makes a folder a project's root, beside a settings file."""


class Settings:
    """What a project has settled.

    `root` is the nearest folder with a settings file, `.omni` or `.git`, else the recipe's own. `gateway_base_url` is
    the gateway's root, without `/v1` and the like. `gateway_accounts` names environment variables with keys by account. `gateway_mode` is `relax`, `fast`, `turbo`, or None: as each
    operation says. `gateway_kind` is one of `KINDS`, or None: not known. `output` is absolute. `requires` is a version range as `>=0.1`. `max_steps` bounds one plan. `file`
    is the settings file, or None; `values` are those that stand in it.
    """

    __slots__ = (
        "_read",
        "_rules",
        "file",
        "gateway_accounts",
        "gateway_base_url",
        "gateway_kind",
        "gateway_mode",
        "gateway_name",
        "lint",
        "max_steps",
        "output",
        "requires",
        "root",
        "search",
        "values",
    )

    def __init__(
        self,
        root: Path,
        *,
        gateway_name: str | None = None,
        gateway_base_url: str | None = None,
        gateway_mode: str | None = None,
        gateway_kind: str | None = None,
        gateway_accounts: "Mapping[str, str] | None" = None,
        output: Path | None = None,
        rules: "HouseRules | None" = None,
        requires: str | None = None,
        max_steps: int = MOST_STEPS,
        values: Values | None = None,
        file: Path | None = None,
        read: "SettingsFile | None" = None,
    ) -> None:
        self.root = root
        self.values = values or Values({})
        self.file = file
        self._read = read
        self.lint = Lint.of(self.values)
        self.search = Search.of(self.values)
        self.max_steps = max_steps
        self.gateway_name = gateway_name
        self.gateway_base_url = gateway_base_url
        self.gateway_mode = gateway_mode
        self.gateway_kind = gateway_kind
        self.gateway_accounts = dict(gateway_accounts or {})
        self.output = output or root / "out"
        self._rules = rules
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
        default_version: str | None = None,
    ) -> "Settings":
        """Return the settings with flags that were given (None: not given) put over them.

        Another base URL is another gateway: it loses the configured name, kind and accounts, so that its purchases are never
        taken for those of the gateway that the file names, and no key of that one goes to it. A relative `output` counts from the current folder.
        """
        other_gateway = base_url is not None and base_url.rstrip("/") != (
            self.gateway_base_url or ""
        ).rstrip("/")
        return Settings(
            self.root,
            gateway_name=None if other_gateway else self.gateway_name,
            gateway_base_url=base_url if other_gateway else self.gateway_base_url,
            gateway_mode=mode or self.gateway_mode,
            gateway_kind=None if other_gateway else self.gateway_kind,
            gateway_accounts=None if other_gateway else self.gateway_accounts,
            output=Path(os.path.abspath(output)) if output else self.output,  # noqa: PTH100  # `..` goes, links stay
            rules=self._rules
            if rules is None and default_version is None
            else self.rules.overridden(name=rules, default_version=default_version),
            requires=self.requires,
            max_steps=self.max_steps,
            values=self.values,
            file=self.file,
            read=self._read,
        )

    @property
    def rules(self) -> "HouseRules":
        """What prompts are held to, put together when first asked for."""
        if self._rules is None:
            from omnidsl.settings.house import house_rules  # what `omni fmt` does not pay

            self._rules = house_rules(self.values, self.folder)
        return self._rules

    def blamed(
        self, code: str, path: tuple[str, ...], suggestions: "Iterable[str]" = (), **values: str
    ) -> Diagnostic:
        """Return a diagnostic at a key of the settings file: what only others can judge, as they know the plugins."""
        if self._read is None:
            return Diagnostic(
                code, values={"key": ".".join(path), **values}, suggestions=tuple(suggestions)
            )
        return self._read.blame(code, path, suggestions, **values)

    @property
    def service_kinds(self) -> dict[str, str]:
        """Of which kind the gateways are that single services have of their own; empty where nobody says."""
        if "services" not in self.values.given:
            return {}
        from omnidsl.settings.services import service_kinds

        return service_kinds(self.values)

    @property
    def other_gateway(self) -> bool:
        """Whether the environment or a flag names another gateway than the settings file does."""
        settled = self.values.text("gateway.base_url") or ""
        return (self.gateway_base_url or "").rstrip("/") != settled.rstrip("/")

    @property
    def folder(self) -> Path:
        """The folder that patterns of the settings count from: where they lie, else the root."""
        return self.file.parent if self.file is not None else self.root


def load(start: Path, *, isolated: bool = False) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings that hold for a recipe (or a folder), environment included, and what is wrong with them.

    `isolated` leaves settings files unread. A setting that is wrong counts as absent. Raises OSError only where the current folder is gone.
    """
    here = Path(os.path.abspath(start))  # noqa: PTH100  # `..` goes, links stay
    folder = here if os.path.isdir(here) else here.parent  # noqa: PTH112  # never raises
    root: Path | None = None
    for one in (folder, *folder.parents):
        file = None if isolated else _file(one)
        if root is None and (file or any(os.path.exists(one / marker) for marker in MARKERS)):  # noqa: PTH110  # never raises
            root = one
        if file:
            return _with_environment(_from_file(root or one, file), file.diagnostics)
    return _with_environment(Settings(root or folder), [])


def _file(folder: Path) -> "SettingsFile | None":
    if not any(os.path.isfile(folder / name) for name in (OWN, SHARED)):  # noqa: PTH113  # never raises
        return None
    from omnidsl.settings.file import SettingsFile  # what a project without settings does not pay

    return SettingsFile.find(folder)


def _from_file(root: Path, file: "SettingsFile") -> Settings:
    values = Values(file.values)
    return Settings(
        root,
        gateway_name=values.text("gateway.name"),
        gateway_base_url=values.text("gateway.base_url"),
        gateway_mode=values.text("gateway.mode"),
        gateway_kind=values.text("gateway.kind"),
        gateway_accounts={
            name: str(variable) for name, variable in values.table("gateway.accounts").items()
        },
        output=file.folder / (values.text("output") or "") if "output" in values.given else None,
        requires=values.text("requires"),
        max_steps=values.count("max-steps"),
        values=values,
        file=file.path,
        read=file,
    )


def _with_environment(
    settings: Settings, found: list[Diagnostic]
) -> tuple[Settings, list[Diagnostic]]:
    base_url = os.environ.get("OMNI_BASE_URL")
    if not base_url:
        return settings, found
    from omnidsl.settings.services import URL_EXAMPLE, is_base_url

    if not is_base_url(base_url):
        values = {"key": "OMNI_BASE_URL", "example": URL_EXAMPLE}
        return settings, [*found, Diagnostic("OM905", values=values)]
    return settings.overridden(base_url=base_url), found
