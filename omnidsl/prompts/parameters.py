"""The table of Midjourney's parameters, read from `data/parameters.toml` when first needed."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from omnidsl.language.data import read_data
from omnidsl.language.suggestions import nearest
from omnidsl.prompts.values import ITEM_TYPES, READERS, Problem, Value, number_text, value_text
from omnidsl.prompts.versions import DATA, Versions, load_versions

_SPECIAL = ("relax", "profile")
"""Parameters on which it depends what others mean, beside those with a status or a need."""

_LIMITS = ("least", "most", "choices", "offered", "spellings")


class Parameter:
    """One row: what a parameter is called, what it takes, what it excludes.

    `type` is flag, int, number, version, ratio, choice, words, references, codes or urls, or text for an option of
    somebody's own; `least`, `most` and `choices` bound the values on any version, `offered` are the
    choices that are told of, where others are gone or not there yet; `versions` are the rows of the file that bound them on
    some; parameters of one `slot` exclude each other; the file says what every column means.
    """

    __slots__ = (
        "aliases", "announced", "certainty", "choices", "count", "default", "instead", "least", "models", "most", "name",
        "needs", "offered", "optional", "repeats", "single", "slot", "sources", "special", "spellings", "status", "syntax",
        "type", "value", "versions", "written",
    )  # fmt: skip  # one slot a line would be a page of nothing

    def __init__(
        self,
        name: str,
        *,
        type: str,  # noqa: A002  # the column's own name
        aliases: Iterable[str] = (),
        written: str = "",
        optional: bool = False,
        least: float | None = None,
        most: float | None = None,
        choices: Iterable[str | float] = (),
        offered: Iterable[str | float] = (),
        models: str = "",
        spellings: Mapping[str, str] | None = None,
        count: int | None = None,
        single: bool = False,
        slot: str = "",
        value: str = "",
        repeats: str = "error",
        announced: bool = False,
        needs: Iterable[str] = (),
        status: str = "current",
        instead: str = "",
        certainty: str = "high",
        sources: Iterable[str] = (),
        default: str | float | None = None,
        syntax: bool = False,
        versions: Iterable[Mapping[str, object]] = (),
    ) -> None:
        self.name = name
        self.type = type
        self.aliases = tuple(aliases)
        self.written = written or name
        self.optional = optional
        self.least = least
        self.most = most
        self.choices = tuple(choices)
        self.offered = tuple(offered) or self.choices
        self.models = models
        self.spellings = dict(spellings or {})
        self.count = count
        self.single = single
        self.slot = slot or name
        self.value = value
        self.repeats = repeats
        self.announced = announced
        self.needs = tuple(needs)
        self.status = status
        self.instead = instead
        self.certainty = certainty
        self.sources = tuple(sources)
        self.special = bool(status != "current" or self.needs or name in _SPECIAL)
        self.default = default
        self.syntax = syntax
        self.versions = tuple(versions)

    def __repr__(self) -> str:
        return f"Parameter({self.name!r}, {self.type})"

    @property
    def key(self) -> str:
        """The name under which a prompt shows its value: `speed` for `--turbo`, else the canonical name."""
        return self.slot if self.value else self.name

    @property
    def accumulates(self) -> bool:
        """Whether a second occurrence adds to the first one."""
        return self.repeats == "merge"

    def narrowed(self, limits: Mapping[str, object]) -> "Parameter":
        """Return this row with another range or other choices, as a rule set gives them."""
        columns: dict[str, object] = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("name", "slot", "special")
        }
        columns["offered"] = ()  # other choices are offered as they are
        columns.update({name: limits[name] for name in _LIMITS if name in limits})
        return Parameter(self.name, slot=self.slot, **columns)  # type: ignore[arg-type]  # the form is held by a test of the data

    def check_value(self, text: str) -> Value | Problem:
        """Read what stands behind the name (trimmed, one item of a list type); a `Problem` where it is no value.

        An empty text is the value True where none is needed. Nothing is repaired here.
        """
        if not text:
            if self.type == "flag" or self.optional:
                return () if self.is_list else True
            return Problem("OM303", self._about(""))
        if self.type == "flag":
            return Problem("OM302", {"text": text})
        read = READERS[self.type](text)
        if isinstance(read, Problem):
            read.values.update(self._about(text))
            return read
        return self._bounded(read, text)

    def _about(self, text: str) -> dict[str, object]:
        return {"name": self.name, "written": f"--{self.written}", "value": text}

    def _bounded(self, value: Value, text: str) -> Value | Problem:
        if self.type == "version":
            value = self.spellings.get(text, text)
        if self.choices and value not in self.choices:
            shown = self._accepted()
            code = "OM308" if self.type == "version" else "OM307"
            instead = near[0] if self.type == "choice" and (near := nearest(text, shown)) else None
            kept = value if self.type in ("int", "number", "version") else None
            return Problem(
                code,
                {**self._about(text), "choices": ", ".join(shown)},
                instead=instead,
                value=kept,
            )
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and not self._within(value)
        ):
            values = {
                **self._about(text),
                "least": self._end(self.least),
                "most": self._end(self.most),
            }
            return Problem("OM312", values, value=value)
        return value

    def _accepted(self) -> list[str]:
        """Return the choices that are told of, as text."""
        return [one if isinstance(one, str) else number_text(one) for one in self.offered]

    def _within(self, number: float) -> bool:
        return (self.least is None or number >= self.least) and (
            self.most is None or number <= self.most
        )

    @staticmethod
    def _end(number: float | None) -> str:
        return "…" if number is None else number_text(number)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list: words, references, codes or addresses."""
        return self.type == "words" or self.type in ITEM_TYPES

    def write(self, value: Value) -> str:
        """Return the parameter as it is emitted, as in `--ar 4:3`; a slot's flag is the value's own name."""
        if isinstance(value, tuple) and self.type == "words":
            # A space in front of dashes would begin a parameter.
            text = "".join(f",{one}" if one[0] in "-—" else f", {one}" for one in map(str, value))
            text = text.removeprefix(", ")
        else:
            text = value_text(value)
        return f"--{self.written} {text}" if text else f"--{self.written}"


