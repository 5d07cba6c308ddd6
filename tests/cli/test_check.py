"""`omni check`: paths, formats, exit statuses, and what it must never do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Omni

SOUND = "prompt cat {\n    a cat --v 6.1\n}\n"
BROKEN = "prompt cat {\n    style: Cyberpunk\n    a cat --q 7\n}\nlet x = nope\n"


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    return tmp_path / "folder"


def test_a_sound_recipe_is_clean(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(SOUND)
    result = omni("check", "a.omni")
    assert (0, "", "Found nothing wrong.\n") == (result.returncode, result.stdout, result.stderr)


def test_findings_go_to_stdout_and_their_count_to_stderr(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(BROKEN)
    result = omni("check", "a.omni")
    assert 1 == result.returncode
    assert "error[OM307]" in result.stdout
    assert " --> a.omni:3:15\n" in result.stdout
    assert "3 |     a cat --q 7\n" in result.stdout
    assert "error[OM101] unknown-name: unknown name `nope`" in result.stdout
    assert "Found 2 errors.\n" == result.stderr


def test_a_warning_alone_does_not_fail(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text("prompt cat {\n    style: Cyberpnk\n    a cat\n}\n")
    result = omni("check", "a.omni")
    assert (0, True) == (result.returncode, "warning[OM421]" in result.stdout)


def test_json_is_one_document_with_places(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(BROKEN)
    result = omni("check", "a.omni", "--output-format", "json")
    found = json.loads(result.stdout)["diagnostics"]
    assert ["OM307", "OM101"] == [one["code"] for one in found]
    assert {"row": 3, "column": 15, "offset": 48} == found[0]["location"]
    assert "a.omni" == found[0]["filename"]


def test_json_of_nothing_is_a_document_too(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(SOUND)
    assert (
        [] == json.loads(omni("check", "a.omni", "--output-format", "json").stdout)["diagnostics"]
    )


def test_folders_are_searched(omni: Omni, folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "deep" / "er" / "a.omni").write_text("let x = nope")
    (folder / ".hidden" / "b.omni").write_text("let x = nope")
    result = omni("check")
    assert ["deep/er/a.omni:1:9"] == [
        line.split()[-1] for line in result.stdout.splitlines() if "-->" in line
    ]


def test_standard_input_is_checked_under_its_name(
    folder: Path, child_environment: dict[str, str]
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "omnidsl", "check", "-", "--stdin-filename", "b.omni"],
        input="let x = nope", capture_output=True, encoding="utf-8", env=child_environment, cwd=folder,
    )  # fmt: skip  # one call
    assert (1, True) == (result.returncode, "b.omni:1:9" in result.stdout)


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("missing.omni", None, 2, "no file `missing.omni`"),
        ("binary.omni", b"\x89PNG\0\0", 1, "`binary.omni` is no text"),
        ("latin.omni", b'# ok\nlet x = "caf\xe9"\n', 1, "`latin.omni` is not UTF-8: byte 0xE9 at offset 17"),
        ("huge.omni", b"# a line of ten megabytes\n" * 400_000, 1, "has 10.4 MB; at most 1 are read"),
        ("empty", "folder", 2, "no recipes under `empty`"),
    ],
)  # fmt: skip  # a table of cases
def test_what_is_no_recipe_is_told_without_a_traceback(
    omni: Omni, folder: Path, name: str, content: bytes | str | None, status: int, words: str
) -> None:
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    elif content == "folder":
        (folder / name).mkdir()
    result = omni("check", name)
    assert status == result.returncode
    assert words in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_invalid_utf8_names_its_place(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_bytes("# 猫\n".encode() + b"x\xff\n")
    assert " --> a.omni:2:2\n" in omni("check", "a.omni").stdout


def test_a_cycle_of_use_shows_its_chain(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text('use "b.omni"\n')
    (folder / "b.omni").write_text('use "a.omni"\n')
    result = omni("check", "a.omni")
    assert "a.omni → b.omni → a.omni" in result.stdout


def test_double_width_characters_keep_the_caret_in_place(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text('let 猫 = "可爱" + nope\n')
    lines = omni("check", "a.omni").stdout.splitlines()
    source = next(line for line in lines if line.startswith("1 |"))
    caret = next(line for line in lines if "^^^^" in line)
    before = source[: source.index("nope")]
    assert len(before) + sum(sign > "\u2e80" for sign in before) == caret.index("^")


def test_messages_come_in_chinese(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text("let x = nope")
    result = omni("check", "a.omni", OMNI_LANG="zh")
    assert "错误[OM101] unknown-name: 未知名称 `nope`" in result.stdout


def test_colour_only_when_asked_for(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text("let x = nope")
    assert "\x1b[" not in omni("check", "a.omni").stdout
    assert "\x1b[" in omni("check", "a.omni", "--color", "always").stdout


def test_a_wrong_setting_is_an_exit_of_two(omni: Omni, folder: Path) -> None:
    (folder / "omni.toml").write_text('gatway = "x"\n')
    (folder / "a.omni").write_text(SOUND)
    result = omni("check", "a.omni")
    assert (2, True) == (result.returncode, "did you mean `gateway`?" in result.stdout)


def test_a_check_opens_no_socket_starts_no_process_and_writes_nothing(
    folder: Path, child_environment: dict[str, str]
) -> None:
    (folder / "a.omni").write_text(SOUND)
    program = """
