"""`omni prompt check` as a child process: lists are checked, mended and reported as recipes are."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Omni = Callable[..., "subprocess.CompletedProcess[str]"]

GOOD = "a cat on a windowsill --v 6.1 --ar 4:3\n可爱的猫，冷光 --v 6.1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that `omni` runs in."""
    return tmp_path / "folder"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def places(result: "subprocess.CompletedProcess[str]") -> list[tuple[str, int, int]]:
    """Return code, row and column of what the JSON form tells."""
    return [
        (one["code"], one["location"]["row"], one["location"]["column"])
        for one in json.loads(result.stdout)["diagnostics"]
    ]


def test_a_list_without_faults_is_clean(omni: Omni, folder: Path) -> None:
    write(folder, "cats.txt", GOOD)

    result = omni("prompt", "check", "cats.txt")

    assert (0, "", "Found nothing wrong.\n") == (result.returncode, result.stdout, result.stderr)


def test_a_fault_is_told_at_its_line_and_column(omni: Omni, folder: Path) -> None:
    write(
        folder,
        "cats.txt",
        "\ufeff# cats\r\n" + GOOD.replace("\n", "\r\n") + "  猫 --foo --v 6.1\r\n",
    )

    result = omni("prompt", "check", "--output-format", "json", "cats.txt")

    assert (1, [("OM301", 4, 5)]) == (result.returncode, places(result))


def test_a_fault_in_a_table_is_told_at_the_character_of_the_file(omni: Omni, folder: Path) -> None:
    text = '\ufeffid,prompt\r\n1,"a ""red""\r\n cat, 猫 --foo --v 6.1"\r\n'
    write(folder, "cats.csv", text)

    result = omni("prompt", "check", "--output-format", "json", "cats.csv")

    assert (1, [("OM301", 3, 9)]) == (result.returncode, places(result))


def test_standard_input_is_a_list(
    omni: Omni, folder: Path, child_environment: dict[str, str]
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "omnidsl", "prompt", "check", "--output-format", "concise", "-"],
        input=b"cat --v 6.1\ncat --foo\n",
        capture_output=True,
        cwd=folder,
        env=child_environment,
    )

    told = result.stdout.decode()
    assert (1, True) == (result.returncode, told.startswith("<stdin>:2:5: OM301 "))


def test_fixes_are_written_into_the_list(omni: Omni, folder: Path) -> None:
    path = write(folder, "cats.txt", "# kept\r\na cat--ar 4:3 --v 6.1\r\n\r\na dog --v 6.1\r\n")

    result = omni("prompt", "check", "--fix", "cats.txt")

    expected = b"# kept\r\na cat --ar 4:3 --v 6.1\r\n\r\na dog --v 6.1\r\n"
    assert (0, expected) == (result.returncode, path.read_bytes())


def test_fixes_are_written_into_a_table(omni: Omni, folder: Path) -> None:
    path = write(folder, "cats.csv", 'id,prompt\n1,"a ""cat""--ar 4:3 --v 6.1"\n2,dog\n')

    omni("prompt", "check", "--fix", "cats.csv")

    assert 'id,prompt\n1,"a ""cat"" --ar 4:3 --v 6.1"\n2,dog\n' == path.read_text("utf-8")


def test_mending_twice_changes_nothing_more(omni: Omni, folder: Path) -> None:
    path = write(
        folder,
        "cats.txt",
        "a cat--ar 4:3 —— v 6.1\na dog－－s 5 --v 6.1,\n# omni: ignore[OM301]\nx\n",
    )
    omni("prompt", "check", "--fix", "--unsafe-fixes", "cats.txt")
    once = path.read_text("utf-8")

    omni("prompt", "check", "--fix", "--unsafe-fixes", "cats.txt")

    assert once == path.read_text("utf-8")


def test_a_fix_of_an_unselected_code_is_not_applied(omni: Omni, folder: Path) -> None:
    path = write(folder, "cats.txt", "a cat--ar 4:3 --v 6.1\n")

    omni("prompt", "check", "--fix", "--ignore", "OM325", "cats.txt")

    assert "a cat--ar 4:3 --v 6.1\n" == path.read_text("utf-8")


def test_a_suppressed_finding_is_not_mended(omni: Omni, folder: Path) -> None:
    text = "# omni: ignore[OM325]\na cat--ar 4:3 --v 6.1\n"
    path = write(folder, "cats.txt", text)

    result = omni("prompt", "check", "--fix", "cats.txt")

    assert (0, text) == (result.returncode, path.read_text("utf-8"))


def test_a_needless_suppression_is_told(omni: Omni, folder: Path) -> None:
    write(folder, "cats.txt", "# omni: ignore[OM301]\na cat --v 6.1\n")

    result = omni("prompt", "check", "--output-format", "json", "cats.txt")

    assert [("OM910", 1, 16)] == places(result)


def test_a_diff_writes_nothing(omni: Omni, folder: Path) -> None:
    path = write(folder, "cats.txt", "a cat--ar 4:3 --v 6.1\n")

    result = omni("prompt", "check", "--diff", "cats.txt")

    assert (1, "a cat--ar 4:3 --v 6.1\n") == (result.returncode, path.read_text("utf-8"))
    assert "+a cat --ar 4:3 --v 6.1\n" in result.stdout


def test_settings_of_the_project_hold(omni: Omni, folder: Path) -> None:
    write(folder, "omni.toml", '[lint]\nignore = ["OM301"]\n')
    write(folder, "cats.txt", "a cat --foo --v 6.1\n")

    result = omni("prompt", "check", "cats.txt")

    assert (0, "") == (result.returncode, result.stdout)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("cats.omni", b'prompt cat = "a cat"\n', "OM440"),
        ("cats.txt", "a cat".encode("utf-16"), "OM440"),
        ("cats.txt", "可爱的猫".encode("gbk"), "OM606"),
        ("sub/", b"", "OM440"),
        ("nowhere.txt", None, "OM601"),
    ],
)
def test_what_is_no_list_is_told(
    omni: Omni, folder: Path, name: str, content: bytes | None, code: str
) -> None:
    if name.endswith("/"):
        (folder / name).mkdir()
    elif content is not None:
        write(folder, name, content)

    result = omni("prompt", "check", "--output-format", "concise", name)

    assert (True, "") == (f"{code} " in result.stdout, "Traceback" * ("Traceback" in result.stderr))
    assert result.returncode == (1 if code == "OM606" else 2)


def test_a_file_that_is_named_twice_is_checked_once(omni: Omni, folder: Path) -> None:
    write(folder, "cats.txt", "cat --foo --v 6.1\n")

    result = omni("prompt", "check", "cats.txt", "./cats.txt", "--statistics")

    assert "1  OM301      unknown-parameter\n" == result.stdout
