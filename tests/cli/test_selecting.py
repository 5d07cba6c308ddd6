"""Which findings are reported, and what they make of the exit status."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.settings.selection import Layer, Selection
from tests.conftest import Omni

RECIPE = "prompt cat {\n    style: Cyberpnk\n    a cat --q 7\n}\n"
"""A warning, OM421, and an error, OM307."""


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    (tmp_path / "folder" / "a.omni").write_text(RECIPE)
    return tmp_path / "folder"


def told(omni: Omni, *arguments: str) -> tuple[int, list[str]]:
    """Return the exit status of a check and the codes that it reports."""
    result = omni("check", "--output-format", "concise", *arguments)
    lines = [one for one in result.stdout.splitlines() if ": OM" in one]
    return result.returncode, [line.split(": ")[1].split()[0] for line in lines]


CASES: list[tuple[list[str], tuple[int, list[str]]]] = [
    ([], (1, ["OM421", "OM307"])),
    (["--select", "OM4"], (0, ["OM421"])),
    (["--select", "OM4", "--fail-on", "warning"], (1, ["OM421"])),
    (["--select", "OM4", "--fail-on", "info"], (1, ["OM421"])),
    (["--select", "OM2,OM6"], (0, [])),
    (["--select", "OM2", "--select", "OM3"], (1, ["OM307"])),
    (["--select", "OM2", "--extend-select", "OM307"], (1, ["OM307"])),
    (["--ignore", "OM307"], (0, ["OM421"])),
    (["--ignore", "OM3,OM4"], (0, [])),
    (["--ignore", "ALL", "--select", "OM3"], (1, ["OM307"])),
    (["--select", "OM3", "--ignore", "OM307"], (0, [])),
    (["--select", "OM307", "--ignore", "OM3"], (1, ["OM307"])),
    (["--per-file-ignores", "*.omni:OM3"], (0, ["OM421"])),
    (["--per-file-ignores", "*.omni:OM3,OM4"], (0, [])),
    (["--per-file-ignores", "b.omni:OM3,a.omni:OM4"], (1, ["OM307"])),
    (["--exit-zero"], (0, ["OM421", "OM307"])),
]


@pytest.mark.parametrize(("arguments", "expected"), CASES, ids=[" ".join(one) for one, _ in CASES])
def test_the_command_line_chooses(
    omni: Omni, folder: Path, arguments: list[str], expected: tuple[int, list[str]]
) -> None:
    assert expected == told(omni, *arguments)


@pytest.mark.parametrize(
    ("lint", "arguments", "expected"),
    [
        ("select = ['OM4']", [], (0, ["OM421"])),
        ("select = ['OM4']", ["--select", "OM3"], (1, ["OM307"])),
        ("select = ['OM4']", ["--extend-select", "OM3"], (1, ["OM421", "OM307"])),
        ("ignore = ['OM3']", ["--ignore", "OM4"], (0, [])),
        ("ignore = ['OM307']", ["--select", "OM3"], (1, ["OM307"])),
        ("select = ['OM307']", ["--ignore", "OM3"], (0, [])),
        ("fail-on = 'warning'\nignore = ['OM3']", [], (1, ["OM421"])),
        ("fail-on = 'warning'\nignore = ['OM3']", ["--fail-on", "error"], (0, ["OM421"])),
        ("per-file-ignores = { 'a.omni' = ['OM3'] }", [], (0, ["OM421"])),
        ("ignore = ['ALL']", ["--isolated"], (1, ["OM421", "OM307"])),
    ],
)
def test_the_command_line_beats_the_settings(
    omni: Omni, folder: Path, lint: str, arguments: list[str], expected: tuple[int, list[str]]
) -> None:
    (folder / "omni.toml").write_text(f"[lint]\n{lint}\n")

    assert expected == told(omni, *arguments)


def test_a_shared_file_chooses_in_its_table(omni: Omni, folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.omnidsl.lint]\nselect = ['OM4']\n")

    assert (0, ["OM421"]) == told(omni)


def test_each_file_has_the_settings_of_its_own_project(omni: Omni, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "b.omni").write_text(RECIPE)
    (folder / "sub" / "omni.toml").write_text("[lint]\nselect = ['OM4']\nfail-on = 'warning'\n")

    assert (1, ["OM421"]) == told(omni, "sub")
    assert (1, ["OM421", "OM307", "OM421"]) == told(omni)


@pytest.mark.parametrize("way", [["--ignore", "ALL"], ["--select", "OM3"]])
def test_a_fault_of_syntax_is_always_told(omni: Omni, folder: Path, way: list[str]) -> None:
    (folder / "a.omni").write_text("let x =\n")

    status, codes = told(omni, *way)

    assert (1, True) == (status, codes[0].startswith("OM0"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "OM777"], "there is no code `OM777`"),
        (["--select", "om301"], "did you mean `OM301`"),
        (["--select", "unknown-term"], "there is no code `unknown-term`"),
        (["--ignore", "OM001"], "`OM001` cannot be ignored"),
        (["--ignore", "OM0"], "`OM0` cannot be ignored"),
        (["--per-file-ignores", "OM301"], "a pattern and a code belong here"),
        (["--per-file-ignores", "a.omni:OM001"], "`OM001` cannot be ignored"),
        (["--fail-on", "warnings"], "'warning'"),
        (["--exclude", "!"], "this is no pattern"),
        (["--select", "\x1b[31m"], "there is no code `"),
    ],
)
def test_a_wrong_choice_is_a_usage_error(
    omni: Omni, folder: Path, arguments: list[str], words: str
) -> None:
    result = omni("check", *arguments)

    assert (2, "") == (result.returncode, result.stdout)
    assert words in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("broken", ["nope.omni", "."])
def test_what_cannot_be_used_is_not_masked(omni: Omni, folder: Path, broken: str) -> None:
    (folder / "omni.toml").write_text("nope = 1\n" if broken == "." else "")

    assert 2 == told(omni, broken, "--exit-zero", "--ignore", "ALL")[0]


UNREADABLE = {*(f"OM60{one}" for one in range(1, 7)), "OM617", "OM502", "OM504", "OM505"}
UNREADABLE |= {*(f"OM43{one}" for one in range(1, 9)), "OM440", "OM441", "OM442"}
CODES = [f"OM{one}" for one in range(100, 900) if f"OM{one}" not in UNREADABLE]


@given(st.sampled_from(CODES), st.integers(0, 5), st.integers(0, 5))
def test_the_longer_of_two_words_wins_and_of_equals_the_ignoring_one(
    code: str, selected: int, ignored: int
) -> None:
    layer = Layer(
        select=(code[:selected] if selected > 1 else "ALL",),
        ignore=(code[:ignored] if ignored > 1 else "ALL",),
    )
    select, ignore = (one if one > 1 else 0 for one in (selected, ignored))

    assert (select > ignore) == Selection(layer).keeps(code)