import sys
watched = []
def hook(event, arguments):
    if event.startswith("socket.") or event in ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn"):
        watched.append(event)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        watched.append(f"write {arguments[0]}")
from omnidsl.plugins.index import load
load()  # the index is fresh from here on
sys.addaudithook(hook)
from omnidsl.__main__ import main
status = main(["check", "a.omni"])
print(status, watched, file=sys.stderr)
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, encoding="utf-8", env=child_environment, cwd=folder,
    )  # fmt: skip  # one call
    assert "0 []" == result.stderr.splitlines()[-1]


def test_a_file_that_several_recipes_use_is_told_once(omni: Omni, folder: Path) -> None:
    (folder / "brand.omni").write_text("prompt x {\n    a --foo\n}\n")
    for name in ("m", "n"):
        (folder / f"{name}.omni").write_text('use "brand.omni"\n' + SOUND)
    assert 1 == omni("check", ".").stdout.count("OM301")


def test_an_unknown_rule_set_is_an_exit_of_two(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text("let x = 1\n")
    result = omni("check", "a.omni", "--rules", "omnai")
    assert (2, True) == (result.returncode, "omniai" in result.stderr)


def test_an_unknown_rule_set_in_the_settings_is_told_at_its_place(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(SOUND)
    (folder / "omni.toml").write_text('rules = "omnai"\n')
    result = omni("check", "a.omni")
    assert (2, True) == (result.returncode, "did you mean `omniai`?" in result.stdout)


@pytest.mark.parametrize(
    ("arguments", "environment", "start"),
    [
        ([], {}, "error[OM307]"),
        ([], {"OMNI_OUTPUT_FORMAT": "concise"}, "a.omni:3:15: OM307 "),
        ([], {"GITHUB_ACTIONS": "true"}, "::error title=omni (OM307),file="),
        ([], {"GITHUB_ACTIONS": "true", "OMNI_OUTPUT_FORMAT": "concise"}, "a.omni:3:15: "),
        (["--output-format", "full"], {"OMNI_OUTPUT_FORMAT": "concise"}, "error[OM307]"),
        (["--output-format", "sarif"], {}, '{"$schema": "'),
    ],
)
def test_the_format_is_chosen_by_the_option_the_environment_and_the_runner(
    omni: Omni, folder: Path, arguments: list[str], environment: dict[str, str], start: str
) -> None:
    (folder / "a.omni").write_text(BROKEN)
    result = omni("check", "a.omni", *arguments, **{"GITHUB_ACTIONS": "", **environment})
    assert (1, True) == (result.returncode, result.stdout.startswith(start))


def test_a_format_that_does_not_exist_is_an_exit_of_two(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(SOUND)
    result = omni("check", "a.omni", OMNI_OUTPUT_FORMAT="sarrif")
    assert (2, "") == (result.returncode, result.stdout)
    assert "OMNI_OUTPUT_FORMAT is `sarrif`" in result.stderr
    assert "did you mean `sarif`?" in result.stderr


def test_a_report_goes_to_a_file_and_its_count_to_stderr(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(BROKEN)
    result = omni("check", "a.omni", "--output-format", "json", "--output-file", "found.json")
    assert (1, "", "Found 2 errors.\n") == (result.returncode, result.stdout, result.stderr)
    assert 2 == len(json.loads((folder / "found.json").read_text())["diagnostics"])


def test_a_report_that_cannot_be_written_is_an_exit_of_two(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(SOUND)
    result = omni("check", "a.omni", "--output-file", "no/where.txt")
    assert (2, "omni: error: No such file or directory: no/where.txt\n") == (result.returncode, result.stderr)  # fmt: skip  # one comparison


def test_statistics_stand_in_the_place_of_findings(omni: Omni, folder: Path) -> None:
    (folder / "a.omni").write_text(BROKEN)
    result = omni("check", "--statistics")
    expected = "1  OM101      unknown-name\n1  OM307      not-a-choice\n"
    assert (1, expected) == (result.returncode, result.stdout)
