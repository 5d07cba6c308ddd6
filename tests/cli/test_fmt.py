"""`omni fmt` as people and machines call it: what it writes, prints, and says with its exit status."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl.cli import fmt
from omnidsl.language.formatting import UnfaithfulError
from tests.conftest import Omni

ROUGH = "let  a=1\n"
SMOOTH = "let a = 1\n"
BROKEN = "let = 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "folder"


def run(folder: Path, environment: dict[str, str], content: bytes, *arguments: str) -> tuple[int, bytes, bytes]:  # fmt: skip  # one line
    done = subprocess.run(
        [sys.executable, "-m", "omnidsl", "fmt", *arguments],
        input=content,
        capture_output=True,
        cwd=folder,
        env=environment,
    )
    return done.returncode, done.stdout, done.stderr


def test_files_are_rewritten_and_counted(omni: Omni, folder: Path) -> None:
    (folder / "rough.omni").write_text(ROUGH)
    (folder / "below").mkdir()
    (folder / "below" / "smooth.omni").write_text(SMOOTH)
    (folder / "other.txt").write_text(ROUGH)

    result = omni("fmt")

    assert (0, "") == (result.returncode, result.stdout)
    assert "1 file reformatted, 1 file left unchanged\n" == result.stderr
    assert SMOOTH == (folder / "rough.omni").read_text()
    assert ROUGH == (folder / "other.txt").read_text()


def test_a_formatted_file_is_not_touched(omni: Omni, folder: Path) -> None:
    path = folder / "smooth.omni"
    path.write_text(SMOOTH)
    before = path.stat()

    result = omni("fmt", "smooth.omni")

    assert (0, "1 file left unchanged\n") == (result.returncode, result.stderr)
    assert (before.st_ino, before.st_mtime_ns) == (path.stat().st_ino, path.stat().st_mtime_ns)


def test_check_names_what_would_change_and_writes_nothing(omni: Omni, folder: Path) -> None:
    (folder / "rough.omni").write_text(ROUGH)
    (folder / "smooth.omni").write_text(SMOOTH)

    result = omni("fmt", "--check")

    assert (1, "Would reformat: rough.omni\n") == (result.returncode, result.stdout)
    assert "1 file would be reformatted, 1 file already formatted\n" == result.stderr
    assert ROUGH == (folder / "rough.omni").read_text()


def test_check_of_formatted_files_is_silent(omni: Omni, folder: Path) -> None:
    (folder / "smooth.omni").write_text(SMOOTH)
    result = omni("fmt", "--check")
    assert (0, "", "1 file already formatted\n") == (
        result.returncode,
        result.stdout,
        result.stderr,
    )


def test_diff_shows_a_patch_that_git_applies(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    path = tmp_path / "rough.omni"
    path.write_bytes("prompt 猫{\r\n  风格：漫画\r\n}".encode())
    expected = "prompt 猫 {\r\n    风格: 漫画\r\n}\r\n".encode()

    status, patch, told = run(tmp_path, child_environment, b"", "--diff")

    assert (1, b"1 file would be reformatted\n") == (status, told)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-p0"], cwd=tmp_path, check=True, input=patch)
    assert expected == path.read_bytes()
    assert 0 == run(tmp_path, child_environment, b"", "--check")[0]


def test_a_byte_order_mark_goes(omni: Omni, folder: Path) -> None:
    path = folder / "marked.omni"
    path.write_bytes(b"\xef\xbb\xbf" + SMOOTH.encode())

    assert 1 == omni("fmt", "--check", "marked.omni").returncode
    assert 0 == omni("fmt", "marked.omni").returncode
    assert SMOOTH.encode() == path.read_bytes()


def test_a_file_with_errors_is_left_alone_and_told(omni: Omni, folder: Path) -> None:
    (folder / "broken.omni").write_text(BROKEN)
    (folder / "rough.omni").write_text(ROUGH)

    result = omni("fmt")

    assert (2, "") == (result.returncode, result.stdout)
    assert "error[OM001]" in result.stderr
    assert "broken.omni:1:5" in result.stderr
    assert result.stderr.endswith("1 file reformatted, 1 file could not be formatted\n")
    assert BROKEN == (folder / "broken.omni").read_text()
    assert SMOOTH == (folder / "rough.omni").read_text()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.omni", None, "OM601"),
        ("bytes.omni", b'let a = "\xff"\n', "OM606"),
        ("nul.omni", b"let a = \0\n", "OM605"),
        ("large.omni", b"# " + b"x" * 1_000_000 + b"\n", "OM604"),
        ("deep.omni", b"let a = " + b"(" * 300 + b"1" + b")" * 300 + b"\n", "OM010"),
    ],
)  # fmt: skip  # a table
@pytest.mark.parametrize("options", [[], ["--check"], ["--diff"]])
def test_what_cannot_be_read_is_told(
    omni: Omni, folder: Path, name: str, content: bytes | None, code: str, options: list[str]
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)

    result = omni("fmt", *options, name)

    assert (2, "") == (result.returncode, result.stdout)
    assert f"error[{code}]" in result.stderr
    assert "1 file could not be formatted\n" in result.stderr
    if content is not None:
        assert content == (folder / name).read_bytes()


def test_a_folder_without_recipes_is_told(omni: Omni) -> None:
    result = omni("fmt", ".")
    assert 2 == result.returncode
    assert "OM617" in result.stderr


def test_a_file_that_nobody_may_write_stays(omni: Omni, folder: Path) -> None:
    path = folder / "kept.omni"
    path.write_text(ROUGH)
    path.chmod(stat.S_IRUSR)

    result = omni("fmt", "kept.omni")

    assert (2, "") == (result.returncode, result.stdout)
    assert "`kept.omni` cannot be rewritten, and is as it was" in result.stderr
    assert ROUGH == path.read_text()
    assert [path] == list(folder.iterdir())


def test_mode_and_links_stay(omni: Omni, folder: Path) -> None:
    path = folder / "real.omni"
    path.write_text(ROUGH)
    path.chmod(0o640)
    (folder / "link.omni").symlink_to("real.omni")

    assert 0 == omni("fmt", "link.omni").returncode

    assert (folder / "link.omni").is_symlink()
    assert (SMOOTH, 0o640) == (path.read_text(), stat.S_IMODE(path.stat().st_mode))


def test_standard_input_is_formatted_to_standard_output(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    given = "prompt 猫{\r\n风格：漫画\r\n}".encode()
    expected = "prompt 猫 {\r\n    风格: 漫画\r\n}\r\n".encode()
    assert (0, expected, b"") == run(tmp_path, child_environment, given, "-")


def test_standard_input_with_errors_prints_nothing(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    status, out, err = run(
        tmp_path, child_environment, BROKEN.encode(), "-", "--stdin-filename", "sub/a.omni"
    )
    assert (2, b"") == (status, out)
    assert b"sub/a.omni:1:5" in err


def test_standard_input_can_be_looked_at_only(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    status, out, _ = run(tmp_path, child_environment, ROUGH.encode(), "-", "--check")
    assert (1, b"Would reformat: <stdin>\n") == (status, out)
    status, out, _ = run(tmp_path, child_environment, ROUGH.encode(), "-", "--diff")
    assert (1, ["-let  a=1", "+let a = 1"]) == (status, out.decode().splitlines()[3:])


def test_what_git_ignores_is_left_out_and_named_files_are_not(omni: Omni, folder: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    (folder / ".gitignore").write_text("made/\n")
    (folder / "made").mkdir()
    (folder / "made" / "a.omni").write_text(ROUGH)
    (folder / "b.omni").write_text(ROUGH)

    assert "Would reformat: b.omni\n" == omni("fmt", "--check").stdout
    assert "Would reformat: made/a.omni\n" == omni("fmt", "--check", "made/a.omni").stdout
    assert "" == omni("fmt", "--check", "--force-exclude", "made/a.omni").stdout


def test_a_name_cannot_steer_a_terminal(omni: Omni, folder: Path) -> None:
    (folder / "a\x1b[2J\n.omni").write_text(ROUGH)
    assert "Would reformat: a␛[2J␊.omni\n" == omni("fmt", "--check").stdout


def test_counts_are_told_in_chinese(omni: Omni, folder: Path) -> None:
    (folder / "rough.omni").write_text(ROUGH)
    assert "已格式化 1 个文件\n" == omni("fmt", OMNI_LANG="zh").stderr


def test_a_defect_leaves_the_file_and_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from argparse import Namespace

    from omnidsl.cli.projects import Projects
    from omnidsl.language import formatting

    def forgetful(text: str) -> str:
        raise UnfaithfulError("other words")

    monkeypatch.setenv("OMNI_LANG", "en")
    monkeypatch.setattr(formatting, "formatted", forgetful)  # no recipe is known that does it
    path = tmp_path / "a.omni"
    path.write_text(ROUGH)
    wishes = Namespace(check=False, diff=False, stdin_filename=None, color="never")
    work = fmt._Work(Projects(), wishes)

    work.format(str(path))

    assert 2 == work.report([])
    assert ROUGH == path.read_text()
    assert "formatted it would not say the same (other words)" in capsys.readouterr().err
