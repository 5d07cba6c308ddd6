"""Midjourney's models: their order, and which of them there were on a day. Read from `data/versions.toml`."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from omnidsl.language.data import read_data

DATA = Path(__file__).parent / "data"
"""The folder that holds what the package knows of Midjourney."""


class Version:
    """One model. `name` is what rules call it (`8.2`, `niji 7`, `test`); days are ISO dates, empty where nobody knows them.

    `first` and `gone` bound the days on which it may be asked for (the second one excluded), `earliest` is the day before
    which it cannot have been there, where `first` is not known; `default` is the first day on which it was its family's
    default; `length` the characters beyond which a prompt suffers, 0 where nothing is known.
    """

    __slots__ = (
        "certainty", "default", "earliest", "family", "first", "gone", "length", "name", "sources", "spellings", "status",
    )  # fmt: skip  # one slot a line would be a page of nothing

    def __init__(
        self,
        name: str,
        *,
        family: str,
        spellings: Iterable[str] = (),
        first: str = "",
        earliest: str = "",
        gone: str = "",
        default: str = "",
        status: str = "current",
        length: int = 0,
        certainty: str = "high",
        sources: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.family = family
        self.spellings = tuple(spellings)
        self.first = first
        self.earliest = first or earliest
        self.gone = gone
        self.default = default
        self.status = status
        self.length = length
        self.certainty = certainty
        self.sources = tuple(sources)

    def __repr__(self) -> str:
        return f"Version({self.name!r})"

    @property
    def number(self) -> str:
        """What stands behind `--v` or `--niji`; empty for a test model."""
        return "" if self.family == "test" else self.name.removeprefix(f"{self.family} ")

    @property
    def written(self) -> str:
        """The parameter that asks for it, as the bot writes it: `--version 7`, `--niji 6`, `--test`."""
        if self.family == "test":
            return f"--{self.name}"
        return f"--{'version' if self.family == 'v' else self.family} {self.number}"

    @property
    def pin(self) -> str:
        """The parameter that asks for it, as a prompt emits it: `--v 7`, `--niji 6`, `--test`."""
        return f"--{self.name}" if self.family != "v" else f"--v {self.number}"

    @property
    def current(self) -> bool:
        """Whether it is one that people use, and not only one that may still be asked for."""
        return self.status == "current"

    def available(self, day: str) -> bool:
        """Say whether it may be asked for on a day."""
        return self.earliest <= day and not (self.gone and self.gone <= day)


class Versions:
    """All models, oldest first in each family, and `as_of`: the day up to which the data know what changed."""

    __slots__ = ("_by_name", "as_of", "rows")

    def __init__(self, rows: Iterable[Version], as_of: str) -> None:
        self.rows = tuple(rows)
        self.as_of = as_of
        self._by_name = {row.name: row for row in self.rows}

    def __repr__(self) -> str:
        return f"Versions({len(self.rows)} models, {self.as_of})"

    def find(self, name: str) -> Version | None:
        """Return a model by its name, or by another spelling of its number: `6`, `6.0`, `niji 7`; None where there is none."""
        found = self._by_name.get(name) or self._by_name.get(" ".join(name.split()).lower())
        return found or next((row for row in self.rows if name in row.spellings), None)

    def family(self, name: str) -> tuple[Version, ...]:
        """Return the models of a family, oldest first."""
        return tuple(row for row in self.rows if row.family == name)

    def default(self, family: str, day: str) -> Version | None:
        """Return a family's default on a day; None before it had one."""
        held = [row for row in self.family(family) if row.default and row.default <= day]
        return held[-1] if held else None

    def between(self, text: str) -> tuple[Version, ...]:
        """Return the models of a range: `4`, `5..5.2` (both ends included), `8..` (all later ones too).

        Raises `KeyError` for a model that there is not.
        """
        first, dots, last = text.partition("..")
        start = self._by_name[first]
        if not dots:
            return (start,)
        family = self.family(start.family)
        end = family.index(self._by_name[last]) if last else len(family) - 1
        return family[family.index(start) : end + 1]

    def changes(self) -> tuple[str, ...]:
        """Return the days on which a default changed or a model came or went, ascending."""
        days = {day for row in self.rows for day in (row.first, row.gone, row.default)}
        return tuple(sorted(days - {""}))


def read_versions(folder: Path) -> Versions:
    """Return the models of a folder of data."""
    data = read_data(folder / "versions.toml")
    rows: list[Version] = []
    for row in data["version"]:
        above = [one.earliest for one in rows if one.family == row["family"]]
        rows.append(_version(row, above[-1] if above else ""))
    return Versions(rows, data["as_of"])


def _version(row: dict[str, object], earliest: str) -> Version:
    names = {"from": "first", "until": "gone"}
    columns = {names.get(name, name): one for name, one in row.items() if name != "note"}
    return Version(earliest=earliest, **columns)  # type: ignore[arg-type]  # the data's schema holds the form


@cache
def load_versions() -> Versions:
    """Return the models that the package knows."""
    return read_versions(DATA)
