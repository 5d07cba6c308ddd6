"""Replacing a file in one step, and everything that may stand in the way."""

import os
import stat
from pathlib import Path

import pytest

from omnidsl.language.rewriting import ChangedMeanwhileError, replace


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "a.omni"
    path.write_bytes(b"old")
    return path


def test_the_content_is_replaced_and_nothing_is_left_beside_it(recipe: Path) -> None:
    replace(recipe, b"old", b"new\r\n\xff")
    assert b"new\r\n\xff" == recipe.read_bytes()
    assert [recipe] == list(recipe.parent.iterdir())


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_the_mode_stays(recipe: Path, mode: int) -> None:
    recipe.chmod(mode)
    replace(recipe, b"old", b"new")
    assert mode == stat.S_IMODE(recipe.stat().st_mode)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")  # fmt: skip  # one line
def test_the_owner_stays(recipe: Path) -> None:
    os.chown(recipe, 12, 34)
    replace(recipe, b"old", b"new")
    assert (12, 34) == (recipe.stat().st_uid, recipe.stat().st_gid)


def test_a_link_stays_a_link_and_its_target_is_replaced(recipe: Path) -> None:
    (recipe.parent / "far").mkdir()
    link = recipe.parent / "far" / "link.omni"
    link.symlink_to("../a.omni")
    replace(link, b"old", b"new")
    assert link.is_symlink()
    assert b"new" == recipe.read_bytes()


def test_a_reader_that_holds_the_old_file_open_reads_it_to_its_end(recipe: Path) -> None:
    with recipe.open("rb") as reader:
        replace(recipe, b"old", b"new")
        assert b"old" == reader.read()


@pytest.mark.parametrize("mode", [0o444, 0o400])
def test_a_read_only_file_is_left_alone(recipe: Path, mode: int) -> None:
    recipe.chmod(mode)
    with pytest.raises(PermissionError):
        replace(recipe, b"old", b"new")
    assert (b"old", [recipe]) == (recipe.read_bytes(), list(recipe.parent.iterdir()))


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(recipe: Path) -> None:
    recipe.write_bytes(b"theirs")
    with pytest.raises(ChangedMeanwhileError):
        replace(recipe, b"old", b"new")
    assert (b"theirs", [recipe]) == (recipe.read_bytes(), list(recipe.parent.iterdir()))


def test_a_file_that_is_gone_is_not_made_again(recipe: Path) -> None:
    recipe.unlink()
    with pytest.raises(FileNotFoundError):
        replace(recipe, b"old", b"new")
    assert [] == list(recipe.parent.iterdir())


def test_a_file_left_behind_by_a_crash_is_in_nobodys_way(recipe: Path) -> None:
    left = recipe.parent / f".a.omni.{os.getpid()}-0.tmp"
    left.write_bytes(b"left")
    replace(recipe, b"old", b"new")
    assert (b"new", b"left") == (recipe.read_bytes(), left.read_bytes())
