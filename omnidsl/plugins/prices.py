"""What a plugin's operations cost, as far as anybody knows: rows of a TOML file beside its declarations."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import attrs

from omnidsl.plugins.errors import DeclarationError
from omnidsl.plugins.media import JSON
from omnidsl.settings.prices import read_price

_OWN = ("operation", "when", "times", "refunded", "source")


@attrs.frozen(kw_only=True)
class Price:
    """One row: what an operation costs where its arguments are as `when` says (`*` at the end of a value: any rest).

    `parts` are as `read_price` gives them, in micros. `times` names the argument that says how many are made at once.
    `refunded`: a task that failed costs nothing.
    """

    operation: str
    parts: Mapping[str, int | list[int]]
    when: Mapping[str, str] = attrs.field(factory=dict)
    times: str = ""
    refunded: bool = False

    def to_json(self) -> JSON:
        """Return the row as the declaration index keeps it."""
        row: dict[str, JSON] = {"operation": self.operation, "parts": _json(self.parts)}
        row.update({"when": dict[str, JSON](self.when)} if self.when else {})
        row.update({"times": self.times} if self.times else {})
        return {**row, "refunded": True} if self.refunded else row


def read_prices(file: Path) -> tuple[Price, ...]:
    """Read `[[price]]` rows of a TOML file; DeclarationError names the row that is wrong.

    Prices of plugins are estimates: what a gateway asks for is its own affair, and a project's settings say it.
    """
    try:
        rows = tomllib.loads(file.read_text("utf-8")).get("price", [])
    except (OSError, ValueError) as error:
        raise DeclarationError(file.name, str(error)) from None
    return tuple(_read(number, row) for number, row in enumerate(rows, 1))


def _read(number: int, row: object) -> Price:
    where = f"price {number}"
    if not isinstance(row, dict) or not isinstance(row.get("operation"), str):
        raise DeclarationError(where, "must name its `operation`")
    when = row.get("when", {})
    if not isinstance(when, dict) or not all(isinstance(one, str) for one in when.values()):
        raise DeclarationError(where, "`when` is a table of texts")
    try:
        parts = read_price({name: value for name, value in row.items() if name not in _OWN})
    except ValueError as error:
        raise DeclarationError(where, str(error)) from None
    return Price(
        operation=row["operation"],
        parts=parts,
        when=when,
        times=str(row.get("times", "")),
        refunded=row.get("refunded") is True,
    )


def _json(parts: Mapping[str, int | list[int]]) -> dict[str, JSON]:
    return {name: list[JSON](one) if isinstance(one, list) else one for name, one in parts.items()}
