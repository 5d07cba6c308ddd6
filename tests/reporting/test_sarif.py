"""SARIF logs, held to the official schema (errata 01 of the OASIS standard), and what the schema cannot say."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given, settings
from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # ships no types

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.pages import page
from omnidsl.language.source import Source, Span
from omnidsl.reporting.formats import Look, render
from tests.reporting.findings import findings, of_every_kind

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json").read_text("utf-8")
)
VALIDATOR = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)


Json = dict[str, Any]
"""A JSON object. Any: the tests read it as a program in another language would."""


def log(found: Sequence[Diagnostic], language: str = "en") -> Json:
    document: Json = json.loads("".join(render("sarif", found, Look(language=language))))
    return document


def run(*found: Diagnostic) -> Json:
    (only,) = log(found)["runs"]
    document: Json = only
    return document


def unknown_name(source: Source, at: int) -> Diagnostic:
    return Diagnostic("OM101", Span(at, at + 4), source=source, values={"name": "nope"})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_log_with_findings_of_every_kind_fits_the_schema(language: str) -> None:
    assert [] == list(VALIDATOR.iter_errors(log(of_every_kind(), language)))


def test_a_log_without_findings_fits_the_schema() -> None:
    assert [] == list(VALIDATOR.iter_errors(log([])))


@settings(max_examples=30)  # the validator is slow
@given(findings())
def test_any_log_fits_the_schema(found: list[Diagnostic]) -> None:
    assert [] == list(VALIDATOR.iter_errors(log(found)))


def test_rules_are_declared_once_with_texts_and_level() -> None:
    rules = run(*of_every_kind())["tool"]["driver"]["rules"]

    declared = [(one["id"], one["name"], one["defaultConfiguration"]["level"]) for one in rules]

    assert [
        ("OM101", "unknown-name", "error"),
        ("OM102", "already-defined", "error"),
        ("OM108", "shadows-service", "warning"),
        ("OM909", "unreadable-settings", "error"),
    ] == declared
    assert all(one[part]["text"] for one in rules for part in ("fullDescription", "help"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rules_say_what_their_pages_say(language: str) -> None:
    known = page("OM101")
    assert known is not None

    (rule,) = [
        one
        for one in log(of_every_kind(), language)["runs"][0]["tool"]["driver"]["rules"]
        if one["id"] == "OM101"
    ]

    assert known.text("what", language) == rule["fullDescription"]["text"]
    assert known.text("fix", language) in rule["help"]["text"]


def test_what_is_about_no_file_is_a_notification_and_no_result() -> None:
    found = run(Diagnostic("OM909", values={"problem": "no"}))
    (invocation,) = found["invocations"]

    assert ([], False) == (found["results"], invocation["executionSuccessful"])
    assert ["OM909"] == [one["descriptor"]["id"] for one in invocation["toolConfigurationNotifications"]]  # fmt: skip  # one line to read


def test_a_result_has_its_place_its_second_places_and_its_fix() -> None:
    (result,) = [one for one in run(*of_every_kind())["results"] if one["ruleId"] == "OM102"]
    place = result["locations"][0]["physicalLocation"]
    (second,) = result["relatedLocations"]
    (change,) = result["fixes"][0]["artifactChanges"]

    assert {"startLine": 1, "startColumn": 5, "endLine": 2, "endColumn": 10} == place["region"]
    assert {"uri": "recipes/hero.omni", "uriBaseId": "PROJECTROOT"} == place["artifactLocation"]
    assert ("brand.omni", "first defined here") == (
        second["physicalLocation"]["artifactLocation"]["uri"],
        second["message"]["text"],
    )
    assert [("b", 5), ("1", 9)] == [
        (one["insertedContent"]["text"], one["deletedRegion"]["startColumn"])
        for one in change["replacements"]
    ]


def test_columns_count_characters_and_say_so() -> None:
    found = run(unknown_name(Source("let 猫🐈 = nope", "a.omni"), 9))
    (result,) = found["results"]

    region = result["locations"][0]["physicalLocation"]["region"]

    assert ("unicodeCodePoints", 10, 14) == (
        found["columnKind"],
        region["startColumn"],
        region["endColumn"],
    )


@pytest.mark.parametrize(
    ("folder", "file"),
    [("", "a b.omni"), ("猫", "#1?%20.omni"), ("a/b", "colon:x.omni"), ("", "\udcff.omni")],
)
def test_uris_lead_from_the_base_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, file: str
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / folder).mkdir(exist_ok=True, parents=True)
    monkeypatch.chdir(tmp_path / folder)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)

    found = run(unknown_name(Source("nope", file, file), 0))
    base = found["originalUriBaseIds"]["PROJECTROOT"]["uri"]
    (result,) = found["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert (tmp_path / folder / file).as_uri() == urljoin(base, uri)
    assert str(Path(folder) / file) == unquote(uri, errors="surrogateescape")


def test_a_file_outside_the_repository_has_a_whole_uri(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    (result,) = run(unknown_name(Source("nope", "../a.omni", "../a.omni"), 0))["results"]

    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]

    assert {"uri": (tmp_path / "a.omni").as_uri()} == artifact


def test_fingerprints_stay_when_lines_move_and_tell_equal_lines_apart() -> None:
    before = Source("let x = nope\nlet y = nope\n", "a.omni")
    after = Source("# new\n\n  let x = nope\nlet z = 1\nlet y = nope\n", "a.omni")
    twice = Source("save nope\nsave nope\n", "a.omni")

    def fingerprints(source: Source) -> list[str]:
        places = [at for at in range(len(source.text)) if source.text.startswith("nope", at)]
        results = run(*(unknown_name(source, at) for at in places))["results"]
        return [one["partialFingerprints"]["omniFinding/v1"] for one in results]

    assert fingerprints(before) == fingerprints(after)
    assert 2 == len(set(fingerprints(twice)))
