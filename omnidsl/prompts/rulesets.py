"""Rule sets: Midjourney's rules as of a day, or tables that narrow the parameter table; files under `data/rulesets/`."""

from collections.abc import Iterable, Mapping
from functools import cache

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.data import read_data
from omnidsl.language.pattern import pattern
from omnidsl.prompts.edition import Edition, Sound, read_conflicts
from omnidsl.prompts.errors import UnknownName
from omnidsl.prompts.parameters import ParameterTable, load_parameters, read_parameters
from omnidsl.prompts.versions import DATA, Versions, load_versions, read_versions
from omnidsl.prompts.vocabulary import Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from omnidsl.prompts.banned import BannedWords
    from omnidsl.prompts.house_rules import HouseRule

LATEST = "latest"
"""The name of Midjourney's rules as far as the package knows them."""

DATED_FORM = "^20[0-9]{2}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?$"
"""How a rule set is named by its month or day."""

_DATED = pattern(DATED_FORM.replace("$", r"\Z"))

_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month: the calendar of the standard library costs as much as checking a file."""

PLANS = {"basic": 4, "standard": 10, "pro": 40, "mega": 40}
"""How many jobs each of Midjourney's plans makes of one prompt."""


class Rules:
    """Everything that a prompt is held to: a rule set, and what a project has settled beside it.

    `edition` has the facts by version, None for a set that knows nothing of versions; `limits` has `images` (in front of
    one prompt), `length` (characters) and `plan` (jobs that a usual plan allows); `titles` is what the set is called, by
    language; `default_version` is the one that a prompt without any is for. `plan` is the project's plan at Midjourney (a
    key of `PLANS`, or empty), `allowed` are names of its own options, without dashes, `banned` words that no prompt may
    hold, `length` the most characters of one prompt (None: as the set says). With `remarks`, what holds of every use of a
    parameter is told too. `rows` are the rules of plugins, as they travel. `sound` is a memory of what was read.
    """

    __slots__ = (
        "_banned_words",
        "_house_rules",
        "_vocabulary",
        "allowed",
        "banned",
        "default_version",
        "edition",
        "length",
        "limits",
        "name",
        "parameters",
        "plan",
        "remarks",
        "rows",
        "sound",
        "titles",
    )

    def __init__(
        self,
        name: str,
        parameters: ParameterTable,
        *,
        limits: Mapping[str, int],
        titles: Mapping[str, str] | None = None,
        edition: Edition | None = None,
        default_version: str = "",
        plan: str = "",
        allowed: Iterable[str] = (),
        banned: Iterable[str] = (),
        length: int | None = None,
        vocabulary: Vocabulary | None = None,
        remarks: bool = False,
        rows: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.edition = edition
        self.limits = dict(limits)
        self.titles = dict(titles or {})
        self.default_version = default_version
        self.plan = plan
        self.allowed = tuple(allowed)
        self.banned = tuple(banned)
        self.length = length
        self._vocabulary = vocabulary
        self.remarks = remarks
        self.sound = Sound()
        self._banned_words: BannedWords | None = None
        self.rows = tuple(rows)
        self._house_rules: tuple[HouseRule, ...] | None = None

    @property
    def banned_words(self) -> "BannedWords | None":
        """What finds banned words in a text; None where none are banned."""
        if self._banned_words is None and self.banned:
            from omnidsl.prompts.banned import BannedWords  # most projects ban none

            self._banned_words = BannedWords(self.banned)
        return self._banned_words

    @property
    def house_rules(self) -> "tuple[HouseRule, ...]":
        """The rules that plugins bring."""
        if self._house_rules is None:
            if not self.rows:
                return ()
            from omnidsl.prompts.house_rules import read_rules_of_house  # as above

            self._house_rules = read_rules_of_house(self.rows)
        return self._house_rules

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms that prompts are read with: the project's, else those that come with the package."""
        return load_vocabulary() if self._vocabulary is None else self._vocabulary

    def adapted(
        self,
        *,
        default_version: str | None = None,
        plan: str | None = None,
        allowed: Iterable[str] | None = None,
        banned: Iterable[str] | None = None,
        length: int | None = None,
        vocabulary: Vocabulary | None = None,
        remarks: bool | None = None,
        rows: Iterable[str] | None = None,
    ) -> "Rules":
        """Return these rules as a project wants them; what is None stays as it is."""
        return Rules(
            self.name,
            self.parameters if allowed is None else self.parameters.with_options(allowed),
            limits=self.limits,
            titles=self.titles,
            edition=self.edition,
            default_version=self.default_version if default_version is None else default_version,
            plan=self.plan if plan is None else plan,
            allowed=self.allowed if allowed is None else allowed,
            banned=self.banned if banned is None else banned,
            length=self.length if length is None else length,
            vocabulary=self._vocabulary if vocabulary is None else vocabulary,
            remarks=self.remarks if remarks is None else remarks,
            rows=self.rows if rows is None else rows,
        )

    def __repr__(self) -> str:
        return f"Rules({self.name!r})"


@cache
def rule_sets() -> tuple[str, ...]:
    """Return the names of the rule sets that have a name of their own; a day or a month names one too."""
    return _named(DATA)


def _named(folder: "Path") -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in (folder / "rulesets").glob("*.toml")))


