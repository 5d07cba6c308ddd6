"""`omni explain`: the right page, in the reader's language and form, and a way out for what is no code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl.language.pages import pages
from omnidsl.reporting.terminal import columns
from tests.conftest import Omni


@pytest.mark.parametrize("typed", ["OM101", "om101", "unknown-name", "Unknown-Name"])
def test_a_code_or_its_name_finds_the_page(omni: Omni, typed: str) -> None:
    finished = omni("explain", typed)

    assert (0, "OM101 unknown-name · error") == (
        finished.returncode,
        finished.stdout.splitlines()[0],
    )


def test_several_codes_are_explained_in_the_order_asked_for_and_once(omni: Omni) -> None:
    finished = omni("explain", "OM301", "OM101", "unknown-parameter")

    heads = [line.split(" ")[0] for line in finished.stdout.splitlines() if line.startswith("OM")]
    assert ["OM301", "OM101"] == heads


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("OM1O1", "`OM101`"), ("unknown-nmae", "`unknown-name`"), ("unknown_name", "`unknown-name`")],
)
def test_what_is_no_code_is_refused_with_the_nearest(omni: Omni, typed: str, meant: str) -> None:
    finished = omni("explain", typed)

    assert (2, "", True) == (finished.returncode, finished.stdout, meant in finished.stderr)


def test_a_name_cannot_steer_the_terminal(omni: Omni) -> None:
    finished = omni("explain", "\x1b[31mOM101")

    assert (2, False) == (finished.returncode, "\x1b" in finished.stderr)


@pytest.mark.parametrize(("typed", "family"), [((), "OM"), (("OM3",), "OM3"), (("om41",), "OM41")])
def test_no_code_or_a_beginning_lists_codes(
    omni: Omni, typed: tuple[str, ...], family: str
) -> None:
    finished = omni("explain", *typed)

    listed = re.findall(r"^  (OM\d+) ", finished.stdout, flags=re.MULTILINE)
    assert (0, [one.code for one in pages() if one.code.startswith(family)]) == (
        finished.returncode,
        listed,
    )


def test_a_beginning_that_no_code_has_is_refused(omni: Omni) -> None:
    finished = omni("explain", "OM7")

    assert (2, "") == (finished.returncode, finished.stdout)


def test_an_ordinary_finding_needs_no_page(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "cat.omni").write_text("let palette = pallete\n", "utf-8")
    program = (
        "import sys; from omnidsl.__main__ import main; main(['check', sys.argv[1]]);"
        "print('omnidsl.language.pages' in sys.modules)"
    )

    finished = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "cat.omni")],
        capture_output=True,
        encoding="utf-8",
    )

    assert ("OM101" in finished.stdout, "False") == (True, finished.stdout.splitlines()[-1])


def test_all_as_json_is_every_page(omni: Omni) -> None:
    finished = omni("explain", "--all", "--output-format", "json")

    assert [one.code for one in pages()] == [
        one["code"] for one in json.loads(finished.stdout)["codes"]
    ]


def test_markdown_has_a_heading_and_both_examples(omni: Omni) -> None:
    lines = omni("explain", "OM101", "--output-format", "markdown").stdout.splitlines()

    assert ("# OM101 unknown-name", 2) == (lines[0], lines.count("```omni"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_prose_fits_eighty_columns_in_either_language(omni: Omni, language: str) -> None:
    shown = omni("explain", "--all", OMNI_LANG=language, COLUMNS="200").stdout

    prose = [line for line in shown.splitlines() if not line.startswith("    ")]
    assert [] == [line for line in prose if columns(line) > 80]


def test_chinese_readers_get_chinese(omni: Omni) -> None:
    shown = omni("explain", "OM101", OMNI_LANG="zh").stdout

    assert ("OM101 unknown-name · 错误", True) == (shown.splitlines()[0], "如何修复" in shown)


def test_colour_is_for_those_who_look(omni: Omni) -> None:
    plain, coloured = (
        omni("explain", "OM101", "--color", one).stdout for one in ("auto", "always")
    )

    assert (False, True) == ("\x1b" in plain, "\x1b[" in coloured)
