"""`omni test`: the report in pytest's manner, the exit statuses, and the selection of tests."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Omni

MIXED = """prompt cat { a cat --ar 4:3 }

test "wide" {
    expect cat.parameters.aspect == 16:9, "wider, please"
}
test "furry" { expect cat.text contains "cat" }
test "broken" { expect 1 / 0 == 1 }
"""
SOUND = 'test "sums" { expect 1 + 1 == 2 }\n'


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    folder = tmp_path / "folder"
    (folder / "mixed.omni").write_text(MIXED)
    (folder / "sound.omni").write_text(SOUND)
    return folder


def steady(text: str) -> str:
    return re.sub(r"\d+\.\d\ds", "0.00s", re.sub(r"用时 \d+\.\d\d 秒", "用时 0.00 秒", text))


def test_the_report_reads_like_pytests(omni: Omni, folder: Path) -> None:
    done = omni("test")
    expected = """\
mixed.omni F.F                                                            [ 75%]
sound.omni .                                                              [100%]
=================================== FAILURES ===================================
_______________________________ mixed.omni: wide _______________________________
error[OM506] test-failed: expectation failed: wider, please
 --> mixed.omni:4:12
  |
4 |     expect cat.parameters.aspect == 16:9, "wider, please"
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ is false
  |            --------------------- is 4:3

______________________________ mixed.omni: broken ______________________________
error[OM232] division-by-zero: division by zero
 --> mixed.omni:7:28
  |
7 | test "broken" { expect 1 / 0 == 1 }
  |                            ^ this is 0

============================== short test summary ==============================
FAILED mixed.omni:3 wide - expectation failed: wider, please
FAILED mixed.omni:7 broken - division by zero
========================= 2 failed, 2 passed in 0.00s ==========================
"""
    assert (1, expected, "") == (done.returncode, steady(done.stdout), done.stderr)


def test_all_passed_is_status_0(omni: Omni, folder: Path) -> None:
    done = omni("test", "sound.omni")
    assert 0 == done.returncode
    assert "1 passed in 0.00s" in steady(done.stdout)


def test_verbose_names_each_test(omni: Omni, folder: Path) -> None:
    lines = omni("test", "-v").stdout.splitlines()[:4]
    expected = ["mixed.omni::wide FAILED [ 25%]", "mixed.omni::furry PASSED [ 50%]",
                "mixed.omni::broken FAILED [ 75%]", "sound.omni::sums PASSED [100%]"]  # fmt: skip  # a list
    assert expected == [re.sub(" +\\[", " [", one) for one in lines]


def test_quiet_keeps_dots_failures_and_counts(omni: Omni, folder: Path) -> None:
    done = omni("test", "-q")
    assert "F.F." == done.stdout.splitlines()[0]
    assert "2 failed, 2 passed in 0.00s\n" == steady(done.stdout).splitlines(keepends=True)[-1]
    assert "short test summary" not in done.stdout


def test_k_selects_by_file_and_title(omni: Omni, folder: Path) -> None:
    done = omni("test", "-v", "-k", "mixed and not (wide or broken)")
    assert 0 == done.returncode
    assert "mixed.omni::furry PASSED" in done.stdout
    assert "1 passed, 3 deselected" in done.stdout


def test_x_stops_at_the_first_failure(omni: Omni, folder: Path) -> None:
    done = omni("test", "-x")
    assert 1 == done.returncode
    assert "stopping after the first failure" in done.stdout
    assert "1 failed in 0.00s" in steady(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-k", "a and ("], "cannot be understood from sign 8 on"),
        (["nope.omni"], "no file `nope.omni`"),
        (["empty"], "no recipes under `empty`"),
        (["-k", "nothing"], "no tests ran, 4 deselected"),
        (["without.omni"], "no tests ran in"),
        (["--frobnicate"], "--frobnicate"),
    ],
)
def test_what_tests_nothing_is_status_2(
    omni: Omni, folder: Path, arguments: list[str], told: str
) -> None:
    (folder / "empty").mkdir()
    (folder / "without.omni").write_text("prompt p { a cat }\n")
    done = omni("test", *arguments)
    assert 2 == done.returncode
    assert told in done.stdout + done.stderr


def test_a_broken_recipe_is_told_and_the_others_are_tested(omni: Omni, folder: Path) -> None:
    (folder / "broken.omni").write_text('let x = nope\ntest "t" { expect true }\n')
    done = omni("test", "broken.omni", "sound.omni")
    assert 2 == done.returncode
    assert "ERROR broken.omni - unknown name `nope`" in done.stdout
    assert "1 passed, 1 error in" in done.stdout


def test_a_step_in_a_test_is_never_planned(omni: Omni, folder: Path) -> None:
    (folder / "pays.omni").write_text(
        'prompt p { a cat }\ntest "t" {\n    g = p -> midjourney.imagine\n    expect true\n}\n'
    )
    done = omni("test", "pays.omni")
    assert 2 == done.returncode
    assert "OM238" in done.stdout


def test_standard_input_is_tested_under_its_name(child_environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "omnidsl", "test", "-v", "-", "--stdin-filename", "x.omni"]
    done = subprocess.run(
        command, input=SOUND, capture_output=True, encoding="utf-8", env=child_environment
    )
    assert 0 == done.returncode
    assert "x.omni::sums PASSED" in done.stdout


def test_the_report_speaks_chinese(omni: Omni, folder: Path) -> None:
    done = omni("test", OMNI_LANG="zh")
    assert "失败的测试" in done.stdout
    assert "值为 4:3" in done.stdout
    assert "失败 mixed.omni:3 wide - 期望不成立：wider, please" in done.stdout
    assert "2 个失败、2 个通过，用时 0.00 秒" in steady(done.stdout)


def test_colour_is_asked_for(omni: Omni, folder: Path) -> None:
    assert "\x1b[" not in omni("test").stdout
    coloured = omni("test", "--color", "always").stdout
    assert "\x1b[31mF\x1b[0m" in coloured
    assert "\x1b[32m.\x1b[0m" in coloured


def test_a_title_cannot_steer_the_terminal(omni: Omni, folder: Path) -> None:
    (folder / "evil.omni").write_text('test "\\u{1b}[31mx" { expect false }\n')
    assert "\x1b" not in omni("test", "-v", "evil.omni").stdout


def test_many_tests_wrap_at_the_width(omni: Omni, folder: Path) -> None:
    text = "".join(f'test "{at}" {{ expect true }}\n' for at in range(150))
    (folder / "many.omni").write_text(text)
    lines = omni("test", "many.omni").stdout.splitlines()
    assert {80} == {len(one) for one in lines}
    assert 150 == sum(one.count(".") for one in lines[:-1]) - 1
