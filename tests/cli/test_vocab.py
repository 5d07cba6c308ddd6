"""`omni vocab` as a child process."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
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


def found(result: "subprocess.CompletedProcess[str]") -> dict[str, list[str]]:
    """Return the terms of the JSON form by category."""
    return {
        one["name"]: [term["term"] for term in one["terms"]]
        for one in json.loads(result.stdout)["categories"]
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["VCU"], {"shot": ["Face Shot (VCU)"]}),
        (["cold", "light"], {"light": ["Cold light"]}),
        (["冷光"], {"light": ["Cold light"]}),
        (["對稱"], {"composition": ["symmetrical composition", "asymmetrical composition"]}),
        (["calm"], {"mood": ["serene mood"]}),
        (["telephoto"], {"lens": ["telephoto lens", "super-telephoto lens"]}),
        (["ＶＣＵ"], {"shot": ["Face Shot (VCU)"]}),
        (["cyberpnuk"], {"style": ["Cyberpunk"]}),
    ],
)
def test_a_term_is_found_by_a_part_of_any_name(
    omni: Omni, words: list[str], expected: dict[str, list[str]]
) -> None:
    result = omni("vocab", *words, "--json")

    assert (0, expected) == (result.returncode, found(result))


def test_a_part_of_a_name_finds_terms_of_every_category(omni: Omni) -> None:
    shown = found(omni("vocab", "光", "--json"))

    assert ["light", "lens", "color"] == list(shown)
    assert {"Cold light", "Warm light", "hard lighting"} <= set(shown["light"])
    assert "lens flare" in shown["lens"]


def test_what_is_only_near_is_announced_as_such(omni: Omni) -> None:
    exact, near = omni("vocab", "Cyberpunk"), omni("vocab", "Cyberpnuk", OMNI_LANG="en")

    assert ("", "nothing is called `Cyberpnuk`; this is near to it:\n") == (
        exact.stderr,
        near.stderr,
    )
    assert "赛博朋克" in near.stdout


@pytest.mark.parametrize(("language", "word"), [("en", "nothing is called"), ("zh", "没有名为")])
@pytest.mark.parametrize("words", ["zzzzqqqq", "\x1b[31m", "x" * 5000])
def test_where_nothing_is_found_it_says_so_and_ends_with_2(
    omni: Omni, words: str, language: str, word: str
) -> None:
    result = omni("vocab", words, OMNI_LANG=language)

    assert (2, "") == (result.returncode, result.stdout)
    assert word in result.stderr
    assert "\x1b" not in result.stderr
    assert 400 > len(result.stderr)


def test_the_terms_of_the_project_are_found_too(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text('vocabulary = ["brand.tsv"]\n')
    (tmp_path / "folder" / "brand.tsv").write_text(
        "english\tcategory\tsimplified\nmatte finish\tfinish; 质感\t哑光\n", "utf-8"
    )

    by_term, by_category = omni("vocab", "哑", "--json"), omni("vocab", "质感", "--json")
    isolated = omni("vocab", "哑光", "--isolated")

    assert {"finish": ["matte finish"]} == found(by_term) == found(by_category)
    assert 2 == isolated.returncode


def test_broken_settings_end_it_with_2(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text("nope = 1\n")

    result = omni("vocab", "light")

    assert (2, "") == (result.returncode, result.stdout)
    assert "OM903" in result.stderr
