"""`omni prompt parse` as a child process."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import validate  # type: ignore[import-untyped]  # ships no types

Omni = Callable[..., "subprocess.CompletedProcess[str]"]

GUIDE = "Cyberpunk,Wide view,Face Shot (VCU),Cold light,可爱的猫 --q 2 --s 50 --v 6.1 --ar 4:3"

NUMBERS = {"type": "array", "items": {"type": "number"}}
SEGMENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["text", "weight"],
        "properties": {"text": {"type": "string"}, "weight": {"type": "number"}},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "prompt", "valid", "text", "images", "segments", "parameters", "vocabulary", "permutations", "canonical", "diagnostics",
    ],
    "properties": {
        "prompt": {"type": "string"},
        "valid": {"type": "boolean"},
        "text": {"type": "string"},
        "images": {"type": "array", "items": {"type": "string"}},
        "segments": SEGMENTS,
        "parameters": {"type": "object"},
        "vocabulary": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "permutations": {"type": ["integer", "null"], "minimum": 1},
        "jobs": {
            "type": "array",
            "minItems": 2,
            "items": {"type": "object", "required": ["text", "segments", "parameters"], "properties": {"segments": SEGMENTS}},
        },
        "canonical": {"type": "string"},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name", "severity", "message", "start", "end", "fix"],
                "properties": {"fix": {"type": ["object", "null"], "required": ["safe", "edits"]}},
            },
        },
    },
}  # fmt: skip


def test_the_guides_prompt_is_shown_whole(omni: Omni) -> None:
    result = omni("prompt", "parse", "--json", GUIDE)

    expected = {
        "prompt": GUIDE,
        "valid": True,
        "text": "可爱的猫",
        "images": [],
        "segments": [{"text": "可爱的猫", "weight": 1}],
        "parameters": {"quality": 2, "stylize": 50, "version": "6.1", "aspect": "4:3"},
        "vocabulary": {
            "style": ["Cyberpunk"],
            "view": ["Wide view"],
            "shot": ["Face Shot (VCU)"],
            "light": ["Cold light"],
        },
        "permutations": 1,
        "canonical": GUIDE,
        "diagnostics": [],
    }
    assert (expected, "", 0) == (json.loads(result.stdout), result.stderr, result.returncode)


@pytest.mark.parametrize(
    "text",
    [
        GUIDE,
        "",
        "{a,b}" * 30,
        "{a,b}" * 14000,
        "a {b, c} --ar {1:1, 2:1} --q 7",
        "cat--ar 1:1",
        "cat --foo",
        "a::2 b",
        "{" * 50,
    ],
)
def test_the_json_keeps_its_contract(omni: Omni, text: str) -> None:
    result = omni("prompt", "parse", "--json", text)

    validate(json.loads(result.stdout), SCHEMA)


def test_one_object_a_line_for_each_prompt(omni: Omni) -> None:
    result = omni("prompt", "parse", "--json", "cat", "dog --v 6", "--v 6")

    shown = [json.loads(line) for line in result.stdout.splitlines()]

    assert (["cat", "dog --v 6", "--v 6"], [True, True, False], 1) == (
        [one["prompt"] for one in shown],
        [one["valid"] for one in shown],
        result.returncode,
    )


def test_jobs_are_there_only_with_permutations(omni: Omni) -> None:
    result = omni("prompt", "parse", "--json", "cat", "a {b, c}")

    one, several = (json.loads(line) for line in result.stdout.splitlines())

    assert "jobs" not in one
    assert ["a b", "a c"] == [job["text"] for job in several["jobs"]]


def test_a_file_has_one_prompt_a_line(omni: Omni, tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("cat --v 6\r\n\n猫 --ar 1:1\n", "utf-8")

    result = omni("prompt", "parse", "--json", "--file", str(file))

    assert ["cat --v 6", "猫 --ar 1:1"] == [
        json.loads(line)["prompt"] for line in result.stdout.splitlines()
    ]


Piped = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def piped(child_environment: dict[str, str]) -> Piped:
    """Run `omni prompt parse … -` with bytes on its standard input."""

    def run(given: bytes, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [sys.executable, "-m", "omnidsl", "prompt", "parse", *arguments, "-"],
            input=given,
            capture_output=True,
            env=child_environment,
            timeout=60,
        )

    return run


def test_standard_input_has_one_prompt_a_line(piped: Piped) -> None:
    result = piped(b"cat\r\n\ndog --foo\n", "--json")

    assert (["cat", "dog --foo"], 1) == (
        [json.loads(line)["prompt"] for line in result.stdout.splitlines()],
        result.returncode,
    )


def test_a_byte_order_mark_is_dropped(piped: Piped) -> None:
    result = piped("\ufeffcat".encode(), "--json")

    assert (["cat"], 0) == (
        [json.loads(line)["prompt"] for line in result.stdout.splitlines()],
        result.returncode,
    )


def test_programs_are_told_what_is_not_utf8(piped: Piped) -> None:
    result = piped("猫\n".encode() + b"\xff\xfe", "--json")

    shown = json.loads(result.stdout)
    [found] = shown["diagnostics"]

    validate(shown, SCHEMA)
    assert (1, False, "OM606", 2, 3) == (
        result.returncode,
        shown["valid"],
        found["code"],
        found["start"],
        found["end"],
    )


def test_people_are_told_what_is_not_utf8(piped: Piped) -> None:
    result = piped("猫\n".encode() + b"dog \xff")

    assert (1, b"") == (result.returncode, result.stdout)
    assert b"OM606" in result.stderr
    assert b"<stdin>:2:5" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are no bytes there")
def test_an_argument_that_is_not_utf8_is_no_prompt(child_environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "omnidsl", "prompt", "parse", "--json", b"cat \xff", b"dog"],
        capture_output=True,
        env=child_environment,
        timeout=60,
    )

    shown = [json.loads(line) for line in result.stdout.splitlines()]

    assert ([["OM606"], []], 1) == (
        [[found["code"] for found in one["diagnostics"]] for one in shown],
        result.returncode,
    )


def test_a_list_that_is_not_utf8_is_told_at_its_place(omni: Omni, tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_bytes(b"cat\n\xb0\xae --v 6\n")

    result = omni("prompt", "parse", "--file", str(file))

    assert 1 == result.returncode
    assert f"{file.as_posix()}:2:1" in result.stderr


def test_a_folder_is_no_list_of_prompts(omni: Omni) -> None:
    result = omni("prompt", "parse", "--file", ".")

    assert 2 == result.returncode
    assert "`.` is no list of prompts: it is a folder; name the files in it" in result.stderr


def test_a_list_may_be_too_large(omni: Omni, tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    with file.open("wb") as stream:
        stream.truncate(100_000_001)

    result = omni("prompt", "parse", "--file", str(file))

    assert (2, "") == (result.returncode, result.stdout)
    assert "it has more than 100 MB" in result.stderr


def test_an_unknown_rule_set_is_told_with_its_neighbour(omni: Omni) -> None:
    result = omni("prompt", "parse", "--rules", "omnai", "cat")

    assert (2, "") == (result.returncode, result.stdout)
    assert "did you mean 'omniai'?" in result.stderr


def test_prompts_stand_on_both_sides_of_an_option(omni: Omni) -> None:
    result = omni("prompt", "parse", "cat", "--json", "dog")

    assert ["cat", "dog"] == [json.loads(line)["prompt"] for line in result.stdout.splitlines()]


def test_people_get_a_summary_and_findings_with_their_place(omni: Omni) -> None:
    result = omni("prompt", "parse", "a {red, blue} cat --ar 4:3 --q 7")

    assert 1 == result.returncode
    assert (
        "jobs     2\n         a red cat --ar 4:3 --q 7\n         a blue cat --ar 4:3 --q 7\n"
        in result.stdout
    )
    assert "OM307" in result.stderr
    assert "<prompt>:1:32" in result.stderr


def test_a_warning_is_no_error(omni: Omni) -> None:
    result = omni("prompt", "parse", "Cyberpunk cat --q 2 --zoom 1.8")

    assert (0, True) == (result.returncode, "OM319" in result.stderr)


def test_people_read_it_in_chinese(omni: Omni) -> None:
    result = omni("prompt", "parse", "cat --foo", OMNI_LANG="zh")

    assert "提示词" in result.stdout
    assert "无法识别的参数（Unrecognized parameter(s)）" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [(), ("--rules", "2020", "cat"), ("--file", "missing.txt"), ("--file", "."), ("--foo",)],
    ids=str,
)
def test_a_wrong_command_line_ends_with_2_and_a_line(
    omni: Omni, arguments: tuple[str, ...]
) -> None:
    result = omni("prompt", "parse", *arguments)

    assert (2, "") == (result.returncode, result.stdout)
    assert result.stderr
    assert "Traceback" not in result.stderr
    assert "defect" not in result.stderr


def test_control_characters_do_not_reach_a_terminal(omni: Omni) -> None:
    result = omni("prompt", "parse", "cat \x1b[31m dog")

    assert "\x1b" not in result.stdout + result.stderr


def test_a_fault_in_a_list_is_told_at_its_place(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "cats.csv").write_text('id,prompt\n1,"a ""red"" cat --foo --v 6.1"\n')

    result = omni("prompt", "parse", "--file", str(tmp_path / "cats.csv"))

    assert (1, True) == (result.returncode, "cats.csv:2:18" in result.stderr)


def test_comments_and_empty_lines_of_a_list_are_no_prompts(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "cats.txt").write_text("# cats\n\n#1 cat --v 6.1\n  # end\n")

    result = omni("prompt", "parse", "--json", "--file", str(tmp_path / "cats.txt"))

    assert ["#1 cat --v 6.1"] == [json.loads(one)["prompt"] for one in result.stdout.splitlines()]


def test_settings_of_the_project_hold_for_prompts(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text('allow-params = ["mystyle"]\n')

    known = omni("prompt", "parse", "a cat --mystyle --v 6.1")
    isolated = omni("prompt", "parse", "--isolated", "a cat --mystyle --v 6.1")

    assert (0, 1) == (known.returncode, isolated.returncode)


def test_wrong_settings_end_with_2(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text("rulez = 1\n")

    result = omni("prompt", "parse", "a cat")

    assert (2, "") == (result.returncode, result.stdout)
    assert "omni.toml" in result.stderr
