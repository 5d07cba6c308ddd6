"""The forms of findings that programs read; what they share with `full` is in test_diagnostics.py."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from unicodedata import category
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.reporting.formats import FORMATS, Look, render
from omnidsl.reporting.statistics import statistics
from tests.reporting.findings import HOSTILE, findings, of_every_kind
from tests.timing import growth


def rendered(form: str, found: Sequence[Diagnostic], *, colour: bool = False) -> str:
    return "".join(render(form, found, Look(colour=colour, language="en")))


def test_concise_is_a_line_a_finding_with_a_mark_for_safe_fixes() -> None:
    expected = """\
OM909 the settings file cannot be read: no
brand.omni: OM909 the settings file cannot be read: no
recipes/hero.omni:1:5: OM102 [*] `x` is defined twice
recipes/hero.omni:2:9: OM101 unknown name `x`
recipes/hero.omni:3:5: OM108 `b` hides the service of that name
"""

    assert expected == rendered("concise", of_every_kind())


def test_colour_of_concise_changes_no_character_that_is_seen() -> None:
    coloured = rendered("concise", of_every_kind(), colour=True)

    assert rendered("concise", of_every_kind()) == re.sub(r"\x1b\[[\d;]*m", "", coloured)


def test_json_lines_are_the_items_of_json() -> None:
    lines = rendered("json-lines", of_every_kind()).splitlines()

    items = json.loads(rendered("json", of_every_kind()))["diagnostics"]

    assert items == [json.loads(line) for line in lines]


def test_gitlab_names_place_severity_and_a_fingerprint() -> None:
    expected = {
        "description": "OM102 `x` is defined twice",
        "check_name": "already-defined",
        "severity": "major",
        "location": {
            "path": "recipes/hero.omni",
            "positions": {"begin": {"line": 1, "column": 5}, "end": {"line": 2, "column": 10}},
        },
    }

    found = json.loads(rendered("gitlab", of_every_kind()))
    fingerprint = found[2].pop("fingerprint")

    assert expected == found[2]
    assert re.fullmatch(r"[0-9a-f]{32}:1", fingerprint)


def test_fingerprints_of_a_report_differ() -> None:
    twice = [*of_every_kind(), *of_every_kind()]

    found = [one["fingerprint"] for one in json.loads(rendered("gitlab", twice))]

    assert len(found) == len(set(found))


def test_junit_has_a_suite_a_file_and_a_failed_case_a_finding() -> None:
    root = ET.fromstring(rendered("junit", of_every_kind()))  # noqa: S314  # our own output

    suites = [(one.get("name"), one.get("failures")) for one in root]
    (failure,) = root[2][0]

    assert [("omni", "1"), ("brand.omni", "1"), ("recipes/hero.omni", "3")] == suites
    assert ("5", "OM102 already-defined 1:5") == (root.get("failures"), root[2][0].get("name"))
    assert failure.text is not None
    assert failure.text.startswith("recipes/hero.omni:1:5: `x` is defined twice\n")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("full", ""),
        ("concise", ""),
        ("json-lines", ""),
        ("github", ""),
        ("json", '{\n  "format_version": "1.0",\n  "diagnostics": []\n}\n'),
        ("gitlab", "[]\n"),
    ],
)
def test_no_findings_are_a_sound_report_too(form: str, expected: str) -> None:
    assert expected == rendered(form, [])


def test_junit_of_nothing_is_one_case_that_passed() -> None:
    root = ET.fromstring(rendered("junit", []))  # noqa: S314  # our own output

    assert ("1", "0") == (root.get("tests"), root.get("failures"))


@pytest.mark.parametrize("form", FORMATS)
@given(found=findings())
def test_no_text_breaks_a_format_or_steers_a_terminal(form: str, found: list[Diagnostic]) -> None:
    report = rendered(form, found)

    hidden = {one for one in report if category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= set("\n\u200c\u200d")  # joiners are let through
    match form:
        case "json" | "sarif" | "gitlab":
            json.loads(report)
        case "json-lines":
            assert len(found) == len([json.loads(line) for line in report.splitlines()])
        case "junit":
            ET.fromstring(report)  # noqa: S314  # our own output
        case "concise" | "github":
            assert len(found) == len(report.splitlines())
            assert form == "github" or not re.search(r"(?m)^\s*::", report)
        case "full":
            assert not re.search(r"(?m)^\s*::[^:]", report)


@pytest.mark.parametrize("form", ["full", "concise"])
def test_where_a_runner_listens_no_line_holds_its_old_form_of_a_command(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source("##[add-mask]x", "##[error]x")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    report = rendered(
        form, [Diagnostic("OM101", Span(0, 2), source=source, values={"name": HOSTILE})]
    )

    assert "##[" not in report


def unknown_names(count: int) -> list[Diagnostic]:
    source = Source("let x = nope\n" * count, "a.omni")
    return [
        Diagnostic("OM101", Span(at, at + 4), source=source, values={"name": "nope"})
        for at in range(8, len(source.text), 13)
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_many_findings_take_time_that_grows_with_their_number(form: str) -> None:
    assert 4 * 1.5 > growth(
        lambda found: rendered(form, found), unknown_names, 2_000, 8_000, below=4 * 1.5
    )


def test_statistics_count_codes_the_most_frequent_first() -> None:
    expected = """\
10  OM101      unknown-name
 2  OM909      unreadable-settings
 1  OM102  [*] already-defined
 1  OM108      shadows-service
"""

    assert expected == "".join(statistics([*of_every_kind(), *unknown_names(9)]))


def test_every_format_has_its_module_and_no_module_is_left_out() -> None:
    shared = {"__init__", "escaping", "repository"}
    folder = Path(__file__).parents[2] / "omnidsl" / "reporting" / "formats"

    modules = {file.stem for file in folder.glob("*.py")}

    assert set(FORMATS.values()) == modules - shared
