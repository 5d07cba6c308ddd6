"""The kinds of faults, as `data/faults.toml` has them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import attrs

Scope = Literal["submit", "fetch", "image", "task"]
Deed = Literal[
    "refuse", "spoil", "drop", "lose", "halve", "drip", "mislabel", "twist", "retell", "fate", "age"
]

OF_REPLIES: frozenset[Deed] = frozenset(
    ("refuse", "spoil", "drop", "lose", "halve", "drip", "mislabel")
)
"""Deeds of which a reply suffers one at most."""

OF_CONTENT: frozenset[Deed] = frozenset(("twist", "retell"))
"""Deeds of which a task in a reply, or a reply without tasks, suffers one at most."""


@attrs.frozen
class Kind:
    """One kind; `status`, `headers` and `body` (a name of the file's bodies) are those of the reply that it gives."""

    name: str
    scopes: tuple[Scope, ...]
    does: Deed
    status: int = 0
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: str = "nothing"


@attrs.frozen
class Value:
    """One number that goes with the kinds, in seconds."""

    name: str
    scopes: tuple[Scope, ...]
    usual: float


@attrs.frozen
class Table:
    """The whole file; `bodies` are content types (empty: none) with texts."""

    kinds: Mapping[str, Kind]
    values: Mapping[str, Value]
    bodies: Mapping[str, tuple[str, str]]
    progress: tuple[str, ...]
    mixtures: Mapping[str, str]


@cache
def table() -> Table:
    """Return what the file says; KeyError or TypeError when it is wrong, which a test would see."""
    raw = tomllib.loads(files("omnidsl_sandbox").joinpath("data", "faults.toml").read_text("utf-8"))
    return Table(
        {
            name: Kind(name=name, **{**row, "scopes": tuple(row["scopes"])})
            for name, row in raw["kinds"].items()
        },
        {
            name: Value(name, tuple(row["scopes"]), row["usual"])
            for name, row in raw["values"].items()
        },
        {name: (row[0], row[1]) for name, row in raw["bodies"].items()},
        tuple(raw["words"]["progress"]),
        {name: "".join(text.split()) for name, text in raw["mixtures"].items()},
    )
