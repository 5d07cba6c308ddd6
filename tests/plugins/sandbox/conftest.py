"""A sandbox over a real socket, and a client with a key."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from omnidsl_sandbox import Sandbox

Json = dict[str, Any]  # Any: JSON as it came, looked at field by field
KEY = {"Authorization": "Bearer sk-buyer"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox a module, whose tasks are done at once."""
    with Sandbox(duration=0, seed=1) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client with an ordinary key."""
    # An empty context spares every test the reading of all certificates.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(base_url=sandbox.url, headers=KEY, verify=context) as opened:
        yield opened


@pytest.fixture
def submit(client: httpx.Client) -> Callable[..., str]:
    """Submit something that must be accepted; return the task id."""

    def post(name: str, **body: object) -> str:
        answer = client.post(f"/mj/submit/{name}", json=body).json()
        assert answer["code"] in (1, 21), answer
        return str(answer["result"])

    return post


@pytest.fixture
def fetch(client: httpx.Client) -> Callable[[str], Json]:
    """Return a task as the gateway shows it."""

    def get(task: str) -> Json:
        shown: Json = client.get(f"/mj/task/{task}/fetch").json()
        return shown

    return get


@pytest.fixture
def press(submit: Callable[..., str], fetch: Callable[[str], Json]) -> Callable[[str, str], str]:
    """Press the first button of a task whose customId has a part; return the new task's id."""

    def act(task: str, part: str) -> str:
        custom_id = next(
            one["customId"] for one in fetch(task)["buttons"] if part in one["customId"]
        )
        return submit("action", taskId=task, customId=custom_id)

    return act
