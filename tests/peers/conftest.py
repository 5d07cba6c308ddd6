"""Programs that we did not write, as parties to a test: vendors' own clients, their specifications, a fake server.

They live in an environment of their own, `.peers/`, which `make test` makes (`make .peers/.ready` alone does it too).
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from omnidsl_sandbox import Sandbox

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / ".peers"
PYTHON = PEERS / "bin" / "python"
AIMOCK = PEERS / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"

RED = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR4nGM4oKCAFTEMpAQAL2gwAajk2G0AAAAASUVORK5CYII="
"""A red picture of 8 by 6 pixels: a PNG in base64."""

Json = Any  # JSON as it came, looked at field by field
Peer = Callable[..., Json]
Judge = Callable[[str, str, object], list[str]]
Aimock = Callable[..., str]


@pytest.fixture(scope="session")
def interpreter() -> Path:
    """The peers' interpreter."""
    if not (PEERS / ".ready").exists():
        pytest.skip("THE PEERS ARE MISSING: `make .peers/.ready` installs the vendors' clients")
    return PYTHON


@pytest.fixture(scope="session")
def peer(interpreter: Path) -> Peer:
    """Run a script of this folder with arguments under the peers' interpreter; what it printed, read as JSON."""

    def run(script: str, *arguments: str) -> Json:
        done = subprocess.run(
            [interpreter, HERE / script, *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def faults(interpreter: Path) -> Iterator[Judge]:
    """Where a value departs from a vendor's specification: `faults("openai", "CreateChatCompletionRequest", value)`.

    Vendors are `openai`, `anthropic` and `gemini`; `specifications.py` says more. A right value has none: `[]`.
    """
    with subprocess.Popen(
        [interpreter, HERE / "specifications.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as judge:
        assert judge.stdin is not None
        assert judge.stdout is not None
        asked, told = judge.stdin, judge.stdout

        def ask(vendor: str, name: str, value: object) -> list[str]:
            print(json.dumps([vendor, name, value]), file=asked, flush=True)
            answer: list[str] = json.loads(told.readline())
            return answer

        yield ask
        asked.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose tasks are done at once."""
    with Sandbox(duration=0, seed=1) as running:
        yield running


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    """Start aimock, which answers by its fixtures (`aimock({"match": …, "response": …}, …)`); returns its address.

    `keys` are those that it lets in, with commas; by itself it asks for none. `GET /__aimock/journal` there answers with the
    requests that it has seen. It lives until all tests are over, so that many may ask the same one.
    """
    node = shutil.which("node")
    if node is None or not AIMOCK.exists():
        pytest.skip(
            "AIMOCK IS MISSING: with npm installed, `rm -r .peers` and `make .peers/.ready`"
        )
    started: list[subprocess.Popen[str]] = []
    folder = tmp_path_factory.mktemp("aimock")

    def start(*fixtures: dict[str, object], keys: str = "") -> str:
        file = folder / f"fixtures-{len(started)}.json"
        file.write_text(json.dumps({"fixtures": fixtures}), "utf-8")
        child = subprocess.Popen(
            [node, AIMOCK, "--port", "0", "--fixtures", file],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env={**os.environ, **({"AIMOCK_API_KEYS": keys} if keys else {})},
        )
        started.append(child)
        assert child.stdout is not None
        said = ""
        for line in child.stdout:
            said += line
            if address := re.search(r"listening on (http://\S+)", line):
                return address[1]
        raise AssertionError(said)

    yield start
    for child in started:
        child.terminate()
        child.wait(10)
        assert child.stdout is not None
        child.stdout.close()
