"""The parameter table, its data, and the reading of values."""

import inspect

import pytest

from omnidsl.prompts import (
    Parameter,
    Problem,
    Prompt,
    Reference,
    load_parameters,
    load_rules,
    rule_sets,
)
from omnidsl.prompts.values import READERS

TABLE = load_parameters()
OMNIAI = load_rules("omniai").parameters

NAMES = [
    "version", "niji", "aspect", "chaos", "stylize", "weird", "quality", "exp", "raw", "style",
    "no", "tile", "seed", "sameseed", "stop", "repeat", "iw", "cref", "cw", "sref", "sw", "sv",
    "oref", "ow", "edit", "profile", "draft", "hd", "sd", "fast", "relax", "turbo", "stealth",
    "public", "preview", "video", "motion", "loop", "end", "bs", "zoom", "test", "testp",
    "creative", "uplight", "width", "height", "h", "upbeta", "upanime", "hq", "newclip",
    "nostretch", "old", "vibe", "beta",
]  # fmt: skip


def test_the_table_has_every_parameter() -> None:
    assert [] == sorted(set(NAMES) - set(TABLE.names()))


def test_no_name_belongs_to_two_rows() -> None:
    names = [name for row in TABLE.rows for name in (row.name, *row.aliases)]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.name)
def test_a_row_is_well_formed(row: Parameter) -> None:
    assert row.type == "flag" or row.type in READERS
    assert row.status in ("current", "legacy", "deprecated", "removed", "operation")
    assert row.certainty in ("high", "medium", "low")
    assert row.repeats in ("error", "merge", "first")
    assert row.written in (row.name, *row.aliases)
    assert row.sources
    assert all(need == "image" or TABLE.find(need) for need in row.needs)


@pytest.mark.parametrize("name", rule_sets())
def test_a_rule_set_names_only_rows_of_the_table(name: str) -> None:
    import tomllib
    from pathlib import Path

    import omnidsl.prompts

    folder = Path(omnidsl.prompts.__file__).parent / "data" / "rulesets"
    data = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))

    assert set() == set(data["parameters"]) - set(TABLE.names())
    assert {"en", "zh"} == set(data["title"])
    assert {"images", "length", "plan", "refused"} == set(data["limits"])


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.name)
def test_a_row_has_a_method_of_the_builder(row: Parameter) -> None:
    method = getattr(Prompt, "style_parameter" if row.name == "style" else row.name)

    assert inspect.getdoc(method)
    assert "Prompt" == str(inspect.signature(method).return_annotation).strip("'\"")


@pytest.mark.parametrize("name", ["ar", "AR", "aspect", "--ar", "Aspect"])
def test_a_parameter_is_found_by_any_name_in_any_case(name: str) -> None:
    assert TABLE.find("aspect") is TABLE.find(name)


def test_an_unknown_name_is_found_nowhere() -> None:
    assert TABLE.find("foo") is None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("q", "2", 2),
        ("q", ".5", 0.5),
        ("q", "0.250", 0.25),
        ("s", "0", 0),
        ("s", "1000", 1000),
        ("v", "6.1", "6.1"),
        ("v", "5.0", "5"),
        ("v", "6.0", "6"),
        ("niji", "", True),
        ("niji", "6", "6"),
        ("ar", "16:9", "16:9"),
        ("tile", "", True),
        ("no", "text, watermark", ("text", "watermark")),
        ("no", "文字，水印", ("文字", "水印")),
        ("no", "t-shirt", ("t-shirt",)),
        ("sref", "123", (Reference("123"),)),
        ("sref", "random", (Reference("random"),)),
        ("sref", "https://x.com/a-b.png::2", (Reference("https://x.com/a-b.png", 2),)),
        ("sref", "<https://x.com/a.png>", (Reference("https://x.com/a.png"),)),
        ("cref", "https://x.com/a.png", ("https://x.com/a.png",)),
        ("p", "", ()),
        ("p", "m7360976358991724574", ("m7360976358991724574",)),
        ("style", "raw-4f5g6h-random", "raw-4f5g6h-random"),
        ("motion", "low", "low"),
        ("bs", "4", 4),
        ("sameseed", "", True),
    ],
)
def test_a_value_is_read(name: str, text: str, expected: object) -> None:
    row = OMNIAI.find(name)

    assert row is not None
    assert expected == row.check_value(text)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("q", "3", "OM307"),
        ("q", "0.3", "OM307"),
        ("q", "", "OM303"),
        ("q", "high", "OM304"),
        ("q", "nan", "OM304"),
        ("q", "1e3", "OM304"),
        ("s", "1001", "OM312"),
        ("s", "-1", "OM312"),
        ("s", "50.5", "OM305"),
        ("s", "五十", "OM304"),
        ("s", "٣", "OM304"),
        ("s", "9" * 5000, "OM304"),
        ("seed", "9" * 50, "OM312"),
        ("v", "5.3", "OM308"),
        ("v", "7", "OM308"),
        ("v", "six", "OM339"),
        ("ar", "16x9", "OM306"),
        ("ar", "0:1", "OM306"),
        ("ar", "1.39:1", "OM329"),
        ("motion", "medium", "OM307"),
        ("sref", "cat", "OM309"),
        ("sref", "1::2::3", "OM309"),
        ("p", "a/b", "OM310"),
        ("cref", "cat.png", "OM311"),
        ("tile", "3", "OM302"),
    ],
)
def test_a_wrong_value_is_a_problem(name: str, text: str, code: str) -> None:
    row = OMNIAI.find(name)

    assert row is not None
    problem = row.check_value(text)
    assert isinstance(problem, Problem)
    assert code == problem.code


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.name)
def test_the_written_form_of_a_value_is_read_back(row: Parameter) -> None:
    samples = {
        "flag": "", "number": "1", "version": "6", "ratio": "4:3", "choice": "low", "words": "a, b c",
        "references": "123::0.5", "codes": "abc", "urls": "https://x.com/a.png",
        "int": str(row.choices[0] if row.choices else row.most or 20),
    }  # fmt: skip
    value = row.check_value(samples[row.type])
    assert not isinstance(value, Problem)

    written = row.write(value)

    name, _, text = written.partition(" ")
    assert row is TABLE.find(name)
    assert value == row.check_value(text)
