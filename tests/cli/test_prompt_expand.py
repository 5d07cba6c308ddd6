"""`omni prompt expand` as a child process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

Omni = Callable[..., "subprocess.CompletedProcess[str]"]


def test_each_job_is_a_line_leftmost_slowest(omni: Omni) -> None:
    result = omni("prompt", "expand", "a {red, {dark, light} blue} cat --ar {1:1, 2:1} --v 6.1")

    expected = [
        f"a {color} cat --ar {ratio} --v 6.1"
        for color in ("red", "dark blue", "light blue")
        for ratio in ("1:1", "2:1")
    ]
    assert (0, "", expected) == (result.returncode, result.stderr, result.stdout.splitlines())


def test_a_prompt_without_groups_is_one_job(omni: Omni) -> None:
    result = omni("prompt", "expand", "冷光, 猫 --v 6.1", "a \\{b, c\\} --v 6.1")

    assert "Cold light,猫 --v 6.1\na \\{b, c\\} --v 6.1\n" == result.stdout


def test_at_most_so_many_jobs_are_made(omni: Omni) -> None:
    result = omni("prompt", "expand", "--max-jobs", "2", "{a, b, c} cat --v 6.1")

    assert (1, "a cat --v 6.1\nb cat --v 6.1\n") == (result.returncode, result.stdout)
    assert "OM411" in result.stderr


def test_more_jobs_are_made_where_they_are_wanted(omni: Omni) -> None:
    group = "{" + ", ".join(map(str, range(50))) + "}"

    result = omni("prompt", "expand", "--max-jobs", "50", f"{group} cats --v 6.1")

    assert (0, 50) == (result.returncode, len(result.stdout.splitlines()))


def test_the_json_has_one_object_a_prompt(omni: Omni) -> None:
    result = omni("prompt", "expand", "--json", "{a, b} --v 6.1", "猫 --v 6.1")

    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(2, ["a --v 6.1", "b --v 6.1"]), (1, ["猫 --v 6.1"])] == [
        (one["permutations"], [job["prompt"] for job in one["jobs"]]) for one in shown
    ]


def test_a_job_stays_on_one_line(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.csv").write_text('prompt\n"a\n{b,c} --no d,\n e --v 6.1"\n')

    result = omni("prompt", "expand", "--file", "cats.csv")

    assert "a b --no d, e --v 6.1\na c --no d, e --v 6.1\n" == result.stdout


def test_a_fault_of_a_list_is_told_at_its_place(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.txt").write_text("# cats\ncat --v 6.1\n  cat {a --v 6.1\n")

    result = omni("prompt", "expand", "--file", "cats.txt")

    assert (1, True) == (result.returncode, "cats.txt:3:7" in result.stderr)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 9, "1.5", "٣"])
def test_a_wrong_number_of_jobs_is_refused(omni: Omni, number: str) -> None:
    result = omni("prompt", "expand", f"--max-jobs={number}", "cat")

    assert (2, "") == (result.returncode, result.stdout)
    assert "Traceback" not in result.stderr
