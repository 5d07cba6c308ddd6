"""What the package knows of Midjourney is held to its form by the schemas, and to sense by what no schema can say."""

import copy
import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from omnidsl.language.catalogue import codes, entry
from omnidsl.prompts import load_parameters, load_rules, parse, rule_sets
from omnidsl.prompts.bounds import Bounds
from omnidsl.prompts.parameters import Parameter
from omnidsl.prompts.values import Problem
from omnidsl.prompts.versions import DATA, Version, load_versions

FILES = sorted([*DATA.glob("*.toml"), *DATA.glob("rulesets/*.toml")])
VERSIONS = load_versions()
TABLE = load_parameters()
ROWS = (*TABLE.rows, *TABLE.signs)
ENTRIES = [(row, entry) for row in ROWS for entry in row.versions]

Tables = dict[str, object]


def read(file: str) -> Tables:
    return tomllib.loads((DATA / file).read_text("utf-8"))


def schema(file: Path) -> Draft202012Validator:
    name = "ruleset" if file.parent.name == "rulesets" else file.stem
    return Draft202012Validator(json.loads((DATA / f"{name}.schema.json").read_text("utf-8")))


def places(value: object) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every table in a value, itself included."""
    if isinstance(value, dict):
        yield ()
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    for key, one in inside:
        yield from ((key, *rest) for rest in places(one))


def table_at(value: object, path: tuple[str | int, ...]) -> Tables:
    for key in path:
        value = value[key]  # type: ignore[index]  # the path comes from the value
    assert isinstance(value, dict)
    return value


def by_name(file: Path) -> str:
    return file.relative_to(DATA).as_posix()


# --- what the schemas say ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(DATA.glob("*.schema.json")), ids=by_name)
def test_a_schema_is_one_and_describes_everything(file: Path) -> None:
    body = json.loads(file.read_text("utf-8"))
    Draft202012Validator.check_schema(body)

    text = file.read_text("utf-8")

    assert text == json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    assert body["title"]


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_a_file_has_the_form_of_its_schema_and_names_it_for_editors(file: Path) -> None:
    text = file.read_text("utf-8")
    named = re.match(r"#:schema (\S+)\n", text)

    assert [] == [one.message for one in schema(file).iter_errors(tomllib.loads(text))]
    assert named
    assert (file.parent / named[1]).is_file()


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_a_column_that_there_is_not_is_refused_wherever_it_stands(file: Path) -> None:
    held, tables = schema(file), tomllib.loads(file.read_text("utf-8"))

    passed = []
    for path in places(tables):
        made = copy.deepcopy(tables)
        table_at(made, path)["nonsense"] = 1
        if held.is_valid(made):
            passed.append(path)

    assert [] == passed


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_a_value_of_another_type_is_refused_wherever_it_stands(file: Path) -> None:
    held, tables = schema(file), tomllib.loads(file.read_text("utf-8"))

    passed = []
    for path in places(tables):
        for key in table_at(tables, path):
            made = copy.deepcopy(tables)
            table_at(made, path)[key] = dt.date(2026, 1, 1)  # what an unquoted day would be
            if held.is_valid(made):
                passed.append((*path, key))

    assert [] == passed


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("versions.toml", f'as_of = "{VERSIONS.as_of}"', ""),
        ("versions.toml", f'as_of = "{VERSIONS.as_of}"', 'as_of = "22.11.2026"'),
        ("versions.toml", 'from = "2022-02-01"', 'from = "2022-02-41"'),
        ("versions.toml", 'family = "niji"', 'family = "nijis"'),
        ("versions.toml", 'name = "niji 7"', 'name = "7"'),
        ("versions.toml", 'status = "legacy"', 'status = "old"'),
        ("versions.toml", 'certainty = "high"', 'certainty = "sure"'),
        ("versions.toml", 'spellings = ["1.0"]', "spellings = [1.0]"),
        ("versions.toml", 'spellings = ["1.0"]', "spellings = []"),
        ("versions.toml", "length = 1300", "length = 0"),
        ("versions.toml", 'until = "2026-07-24"', ""),
        ("versions.toml", 'sources = ["LEG"]', "sources = []"),
        ("versions.toml", 'sources = ["LEG"]', 'sources = ["leg"]'),
        ("parameters.toml", 'type = "ratio"', 'type = "ration"'),
        ("parameters.toml", 'type = "ratio"', ""),
        ("parameters.toml", "[creative]", "[Creative]"),
        ("parameters.toml", "least = 0", 'least = "0"'),
        ("parameters.toml", "optional = true", "optional = false"),
        ("parameters.toml", 'slot = "model"', 'slot = ""'),
        ("parameters.toml", 'repeats = "first"', 'repeats = "last"'),
        ("parameters.toml", 'repeats = "merge"\nannounced', "announced"),
        ("parameters.toml", 'slot = "speed"\nvalue', "value"),
        ("parameters.toml", 'models = "niji"', 'models = "test"'),
        ("parameters.toml", 'instead = "--ar"', 'instead = "ar"'),
        ("parameters.toml", 'status = "removed"\ninstead', 'status = "current"\ninstead'),
        ("parameters.toml", 'on = ["4"]', "on = [4]"),
        ("parameters.toml", 'on = ["4"]', "on = []"),
        ("parameters.toml", 'on = ["4"]', 'on = "4"'),
        ("parameters.toml", 'on = ["4"]', 'on = ["4-5"]'),
        ("parameters.toml", 'on = ["4"]', 'on = ["..4"]'),
        ("parameters.toml", 'on = ["4"]', ""),
        ("parameters.toml", "supported = false", "supported = true"),
        ("parameters.toml", "supported = false", "supported = false\nleast = 1"),
        ("parameters.toml", 'widest = "5:2"', 'widest = "5/2"'),
        ("parameters.toml", 'widest = "5:2"', 'widest = "5:0"'),
        ("parameters.toml", 'until = "2023-06-22"', 'until = "2023-06"'),
        ("parameters.toml", 'certainty = "disputed"', 'certainty = "unclear"'),
        ("parameters.toml", "count = 1", "count = 0"),
        ("parameters.toml", "default = 0\n", 'default = "none"\n'),
        ("parameters.toml", "becomes = { 3 = 4 }", 'becomes = { 3 = "4" }'),
        ("parameters.toml", "becomes = { 3 = 4 }", "becomes = { three = 4 }"),
        ("parameters.toml", 'flag = { raw = "raw" }', 'flag = { raw = "--raw" }'),
        ("parameters.toml", "sure = { least = 2, most = 40 }", "sure = {}"),
        ("parameters.toml", "sure = { least = 2, most = 40 }", "sure = 2"),
        ("parameters.toml", 'certainty = "low"\nnote', 'certainty = "low"\n# note'),
        ("conflicts.toml", 'parameter = "draft"', ""),
        ("conflicts.toml", "supported = false", ""),
        ("conflicts.toml", "supported = false", 'supported = false\nwidest = "1:1"'),
        ("conflicts.toml", 'code = "OM351"', 'code = "351"'),
        ("conflicts.toml", 'code = "OM352"\n', ""),
        ("conflicts.toml", 'items = "codes"', 'items = "urls"'),
        ("conflicts.toml", 'when = "style"\n', ""),
        ("rulesets/latest.toml", "dated = true", ""),
        ("rulesets/latest.toml", "dated = true", "dated = false"),
        ("rulesets/latest.toml", "[parameters]", "[parameters.quality]\nmost = 2"),
        ("rulesets/omniai.toml", 'default_version = "6.1"', ""),
        ("rulesets/omniai.toml", "plan = 10", "plan = 0"),
        ("rulesets/omniai.toml", "plan = 10", ""),
        ("sources.toml", 'kind = "official"', 'kind = "gossip"'),
        ("sources.toml", 'read = "2025-02"', 'read = "February"'),
        ("meanings.toml", "[version]\n", '[version]\nfr = "le modèle"\n'),
        ("banned-words.toml", '"自杀", ', '"", '),
    ],
)  # fmt: skip
def test_a_slip_in_a_file_is_refused(file: str, old: str, new: str) -> None:
    text = (DATA / file).read_text("utf-8")
    assert old in text

    made = tomllib.loads(text.replace(old, new, 1))

    assert not schema(DATA / file).is_valid(made)


# --- what no schema can say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_every_source_is_one_that_is_explained(file: Path) -> None:
    known = read("sources.toml")
    tables = tomllib.loads(file.read_text("utf-8"))

    named: set[object] = set()
    for path in places(tables):
        given = table_at(tables, path).get("sources", [])
        named |= set(given) if isinstance(given, list) else set()

    assert set() == named - set(known)


def test_every_source_that_is_explained_is_named_somewhere() -> None:
    everything = "".join(file.read_text("utf-8") for file in FILES if file.stem != "sources")

    assert [] == [name for name in read("sources.toml") if f'"{name}"' not in everything]


@pytest.mark.parametrize("version", VERSIONS.rows, ids=lambda one: one.name)
def test_the_days_of_a_version_are_ordered_and_real(version: Version) -> None:
    days = [day for day in (version.first, version.default, version.gone, VERSIONS.as_of) if day]

    assert sorted(days) == days
    assert all(dt.date.fromisoformat(day) for day in days)
    assert version.gone <= VERSIONS.as_of


@pytest.mark.parametrize("family", ["v", "niji", "test"])
def test_versions_stand_in_the_order_in_which_they_came_and_became_the_default(family: str) -> None:
    rows = VERSIONS.family(family)
    numbers = [tuple(map(int, one.number.split("."))) for one in rows if one.number]
    came = [one.earliest for one in rows]
    default = [one.default for one in rows if one.default]

    assert (sorted(numbers), sorted(came)) == (numbers, came)
    assert sorted(set(default)) == default


def test_a_name_or_spelling_means_one_version() -> None:
    names = [name for row in VERSIONS.rows for name in (row.name, *row.spellings)]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("row", "given"), ENTRIES, ids=lambda one: getattr(one, "name", None))
def test_a_range_names_versions_that_there_are(row: Parameter, given: Tables) -> None:
    ranges = given["on"]
    assert isinstance(ranges, list)

    assert all(VERSIONS.between(one) for one in ranges), row.name
    assert str(given.get("since", "")) < str(given.get("until", "9"))


@pytest.mark.parametrize("row", ROWS, ids=lambda one: one.name)
def test_every_range_of_a_parameter_counts_for_some_version_on_some_day(row: Parameter) -> None:
    """One that the rows above hide on every version and day says nothing, and is a slip."""
    edges = {VERSIONS.changes()[0], VERSIONS.as_of}
    edges |= {str(one[edge]) for one in row.versions for edge in ("since", "until") if edge in one}
    named = [
        (index, name, str(one.get("since", "")), str(one.get("until", "9")))
        for index, one in enumerate(row.versions)
        for name in cast("list[str]", one["on"])
    ]
    counted = set()
    for day in edges:
        for version in VERSIONS.rows:
            holding = [
                (index, name)
                for index, name, since, until in named
                if since <= day < until and version in VERSIONS.between(name)
            ]
            counted |= {one for one in holding if one[0] == holding[0][0]}

    assert {(index, name) for index, name, _, _ in named} == counted


@pytest.mark.parametrize(("row", "given"), ENTRIES, ids=lambda one: getattr(one, "name", None))
def test_what_a_version_takes_is_taken_in_general(row: Parameter, given: Tables) -> None:
    bounds = [given]
    if "sure" in given:
        bounds.append(table_at(given, ("sure",)))
    values = [one for held in bounds for key in ("least", "most", "default") if (one := held.get(key)) is not None]  # fmt: skip
    for held in bounds:
        for key in ("choices", "refused"):
            many = held.get(key, [])
            assert isinstance(many, list)
            values += many

    refused = [
        one for one in values if isinstance(row.check_value(str(one).removesuffix(".0")), Problem)
    ]

    assert [] == refused


@pytest.mark.parametrize(("row", "given"), ENTRIES, ids=lambda one: getattr(one, "name", None))
def test_the_sure_bounds_and_the_default_lie_within_the_bounds(
    row: Parameter, given: Tables
) -> None:
    columns = {
        name: one for name, one in given.items() if name not in ("on", "since", "until", "note")
    }
    held = Bounds(**columns)  # type: ignore[arg-type]  # the schema holds the form
    sure = held.sure
    ends = [] if sure is None else [*sure.choices, sure.least, sure.most]
    default = given.get("default", row.default)
    if default is not None and held.supported:
        ends.append(default)  # type: ignore[arg-type]  # the schema holds the form

    assert [] == [one for one in ends if one is not None and not held.accepts(one)]
    assert set(held.becomes) <= {str(one) for one in held.choices}
    assert set(held.becomes.values()) <= set(held.choices)
    assert set(held.flag) <= set(held.choices)
    assert all(TABLE.find(name) for name in held.flag.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda one: one.name)
def test_a_row_of_a_parameter_makes_sense(row: Parameter) -> None:
    least, most = row.least, row.most

    assert least is None or most is None or least <= most
    assert row.default is None or not isinstance(row.check_value(str(row.default)), Problem)
    assert not row.instead or TABLE.find(row.instead)
    assert all(need == "image" or TABLE.find(need) is not None for need in row.needs)
    assert set(row.spellings.values()) <= set(row.choices)


def test_rows_that_share_a_slot_share_it_in_the_same_way() -> None:
    slots: dict[str, list[Parameter]] = {}
    for row in TABLE.rows:
        slots.setdefault(row.slot, []).append(row)

    alone = [name for name, rows in slots.items() if len(rows) == 1 and name != rows[0].name]
    mixed = [name for name, rows in slots.items() if len({bool(row.value) for row in rows}) > 1]

    assert ([], []) == (alone, mixed)


def test_a_conflict_names_parameters_values_and_codes_that_there_are() -> None:
    edition = load_rules("latest").edition
    assert edition is not None

    for row in edition.conflicts:
        when, parameter = TABLE.find(row.when), TABLE.find(row.parameter)
        assert parameter is not None
        assert not row.when or (when is not None and when is not parameter)
        for value in row.values:
            assert when is not None
            assert not isinstance(when.check_value(str(value)), Problem)
        for value in (*row.bounds.choices, *row.bounds.refused):
            assert not isinstance(parameter.check_value(str(value)), Problem)
        assert not row.items or (when is not None and when.type == "references")
        assert row.code in codes()
        assert row.bounds.certain or entry(row.code).severity != "error"


def test_no_two_conflicts_say_the_same() -> None:
    edition = load_rules("latest").edition
    assert edition is not None

    said = [(row.when, row.values, row.items, row.parameter, row.code) for row in edition.conflicts]

    assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", rule_sets())
def test_a_rule_set_narrows_parameters_to_what_they_take_in_general(name: str) -> None:
    for parameter, limits in table_at(read(f"rulesets/{name}.toml"), ("parameters",)).items():
        row = TABLE.find(parameter)
        assert row is not None
        assert isinstance(limits, dict)
        values = [limits[end] for end in ("least", "most") if end in limits]
        values += limits.get("choices", [])
        assert [] == [one for one in values if isinstance(row.check_value(str(one)), Problem)]


def test_the_default_version_of_every_rule_set_is_one_that_can_be_asked_for() -> None:
    for name in rule_sets():
        rules = load_rules(name)
        version = VERSIONS.find(rules.default_version)
        assert version is not None
        assert version.available(VERSIONS.as_of)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat --v 3 --tile", []),
        ("a cat --test --tile", ["OM344"]),
        ("a cat --v 8.2 --repeat 1", ["OM344"]),
        ("a cat --v 8.2 --repeat 2", []),
        ("https://example.com/a.png a cat --v 3 --iw 10001", ["OM344"]),
        ("https://example.com/a.png a cat --v 3 --iw 10000", []),
        ("a cat --v 8.2 --hd --draft", ["OM344", "OM350"]),
    ],
)
def test_a_cell_that_is_easily_mistaken_says_what_its_source_says(
    prompt: str, expected: list[str]
) -> None:
    assert expected == sorted(one.code for one in parse(prompt).diagnostics)
