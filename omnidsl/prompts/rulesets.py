"""Rule sets: dated data that narrow the parameter table, one file each under `data/rulesets/`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from omnidsl.language.data import read_data
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


@cache
def rule_sets() -> tuple[str, ...]:
    """Return the names of the rule sets, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def check_rules(name: str) -> None:
    """Raise `UnknownName` where no rule set has that name; reads none of them."""
    if name not in rule_sets():
        raise UnknownName("rule set", name, list(rule_sets()))


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
