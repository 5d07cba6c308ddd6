"""The rules as they were on one day: which models there were, what each of them took, what excluded what."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from omnidsl.language.data import read_data
from omnidsl.prompts.bounds import Bounds
from omnidsl.prompts.parameters import Parameter, ParameterTable
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import Value
from omnidsl.prompts.versions import Version, Versions

_LONGEST, _MOST = 48, 8192
"""How long the settings are that are remembered, in characters, and how many of them."""

_LONGEST_OF_ALL = 200
"""Characters of all the parameters of a prompt that are remembered."""

_ABOUT = ("on", "since", "until", "note")
"""Columns of a row that say when it counts and why, not what is accepted."""


class Conflict:
    """What one parameter may not be beside another one: `bounds` hold for `parameter` where `when` is there.

    `when` is empty where they always hold, `values` are those of `when` that count (empty: any); `items` says of a list
    what must be in it (`codes`: something that is no address); `code` is what to report, `remark` that only those who ask
    for remarks want to know it.
    """

    __slots__ = ("bounds", "code", "items", "parameter", "remark", "values", "when")

    def __init__(
        self,
        parameter: str,
        bounds: Bounds,
        *,
        when: str = "",
        values: Iterable[str | float] = (),
        items: str = "",
        code: str = "OM350",
        remark: bool = False,
    ) -> None:
        self.parameter = parameter
        self.bounds = bounds
        self.when = when
        self.values = tuple(values)
        self.items = items
        self.remark = remark
        self.code = code

    def __repr__(self) -> str:
        return f"Conflict({self.when!r}, {self.parameter!r}, {self.code})"


class Silent(set[str]):
    """Settings, as they are emitted, of which a judge found nothing to tell: the same few come again and again."""

    __slots__ = ()

    def remember(self, setting: str) -> None:
        """Add a setting; what is remembered stays bounded."""
        if len(setting) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self.add(setting)


class Sound(dict[str, int]):
    """Parameters of whole prompts, as they are written, of which no judge has anything to tell.

    Each with the length of a prompt that their model is known to read, 0 where nothing is known.
    """

    __slots__ = ()

    def remember(self, written: str, length: int, settings: Iterable[Setting]) -> None:
        """Add the parameters of a prompt, if the rest of it does not matter to them; what is remembered stays bounded."""
        if len(written) <= _LONGEST_OF_ALL and not any(
            one.parameter is None or one.parameter.special for one in settings
        ):
            if len(self) >= _MOST:
                self.clear()
            self[written] = length


class Edition:
    """The facts of one `day` (an ISO date).

    `triggers` are the parameters beside which others may not be what they are, `unopposed` settings that are refused beside
    none of the others.
    """

    __slots__ = (
        "_available", "_bounds", "_silent", "_unsettled", "conflicts", "day", "parameters", "triggers", "unopposed",
        "versions",
    )  # fmt: skip  # one slot a line would be a page of nothing

    def __init__(
        self,
        versions: Versions,
        parameters: ParameterTable,
        conflicts: Iterable[Conflict],
        day: str,
    ) -> None:
        self.versions = versions
        self.parameters = parameters
        self.conflicts = tuple(conflicts)
        self.day = day
        self._bounds: dict[str, dict[str, Bounds]] = {}
        self._silent: dict[str, Silent] = {}
        self.triggers = frozenset(row.when for row in self.conflicts if row.when)
        self.unopposed = Silent()
        self._available: tuple[Version, ...] | None = None
        self._unsettled: dict[str, frozenset[str]] = {}

    def __repr__(self) -> str:
        return f"Edition({self.day})"

    @property
    def available(self) -> tuple[Version, ...]:
        """The models that could be asked for, oldest first in each family."""
        if self._available is None:
            self._available = tuple(one for one in self.versions.rows if one.available(self.day))
        return self._available

    def today(self, family: str) -> list[Version]:
        """Return the models of a family that people use, oldest first."""
        return [one for one in self.available if one.current and one.family == family]

    def unsettled(self, family: str) -> frozenset[str]:
        """Return the parameters that some model of today surely refuses, by long name: a prompt with one of them needs a pin."""
        found = self._unsettled.get(family)
        if found is None:
            found = self._unsettled[family] = frozenset(
                name
                for one in self.today(family)
                for name, held in self.bounds(one).items()
                if not held.supported and held.certain
            )
        return found

    def default(self, family: str) -> Version | None:
        """Return the model that a family stood for; None before it had one."""
        return self.versions.default(family, self.day)

    def bounds(self, version: Version) -> Mapping[str, Bounds]:
        """Return what a model refused, by long name (`::` for multi-prompts); what has no entry was taken as in general."""
        found = self._bounds.get(version.name)
        if found is None:
            rows = (*self.parameters.rows, *self.parameters.signs)
            every = ((row.name, self.held(row, version)) for row in rows)
            found = {name: one for name, one in every if one is not None and one.restricts}
            self._bounds[version.name] = found
        return found

    def silent(self, version: Version) -> Silent:
        """Return the settings of which a model has nothing to tell, as far as is known."""
        found = self._silent.get(version.name)
        if found is None:
            found = self._silent[version.name] = Silent()
        return found

    def held(self, row: Parameter, version: Version) -> Bounds | None:
        """Return the bounds of a parameter on a model; None where it has no bounds by version at all."""
        if not row.versions:
            return None
        for one in row.versions:
            if self._counts(one, version):
                columns = {name: value for name, value in one.items() if name not in _ABOUT}
                columns.setdefault("certainty", row.certainty)
                columns.setdefault("sources", row.sources)
                return Bounds(**columns)  # type: ignore[arg-type]  # the data's schema holds the form
        return Bounds(supported=False, sources=row.sources)

    def _counts(self, entry: Mapping[str, object], version: Version) -> bool:
        since, until = str(entry.get("since", "")), str(entry.get("until", "9"))
        if not since <= self.day < until:
            return False
        ranges = entry["on"]
        return isinstance(ranges, list) and any(
            version in self.versions.between(one) for one in ranges
        )

    def accepting(self, name: str, value: Value | None = None) -> list[Version]:
        """Return the models that took a parameter (with that value), oldest first in each family."""
        return [
            one
            for one in self.available
            if (held := self.bounds(one).get(name)) is None or held.accepts(value)
        ]


def read_conflicts(folder: Path) -> tuple[Conflict, ...]:
    """Return the conflicts of a folder of data."""
    own = ("when", "values", "items", "parameter", "code", "remark")
    return tuple(
        Conflict(
            row["parameter"],
            Bounds(**{name: value for name, value in row.items() if name not in own}),
            when=row.get("when", ""),
            values=row.get("values", ()),
            items=row.get("items", ""),
            code=row.get("code", "OM350"),
            remark=row.get("remark", False),
        )
        for row in read_data(folder / "conflicts.toml")["conflict"]
    )
