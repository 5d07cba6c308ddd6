import contextlib
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from omnidsl_sandbox.server import _listener
from omnidsl_sandbox.store import Store

Omni = Callable[..., "subprocess.CompletedProcess[str]"]


def start(environment: dict[str, str], *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "omnidsl", "sandbox", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment
    )


def first_line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    return child.stdout.readline()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_sandbox_says_its_address_first_and_ends_quietly(
    child_environment: dict[str, str], number: signal.Signals, status: int
) -> None:
    with start(child_environment, "--port", "0") as child:
        address = first_line(child)
        answer = httpx.get(f"{address.strip()}/_sandbox/books")
        child.send_signal(number)
        rest, advice = child.communicate(timeout=30)

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+\n", address)
    assert (200, "", status) == (answer.status_code, rest, child.returncode)
    assert f"OMNI_BASE_URL={address.strip()}" in advice
    assert "Traceback" not in advice


def test_the_command_takes_a_profile_and_remix_accounts(child_environment: dict[str, str]) -> None:
    options = ("--profile", "proxy", "--remix", "--duration", "0", "--artifact", "fixed:1k")
    with start(child_environment, *options) as child:
        url = first_line(child).strip()
        with httpx.Client(base_url=url, headers={"Authorization": "Bearer sk-any"}) as client:
            task = client.post("/mj/submit/imagine", json={"prompt": "a cat"}).json()["result"]
            (row,) = client.get("/mj/task/list").json()
            reroll = next(one for one in row["buttons"] if "reroll" in one["customId"])
            body = {"taskId": task, "customId": reroll["customId"]}
            receipt = client.post("/mj/submit/action", json=body).json()
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)

    assert (task, 21) == (row["id"], receipt["code"])


def test_a_sandbox_ends_while_somebody_waits(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    with start(child_environment, "--latency", "60", "--state", str(tmp_path)) as child:
        url = first_line(child).strip()
        answers: list[int] = []
        waiting = threading.Thread(
            target=lambda: answers.append(httpx.get(f"{url}/x", timeout=60).status_code)
        )
        waiting.start()
        while not requests_counted(tmp_path):
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        _, advice = child.communicate(timeout=30)
        waiting.join()

    assert ([404], 130) == (answers, child.returncode)
    assert "Traceback" not in advice


def requests_counted(state: Path) -> int:
    store = Store(state / "sandbox.sqlite", durable=True)
    with contextlib.closing(store):
        return store.books().requests


def test_only_loopback_is_bound() -> None:
    with _listener(0) as listener:
        assert "127.0.0.1" == listener.getsockname()[0]


def test_a_port_in_use_is_named(omni: Omni, child_environment: dict[str, str]) -> None:
    with start(child_environment) as child:
        port = first_line(child).strip().rsplit(":", 1)[1]
        result = omni("sandbox", "--port", port)
        child.terminate()
        child.communicate(timeout=30)

    assert (2, "") == (result.returncode, result.stdout)
    assert result.stderr.startswith(f"omni sandbox: cannot listen on port {port}: ")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--port", "70000"), "port must be 0 to 65535, not 70000"),
        (("--latency", "-1"), "latency must be a number of seconds, 0 or more, not -1.0"),
        (("--duration", "nan"), "duration must be a number of seconds, 0 or more, not nan"),
        (("--refresh", "inf"), "refresh must be a number of seconds, 0 or more, not inf"),
        (
            ("--artifact", "painted"),
            "artifact must be `drawn` or a size such as `fixed:50k`, not `painted`",
        ),
        (("--artifact", "fixed:1"), "a fixed artifact has 128 to 67108864 bytes, not 1"),
    ],
)
def test_a_wrong_option_is_named(omni: Omni, options: tuple[str, str], words: str) -> None:
    result = omni("sandbox", *options)

    assert (2, "", f"omni sandbox: {words}\n") == (result.returncode, result.stdout, result.stderr)


def test_a_state_folder_that_is_a_file_is_named(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = omni("sandbox", "--state", str(tmp_path / "file"))

    assert (2, True) == (result.returncode, result.stderr.startswith("omni sandbox: cannot use "))


@pytest.mark.parametrize(
    ("module", "package"), [("starlette", "starlette"), ("uvicorn", "uvicorn"), ("PIL", "pillow")]
)
def test_a_missing_extra_is_named_with_the_way_to_install_it(
    child_environment: dict[str, str], module: str, package: str
) -> None:
    body = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from omnidsl.__main__ import main; sys.exit(main(['sandbox']))"
    )

    result = subprocess.run(
        [sys.executable, "-c", body], capture_output=True, encoding="utf-8", env=child_environment
    )

    words = f"omni sandbox needs the package `{package}`: pip install 'omnidsl[sandbox]'\n"
    assert (2, "", words) == (result.returncode, result.stdout, result.stderr)
