"""`omni init`: a project that works from its first minute, and nothing of anybody's overwritten."""

from pathlib import Path

import pytest

from omnidsl.cli import COMMANDS
from omnidsl.cli.init import FILES, TEMPLATES
from tests.conftest import Omni

WRITTEN = {*FILES, ".gitignore"}


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    return tmp_path / "folder"


def files(folder: Path) -> set[str]:
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_first_project_is_sound_and_runs_on_the_sandbox(
    omni: Omni, folder: Path, language: str
) -> None:
    made = omni("init", OMNI_LANG=language)
    assert (0, "", WRITTEN) == (made.returncode, made.stderr, files(folder))

    for command in [["check"], ["test"], ["fmt", "--check"]]:
        if command[0] in COMMANDS:
            result = omni(*command)
            assert 0 == result.returncode, result.stdout + result.stderr
    ran = omni("run", "recipes/hello.omni", "--sandbox", "--yes")
    assert 0 == ran.returncode, ran.stderr
    assert {"out/hello.png", "out/hello-four.png"} <= files(folder)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_language_has_every_template(language: str) -> None:
    assert set(FILES.values()) == {one.name for one in (TEMPLATES / language).iterdir()}


def test_a_folder_is_made_where_there_is_none(omni: Omni, folder: Path) -> None:
    result = omni("init", "deep/my cats")
    assert (0, WRITTEN) == (result.returncode, files(folder / "deep" / "my cats"))
    assert "  cd 'deep/my cats'\n" in result.stdout


def test_nothing_that_is_there_is_overwritten(omni: Omni, folder: Path) -> None:
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")
    result = omni("init")
    assert 0 == result.returncode
    assert {"mine"} == {(folder / name).read_text() for name in FILES}
    left = result.stdout.partition("there already:\n")[2]
    assert all(f"  {name}\n" in left for name in FILES)


def test_a_second_time_changes_nothing(omni: Omni, folder: Path) -> None:
    omni("init")
    before = {name: (folder / name).read_bytes() for name in WRITTEN}
    result = omni("init")
    assert before == {name: (folder / name).read_bytes() for name in WRITTEN}
    assert "Written" not in result.stdout


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"*.pyc", b"*.pyc\n.omni/\nout/\n"),
        (b"*.pyc\r\nout\r\n", b"*.pyc\r\nout\r\n.omni/\r\n"),
        (b"/out/\n.omni\n", b"/out/\n.omni\n"),
        (b"\xff\n", b"\xff\n.omni/\nout/\n"),
        (b"", b".omni/\nout/\n"),
    ],
)
def test_what_git_ignores_is_added_to_and_never_replaced(
    omni: Omni, folder: Path, before: bytes, after: bytes
) -> None:
    (folder / ".gitignore").write_bytes(before)
    omni("init")
    assert after == (folder / ".gitignore").read_bytes()


def test_settings_that_stand_in_pyproject_are_not_given_a_second_place(
    omni: Omni, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text('[tool.omnidsl]\noutput = "made"\n')
    result = omni("init")
    assert (0, False) == (result.returncode, (folder / "omni.toml").exists())
    assert "  pyproject.toml\n" in result.stdout


def test_a_link_to_nowhere_is_not_followed(omni: Omni, folder: Path) -> None:
    (folder / "omni.toml").symlink_to("../elsewhere.toml")
    omni("init")
    assert not (folder.parent / "elsewhere.toml").exists()


@pytest.mark.parametrize("name", ["taken", "taken/deeper"])
def test_a_folder_that_cannot_be_made_is_an_exit_of_two(
    omni: Omni, folder: Path, name: str
) -> None:
    (folder / "taken").write_text("a file")
    result = omni("init", name)
    assert (2, "") == (result.returncode, result.stdout)
    assert result.stderr.startswith("omni: error: ")
