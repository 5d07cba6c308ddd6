"""`omni check --fix` and `--diff`: what is written, what is printed, and how it ends."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Omni

WRONG = """prompt cat {
    stile: Manga
    a cat --ar 4：3 --q 7
}
"""
SAFE = WRONG.replace("：3", ":3")
MENDED = SAFE.replace("stile", "style")
SOUND = MENDED.replace("--q 7", "--v 7")

Piped = subprocess.CompletedProcess[bytes]


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    return tmp_path / "folder"


@pytest.fixture
def recipe(folder: Path) -> Path:
    path = folder / "a.omni"
    path.write_text(WRONG, "utf-8")
    return path


def piped(text: bytes, *arguments: str, folder: Path, environment: dict[str, str]) -> Piped:
    return subprocess.run(
        [sys.executable, "-m", "omnidsl", "check", *arguments, "-"],
        input=text, capture_output=True, env=environment, cwd=folder, timeout=60,
    )  # fmt: skip  # one call


def test_safe_fixes_are_applied_and_the_rest_is_reported(omni: Omni, recipe: Path) -> None:
    result = omni("check", "--fix")
    assert (1, SAFE) == (result.returncode, recipe.read_text("utf-8"))
    assert "OM332" not in result.stdout
    assert "OM422" in result.stdout
    assert result.stderr.endswith("1 fixed, 2 remaining\n")


def test_unsafe_fixes_are_applied_when_asked_for(omni: Omni, recipe: Path) -> None:
    result = omni("check", "--fix", "--unsafe-fixes")
    assert (1, MENDED) == (result.returncode, recipe.read_text("utf-8"))
    assert result.stderr.endswith("2 fixed, 1 remaining\n")


def test_a_second_run_fixes_nothing(omni: Omni, recipe: Path) -> None:
    omni("check", "--fix")
    before = recipe.stat()
    result = omni("check", "--fix")
    after = recipe.stat()
    assert result.stderr.endswith("0 fixed, 2 remaining\n")
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_what_is_all_mended_ends_with_zero_and_with_one_where_that_is_asked_for(
    omni: Omni, recipe: Path
) -> None:
    recipe.write_text(SOUND.replace(":3", "：3"), "utf-8")
    strict = omni("check", "--fix", "--exit-non-zero-on-fix")
    assert (1, SOUND) == (strict.returncode, recipe.read_text("utf-8"))
    assert 0 == omni("check", "--fix", "--exit-non-zero-on-fix").returncode
    recipe.write_text(SOUND.replace(":3", "：3"), "utf-8")
    assert 0 == omni("check", "--fix").returncode


def test_fix_only_reports_nothing_of_what_is_left(omni: Omni, recipe: Path) -> None:
    result = omni("check", "--fix-only")
    assert (0, "", SAFE) == (result.returncode, result.stdout, recipe.read_text("utf-8"))


def test_a_difference_is_shown_and_nothing_is_written(omni: Omni, recipe: Path) -> None:
    result = omni("check", "--diff")
    expected = """\
--- a.omni
+++ a.omni
@@ -1,4 +1,4 @@
 prompt cat {
     stile: Manga
-    a cat --ar 4：3 --q 7
+    a cat --ar 4:3 --q 7
 }
