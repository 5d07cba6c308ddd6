"""One settings file: found, read, and judged. The environment and flags come later (`omnidsl.settings`)."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from omnidsl import __version__
from omnidsl.language.boundary import inside
from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest
from omnidsl.prompts import UnknownName, check_rules
from omnidsl.settings.declaration import (
    BY_NAME,
    KNOWN,
    OF_SERVICES,
    OWN,
    SHARED,
    TABLES,
    Default,
    Setting,
)
from omnidsl.settings.patterns import is_pattern
from omnidsl.settings.places import key_places, place_of
from omnidsl.settings.prompt_settings import is_own_option, known_texts
from omnidsl.settings.quantities import is_quantity, out_of_bounds
from omnidsl.settings.selection import is_fixed, is_known
from omnidsl.settings.services import (
    SIMULATED,
    URL_EXAMPLE,
    Fault,
    faults_of_accounts,
    faults_of_tables,
    is_base_url,
    names_a_variable,
)
from omnidsl.settings.toml_types import EXPECTED, toml_type
from omnidsl.settings.values import Values
from omnidsl.settings.versions import admits

TABLE = ("tool", "omnidsl")
"""Where the settings are in the shared file."""

_SELECTOR_EXAMPLE = '"midjourney.imagine mode=fast"'
LARGEST = 1_000_000
"""Characters; a larger file is no settings file."""

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
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def masked(text: str) -> str:
    """Return text of the same length in which whatever looks like a key is stars: a report never shows one."""
    stars = _SECRET.sub(lambda found: "sk-" + "*" * (len(found[0]) - 3), text)
    return _SECRET_LINE.sub(lambda found: found[1] + "*" * len(found[2]), stars)


class SettingsFile:
    """One file's settings: `values` holds those that are right, by dotted name; `diagnostics` what is wrong."""

    __slots__ = ("_places", "_prefix", "_source", "diagnostics", "folder", "values")

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.values: dict[str, Default] = {}
        self.diagnostics: list[Diagnostic] = []
        self._prefix = TABLE if name == SHARED else ()
        self._places: dict[tuple[str, ...], Span] = {}
        self._source = Source("", _shown(folder / name), str(folder / name))

    @property
    def path(self) -> Path:
        """The file itself."""
        return Path(self._source.path or "")

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
            return self._unreadable(Words("not-utf8"), ours=ours)
        if len(text) > LARGEST:
            return self._unreadable(Words("too-many-characters"), ours=ours)
        if self._prefix and "omnidsl" not in text:
            return False
        self._source = Source(masked(text), self._source.name, self._source.path)
        return self._parse(text)

    def _unreadable(self, problem: "str | Words", *, ours: bool) -> bool:
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
            (one,) for one in TABLES
        }
        rows: list[tuple[tuple[str, ...], object]] = []
        for key, value in table.items():
            rows.append(((key,), value))
            if key in TABLES and isinstance(value, dict):
                rows += [((key, inner), one) for inner, one in value.items()]
        for path, value in rows:
            if path not in spoken_of:
                self._judge_one(path, value)
        if self.values.get("vocabulary"):
            self._judge_vocabulary()

    def _judge_vocabulary(self) -> None:
        """Report what is wrong with the files of terms: before any prompt is read with them."""
        from omnidsl.settings.vocabulary_files import project_vocabulary  # what few projects pay

        span = place_of(self._places, (*self._prefix, "vocabulary"))
        for one in project_vocabulary(self.folder, Values(self.values)).diagnostics:
            found = one if one.source is not None else one.at(span, self._source)
            self.diagnostics.append(found)

    def _judge_one(self, path: tuple[str, ...], value: object) -> None:
        key = ".".join(path)
        if key not in KNOWN or path != tuple(key.split(".")):
            self._report("OM903", path, suggestions=_suggestions(path))
        elif key in TABLES:
            if not isinstance(value, dict):
                self._report("OM904", path, expected="table", found=toml_type(value))
        else:
            self._judge_value(path, BY_NAME[key], value)

    def _judge_value(
        self, path: tuple[str, ...], setting: Setting, value: object, *, keep: bool = True
    ) -> None:
        match setting.kind:
            case "text" if isinstance(value, str):
                good = self._holds(path, setting, value)
            case "flag" if isinstance(value, bool):
                good = True
            case "count" | "number" | "money" | "duration" if is_quantity(value, setting.kind):
                example = out_of_bounds(setting.kind, value)
                good = example is None or self._report("OM905", path, example=example)
            case "prices" if isinstance(value, dict):
                good = self._are_prices(path, value)
            case "codes" | "patterns" if _are_texts(value):
                good = self._hold(path, setting.kind, value)
            case "names" if _are_texts(value):
                good = self._are_options(path, value)
            case "accounts" if isinstance(value, dict):
                good = self._are_faultless(faults_of_accounts(path, value))
            case "services" | "plugin-tables" if isinstance(value, dict):
                good = self._are_faultless(faults_of_tables(path, value))
            case "limits-by-service" if isinstance(value, dict):
                good = self._are_limits(path, value)
            case "words" if _are_texts(value):
                good = self._give_words(path, value)
            case "files" | "folders" | "distributions" if _are_texts(value):
                # Files are read when all settings are known.
                good = setting.kind == "files" or self._bring_plugins(path, setting.kind, value)
            case "codes-by-pattern" if isinstance(value, dict) and all(map(_are_texts, value.values())):  # fmt: skip  # one condition
                good = self._hold(path, "patterns", list(value))
                for inner, one in value.items():
                    good = self._hold((*path, inner), "codes", one) and good
            case _:
                self._report("OM904", path, expected=EXPECTED[setting.kind], found=toml_type(value))
                return
        if good and keep:
            self.values[setting.name] = value

    def _hold(self, path: tuple[str, ...], kind: str, items: list[str]) -> bool:
        """Judge items of a list: patterns, or codes and beginnings of codes."""
        for one in items:
            if kind == "patterns":
                if not is_pattern(one):
                    return self._report("OM905", path, example="drafts/, *.tmp.omni")
            elif not is_known(one):
                from omnidsl.language.catalogue import codes

                return self._report("OM913", path, suggestions=nearest(one, codes()), selector=one)
            elif path[:2] != ("lint", "select") and path[1] != "extend-select" and is_fixed(one):
                return self._report("OM914", path, selector=one)
        return True

    def _are_options(self, path: tuple[str, ...], names: list[str]) -> bool:
        """Judge names of somebody's own options."""
        wrong = next((one for one in names if not is_own_option(one)), None)
        return wrong is None or self._report("OM915", path, name=wrong)

    def _are_faultless(self, faults: Iterator[Fault]) -> bool:
        """Report what is wrong below a table; True where nothing is."""
        good = True
        for one in faults:
            good = self._report(one.code, one.path, suggestions=list(one.suggestions), **one.values)
        return good

    def _are_limits(self, path: tuple[str, ...], services: Mapping[str, object]) -> bool:
        """Judge the limits of single services; whether there is such a service is not known here."""
        good = True
        for service, limits in services.items():
            if not isinstance(limits, dict):
                self._report("OM904", (*path, service), expected="table", found=toml_type(limits))
                good = False
                continue
            for name, value in limits.items():
                there = (*path, service, name)
                if name not in OF_SERVICES:
                    good = self._report("OM903", there, suggestions=nearest(name, OF_SERVICES))
                    continue
                before = len(self.diagnostics)
                self._judge_value(there, BY_NAME[f"limits.{name}"], value, keep=False)
                good = good and len(self.diagnostics) == before
        return good

    def _are_prices(self, path: tuple[str, ...], rows: Mapping[str, object]) -> bool:
        """Judge what operations cost; whether there is such an operation is not known here."""
        from omnidsl.settings.prices import FORM, read_price, read_selector  # as above

        good = True
        for selector, value in rows.items():
            try:
                read_selector(selector)
            except ValueError:
                good = self._report("OM905", (*path, selector), example=_SELECTOR_EXAMPLE)
                continue
            try:
                read_price(value)
            except ValueError:
                good = self._report("OM905", (*path, selector), example=FORM)
        return good

    def _bring_plugins(self, path: tuple[str, ...], kind: str, items: list[str]) -> bool:
        """Judge names of distributions, or folders of the project, which may not lead out of it by a link either."""
        for one in items:
            if kind == "distributions":
                if not _DISTRIBUTION.fullmatch(one):
                    return self._report("OM905", path, example='["omnidsl"]')
            elif not _inside(self.folder, one) or not inside(self.folder / one, self.folder):
                return self._report("OM907", path)
        return True

    def _give_words(self, path: tuple[str, ...], items: list[str]) -> bool:
        """Judge banned words, and the files that hold some."""
        from omnidsl.settings.banned_words import NoWordsError, read_banned_words

        try:
            read_banned_words(self.folder, items)
        except NoWordsError as error:
            return self._report("OM916", path, item=error.item, problem=error.problem)
        return True

    def _holds(self, path: tuple[str, ...], setting: Setting, value: str) -> bool:
        """Judge a text by what its setting is for."""
        key, known = setting.name, known_texts(setting)
        if key == "output" and not _inside(self.folder, value):
            return self._report("OM907", path)
        if key == "gateway.name" and value == SIMULATED:
            return self._report("OM905", path, example="studio")
        if key == "gateway.base_url" and not is_base_url(value):
            return self._report("OM905", path, example=URL_EXAMPLE)
        if key == "rules" and value:
            try:
                check_rules(value)
            except UnknownName as unknown:
                shown = ", ".join(unknown.known)
                return self._report("OM905", path, suggestions=unknown.suggestions, example=shown)
        if known and value not in known:
            close = nearest(value, known)
            return self._report("OM905", path, suggestions=close, example=", ".join(known))
        if key == "requires":
            admitted = admits(value, __version__)
            if admitted is None:
                return self._report("OM905", path, example=">=0.1, <1")
            return admitted or self._report("OM908", path, requires=value, version=__version__)
        return bool(value.strip()) or self._report("OM905", path, example="…")

    def blame(
        self,
        code: str,
        path: tuple[str, ...],
        suggestions: Iterable[str] = (),
        **values: str | Words,
    ) -> Diagnostic:
        """Return a diagnostic at a key."""
        span = place_of(self._places, (*self._prefix, *path))
        values = {"key": ".".join(path), **values}
        return Diagnostic(
            code, span, source=self._source, values=values, suggestions=tuple(suggestions)
        )

    def _report(
        self,
        code: str,
        path: tuple[str, ...],
        *,
        suggestions: list[str] | None = None,
        **values: str | Words,
    ) -> bool:
        """Add a diagnostic at a key; returns False, for the sake of `return`."""
        self.diagnostics.append(self.blame(code, path, suggestions or (), **values))
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


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


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
    if names_a_variable(path, value):
        return False
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
