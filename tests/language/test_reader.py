"""Files that are no recipes: told by what is wrong with them."""

import os
from pathlib import Path

import pytest

from omnidsl.language.reader import LARGEST, read


def test_a_recipe_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.omni").write_bytes("\ufefflet x = 1".encode())
    source, finding = read(tmp_path / "a.omni")
    assert source is not None
    assert ("let x = 1", None) == (source.text, finding)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\0\1\2", "OM605"), (b"let x = \xff", "OM606"), (b"#" * (LARGEST + 1), "OM604")],
)
def test_what_is_no_text_has_its_code(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.omni").write_bytes(content)
    source, finding = read(tmp_path / "a.omni")
    assert source is None
    assert finding is not None
    assert code == finding.code


def test_invalid_utf8_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.omni").write_bytes("# 猫\nlet x = ".encode() + b"\xff\n")
    _, finding = read(tmp_path / "a.omni")
    assert finding is not None
    assert finding.source is not None
    assert finding.span is not None
    at = finding.source.position(finding.span.start)
    assert (2, 9) == (at.row, at.column)
    assert "0xFF" in finding.message("en")


def test_a_missing_file_is_told_with_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "hero.omni").write_text("")
    _, finding = read(tmp_path / "hreo.omni")
    assert finding is not None
    assert ("OM601", ((tmp_path / "hero.omni").as_posix(),)) == (finding.code, finding.suggestions)


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    _, finding = read(tmp_path)
    assert finding is not None
    assert "OM603" == finding.code


def test_what_the_system_does_not_let_us_read_is_told(tmp_path: Path) -> None:
    loop = tmp_path / "a.omni"
    loop.symlink_to(loop)
    _, finding = read(loop)
    assert finding is not None
    assert finding.code in ("OM601", "OM602")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.omni").write_text("let x = 1")
    (tmp_path / "a.omni").chmod(0)
    _, finding = read(tmp_path / "a.omni")
    assert finding is not None
    assert "OM602" == finding.code
