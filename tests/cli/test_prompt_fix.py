"""`omni prompt fix` as a child process: it prints mended prompts and writes nothing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Omni = Callable[..., "subprocess.CompletedProcess[str]"]

BAD = "a cat--ar 4:3 --v 6.1"
MENDED = "a cat --ar 4:3 --v 6.1"


def test_a_mended_prompt_is_printed(omni: Omni) -> None:
    result = omni("prompt", "fix", BAD, "可爱的猫 --v 6.1")

    assert (0, f"{MENDED}\n可爱的猫 --v 6.1\n", "") == (
        result.returncode,
        result.stdout,
        result.stderr,
    )


def test_what_no_fix_mends_is_told(omni: Omni) -> None:
    result = omni("prompt", "fix", "a cat--ar 4:3 --foo")

    assert (1, "a cat --ar 4:3 --foo\n") == (result.returncode, result.stdout)
    assert "OM301" in result.stderr


def test_unsafe_fixes_are_applied_where_they_are_wanted(omni: Omni) -> None:
    safe = omni("prompt", "fix", "a {cat --v 6.1")
    unsafe = omni("prompt", "fix", "--unsafe-fixes", "a {cat --v 6.1")

    assert ("a {cat --v 6.1\n", "a \\{cat --v 6.1\n") == (safe.stdout, unsafe.stdout)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_is_printed_whole(omni: Omni, tmp_path: Path, end: str) -> None:
    text = end.join(["# cats", "", BAD, "猫 --v 6.1", ""])
    path = tmp_path / "folder" / "cats.txt"
    path.write_bytes(text.encode("utf-8"))

    result = subprocess.run(
        [sys.executable, "-m", "omnidsl", "prompt", "fix", "--file", "cats.txt"],
        capture_output=True,
        cwd=path.parent,
    )

    assert text.replace(BAD, MENDED).encode("utf-8") == result.stdout
    assert text.encode("utf-8") == path.read_bytes()


def test_a_table_stays_one(omni: Omni, tmp_path: Path) -> None:
    text = f'id,prompt\n1,"a ""red"" {BAD}"\n2,{BAD}\n'
    (tmp_path / "folder" / "cats.csv").write_text(text)

    result = omni("prompt", "fix", "--file", "cats.csv")

    assert text.replace(BAD, MENDED) == result.stdout


@pytest.mark.parametrize(
    "text",
    [
        BAD,
        "cat－－ar 16：9 — — v 6.1,",
        "猫。--ar 1:1，--no a，b",
        "a {b --tile --tile --v 6.1",
        "a :: b ::2",
    ],
)
def test_mending_twice_is_mending_once(omni: Omni, text: str) -> None:
    once = omni("prompt", "fix", "--unsafe-fixes", text).stdout.removesuffix("\n")

    again = omni("prompt", "fix", "--unsafe-fixes", once).stdout.removesuffix("\n")

    assert once == again


def test_a_diff_shows_what_would_change(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.txt").write_text(f"{BAD}\n")

    changed = omni("prompt", "fix", "--diff", "--file", "cats.txt")
    unchanged = omni("prompt", "fix", "--diff", MENDED)

    assert (1, True) == (changed.returncode, f"-{BAD}\n+{MENDED}\n" in changed.stdout)
    assert (0, "") == (unchanged.returncode, unchanged.stdout)


def test_nothing_to_mend_is_wrong_usage(omni: Omni) -> None:
    result = omni("prompt", "fix")

    assert (2, "") == (result.returncode, result.stdout)
    assert "give a prompt, `-` or --file" in result.stderr


def test_a_missing_file_is_told(omni: Omni) -> None:
    result = omni("prompt", "fix", "--file", "nowhere.txt")

    assert (2, "", True) == (result.returncode, result.stdout, "OM601" in result.stderr)
