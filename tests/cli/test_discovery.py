"""Which recipes a search finds: as git sees it, and as the settings say."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnidsl.cli.discovery import SearchOptions, discover
from omnidsl.cli.projects import Projects
from omnidsl.settings.patterns import Patterns, is_pattern
from tests.conftest import Omni
from tests.timing import growth


def lay(folder: Path, *names: str, **files: str) -> None:
    """Write empty recipes by name, and files by content (`_` stands for a dot at the start)."""
    for name, text in [*((one, "") for one in names), *files.items()]:
        path = folder / name.replace("_", ".", 1) if text else folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def found(folder: Path, *names: str, **options: object) -> list[str]:
    """Return what a search from within a folder finds."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        files, faults = discover(names or ["."], Projects(), SearchOptions(**options))  # type: ignore[arg-type]  # as the test says
    finally:
        os.chdir(before)
    return [*files, *(one.code for one in faults)]


def test_folders_are_searched_in_order(tmp_path: Path) -> None:
    lay(tmp_path, "b.omni", "a/z.omni", "a/c.txt", "a.omni")

    assert ["a.omni", "a/z.omni", "b.omni"] == found(tmp_path)


def test_a_recipe_is_found_once_however_often_it_is_named(tmp_path: Path) -> None:
    lay(tmp_path, "a.omni", "sub/b.omni")

    assert ["a.omni", "sub/b.omni"] == found(tmp_path, "a.omni", ".", "./a.omni", "sub/../sub")


def test_hidden_folders_and_those_of_packages_are_left_out(tmp_path: Path) -> None:
    lay(tmp_path, "a.omni", ".x/b.omni", "node_modules/c.omni", "x/__pycache__/d.omni")

    assert ["a.omni"] == found(tmp_path)


def test_a_folder_that_is_named_is_searched_though_it_is_hidden(tmp_path: Path) -> None:
    lay(tmp_path, ".x/b.omni", ".x/.y/c.omni", _gitignore=".x/\n/.x/\n")
    (tmp_path / ".git").mkdir()

    assert [".x/b.omni"] == found(tmp_path, ".x")


def test_exclude_replaces_the_default_and_extend_exclude_adds_to_it(tmp_path: Path) -> None:
    lay(tmp_path, "a.omni", ".x/b.omni", "drafts/c.omni", "old/deep/d.omni")
    lay(tmp_path, **{"omni.toml": 'exclude = ["drafts/"]\nextend-exclude = ["/old/*/d.omni"]\n'})

    assert [".x/b.omni", "a.omni"] == found(tmp_path)


def test_a_project_inside_has_excludes_of_its_own(tmp_path: Path) -> None:
    lay(tmp_path, "out/a.omni", "sub/out/b.omni", "sub/in/c.omni")
    lay(tmp_path, **{"omni.toml": 'exclude = ["out/"]\n', "sub/omni.toml": 'exclude = ["in/"]\n'})

    assert ["sub/out/b.omni"] == found(tmp_path)


def test_the_command_line_beats_the_settings(tmp_path: Path) -> None:
    lay(tmp_path, "a.omni", "b.omni", "c.omni")
    lay(tmp_path, **{"omni.toml": 'exclude = ["a.omni"]\n'})

    assert ["a.omni"] == found(tmp_path, exclude=["b.omni"], extend_exclude=["c.omni"])


def test_a_file_that_is_named_is_taken_unless_exclusion_is_forced(tmp_path: Path) -> None:
    lay(tmp_path, "drafts/a.omni", "b.omni", **{"omni.toml": 'exclude = ["drafts/"]\n'})
    names = ("drafts/a.omni", "b.omni")

    assert ["drafts/a.omni", "b.omni"] == found(tmp_path, *names)
    assert ["b.omni"] == found(tmp_path, *names, force_exclude=True)


def test_forced_exclusion_knows_git_too(tmp_path: Path) -> None:
    lay(tmp_path, "out/deep/a.omni", "b.omni", _gitignore="out/\n")
    (tmp_path / ".git").mkdir()

    assert ["b.omni"] == found(tmp_path, "out/deep/a.omni", "b.omni", "out", force_exclude=True)


