"""`omni vocab` as a child process."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from wcwidth import wcswidth

if TYPE_CHECKING:
    import subprocess

Omni = Callable[..., "subprocess.CompletedProcess[str]"]


def test_all_categories_are_listed_in_their_order(omni: Omni) -> None:
    result = omni("vocab", "--json")

    shown = json.loads(result.stdout)["categories"]

    assert ["style", "view", "shot", "light", "composition", "lens", "mood", "color"] == [
        one["name"] for one in shown
    ]


@pytest.mark.parametrize("name", ["light", "LIGHT", "光线", "燈光"])
def test_a_category_is_found_by_any_name(omni: Omni, name: str) -> None:
    result = omni("vocab", name, "--json")

    assert ["light"] == [one["name"] for one in json.loads(result.stdout)["categories"]]


def test_a_term_shows_its_names(omni: Omni) -> None:
    [shot] = json.loads(omni("vocab", "shot", "--json").stdout)["categories"]

    expected = {
        "term": "Face Shot (VCU)",
        "abbreviation": "VCU",
        "simplified": "脸部特写",
        "traditional": "臉部特寫",
        "label": "Face Shot (VCU)",
        "aliases": ["face shot"],
    }
    assert expected == shot["terms"][0]


def test_the_table_is_aligned_whatever_the_script(omni: Omni) -> None:
    lines = omni("vocab", "shot").stdout.splitlines()

    row = next(line for line in lines if "Big Close-Up(BCU)" in line)
    other = next(line for line in lines if "Face Shot (VCU)" in line)

    assert wcswidth(row[: row.index("大特寫")]) == wcswidth(other[: other.index("臉部特寫")])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [100, 70, 38, 20])
def test_a_narrow_terminal_loses_no_sign(omni: Omni, width: int, language: str) -> None:
    whole = omni("vocab", OMNI_LANG=language).stdout
    terminal = omni("vocab", OMNI_LANG=language, FORCE_COLOR="1", COLUMNS=str(width)).stdout
    folded = re.sub(r"\x1b\[[0-9;]*m", "", terminal)

    assert Counter(signs(whole)) == Counter(signs(folded))
    assert max(width, 30) >= max(wcswidth(line) for line in folded.splitlines())


def signs(table: str) -> str:
    """Return what a table holds, without its lines and blanks."""
    return re.sub(r"[\s─]", "", table)


def test_the_table_speaks_chinese(omni: Omni) -> None:
    result = omni("vocab", "风格", OMNI_LANG="zh")

    assert all(word in result.stdout for word in ("风格", "简体", "繁体", "賽博朋克"))


def test_an_unknown_category_ends_with_2_and_names_the_known_ones(omni: Omni) -> None:
    result = omni("vocab", "medium")

    assert (2, "") == (result.returncode, result.stdout)
    assert "style, view, shot, light, composition, lens, mood, color" in result.stderr
