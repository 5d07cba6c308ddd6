"""What a project says about prompts: the name of its rule set, and what it wants beside it.

Plain data, so that it is free to make, and travels to other processes and into stored plans; what it names is read when
the first prompt is judged.
"""

from collections.abc import Iterable
from functools import lru_cache

from omnidsl._record import Record
from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnidsl.prompts.rulesets import Rules
    from omnidsl.prompts.vocabulary import Vocabulary


class HouseRules(Record):
    """The name of a rule set, and what goes over it; an empty part leaves it as it is.

    `default_version` is a version as settings write it (`8.1`, `niji 7`), `plan` one of `basic`, `standard`, `pro`, `mega`;
    `allowed` are names of own options without dashes, `banned` words (or `default`, for those that come with the
    package), `length` characters; `vocabulary` None means the one that comes with the package; with `remarks`
    what holds of every use of a parameter is told too; `rows` are the rules of plugins, each as JSON (see `house_rules`).
    """

    __slots__ = (
        "_rules",
        "allowed",
        "banned",
        "default_version",
        "length",
        "name",
        "plan",
        "remarks",
        "rows",
        "vocabulary",
    )
    __match_args__ = (
        "name",
        "default_version",
        "plan",
        "allowed",
        "banned",
        "length",
        "vocabulary",
        "remarks",
        "rows",
    )

    def __init__(
        self,
        name: str,
        *,
        default_version: str = "",
        plan: str = "",
        allowed: Iterable[str] = (),
        banned: Iterable[str] = (),
        length: int | None = None,
        vocabulary: "Vocabulary | None" = None,
        remarks: bool = False,
        rows: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.default_version = default_version
        self.plan = plan
        self.allowed = tuple(allowed)
        self.banned = tuple(banned)
        self.length = length
        self.vocabulary = vocabulary
        self.remarks = remarks
        self.rows = tuple(rows)
        self._rules: Rules | None = None

    @property
    def changes(self) -> bool:
        """Whether anything goes over the rule set."""
        return self != HouseRules(self.name)

    @property
    def rules(self) -> "Rules":
        """What prompts are held to; raises `UnknownName` for a rule set or a version that there is not."""
        if self._rules is None:
            self._rules = _made(self)
        return self._rules

    def check(self) -> None:
        """Raise `UnknownName` for a rule set or a version that there is not."""
        from omnidsl.prompts.rulesets import check_rules, check_version

        check_rules(self.name)
        if self.default_version:
            check_version(self.default_version)

    def of_today(self) -> "HouseRules":
        """Return them with the day that `latest` means today, so that a run that goes on later is judged as it began."""
        from omnidsl.prompts.rulesets import LATEST
        from omnidsl.prompts.versions import load_versions

        return self.overridden(name=load_versions().as_of) if self.name == LATEST else self

    def overridden(
        self,
        *,
        name: str | None = None,
        default_version: str | None = None,
        vocabulary: "Vocabulary | None" = None,
        remarks: bool | None = None,
        rows: Iterable[str] | None = None,
        allowed: Iterable[str] | None = None,
    ) -> "HouseRules":
        """Return them with what a command line or plugins say put over them (None: they say nothing)."""
        if all(one is None for one in (name, default_version, vocabulary, remarks, rows, allowed)):
            return self
        return HouseRules(
            self.name if name is None else name,
            default_version=self.default_version if default_version is None else default_version,
            plan=self.plan,
            allowed=self.allowed if allowed is None else allowed,
            banned=self.banned,
            length=self.length,
            vocabulary=self.vocabulary if vocabulary is None else vocabulary,
            remarks=self.remarks if remarks is None else remarks,
            rows=self.rows if rows is None else rows,
        )


@lru_cache(maxsize=64)
def _made(house: HouseRules) -> "Rules":
    """Return the rules of equal houses once: every folder of a project has its own settings."""
    from omnidsl.prompts.rulesets import load_rules

    house.check()
    rules = load_rules(house.name)
    if not house.changes:
        return rules
    return rules.adapted(
        default_version=house.default_version or None,
        plan=house.plan or None,
        allowed=house.allowed or None,
        banned=house.banned or None,
        length=house.length,
        vocabulary=house.vocabulary,
        remarks=house.remarks,
        rows=house.rows,
    )
