"""Rule sets: dated data that narrow the parameter table, one file each under `data/rulesets/`."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.data import read_data
from omnidsl.prompts.errors import UnknownName
from omnidsl.prompts.parameters import ParameterTable, load_parameters
from omnidsl.prompts.vocabulary import Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from omnidsl.prompts.banned import BannedWords

_FOLDER = Path(__file__).parent / "data" / "rulesets"

PLANS = {"basic": 4, "standard": 10, "pro": 40, "mega": 40}
"""How many jobs each of Midjourney's plans makes of one prompt."""


class Rules:
    """Everything that a prompt is held to: a rule set, and what a project has settled beside it.

    `limits` has `images` (in front of one prompt), `length` (characters) and `plan` (jobs that a usual plan allows);
    `titles` is what the set is called, by language; `default_version` is the one that a prompt without any is for. `plan`
    is the project's plan at Midjourney (a key of `PLANS`, or empty), `allowed` are names of its own options, without
    dashes, `banned` words that no prompt may hold, `length` the most characters of one prompt (None: as the set says).
    """

    __slots__ = (
        "_banned_words",
        "_vocabulary",
        "allowed",
        "banned",
        "default_version",
        "length",
        "limits",
        "name",
        "parameters",
        "plan",
        "titles",
    )

    def __init__(
        self,
        name: str,
        parameters: ParameterTable,
        *,
        limits: Mapping[str, int],
        titles: Mapping[str, str] | None = None,
        default_version: str = "",
        plan: str = "",
        allowed: Iterable[str] = (),
        banned: Iterable[str] = (),
        length: int | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.limits = dict(limits)
        self.titles = dict(titles or {})
        self.default_version = default_version
        self.plan = plan
        self.allowed = tuple(allowed)
        self.banned = tuple(banned)
        self.length = length
        self._vocabulary = vocabulary
        self._banned_words: BannedWords | None = None

    @property
    def banned_words(self) -> "BannedWords | None":
        """What finds banned words in a text; None where none are banned."""
        if self._banned_words is None and self.banned:
            from omnidsl.prompts.banned import BannedWords  # most projects ban none

            self._banned_words = BannedWords(self.banned)
        return self._banned_words

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
    ) -> "Rules":
        """Return these rules as a project wants them; what is None stays as it is."""
        return Rules(
            self.name,
            self.parameters if allowed is None else self.parameters.with_options(allowed),
            limits=self.limits,
            titles=self.titles,
            default_version=self.default_version if default_version is None else default_version,
            plan=self.plan if plan is None else plan,
            allowed=self.allowed if allowed is None else allowed,
            banned=self.banned if banned is None else banned,
            length=self.length if length is None else length,
            vocabulary=self._vocabulary if vocabulary is None else vocabulary,
        )

    def __repr__(self) -> str:
        return f"Rules({self.name!r})"


@cache
def rule_sets() -> tuple[str, ...]:
    """Return the names of the rule sets, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def check_rules(name: str) -> None:
    """Raise `UnknownName` where no rule set has that name; reads none of them."""
    if name not in rule_sets():
        raise UnknownName("rule set", name, list(rule_sets()))


@cache
def known_versions() -> tuple[str, ...]:
    """Return every version that can be the default one, as settings write it."""
    rows = load_parameters()
    numbers = rows.find("version")
    numbered = [*map(str, numbers.choices), *numbers.spellings] if numbers else []
    niji = rows.find("niji")
    return (*numbered, *(f"niji {one}" for one in (niji.choices if niji else ())))


def check_version(name: str) -> None:
    """Raise `UnknownName` where there is no version of that name."""
    if name not in known_versions():
        raise UnknownName("version", name, list(known_versions()))


@cache
def load_rules(name: str) -> Rules:
    """Return a rule set by name; raises `UnknownName`."""
    check_rules(name)
    data = read_data(_FOLDER / f"{name}.toml")
    return Rules(
        name,
        load_parameters().narrowed(data["parameters"]),
        limits=data["limits"],
        titles=data["title"],
        default_version=data["default_version"],
    )
