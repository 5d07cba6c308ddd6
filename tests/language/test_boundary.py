"""What lies outside of a project is neither read nor named."""

from pathlib import Path

import pytest

from omnidsl.language.boundary import files_beside, inside
from omnidsl.language.reader import read


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.omni").write_text("let a = 1\n")
    (tmp_path / "projects.omni").write_text("let a = 1\n")
    return folder


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", True),
        ("a.omni", True),
        ("sub/../a.omni", True),
        ("..", False),
        ("../projects.omni", False),
        ("../project/a.omni", True),
        ("a\0b", True),
        ("../a\0b", False),
        ("\ud800", True),
        ("/", False),
    ],
)
def test_a_path_is_inside_or_outside(project: Path, path: str, expected: bool) -> None:
    assert expected is inside(project / path, project)


@pytest.mark.parametrize(
    ("target", "expected"),
    [("../outside/a.omni", False), ("sub", True), ("link", True), ("nowhere", True), ("/", False)],
)
def test_a_link_lies_where_it_leads(project: Path, target: str, expected: bool) -> None:
    (project / "link").symlink_to(target)

    assert expected is inside(project / "link", project)


def test_a_project_may_be_reached_through_a_link(project: Path) -> None:
    (project.parent / "link").symlink_to(project)

    assert inside(project.parent / "link" / "a.omni", project.parent / "link")
    assert inside(project / "a.omni", project.parent / "link")


def test_names_outside_of_the_project_are_not_told(project: Path) -> None:
    (project / "b.omni").write_text("let b = 1\n")

    assert ["b.omni"] == files_beside(project / "a", project)
    assert [] == files_beside(project, project)
    assert [] == files_beside(project / "nowhere" / "a", project)
    assert [] == files_beside(project / "a\0" / "a", project)


def test_a_folder_and_a_link_to_nothing_are_no_files_to_suggest(project: Path) -> None:
    (project / "a.omni").symlink_to("nowhere.omni")

    assert [] == files_beside(project / "a.omni", project)


def test_a_link_that_leads_out_is_not_read(project: Path) -> None:
    (project / "link.omni").symlink_to("../outside/a.omni")

    source, finding = read(project / "link.omni", "link.omni", root=project)

    assert source is None
    assert finding is not None
    assert ("OM614", "`link.omni` lies outside the project") == (
        finding.code,
        finding.message("en"),
    )


def test_a_missing_file_beside_the_project_gets_no_suggestion_from_there(project: Path) -> None:
    _, finding = read(project / "projectz.omni", root=project)

    assert finding is not None
    assert [] == list(finding.suggestions)
