"""One settings file: found, read, and judged. The environment and flags come later (`omnidsl.settings`)."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from omnidsl import __version__
from omnidsl.language.boundary import inside
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest
from omnidsl.prompts import rule_sets
from omnidsl.settings.places import key_places, place_of
from omnidsl.settings.versions import admits

OWN, SHARED = "omni.toml", "pyproject.toml"
TABLE = ("tool", "omnidsl")
"""Where the settings are in the shared file."""

KNOWN = (
    "requires",
    "output",
    "rules",
    "gateway",
    "gateway.name",
    "gateway.base_url",
    "gateway.mode",
)
"""Every setting by its dotted name; all are strings but the table `gateway`."""

MODES = ("relax", "fast", "turbo")
URL_EXAMPLE = "https://gateway.example"
LARGEST = 1_000_000
"""Characters; a larger file is no settings file."""

_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_SECRET = re.compile(r"(?<![\w-])sk-[\w-]{6,}")
_SECRET_NAME = re.compile(r"(?:.*[_-])?(?:api)?(?:key|token|secret|password)", re.IGNORECASE)
_SECRET_LINE = re.compile(
    r"((?:key|token|secret|password)[\"']?[ \t]*+=[ \t]*+)([^\n]+)", re.IGNORECASE
)
_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# tomllib takes quadratic time for a key of many parts, and nobody writes one.
_ENDLESS_KEY = re.compile(
    r"""(?:^|[\[{,])[ \t]*+(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""",
    re.MULTILINE,
)
_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "float",
    list: "array",
    dict: "table",
}


def is_base_url(text: str) -> bool:
    """Say whether a text can be a gateway's root: http or https, a host, no user, query or fragment."""
    return _URL.fullmatch(text) is not None


def masked(text: str) -> str:
    """Return text of the same length in which whatever looks like a key is stars: a report never shows one."""
    stars = _SECRET.sub(lambda found: "sk-" + "*" * (len(found[0]) - 3), text)
    return _SECRET_LINE.sub(lambda found: found[1] + "*" * len(found[2]), stars)


class SettingsFile:
    """One file's settings: `strings` holds those that are right, by dotted name; `diagnostics` what is wrong."""

    __slots__ = ("_places", "_prefix", "_source", "diagnostics", "folder", "strings")

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.strings: dict[str, str] = {}
        self.diagnostics: list[Diagnostic] = []
        self._prefix = TABLE if name == SHARED else ()
        self._places: dict[tuple[str, ...], Span] = {}
        self._source = Source("", _shown(folder / name), str(folder / name))

    @classmethod
    def find(cls, folder: Path) -> "SettingsFile | None":
        """Return the folder's settings; None where it has none."""
        if os.path.isfile(folder / OWN):  # noqa: PTH113  # never raises
            own = cls(folder, OWN)
            own._read()
            return own
        if os.path.isfile(folder / SHARED):  # noqa: PTH113  # never raises
            shared = cls(folder, SHARED)
            if shared._read():
                return shared
        return None

    def _read(self) -> bool:
        """Read and judge the file; False for a shared file that has nothing to do with us."""
        ours = not self._prefix
        if not inside(Path(self._source.path or ""), self.folder):  # its lines may be quoted
            outside = Diagnostic("OM614", source=self._source, values={"path": self._source.name})
            self.diagnostics += [outside] if ours else []
            return ours
        try:
            with open(self._source.path or "", encoding="utf-8-sig") as stream:  # noqa: PTH123  # the path is a string already
                text = stream.read(LARGEST + 1)
        except OSError as error:
            return self._unreadable(error.strerror or type(error).__name__, ours=ours)
        except UnicodeDecodeError:
            return self._unreadable("UTF-8?", ours=ours)
        if len(text) > LARGEST:
            return self._unreadable(f"> {LARGEST} characters", ours=ours)
        if self._prefix and "omnidsl" not in text:
            return False
        self._source = Source(masked(text), self._source.name, self._source.path)
        return self._parse(text)

    def _unreadable(self, problem: str, *, ours: bool) -> bool:
        self.diagnostics.append(
            Diagnostic("OM909", source=self._source, values={"problem": problem})
        )
        return ours

    def _parse(self, text: str) -> bool:
        import tomllib  # eight milliseconds that a project without settings does not pay

        try:
            if endless := _ENDLESS_KEY.search(text):
                return self._syntax("Too many parts in one key", endless.start())
            table: object = tomllib.loads(text)
        except RecursionError:
            return self._syntax("Too deeply nested", 0)
        except ValueError as error:
            return self._syntax(str(error))
        for key in self._prefix:
            table = table.get(key) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            return False
        self._places = key_places(text)
        self._judge(table)
        return True

    def _syntax(self, problem: str, offset: int | None = None) -> bool:
        text = self._source.text
        if offset is None:
            offset = len(text)
            if (place := _SYNTAX_PLACE.search(problem, max(0, len(problem) - 80))) and place[1]:
                rows = text.split("\n", int(place[1]) - 1)[:-1]
                offset = sum(len(row) + 1 for row in rows) + int(place[2]) - 1
        words = masked(_SYNTAX_PLACE.sub("", problem[-200:]))
        values = {"problem": words[:1].lower() + words[1:]}
        self.diagnostics.append(
            Diagnostic("OM902", Span(offset, offset), source=self._source, values=values)
        )
        return not self._prefix or "tool.omnidsl" in text

    def _judge(self, table: Mapping[str, object]) -> None:
        secrets = dict.fromkeys(path for path, value in _strings(table) if _is_secret(path, value))
        for path in secrets:
            self._report("OM906", path)
        spoken_of = {path[:length] for path in secrets for length in range(1, len(path) + 1)} - {
            ("gateway",)
        }
        gateway = table.get("gateway")
        rows: list[tuple[tuple[str, ...], object]] = [
            ((key,), value) for key, value in table.items()
        ]
        rows += (
            [(("gateway", key), value) for key, value in gateway.items()]
            if isinstance(gateway, dict)
            else []
        )
        for path, value in rows:
            if path not in spoken_of:
                self._judge_one(path, value)

    def _judge_one(self, path: tuple[str, ...], value: object) -> None:
        key = ".".join(path)
        wanted = dict if key == "gateway" else str
        if key not in KNOWN or path != tuple(key.split(".")):
            self._report("OM903", path, suggestions=_suggestions(path))
        elif not isinstance(value, wanted):
            found = _TYPES.get(type(value), "datetime")
            self._report("OM904", path, expected=_TYPES[wanted], found=found)
        elif isinstance(value, str) and self._holds(path, key, value):
            self.strings[key] = value

    def _holds(self, path: tuple[str, ...], key: str, value: str) -> bool:
        """Judge a string by what its setting is for."""
        if key == "output" and not _inside(self.folder, value):
            return self._report("OM907", path)
        if key == "gateway.base_url" and not is_base_url(value):
            return self._report("OM905", path, example=URL_EXAMPLE)
        if key == "gateway.mode" and value not in MODES:
            return self._report(
                "OM905", path, suggestions=nearest(value, MODES), example=", ".join(MODES)
            )
        if key == "rules" and value not in rule_sets():
            known = rule_sets()
            return self._report(
                "OM905", path, suggestions=nearest(value, known), example=", ".join(known)
            )
        if key == "requires":
            admitted = admits(value, __version__)
            if admitted is None:
                return self._report("OM905", path, example=">=0.1, <1")
            return admitted or self._report("OM908", path, requires=value, version=__version__)
        return bool(value.strip()) or self._report("OM905", path, example="…")

    def _report(
        self,
        code: str,
        path: tuple[str, ...],
        *,
        suggestions: list[str] | None = None,
        **values: str,
    ) -> bool:
        """Add a diagnostic at a key; returns False, for the sake of `return`."""
        span = place_of(self._places, (*self._prefix, *path))
        values = {"key": ".".join(path), **values}
        self.diagnostics.append(
            Diagnostic(
                code, span, source=self._source, values=values, suggestions=suggestions or ()
            )
        )
        return False


def _strings(table: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every string at any depth with its path, of which three parts are enough to find it."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), table)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(
                ((*path, key) if len(path) < 3 else path, inner) for key, inner in value.items()
            )
        elif isinstance(value, list):
            waiting.extend((path, inner) for inner in value)
        elif isinstance(value, str):
            yield path, value


def _suggestions(path: tuple[str, ...]) -> list[str]:
    """Return the settings of the same table with a similar name, else one of this name in another table."""
    beside = {
        known.rpartition(".")[2]: known
        for known in KNOWN
        if tuple(known.split(".")[:-1]) == path[:-1]
    }
    near = [beside[name] for name in nearest(path[-1], beside)]
    return near or [known for known in KNOWN if known.endswith(f".{path[-1]}")]


def _is_secret(path: tuple[str, ...], value: str) -> bool:
    return _SECRET.search(value) is not None or _SECRET_NAME.fullmatch(path[-1]) is not None


def _inside(folder: Path, value: str) -> bool:
    home = os.path.join(folder, "")  # noqa: PTH118  # with its separator, or `out` would hold `outside`
    return value != "" and "\0" not in value and os.path.normpath(folder / value).startswith(home)


def _shown(file: Path) -> str:
    """Return the path as people know it: relative to where they stand, if it is below."""
    try:
        return str(file.relative_to(os.getcwd()))  # noqa: PTH109  # a string is wanted
    except (ValueError, OSError):
        return str(file)
