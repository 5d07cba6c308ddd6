"""Where a ledger may lie: on a local disk that can be written to."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from omnidsl.running.errors import LedgerError
from omnidsl.running.file_systems import network_kind
from omnidsl.running.records import RunRecord
from omnidsl.running.sqlite_ledger import SqliteLedger

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a mountinfo")


def mounted(tmp_path: Path, *points: tuple[str, str]) -> Path:
    """Write a mountinfo: points below the test's folder, and their kinds."""
    lines = ["22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"]
    for number, (point, kind) in enumerate(points, 30):
        where = str(tmp_path.resolve() / point).replace(" ", "\\040")
        lines.append(f"{number} 22 0:{number} / {where} rw shared:2 - {kind} server:/x rw,vers=4")
    path = tmp_path / "mountinfo"
    path.write_text("\n".join([*lines, "not a line of it", ""]), "utf-8")
    return path


@linux
@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_ledger_on_a_network_file_system_is_refused_with_the_way_out(
    tmp_path: Path, kind: str
) -> None:
    mounts = mounted(tmp_path, ("share", kind))

    with pytest.raises(LedgerError) as caught:
        SqliteLedger(tmp_path / "share" / ".omni" / "ledger.sqlite3", mounts)

    assert ("ledger-remote", kind) == (caught.value.reason, caught.value.values["kind"])
    assert "OMNI_STATE_DIR" in caught.value.help()
    assert not (tmp_path / "share").exists()


@linux
@pytest.mark.parametrize(
    ("points", "place", "expected"),
    [
        ([("share", "nfs")], "other", None),
        ([("share", "nfs")], "shared", None),
        ([("share", "nfs"), ("share/disk", "xfs")], "share/disk/.omni", None),
        ([("share/disk", "xfs"), ("share", "nfs")], "share/.omni", "nfs"),
        ([("share", "ext4"), ("share", "nfs")], "share", "nfs"),
        ([("share", "nfs"), ("share", "ext4")], "share", None),
        ([("with space", "cifs")], "with space/x", "cifs"),
    ],
)
def test_the_deepest_and_latest_mount_says_what_a_path_lies_on(
    tmp_path: Path, points: list[tuple[str, str]], place: str, expected: str | None
) -> None:
    mounts = mounted(tmp_path, *points)

    assert expected == network_kind(tmp_path / place, mounts)


@linux
def test_a_link_to_a_network_file_system_is_followed(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "share")

    assert "nfs" == network_kind(tmp_path / "link" / ".omni", mounted(tmp_path, ("share", "nfs")))


def test_where_nobody_says_what_is_mounted_a_path_counts_as_local(tmp_path: Path) -> None:
    assert network_kind(tmp_path, tmp_path / "no such file") is None


def a_run(run_id: str, size: int = 1) -> RunRecord:
    return RunRecord(
        id=run_id,
        recipe="a",
        pipeline="p",
        gateway="g",
        plan={"text": "x" * size},
        owner="o",
        started=1.0,
    )


def test_a_full_disk_is_named_and_what_was_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    ledger.add_run(a_run("first"))
    (pages,) = ledger._file.database.execute("PRAGMA page_count").fetchone()
    ledger._file.database.execute(f"PRAGMA max_page_count = {pages}")

    def write() -> None:
        with ledger.transaction():
            ledger.end_run("first", "failed")
            ledger.add_run(a_run("second", 2**20))

    with pytest.raises(LedgerError) as caught:
        write()
    with closing(sqlite3.connect(path)) as other:
        found = other.execute("SELECT id, state FROM runs").fetchall()
    ledger.add_run(a_run("third"))
    ledger.close()

    assert ("ledger-full", str(path)) == (caught.value.reason, caught.value.values["path"])
    assert [("first", "running")] == found


LOCKED_OUT = """
import os, sys
from pathlib import Path
from omnidsl.running.errors import LedgerError
from omnidsl.running.sqlite_ledger import SqliteLedger

# What is loaded on first use is loaded before: whoever we become may not come to this checkout.
try:
    SqliteLedger(Path(sys.argv[1]) / "no" / "folder")
except LedgerError as error:
    error.help()
if os.geteuid() == 0:
    os.setuid(65534)
try:
    SqliteLedger(Path(sys.argv[1]))
except LedgerError as error:
    print(error.reason, error.values["words"])
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of this machine can come to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions")
def test_a_folder_that_may_not_be_written_is_named(open_folder: Path) -> None:
    file = open_folder / "state" / "ledger.sqlite3"
    ledger = SqliteLedger(file)
    ledger.add_run(a_run("first"))
    ledger.close()
    before = file.read_bytes()
    file.chmod(0o444)
    file.parent.chmod(0o555)

    said = subprocess.run(
        [sys.executable, "-c", LOCKED_OUT, str(file)], capture_output=True, text=True, check=False
    )
    file.parent.chmod(0o755)

    assert "ledger-read-only attempt to write a readonly database\n" == said.stdout, said.stderr
    assert before == file.read_bytes()