def check_rules(name: str) -> None:
    """Raise `UnknownName` where no rule set has that name; reads no parameter."""
    if name not in rule_sets():
        _day(name, load_versions(), rule_sets())


def _day(name: str, versions: Versions, named: tuple[str, ...]) -> str:
    """Return the day whose rules a name asks for: of a month its last one, and none after the data's own.

    Raises `UnknownName` for what is no month or day, or lies before the first model or after the data.
    """
    as_of = versions.as_of
    found = _DATED.match(name)
    first = versions.changes()[0]
    day = _last_day(name) if found is not None and first[:7] <= name[:7] <= as_of[:7] else ""
    if day < first:
        raise UnknownName("rule set", name, [*named, f"{first[:7]} … {as_of[:7]}"])
    return min(day, as_of)


def _last_day(name: str) -> str:
    """Return the day that a day or a month ends with; empty for one that the calendar lacks."""
    year, month, *days = map(int, name.split("-"))
    last = _MONTHS[month - 1] + (month == 2 and year % 4 == 0)  # no century but 2000 has the form
    day = days[0] if days else last
    return f"{name[:7]}-{day:02}" if day <= last else ""


@cache
def known_versions() -> tuple[str, ...]:
    """Return every version that can be the default one, as settings write it."""
    rows = load_versions().rows
    return tuple(name for row in rows if row.number for name in (row.name, *row.spellings))


def check_version(name: str) -> None:
    """Raise `UnknownName` where there is no version of that name."""
    if name not in known_versions():
        raise UnknownName("version", name, list(known_versions()))


@cache
def load_rules(name: str) -> Rules:
    """Return a rule set: `latest`, `omniai`, or Midjourney's own of a month (`2026-09`) or a day (`2026-09-15`).

    Raises `UnknownName` for anything else.
    """
    return _made(name, DATA, load_versions(), load_parameters())


def read_rules(name: str, folder: "Path") -> Rules:
    """Return a rule set of a folder of data, as `load_rules` does of the package's own; nothing is kept for the next call.

    Raises `UnknownName` for a set that the folder does not have.
    """
    versions = read_versions(folder)
    return _made(name, folder, versions, read_parameters(folder, versions))


def _made(name: str, folder: "Path", versions: Versions, table: ParameterTable) -> Rules:
    named = _named(folder)
    day = versions.as_of if name == LATEST else "" if name in named else _day(name, versions, named)
    data = read_data(folder / "rulesets" / f"{LATEST if day else name}.toml")
    edition = Edition(versions, table, read_conflicts(folder), day) if day else None
    default = edition.default("v") if edition else None
    return Rules(
        name,
        table.narrowed(_offers(edition) if edition else data["parameters"]),
        edition=edition,
        limits=data["limits"],
        titles=data["title"],
        default_version=default.name if default else data.get("default_version", ""),
    )


def _offers(edition: Edition) -> dict[str, dict[str, object]]:
    """Return, for parameters that name a version, those that can be asked for on the day."""
    return {
        row.name: {"offered": [one.number for one in edition.available if one.family == row.models]}
        for row in edition.parameters.rows
        if row.models
    }
