"""The frame of the command line: whatever happens becomes an exit status and a line that people can read."""

import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from omnidsl import __version__
from omnidsl.cli import COMMANDS

Omni = Callable[..., "subprocess.CompletedProcess[str]"]
Frame = Callable[[str], list[str]]


@pytest.fixture
def command(tmp_path: Path) -> Frame:
    """The command line of a child whose table has one more command, `own`, with this body."""

    def make(body: str) -> list[str]:
        (tmp_path / "own_command.py").write_text(
            "def add(subparsers):\n"
            "    subparsers.add_parser('own').set_defaults(run=run)\n"
            "def run(arguments):\n"
            f"    {body}\n",
            "utf-8",
        )
        start = (
            f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
            "from omnidsl import cli; cli.COMMANDS['own'] = 'own_command'\n"
            "from omnidsl.__main__ import main; sys.exit(main(['own']))"
        )
        return [sys.executable, "-c", start]

    return make


def test_the_version_is_one_line(omni: Omni) -> None:
    result = omni("--version")

    assert (f"omni {__version__}\n", "", 0) == (result.stdout, result.stderr, result.returncode)


def test_the_installed_script_is_the_module() -> None:
    script = Path(sysconfig.get_path("scripts")) / "omni"

    result = subprocess.run([str(script), "--version"], capture_output=True, encoding="utf-8")

    assert (f"omni {__version__}\n", 0) == (result.stdout, result.returncode)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_shows_every_command_with_a_line(omni: Omni, language: str) -> None:
    result = omni("--help", OMNI_LANG=language)

    helped = [
        line.split()[0]
        for line in result.stdout.splitlines()
        if line.startswith("  ") and len(line.split()) > 1
    ]
    assert [*COMMANDS, "--help", "--version"] == helped


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_a_module_with_its_two_functions(name: str) -> None:
    module = import_module(COMMANDS[name])

    assert callable(module.add)
    assert callable(module.run)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(omni: Omni, name: str) -> None:
    result = omni(name, "--help")

    assert (result.returncode, result.stderr) == (0, "")
    assert f"usage: omni {name}" in result.stdout


def test_no_command_at_all_is_wrong_usage(omni: Omni) -> None:
    result = omni()

    assert (result.returncode, result.stdout) == (2, "")
    assert "usage: omni COMMAND" in result.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("chekc", "check"), ("Plan", "plan"), ("histroy", "history"), ("--verison", "--version")],
)
def test_a_misspelt_command_is_wrong_usage_with_a_suggestion(
    omni: Omni, typed: str, meant: str
) -> None:
    result = omni(typed)

    assert (result.returncode, result.stdout) == (2, "")
    assert f"did you mean `{meant}`?" in result.stderr


def test_a_misspelt_command_is_answered_in_chinese(omni: Omni) -> None:
    result = omni("chekc", OMNI_LANG="zh")

    assert "没有名为 `chekc` 的命令" in result.stderr


def test_a_command_far_from_any_other_gets_no_suggestion(omni: Omni) -> None:
    result = omni("x" * 100_000)

    assert "did you mean" not in result.stderr


def test_a_misspelt_option_of_a_command_is_wrong_usage_with_a_suggestion(omni: Omni) -> None:
    result = omni("plugins", "--jsno")

    assert result.returncode == 2
    assert "did you mean `--json`?" in result.stderr


def test_an_option_may_not_be_cut_short(omni: Omni) -> None:
    assert omni("plugins", "--js").returncode == 2


def test_a_hostile_command_name_cannot_steer_the_terminal(omni: Omni) -> None:
    result = omni("\x1b[2Jche\rck")

    assert "\x1b" not in result.stderr
    assert "␛[2Jche␍ck" in result.stderr


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("return 1", 1, ""),
        ("raise KeyboardInterrupt", 130, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('no more')", 2, "omni: no more\n"),
        (
            "from omnidsl.plugins.errors import PluginError; raise PluginError('p', 'is \\x1b broken')",
            2,
            "omni: error: plugin `p`: is ␛ broken\n",
        ),
        ("open('/no/such/file')", 2, "omni: error: No such file or directory: /no/such/file\n"),
    ],
)
def test_what_a_command_does_becomes_a_status_and_a_line(
    command: Frame, child_environment: dict[str, str], body: str, status: int, told: str
) -> None:
    result = subprocess.run(
        command(body), capture_output=True, encoding="utf-8", env=child_environment
    )

    assert (status, told) == (result.returncode, result.stderr)


