"""`omni prompt explain` as a child process."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

Omni = Callable[..., "subprocess.CompletedProcess[str]"]


def rows(result: "subprocess.CompletedProcess[str]") -> list[list[str]]:
    """Return the cells of the table, which two blanks part, without its head."""
    lines = result.stdout.split("─\n", 1)[1].splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def test_every_part_is_a_row(omni: Omni) -> None:
    result = omni(
        "prompt", "explain", 'https://x.test/a.png 冷光,a {red, blue} "OPEN" sign --v 6.1 --ar 4:3'
    )

    expected = [
        ["https://x.test/a.png", "image", "a picture that the result takes after"],
        ["Cold light", "light", "冷光"],
        ['a {red, blue} "OPEN" sign', "text", "what the picture shows"],
        ['"OPEN"', "quoted", "these words are written into the picture"],
        ["{red, blue}", "group", "each of 2 in a job of its own"],
    ]
    assert (0, expected) == (result.returncode, rows(result)[:5])
    assert ["--ar 4:3", "parameter", "width to height of the picture"] == rows(result)[6][:3]
    assert ["jobs", "2 jobs, each of them paid for"] == rows(result)[7]


def test_weights_are_shares(omni: Omni) -> None:
    result = omni("prompt", "explain", "cat::3 dog::1 rain::-.5 --v 6.1")

    expected = [
        ["cat", "text", "weight 3: 75% of the whole"],
        ["dog", "text", "weight 1: 25% of the whole"],
        ["rain", "text", "weight -0.5: kept out of the picture"],
    ]
    assert expected == [row[:3] for row in rows(result)[:3]]


def test_the_versions_are_those_that_take_the_value(omni: Omni) -> None:
    result = omni("prompt", "explain", "a::2 b::1 --q 4 --hd --seed 3 --zoom 1.5 --rules-of-mine 3")

    where = {row[0]: row[3] for row in rows(result) if len(row) == 4}
    assert {
        "--q 4": "7",
        "--hd": "8.1–8.2",
        "--seed 3": "all",
        "--zoom 1.5": "not in a prompt",
    } == {name: versions for name, versions in where.items() if name.startswith("--")}
    assert "1–6.1" in where["a"]


def test_a_rule_set_without_versions_names_none(omni: Omni) -> None:
    result = omni("prompt", "explain", "--rules", "omniai", "a cat --q 2 --v 6.1")

    assert "versions" not in result.stdout


def test_it_speaks_chinese(omni: Omni) -> None:
    result = omni("prompt", "explain", "Cyberpunk,可爱的猫 --v 6.1 --chaos 5", OMNI_LANG="zh")

    told = rows(result)
    assert ["Cyberpunk", "风格", "赛博朋克"] == told[0]
    assert ["可爱的猫", "正文", "画面内容"] == told[1]
    assert ["--chaos 5", "参数", "四张图之间的差异程度"] == told[3][:3]


def test_what_nobody_knows_is_told(omni: Omni) -> None:
    result = omni("prompt", "explain", "a cat --foo 3 --v 6.1")

    told = [row[:3] for row in rows(result)]
    assert ["--foo 3", "parameter", "Midjourney knows no such parameter"] in told
    assert (1, True) == (result.returncode, "OM301" in result.stderr)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{" * 30,
        "{a,b}" * 60,
        "\x1b[31m cat",
        "a" * 8192,
        "a --",
        "a::0 b::0",
        '"',
        "{--v 5, --niji}",
    ],
)
def test_no_prompt_ends_in_a_traceback(omni: Omni, text: str) -> None:
    result = omni("prompt", "explain", text)

    assert result.returncode in (0, 1)
    assert ("", False) == (
        "Traceback"[: 9 * ("Traceback" in result.stderr)],
        "\x1b" in result.stdout,
    )
