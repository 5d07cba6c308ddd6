"""Rule sets: dated data that narrow the parameter table, one file each under `data/rulesets/`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from omnidsl.prompts.errors import UnknownName
from omnidsl.prompts.parameters import ParameterTable, load_parameters

_FOLDER = Path(__file__).parent / "data" / "rulesets"


class Rules:
    """One rule set: its name, its parameters, its limits.

    `limits` has `images` (in front of one prompt), `length` (characters) and `plan` (jobs that a usual plan allows);
    `titles` is what the set is called, by language.
    """

    __slots__ = ("default_version", "limits", "name", "parameters", "titles")

    def __init__(
        self,
        name: str,
        parameters: ParameterTable,
        *,
        limits: Mapping[str, int],
        titles: Mapping[str, str] | None = None,
        default_version: str = "",
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.limits = dict(limits)
        self.titles = dict(titles or {})
        self.default_version = default_version

    def __repr__(self) -> str:
        return f"Rules({self.name!r})"


def rule_sets() -> list[str]:
    """Return the names of the rule sets, sorted."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


def check_rules(name: str) -> None:
    """Raise `UnknownName` where no rule set has that name; reads none of them."""
    known = rule_sets()
    if name not in known:
        raise UnknownName("rule set", name, known)


@cache
def load_rules(name: str) -> Rules:
    """Return a rule set by name; raises `UnknownName`."""
    import tomllib

    check_rules(name)
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
    return Rules(
        name,
        load_parameters().narrowed(data["parameters"]),
        limits=data["limits"],
        titles=data["title"],
        default_version=data["default_version"],
    )
