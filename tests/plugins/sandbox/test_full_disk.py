"""A sandbox whose state finds no room on the disk."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from omnidsl_sandbox import Sandbox

KEY = {"Authorization": "Bearer sk-buyer"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[tuple[Sandbox, httpx.Client]]:
    with (
        Sandbox(state=tmp_path, duration=0, seed=1) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY, verify=False) as opened,  # noqa: S501  # loopback
    ):
        yield sandbox, opened


def fill(sandbox: Sandbox) -> None:
    """Let the database grow no more, as on a full disk."""
    store = sandbox._running.store
    for connection in (store._tasks, store._counters):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")


def imagine(client: httpx.Client, number: int) -> httpx.Response:
    return client.post("/mj/submit/imagine", json={"prompt": f"fox {number} " + "x" * 9000})


def test_what_cannot_be_booked_is_not_sold_and_said_so(
    client: tuple[Sandbox, httpx.Client],
) -> None:
    sandbox, asked = client
    fill(sandbox)

    replies = [imagine(asked, number) for number in range(3)]

    assert {503} == {one.status_code for one in replies}
    assert "full" in replies[0].json()["error"]["message"]
    assert 0 == sandbox.books().submissions


def test_what_needs_no_room_is_answered(client: tuple[Sandbox, httpx.Client]) -> None:
    sandbox, asked = client
    task = imagine(asked, 1).json()["result"]
    fill(sandbox)
    (sandbox._options.state or Path()).joinpath("pictures").rename(
        (sandbox._options.state or Path()) / "elsewhere"
    )

    row = asked.get(f"/mj/task/{task}/fetch").json()

    assert "SUCCESS" == row["status"]
    assert asked.get(row["imageUrl"]).content.startswith(b"\x89PNG")
