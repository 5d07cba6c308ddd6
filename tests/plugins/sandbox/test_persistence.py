import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from omnidsl_sandbox import Sandbox, SandboxError

KEY = {"Authorization": "Bearer sk-buyer"}


def start(state: Path, *options: str) -> "tuple[subprocess.Popen[str], str]":
    command = [sys.executable, "-m", "omnidsl", "sandbox", "--state", str(state), *options]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def kill(child: "subprocess.Popen[str]") -> None:
    with child:
        child.send_signal(signal.SIGKILL)


def test_a_killed_sandbox_goes_on_with_its_tasks_and_books(tmp_path: Path) -> None:
    child, url = start(tmp_path / "state", "--duration", "0")
    tasks = [
        httpx.post(
            f"{url}/mj/submit/imagine", headers=KEY, json={"prompt": "a cat", "state": f"{number}"}
        ).json()["result"]
        for number in range(5)
    ]
    picture = httpx.get(f"{url}/mj/image/{tasks[0]}").content
    before = httpx.get(f"{url}/_sandbox/books").json()
    kill(child)

    with Sandbox(state=tmp_path / "state", duration=0) as sandbox:
        after = httpx.get(f"{sandbox.url}/_sandbox/books").json()
        shown = [
            httpx.get(f"{sandbox.url}/mj/task/{task}/fetch", headers=KEY).json() for task in tasks
        ]
        same = httpx.get(shown[0]["imageUrl"]).content

    assert before == after
    assert ["SUCCESS"] * 5 == [one["status"] for one in shown]
    assert picture == same


def test_a_killed_sandbox_still_knows_a_duplicate(tmp_path: Path) -> None:
    child, url = start(tmp_path)
    body = {"prompt": "a cat", "state": "attempt-1"}
    httpx.post(f"{url}/mj/submit/imagine", headers=KEY, json=body)
    kill(child)

    with Sandbox(state=tmp_path) as sandbox:
        httpx.post(f"{sandbox.url}/mj/submit/imagine", headers=KEY, json=body)

        assert (2, 1) == (sandbox.books().submissions, sandbox.books().duplicates)


def test_a_sale_is_on_disk_before_its_reply_leaves(tmp_path: Path) -> None:
    child, url = start(tmp_path, "--latency", "30")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/mj/submit/imagine", headers=KEY, json={"prompt": "a cat"}, timeout=2)
    kill(child)

    with Sandbox(state=tmp_path) as sandbox:
        assert 1 == sandbox.books().submissions


def test_a_picture_drawn_after_the_restart_is_the_same(tmp_path: Path) -> None:
    pictures = []
    with Sandbox(state=tmp_path, duration=0) as sandbox:
        answer = httpx.post(
            f"{sandbox.url}/mj/submit/imagine", headers=KEY, json={"prompt": "a cat"}
        ).json()
        pictures.append(httpx.get(f"{sandbox.url}/mj/image/{answer['result']}").content)
    for drawn in (tmp_path / "pictures").iterdir():
        drawn.unlink()
    with Sandbox(state=tmp_path, duration=0) as sandbox:
        pictures.append(httpx.get(f"{sandbox.url}/mj/image/{answer['result']}").content)

    assert pictures[0] == pictures[1]


def test_two_sandboxes_may_share_a_folder(tmp_path: Path) -> None:
    with (
        Sandbox(state=tmp_path, duration=0, seed=1) as one,
        Sandbox(state=tmp_path, duration=0, seed=1) as other,
    ):
        tasks = [
            httpx.post(
                f"{sandbox.url}/mj/submit/imagine", headers=KEY, json={"prompt": "a cat"}
            ).json()["result"]
            for sandbox in (one, other, one)
        ]
        books = other.books()

    assert (3, 3) == (len(set(tasks)), books.submissions)


def test_without_a_folder_a_sandbox_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Sandbox(duration=0) as sandbox:
        answer = httpx.post(
            f"{sandbox.url}/mj/submit/imagine", headers=KEY, json={"prompt": "a cat"}
        ).json()
        httpx.get(f"{sandbox.url}/mj/image/{answer['result']}")

    assert [] == list(tmp_path.iterdir())


def test_no_key_is_written_to_the_folder(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer sk-planted-key-4711"}
    with Sandbox(state=tmp_path, duration=0) as sandbox:
        httpx.post(f"{sandbox.url}/mj/submit/imagine", headers=headers, json={"prompt": "a cat"})

    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert (True, False) == (b"a cat" in written, b"planted-key" in written)


def test_a_folder_of_another_format_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "sandbox.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(SandboxError, match="another version"), Sandbox(state=tmp_path):
        pass


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sandbox.sqlite").write_bytes(
        b"not a database, but long enough to be looked at" * 50
    )

    with pytest.raises(SandboxError, match="cannot use"), Sandbox(state=tmp_path):
        pass