class ParameterTable:
    """Parameters by every name they have, ignoring case; `signs` are rows for what is no parameter, but a version may refuse."""

    __slots__ = ("_by_name", "rows", "signs")

    def __init__(self, rows: Iterable[Parameter]) -> None:
        given = tuple(rows)
        self.rows = tuple(row for row in given if not row.syntax)
        self.signs = tuple(row for row in given if row.syntax)
        self._by_name: dict[str, Parameter] = {}
        for row in self.rows:
            for name in (row.name, *row.aliases):
                self._by_name[name.casefold()] = row

    def __repr__(self) -> str:
        return f"ParameterTable({len(self.rows)} parameters)"

    def find(self, name: str) -> Parameter | None:
        """Return a parameter by any of its names, ignoring case and leading dashes; None where there is none."""
        return self._by_name.get(name.removeprefix("--").casefold())

    def names(self) -> list[str]:
        """Return the canonical names in the table's order."""
        return [row.name for row in self.rows]

    def nearest(self, name: str) -> list[str]:
        """Return at most three known names (aliases too) that are near to what somebody typed."""
        return nearest(name, self._by_name)

    def narrowed(self, limits: Mapping[str, Mapping[str, object]]) -> "ParameterTable":
        """Return a table in which the named rows have other limits."""
        return ParameterTable(
            row.narrowed(limits[row.name]) if row.name in limits else row
            for row in (*self.rows, *self.signs)
        )

    def with_options(self, names: Iterable[str]) -> "ParameterTable":
        """Return a table that knows options of somebody's own too: whatever stands behind one is kept as text."""
        own = (Parameter(one.lower(), type="text", optional=True) for one in names)
        return ParameterTable(
            (*self.rows, *self.signs, *(one for one in own if self.find(one.name) is None))
        )


def read_parameters(folder: Path, versions: Versions) -> ParameterTable:
    """Return the table of a folder of data; the numbers of `--v` and `--niji` are those of the versions."""
    rows = read_data(folder / "parameters.toml")
    return ParameterTable(_row(name, columns, versions) for name, columns in rows.items())


def _row(name: str, columns: dict[str, object], versions: Versions) -> Parameter:
    if family := columns.get("models"):
        models = versions.family(str(family))
        columns["choices"] = [one.number for one in models]
        columns["spellings"] = {other: one.number for one in models for other in one.spellings}
    return Parameter(name, **columns)  # type: ignore[arg-type]  # the data's schema holds the form


@cache
def load_parameters(own: tuple[str, ...] = ()) -> ParameterTable:
    """Return the general table: every parameter that any version has known, with its widest range, and `own` options."""
    if own:
        return load_parameters().with_options(own)
    return read_parameters(DATA, load_versions())