def test_what_git_ignores_can_be_searched(tmp_path: Path) -> None:
    lay(tmp_path, "out/a.omni", _gitignore="out/\n")

    assert (["OM617"], ["out/a.omni"]) == (
        found(tmp_path),
        found(tmp_path, respect_gitignore=False),
    )


def test_patterns_above_hold_up_to_the_repository(tmp_path: Path) -> None:
    lay(tmp_path, "repo/sub/a.omni", "repo/sub/b.omni", "repo/sub/c.omni")
    lay(tmp_path, _gitignore="a.omni\n", **{"repo/.gitignore": "b.omni\n"})
    (tmp_path / "repo" / ".git").mkdir()

    assert ["a.omni", "c.omni"] == found(tmp_path / "repo" / "sub")


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    lay(tmp_path, "a/b.omni")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "self.omni").symlink_to(tmp_path / "self.omni")

    assert ["a/b.omni"] == found(tmp_path)


def test_a_folder_deeper_than_recursion_goes_is_searched(deep: list[str]) -> None:
    top, bottom = Path(deep[0]), Path(deep[-1])
    lay(bottom, "a.omni", **{"omni.toml": 'exclude = ["/b"]\nforce-exclude = true\n'})
    (top / ".git").mkdir()

    assert 1 == len(found(top))
    assert ["a.omni"] == found(bottom, "a.omni")


@pytest.mark.skipif(os.geteuid() == 0, reason="everything can be read by root")
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    lay(tmp_path, "a.omni", "closed/b.omni")
    (tmp_path / "closed").chmod(0)

    assert ["a.omni", "OM602"] == found(tmp_path)


NAMES = st.sampled_from(["a", "b", "out", "keep", "aab", "keeep"])
LINES = st.sampled_from(
    ["*e*p", "k*e*.omni", "*a*a*.omni", "**/k*p", "[ak]*?*.o*i", "*.*.omni", "a", "out/", "/a", "!keep/", "!a", "*.omni", "!keep.omni", "a/b", "**/b", "a/**", "out/*", "!out/keep.omni", "# a", "", "\\!a", "[ab]", "b.*", "?", "keep", "*", "!*/"]
)  # fmt: skip  # a list of patterns
IGNORES = st.dictionaries(
    st.sampled_from(["", "a/", "out/", "a/b/"]), st.lists(LINES, max_size=4), max_size=3
)


@given(
    st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=8), IGNORES
)
@settings(max_examples=40)
def test_a_search_finds_what_git_does_not_ignore(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], ignores: dict[str, list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    lay(folder, *(f"{one}.omni" for one in paths))
    for below, lines in ignores.items():
        (folder / below).mkdir(parents=True, exist_ok=True)
        (folder / below / ".gitignore").write_text("\n".join(lines))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=folder, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip  # one call
    expected = sorted(one for one in listed.split("\0") if one.endswith(".omni"))

    assert (expected or ["OM617"]) == found(folder)


@pytest.mark.parametrize(
    "line", ["*a" * 40 + "*b", "*a?" * 40 + "*b", "*[ab]" * 40 + "*b", "a*" * 40 + "c", "**/a/" * 3 + "b"]
)  # fmt: skip  # one line
def test_patterns_take_linear_time(line: str) -> None:
    def search(path: str) -> None:
        patterns = Patterns("/x", [line])
        for _ in range(50):
            assert patterns.verdict(f"/x/{path}.omni", is_folder=False) is None

    assert growth(search, lambda size: "a" * size, 60, 240, 16.0) < 16.0


def test_a_pattern_too_deep_to_be_meant_is_none() -> None:
    assert [True, False] == [is_pattern("**/a" * count) for count in (3, 4)]


def test_a_recipe_on_stdin_is_left_out_under_its_name(omni: Omni, tmp_path: Path) -> None:
    lay(tmp_path / "folder", **{"omni.toml": 'exclude = ["drafts/"]\n'})
    given_ = ["check", "-", "--stdin-filename", "drafts/a.omni", "--force-exclude"]

    result = omni(*given_)

    assert (0, "") == (result.returncode, result.stdout)
