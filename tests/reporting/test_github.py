"""Workflow commands of GitHub, read back as its runner reads them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.reporting.formats import Look, render
from omnidsl.reporting.formats.escaping import data, property_value
from tests.reporting.findings import of_every_kind

Command = tuple[str, dict[str, str], str]


def read(line: str) -> Command:
    """Read a command as the runner does: between two `::`, properties at commas, then the escapes undone."""
    match = re.fullmatch(r"::([a-z]+) ([^:]*?)::(.*)", line)
    assert match is not None
    properties = dict(one.split("=", 1) for one in match[2].split(","))
    return match[1], {name: undone(text) for name, text in properties.items()}, undone(match[3])


def undone(text: str) -> str:
    signs = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    return re.sub("%0D|%0A|%3A|%2C|%25", lambda match: signs[match[0]], text)


def commands(*found: Diagnostic) -> list[Command]:
    report = "".join(render("github", found, Look(language="en")))
    return [read(line) for line in report.splitlines()]


@given(st.text(st.one_of(st.sampled_from("%0AD2535C:,\r\n="), st.characters())))
def test_what_is_escaped_is_one_line_and_can_be_read_back(text: str) -> None:
    assert text == undone(data(text)) == undone(property_value(text))
    assert not re.search("[\r\n]", data(text))
    assert not re.search("[\r\n:,]", property_value(text))


def test_errors_come_first_and_then_warnings() -> None:
    kinds = [command for command, _, _ in commands(*reversed(of_every_kind()))]

    assert ["error"] * 4 + ["warning"] == kinds


def test_a_command_names_the_code_the_place_and_the_ways_out() -> None:
    place = {
        "title": "omni (OM101)",
        "file": "recipes/hero.omni",
        "line": "2",
        "col": "9",
        "endLine": "2",
        "endColumn": "10",
    }

    assert ("error", place, "unknown name `x`\ndid you mean `a`?") in commands(*of_every_kind())


def test_a_place_over_several_lines_has_no_columns() -> None:
    (found,) = [place for _, place, _ in commands(*of_every_kind()) if "OM102" in place["title"]]

    assert {
        "title": "omni (OM102)",
        "file": "recipes/hero.omni",
        "line": "1",
        "endLine": "2",
    } == found


def test_a_hostile_name_stays_a_property() -> None:
    name = "a\n::error::b,line=9:%0A.omni"

    ((_, place, _),) = commands(
        Diagnostic("OM101", Span(0, 1), source=Source("x", name), values={"name": "x"})
    )

    assert (name, "1") == (place["file"], place["line"])


def test_files_are_named_from_the_root_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    source = Source("x", "a.omni", "a.omni")

    ((_, place, _),) = commands(Diagnostic("OM101", Span(0, 1), source=source, values={"name": "x"}))  # fmt: skip  # one call

    assert "deep/a.omni" == place["file"]
