"""Both sides of every boundary: those of the parameter data, for every version, and those of a table written by hand."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import pytest

from omnidsl.prompts import Parameter, Rules, load_rules, parse
from omnidsl.prompts.bounds import Bounds
from omnidsl.prompts.edition import Edition
from omnidsl.prompts.versions import Version


class Row(TypedDict, total=False):
    """One row of the hand-written table."""

    put: str
    on: list[str]
    accepted: list[str]
    refused: list[str]
    disputed: list[str]


ROWS: list[Row] = tomllib.loads(Path(__file__).with_name("boundaries.toml").read_text("utf-8"))[
    "row"
]
LATEST = load_rules("latest")


def edition_of(rules: Rules) -> Edition:
    assert rules.edition is not None
    return rules.edition


EDITION = edition_of(LATEST)


def pin(version: str) -> str:
    if version == "-":
        return ""
    return f" --{version}" if version[0] in "nt" else f" --v {version}"


def valid(prompt: str, rules: Rules = LATEST) -> bool:
    return parse(prompt, rules=rules).valid


# --- the table written by hand ------------------------------------------------------------------------------------------


def prompts(row: Row, *verdicts: str) -> Iterator[str]:
    values = [*(row.get("accepted", ()) if "accepted" in verdicts else ()),
              *(row.get("refused", ()) if "refused" in verdicts else ()),
              *(row.get("disputed", ()) if "disputed" in verdicts else ())]  # fmt: skip
    for version in row["on"]:
        for value in values:
            yield row["put"].format(value) + pin(version)


def named(row: Row) -> str:
    return f"{row['put']} on {','.join(row['on'])}"


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_what_the_table_accepts_has_no_error(row: Row) -> None:
    assert [] == [prompt for prompt in prompts(row, "accepted", "disputed") if not valid(prompt)]


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_what_the_table_refuses_has_one(row: Row) -> None:
    assert [] == [prompt for prompt in prompts(row, "refused") if valid(prompt)]


def test_the_table_has_a_row_for_every_parameter_that_depends_on_the_version() -> None:
    text = " ".join(
        prompt for row in ROWS for prompt in prompts(row, "accepted", "refused", "disputed")
    )
    rows = [*EDITION.parameters.rows, *EDITION.parameters.signs]
    bound = {row.name for row in rows if row.versions}

    assert set() == {
        name
        for name in bound
        if not any(f"--{spelling} " in f"{text} " for spelling in spellings(name)) and name != "::"
    }


def spellings(name: str) -> tuple[str, ...]:
    row = EDITION.parameters.find(name)
    return (name, *row.aliases) if row else (name,)


DAYS = [
    ("2023-04", "a cat --q 2 --v 5", True),
    ("2023-07", "a cat --q 2 --v 5", False),
    ("2026-05", "a cat --v 8.2", False),
    ("2026-08", "a cat --v 8.2", True),
    ("2025-12", "a cat --niji 7", False),
    ("2026-01", "a cat --niji 7", True),
]


@pytest.mark.parametrize(("day", "prompt", "expected"), DAYS)
def test_a_day_has_its_own_boundaries(day: str, prompt: str, expected: bool) -> None:
    assert expected == valid(prompt, load_rules(day))


# --- the data -------------------------------------------------------------------------------------------------------------

STARTS = {"iw": "https://x.com/a.png a cat"}
BEHIND = {
    "sw": " --sref https://x.com/a.png",
    "sv": " --sref https://x.com/a.png",
    "cw": " --cref https://x.com/a.png",
    "ow": " --oref https://x.com/a.png",
}
SAMPLES = {
    "flag": "",
    "words": "red",
    "references": "https://x.com/a.png",
    "urls": "https://x.com/a.png",
    "codes": "d7lggfi",
    "choice": "raw",
    "ratio": "1:1",
    "int": "50",
    "number": "1",
}


def put(row: Parameter, value: str, version: Version) -> str:
    more = (
        BEHIND.get(row.name, "")
        if EDITION.bounds(version).get(row.needs[0] if row.needs else "") is None
        else ""
    )
    return (
        f"{STARTS.get(row.name, 'a cat')} --{row.name} {value}".rstrip() + f"{more} {version.pin}"
    )


def shown(value: object) -> str:
    return (
        value
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def inside(row: Parameter, held: Bounds) -> Iterator[str]:
    """The outermost values that some bounds accept."""
    if held.choices:
        yield from map(shown, held.choices)
    elif held.widest:
        wide, high = held.widest.split(":")
        yield from (held.widest, f"{high}:{wide}")
    elif row.type in ("int", "number"):
        least = row.least if held.least is None else held.least
        most = row.most if held.most is None else held.most
        yield from (
            str(int(one) if one == int(one) else one) for one in (least, most) if one is not None
        )
    elif row.type in SAMPLES and row.type != "choice":
        yield SAMPLES[row.type]


def outside(row: Parameter, held: Bounds) -> Iterator[str]:
    """The nearest values that some bounds do not accept."""
    if held.choices:
        yield from (shown(one) for one in row.choices if one not in held.choices)
        if row.type == "number":
            yield from (shown(float(one) + 0.01) for one in held.choices)
    elif held.widest:
        wide, high = map(int, held.widest.split(":"))
        yield from (f"{wide * 100 + 1}:{high * 100}", f"{high * 100}:{wide * 100 + 1}")
    elif row.type in ("int", "number"):
        least = row.least if held.least is None else held.least
        most = row.most if held.most is None else held.most
        if least is not None:
            yield f"{least - 0.01:.2f}" if row.type == "number" else str(int(least) - 1)
        if most is not None:
            yield f"{most + 0.01:.2f}" if row.type == "number" else str(int(most) + 1)


PAIRS = [
    (row, version)
    for row in EDITION.parameters.rows
    if row.versions and row.slot != "model"
    for version in EDITION.available
]


def pair(one: object) -> str:
    return one.name if isinstance(one, Parameter | Version) else str(one)


def bounds_of(row: Parameter, version: Version) -> Bounds:
    held = EDITION.held(row, version)
    assert held is not None
    return held


@pytest.mark.parametrize(("row", "version"), PAIRS, ids=pair)
def test_the_last_value_inside_a_boundary_has_no_error(row: Parameter, version: Version) -> None:
    held = bounds_of(row, version)
    if held.supported:
        assert [] == [
            prompt for value in inside(row, held) if not valid(prompt := put(row, value, version))
        ]


@pytest.mark.parametrize(("row", "version"), PAIRS, ids=pair)
def test_the_first_value_outside_of_a_boundary_has_one(row: Parameter, version: Version) -> None:
    held = bounds_of(row, version)
    if held.supported and held.certain:
        assert [] == [
            prompt for value in outside(row, held) if valid(prompt := put(row, value, version))
        ]


@pytest.mark.parametrize(("row", "version"), PAIRS, ids=pair)
def test_what_a_version_has_not_is_an_error_where_the_sources_agree(
    row: Parameter, version: Version
) -> None:
    held = bounds_of(row, version)
    sample = next(inside(row, Bounds(choices=row.choices)), SAMPLES.get(row.type, ""))
    if not held.supported:
        assert (not held.certain) == valid(put(row, sample, version))