def test_an_unexpected_exception_is_called_a_defect_and_shows_no_traceback(
    command: Frame, child_environment: dict[str, str]
) -> None:
    result = subprocess.run(
        command("1 / 0"), capture_output=True, encoding="utf-8", env=child_environment
    )

    assert result.returncode == 2
    assert result.stderr.startswith(
        "omni: this is a defect of OmniDSL: ZeroDivisionError: division by zero\n"
    )
    assert "Traceback" not in result.stderr


def test_the_traceback_of_a_defect_is_shown_on_request(
    command: Frame, child_environment: dict[str, str]
) -> None:
    environment = child_environment | {"OMNI_TRACEBACK": "1"}

    result = subprocess.run(
        command("1 / 0"), capture_output=True, encoding="utf-8", env=environment
    )

    assert result.returncode == 2
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_control_c_ends_with_130_and_no_traceback(
    command: Frame, child_environment: dict[str, str]
) -> None:
    arguments = command("print('ready', flush=True); import time; time.sleep(30)")
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=child_environment,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=30)

    assert (child.returncode, errors) == (130, "")


@pytest.mark.parametrize("body", ["print('x')", "print('x' * 1_000_000); return 0"])
@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently")
def test_a_reader_that_goes_away_is_no_error_to_talk_about(
    command: Frame, child_environment: dict[str, str], body: str
) -> None:
    arguments = command(f"import sys; sys.stdin.read(); {body}")
    with subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=child_environment,
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stdin is not None
        child.stdin.close()
        assert child.stderr is not None
        errors = child.stderr.read()

    assert (child.returncode, errors) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to write to is Linux's")
def test_a_full_disk_is_told_in_a_line(child_environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "omnidsl", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=child_environment,
        )

    assert (result.returncode, result.stderr) == (2, "omni: error: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors close differently")
def test_a_closed_output_is_as_good_as_none(child_environment: dict[str, str]) -> None:
    result = subprocess.run(
        ["sh", "-c", '"$0" -m omnidsl --help >&- 2>&-', sys.executable],
        capture_output=True,
        env=child_environment,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


def test_output_is_utf8_under_an_ascii_locale(omni: Omni) -> None:
    ascii_only = {
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii:strict",
    }

    result = omni("--help", OMNI_LANG="zh", **ascii_only)

    assert result.returncode == 0
    assert "检查配方" in result.stdout


def test_characters_that_utf8_cannot_hold_are_escaped(
    command: Frame, child_environment: dict[str, str]
) -> None:
    result = subprocess.run(command(r"print('\udcff')"), capture_output=True, env=child_environment)

    assert result.stdout.replace(b"\r\n", b"\n") == b"\\udcff\n"


def test_input_that_is_not_utf8_does_not_stop_a_command(
    command: Frame, child_environment: dict[str, str]
) -> None:
    arguments = command("import sys; print(sys.stdin.read() == '\\ufffd\\u732b')")

    result = subprocess.run(
        arguments, input=b"\xff\xe7\x8c\xab", capture_output=True, env=child_environment
    )

    assert result.stdout.strip() == b"True"


def test_a_very_long_command_line_is_answered_at_once(omni: Omni) -> None:
    start = time.monotonic()

    omni("plugins", "--" + "x" * 100_000)

    assert time.monotonic() - start < 30  # quadratic time would be minutes


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["vocab", "--help"], ["用法：omni vocab", "选项:", "显示本帮助并退出"]),
        (["prompt", "convert"], ["错误: 缺少参数：FILE"]),
        (["prompt", "parse", "--rules"], ["参数 --rules：后面需要一个值"]),
    ],
)
def test_help_and_usage_are_chinese_throughout(
    omni: Omni, line: list[str], words: list[str]
) -> None:
    answer = omni(*line, OMNI_LANG="zh")
    said = answer.stdout + answer.stderr

    assert [] == [one for one in words if one not in said]
    assert [] == [one for one in ("usage:", "options", "error", "exit") if one in said]


def test_a_prompt_is_shown_with_chinese_names_of_its_categories(omni: Omni) -> None:
    said = omni("prompt", "parse", "Cyberpunk,冷光,a cat --v 6.1", OMNI_LANG="zh").stdout

    assert ["提示词", "风格", "光线", "正文", "version"] == [
        line.split()[0] for line in said.splitlines()
    ]
