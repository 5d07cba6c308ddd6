"""Settings of a project: `omni.toml`, or `[tool.omnidsl]` in `pyproject.toml`; the nearest ancestor wins.

A command-line flag beats the environment, the environment beats the file, the file beats the default. Keys never
stand here: they come from the environment, and one that is found in a file is reported without being shown.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from omnidsl._toml_places import key_places, place_of
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest

FILE, SHARED_FILE = "omni.toml", "pyproject.toml"
MARKERS = (FILE, ".omni", ".git")
MODES = ("relax", "fast", "turbo")
KNOWN = ("requires", "output", "rules", "gateway", "gateway.name", "gateway.base_url", "gateway.mode")
"""Every setting by its dotted name; all are strings but the table `gateway`."""

LARGEST = 1_000_000
"""Characters of a settings file; a larger one is no settings file."""

_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_SECRET = re.compile(r"\bsk-[\w-]{6,}")
_SECRET_NAME = re.compile(r"(?i)(.*[_-])?(api)?(key|token|secret|password)")
_SECRET_LINE = re.compile(r"(?i)((?:key|token|secret|password)[\"']?[ \t]*=[ \t]*)([^\n]+)")
_SYNTAX_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "float", list: "array", dict: "table"}


class Settings:
    """What a project has settled.

    `root` is the nearest folder with a settings file, `.omni` or `.git`, else the recipe's own. `gateway_base_url` is
    the gateway's root, without `/v1` and the like. `gateway_mode` is `relax`, `fast`, `turbo`, or None: as each
    operation says. `output` is absolute. `requires` is a version range as `>=0.1`.
    """

    __slots__ = ("gateway_base_url", "gateway_mode", "gateway_name", "output", "requires", "root", "rules")

    def __init__(
        self,
        root: Path,
        *,
        gateway_name: str | None = None,
        gateway_base_url: str | None = None,
        gateway_mode: str | None = None,
        output: Path | None = None,
        rules: str = "omniai",
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
        return f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"

    def overridden(
        self, *, base_url: str | None = None, mode: str | None = None, output: Path | None = None, rules: str | None = None
    ) -> "Settings":
        """Return the settings with flags that were given (None: not given) put over them.

        Another base URL is another gateway: it loses the configured name, so that its purchases are never taken for
        those of the gateway that the file names. A relative `output` counts from the current folder.
        """
        other_gateway = base_url is not None and base_url.rstrip("/") != (self.gateway_base_url or "").rstrip("/")
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
    """Return the settings that hold for a recipe (or a folder), the environment included, and what is wrong with them.

    A setting that is wrong counts as absent. Nothing is raised.
    """
    here = Path(os.path.abspath(start))  # noqa: PTH100  # `..` goes, links stay
    folder = here if os.path.isdir(here) else here.parent  # noqa: PTH112  # never raises
    root: Path | None = None
    for one in (folder, *folder.parents):
        file = _File.find(one)
        if root is None and (file or any(os.path.exists(one / marker) for marker in MARKERS)):  # noqa: PTH110  # never raises
            root = one
        if file:
            return _with_environment(*file.settings(root or one))
    return _with_environment(Settings(root or folder), [])


def _with_environment(settings: Settings, found: list[Diagnostic]) -> tuple[Settings, list[Diagnostic]]:
    base_url = os.environ.get("OMNI_BASE_URL")
    if not base_url:
        return settings, found
    if not _URL.fullmatch(base_url):
        values = {"key": "OMNI_BASE_URL", "value": _masked(base_url), "example": "https://gateway.example"}
        return settings, [*found, Diagnostic("OM905", values=values)]
    return settings.overridden(base_url=base_url), found


class _File:
    """One settings file while it is read: its text, its table, and what is wrong with it."""

    __slots__ = ("diagnostics", "folder", "places", "prefix", "source", "table")

    def __init__(self, folder: Path, name: str, text: str, prefix: tuple[str, ...]) -> None:
        self.folder = folder
        self.prefix = prefix
        self.source = Source(_masked(text), _shown(folder / name), str(folder / name))
        self.table: Mapping[str, object] = {}
        self.places: dict[tuple[str, ...], Span] = {}
        self.diagnostics: list[Diagnostic] = []

    @classmethod
    def find(cls, folder: Path) -> "_File | None":
        """Return the folder's settings file, read; None where it has none."""
        for name, prefix in ((FILE, ()), (SHARED_FILE, ("tool", "omnidsl"))):
            if not os.path.isfile(folder / name):  # noqa: PTH113  # never raises
                continue
            try:
                with open(folder / name, encoding="utf-8-sig") as stream:  # noqa: PTH123  # as all of this function
                    text = stream.read(LARGEST + 1)
            except (OSError, UnicodeDecodeError) as error:
                if not prefix:
                    return cls(folder, name, "", prefix)._unreadable(error)
                continue
            if not prefix or "omnidsl" in text:
                file = cls(folder, name, text, prefix)
                if file._parse(text) or not prefix:
                    return file
        return None

    def _unreadable(self, error: Exception) -> "_File":
        problem = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        self.diagnostics.append(Diagnostic("OM909", source=self.source, values={"problem": problem}))
        return self

    def _parse(self, text: str) -> bool:
        """Read the table; False where a shared file turns out to hold none of ours."""
        import tomllib  # eight milliseconds that a project without settings does not pay

        if len(text) > LARGEST:
            self._unreadable(OSError(0, f"> {LARGEST:,} characters"))
            return True
        try:
            table: object = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._syntax(str(error))
            return "tool.omnidsl" in text
        for key in self.prefix:
            table = table.get(key) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            return False
        self.table = table
        self.places = key_places(text)
        return True

    def _syntax(self, problem: str) -> None:
        offset = len(self.source.text)
        if (found := _SYNTAX_PLACE.search(problem[-80:])) and found[1]:
            lines = self.source.text.splitlines(keepends=True)[: int(found[1]) - 1]
            offset = sum(map(len, lines)) + int(found[2]) - 1
        words = _masked(_SYNTAX_PLACE.sub("", problem))
        self.diagnostics.append(
            Diagnostic("OM902", Span(offset, offset), source=self.source, values={"problem": words[:1].lower() + words[1:]})
        )

    def settings(self, root: Path) -> tuple[Settings, list[Diagnostic]]:
        """Return the settings of this file and everything wrong in it."""
        strings = dict(self._strings())
        settings = Settings(
            root,
            gateway_name=strings.get("gateway.name"),
            gateway_base_url=strings.get("gateway.base_url"),
            gateway_mode=strings.get("gateway.mode"),
            output=self.folder / strings["output"] if "output" in strings else None,
            rules=strings.get("rules", "omniai"),
            requires=strings.get("requires"),
        )
        return settings, self.diagnostics

    def _strings(self) -> Iterator[tuple[str, str]]:
        """Yield the settings that are right, by dotted name; report the others."""
        rows = list(self.table.items())
        gateway = self.table.get("gateway")
        if isinstance(gateway, dict):
            rows += [(f"gateway.{key}", value) for key, value in gateway.items()]
        for key, value in rows:
            if secrets := list(_secrets(key, value)) if key != "gateway" or not isinstance(value, dict) else []:
                for path in secrets:
                    self._report("OM906", path, shown=path)
            elif key not in KNOWN:
                self._report("OM903", key, suggestions=nearest(key, KNOWN), shown=key)
            elif not isinstance(value, dict if key == "gateway" else str):
                expected = "table" if key == "gateway" else "string"
                self._report("OM904", key, expected=expected, found=_TYPES.get(type(value), type(value).__name__))
            elif isinstance(value, str) and self._holds(key, value):
                yield key, value
