"""Replies on the disk."""

from pathlib import Path

import pytest

from omnidsl.plugins.outcomes import Reply
from omnidsl.running.records import Stage
from omnidsl.running.spool import Spool

STAGE = Stage(attempt="omni-a.1.1", name="submit", path="/x", request="0" * 64)
REPLY = Reply(200, {"content-type": "application/json"}, b'{"code": 1}\n{"more": 2}')


def test_a_reply_that_was_kept_is_found(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "replies")
    spool.keep(STAGE, REPLY)

    assert Spool(tmp_path / "replies").find(STAGE) == REPLY


@pytest.mark.parametrize("left", [0, 1, 60, -1])
def test_a_reply_whose_writing_was_cut_off_is_none(tmp_path: Path, left: int) -> None:
    spool = Spool(tmp_path)
    spool.keep(STAGE, REPLY)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:left])

    assert spool.find(STAGE) is None


def test_an_empty_reply_is_a_reply(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    empty = Reply(200, {}, b"")
    spool.keep(STAGE, empty)

    assert spool.find(STAGE) == empty