"""
    assert (1, expected, "1 would be fixed\n") == (result.returncode, result.stdout, result.stderr)
    assert WRONG == recipe.read_text("utf-8")


def test_no_difference_is_an_exit_of_zero(omni: Omni, recipe: Path) -> None:
    recipe.write_text(SOUND, "utf-8")
    result = omni("check", "--diff")
    assert (0, "") == (result.returncode, result.stdout)


def test_a_path_that_is_missing_is_an_exit_of_two_with_a_difference_too(
    omni: Omni, recipe: Path
) -> None:
    result = omni("check", "--diff", recipe.name, "b.omni")
    assert (2, True) == (result.returncode, result.stdout.startswith("--- a.omni\n"))
    assert "no file `b.omni`" in result.stderr


def test_a_patch_can_be_applied(omni: Omni, recipe: Path) -> None:
    recipe.write_bytes(SOUND.replace(":3", "：3").replace("\n", "\r\n").rstrip().encode())
    patch = subprocess.run(
        [sys.executable, "-m", "omnidsl", "check", "--diff"],
        capture_output=True, cwd=recipe.parent,
    ).stdout  # fmt: skip  # one call
    subprocess.run(["git", "apply", "-p0", "-"], input=patch, cwd=recipe.parent, check=True)
    assert SOUND.replace("\n", "\r\n").rstrip().encode() == recipe.read_bytes()


def test_a_runner_obeys_nothing_that_stands_in_a_difference(omni: Omni, recipe: Path) -> None:
    recipe.write_text("prompt cat {\n    ::error::owned\n    --ar 4：3\n}\n", "utf-8")
    lines = omni("check", "--diff", GITHUB_ACTIONS="true").stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert (32, f"::{token}::") == (len(token), lines[-1])
    assert "     ::error::owned" in lines


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n", "\r\n", 1),
    ],
    ids=["lf", "crlf", "mark", "no last newline", "mixed"],
)  # fmt: skip  # a table of cases
def test_line_ends_and_mark_stay_in_files_and_in_standard_input(
    omni: Omni, recipe: Path, child_environment: dict[str, str], change: "object"
) -> None:
    assert callable(change)
    wrong, right = change(WRONG).encode(), change(SAFE).encode()
    recipe.write_bytes(wrong)
    result = piped(wrong, "--fix", folder=recipe.parent, environment=child_environment)
    omni("check", "--fix")
    assert (right, right) == (recipe.read_bytes(), result.stdout)


def test_mended_standard_input_goes_to_stdout_and_findings_to_stderr(
    folder: Path, child_environment: dict[str, str]
) -> None:
    result = piped(WRONG.encode(), "--fix", "--stdin-filename", "b.omni", folder=folder, environment=child_environment)  # fmt: skip  # one call
    assert (1, SAFE.encode()) == (result.returncode, result.stdout)
    assert b"b.omni:2:5" in result.stderr
    assert [] == list(folder.iterdir())


def test_standard_input_without_anything_to_fix_is_printed_as_it_is(
    folder: Path, child_environment: dict[str, str]
) -> None:
    result = piped(SOUND.encode(), "--fix", folder=folder, environment=child_environment)
    assert (0, SOUND.encode()) == (result.returncode, result.stdout)


def test_what_is_not_reported_is_not_fixed(omni: Omni, recipe: Path) -> None:
    omni("check", "--fix", "--ignore", "OM332")
    assert WRONG == recipe.read_text("utf-8")


def test_a_used_file_is_fixed_when_it_is_named_and_only_then(omni: Omni, recipe: Path) -> None:
    (recipe.parent / "main.omni").write_text('use "a.omni"\n', "utf-8")
    omni("check", "--fix", "main.omni")
    assert WRONG == recipe.read_text("utf-8")
    omni("check", "--fix", "main.omni", "a.omni")
    assert SAFE == recipe.read_text("utf-8")


def test_a_read_only_file_is_an_exit_of_two_and_the_others_are_fixed(
    omni: Omni, recipe: Path
) -> None:
    other = recipe.parent / "b.omni"
    other.write_text(WRONG, "utf-8")
    recipe.chmod(0o444)
    result = omni("check", "--fix")
    assert (2, WRONG, SAFE) == (result.returncode, recipe.read_text("utf-8"), other.read_text("utf-8"))  # fmt: skip  # one comparison
    assert "omni: error: `a.omni` cannot be rewritten, and is as it was: Permission denied\n" in result.stderr  # fmt: skip  # one line


def test_the_mode_of_a_fixed_file_stays(omni: Omni, recipe: Path) -> None:
    recipe.chmod(0o640)
    omni("check", "--fix")
    assert 0o640 == stat.S_IMODE(recipe.stat().st_mode)


def test_words_of_fixing_come_in_chinese(omni: Omni, recipe: Path) -> None:
    assert "已修复 1 个，剩余 2 个\n" in omni("check", "--fix", OMNI_LANG="zh").stderr


def test_what_a_comment_suppresses_is_not_fixed(omni: Omni, recipe: Path) -> None:
    text = "prompt cat {\n    a cat --ar 4：3  # omni: ignore[OM332]\n}\n"
    recipe.write_text(text, "utf-8")
    assert 0 == omni("check", "--fix", "--unsafe-fixes").returncode
    assert text == recipe.read_text("utf-8")


def test_a_recipe_with_many_syntax_errors_is_mended_in_one_go(omni: Omni, recipe: Path) -> None:
    recipe.write_text(
        "promt wide {\n    a cat\n}\npipeline p（） {\n    a = wide => midjourney.imagin\n    sav a as “a.png”\n}\n",
        "utf-8",
    )
    result = omni("check", "--fix", "--unsafe-fixes")
    expected = 'prompt wide {\n    a cat\n}\npipeline p() {\n    a = wide -> midjourney.imagine\n    save a as "a.png"\n}\n'
    assert (0, expected) == (result.returncode, recipe.read_text("utf-8"))
