"""Midjourney's next version, and a parameter that comes with it, are an edit of data: these tests make it, line by line."""

import copy
import shutil
from pathlib import Path

import pytest

from docs import midjourney
from omnidsl.prompts import Prompt, Rules, load_rules, parse
from omnidsl.prompts.rulesets import read_rules
from omnidsl.prompts.versions import DATA

VERSION = """
[[version]]
name = "9"
family = "v"
spellings = ["9.0"]
from = "2027-03-01"
default = "2027-03-15"
status = "current"
length = 4000
certainty = "high"
sources = ["VER"]
"""

PARAMETER = """
[depth]
aliases = ["dp"]
type = "int"
least = 0
most = 10
default = 5
status = "current"
certainty = "high"
sources = ["VER"]

[[depth.versions]]
on = ["9.."]
"""

CONFLICT = """
[[conflict]]
when = "depth"
parameter = "chaos"
supported = false
certainty = "high"
sources = ["VER"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's data, with a version 9, a parameter `--depth`, and what it does not go with."""
    made = tmp_path_factory.mktemp("next") / "data"
    shutil.copytree(DATA, made)
    versions = made / "versions.toml"
    text = versions.read_text("utf-8")
    as_of = load_rules("latest").edition
    assert as_of is not None
    moved = text.replace(f'as_of = "{as_of.day}"', 'as_of = "2027-03-20"')
    assert moved != text
    first = moved.index('[[version]]\nname = "niji 4"')
    versions.write_text(f"{moved[:first]}{VERSION.lstrip()}\n{moved[first:]}", "utf-8")
    for name, more in (("parameters.toml", PARAMETER), ("conflicts.toml", CONFLICT)):
        with (made / name).open("a", encoding="utf-8") as stream:
            stream.write(more)
    return made


@pytest.fixture(scope="module")
def rules(folder: Path) -> Rules:
    return read_rules("latest", folder)


def codes(prompt: str, rules: Rules) -> list[str]:
    return [one.code for one in parse(prompt, rules=rules).diagnostics]


def test_the_copied_data_say_what_the_package_says_until_the_version_comes(folder: Path) -> None:
    before = read_rules("2026-11-22", folder)

    assert ("8.2", ["OM355"]) == (before.default_version, codes("a cat --v 9", before))


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat --v 9 --depth 3", []),
        ("a cat --v 9.0 --dp 3", []),
        ("a cat --v 9 --depth 0", []),
        ("a cat --v 9 --depth 10", []),
        ("a cat --v 9 --depth 11", ["OM312"]),
        ("a cat --v 9 --depth deep", ["OM304"]),
        ("a cat --v 8.2 --depth 3", ["OM341"]),
        ("a cat --depth 3 --v 8.2", ["OM341"]),
        ("a cat --niji 7 --depth 3", ["OM341"]),
        ("a cat --v 9 --depth 3 --chaos 5", ["OM350"]),
    ],
)
def test_the_new_parameter_is_judged_by_version(
    prompt: str, expected: list[str], rules: Rules
) -> None:
    assert expected == codes(prompt, rules)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat --v 9 --hd", []),  # "8.." takes 9 in
        ("a cat --v 9 --q 2", ["OM341"]),
        ("a cat --v 9 --ar 15:1", ["OM342"]),
        ("a cat --v 9 --oref https://example.com/a.png", ["OM341"]),  # a range that has an end
    ],
)
def test_an_open_range_takes_the_new_version_in(
    prompt: str, expected: list[str], rules: Rules
) -> None:
    assert expected == codes(prompt, rules)


def test_a_prompt_without_a_version_is_judged_by_the_new_default(rules: Rules) -> None:
    assert "9" == rules.default_version
    assert ["OM346"] == codes("a cat --depth 3", rules)  # 8.2 is still used, and would refuse it


def test_what_the_new_default_refuses_names_it_and_pins_an_older_version(rules: Rules) -> None:
    (found,) = parse("a cat --q 2", rules=rules).diagnostics

    assert ("OM343", "warning") == (found.code, found.severity)
    assert "--version 9" in found.message("en")
    assert found.fix is not None
    assert ["--v 7 "] == [edit.content for edit in found.fix.edits]


def test_an_older_version_that_refuses_it_tells_who_takes_it(rules: Rules) -> None:
    (found,) = parse("a cat --v 8.2 --depth 3", rules=rules).diagnostics

    assert "`--depth` is not compatible with `--version 8.2`" in found.message("en")
    assert "9" == found.values["takers"]


def test_the_json_and_the_canonical_form_have_the_new_parameter(rules: Rules) -> None:
    read = parse("a cat --v 9 --dp 3", rules=rules)

    assert {"version": "9", "depth": 3} == read.as_json()["parameters"]
    assert "a cat --v 9 --depth 3" == read.canonical


def test_the_new_version_brings_its_own_length(rules: Rules) -> None:
    long = "cat " * 400

    assert ("OM417" in codes(f"{long} --v 8.2", rules), codes(f"{long[:1990]} --v 9", rules)) == (
        True,
        [],
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_generated_page_shows_the_new_version_and_parameter(
    language: str, folder: Path
) -> None:
    lines = midjourney.document(language, folder).splitlines()
    first = next(
        index for index, line in enumerate(lines) if line.startswith("| `--depth`, `--dp`")
    )
    head = next(line for line in reversed(lines[:first]) if line.startswith("|--"))
    columns = [cell.strip() for cell in lines[lines.index(head, first - 40) - 1].split("|")]
    cells = [cell.strip() for cell in lines[first].split("|")]
    now, past = ("**9** (default)", "8.2") if language == "en" else ("**9** (默认)", "8.2")

    assert {"6–6.1": "–", "7": "–", "8.1": "–", "8.2": "–", "9": "0 … 10 (5)"} == {
        name: cell for name, cell in zip(columns, cells, strict=True) if name and name[0].isdigit()
    }
    assert any(line.startswith(f"| {now}") for line in lines)
    assert any(line.startswith(f"| {past} ") and "`--v 8.2`" in line for line in lines)


def test_the_builder_sets_the_new_parameter_by_name_and_as_an_attribute(rules: Rules) -> None:
    prompt = Prompt("a cat", rules=rules).version("9")

    by_name, by_attribute = prompt.parameter("depth", 3), prompt.depth(3)  # type: ignore[attr-defined]  # the data have it

    assert "a cat --v 9 --depth 3" == str(by_name) == str(by_attribute)
    assert ([], ["OM312"]) == (
        by_name.validate(),
        [one.code for one in prompt.parameter("depth", 11).validate()],
    )


def test_a_prompt_that_is_read_by_the_new_rules_keeps_the_parameter_when_it_is_changed(
    rules: Rules,
) -> None:
    read = Prompt.parse("a cat --v 9 --depth 3", rules=rules)

    assert ("a dog --v 9", "a cat --v 9 --depth 7") == (
        str(read.without("text", "depth").text("a dog")),
        str(read.parameter("dp", 7)),
    )


@pytest.mark.parametrize("name", ["depth", "dp", "_rules_", "nonsense"])
def test_a_prompt_of_todays_rules_has_no_such_attribute(name: str) -> None:
    with pytest.raises(AttributeError, match=f"'Prompt' object has no attribute '{name}'"):
        getattr(Prompt("a cat"), name)


def test_a_prompt_is_copied_whatever_attributes_are_asked_for_meanwhile() -> None:
    prompt = Prompt("a cat").aspect(4, 3)

    assert prompt == copy.copy(prompt)
