"""`omni run`: on the embedded sandbox, against gateways that misbehave, and with nobody there to ask."""

import json
import os
import pty
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from omnidsl.testing import Answer, Request, ScriptedGateway
from omnidsl_sandbox import Sandbox
from tests.conftest import Omni

ONE = "prompt cat {\n    可爱的猫 --v 6.1\n}\n"
CHAIN = ONE + (
    "pipeline p {\n    grid = cat -> midjourney.imagine\n    best = grid -> upscale(2)\n"
    '    words = openai.chat("hello")\n    save best as "best.png"\n    save words as "words.txt"\n}\n'
)
MANY = 'pipeline p {\n    for i in 1..11 {\n        a = openai.chat("number ${i}")\n    }\n}\n'
KEY = "sk-planted-0123456789"


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    here = tmp_path / "folder"
    for name, text in (("one.omni", ONE), ("chain.omni", CHAIN), ("many.omni", MANY)):
        (here / name).write_text(text, "utf-8")
    return here


def test_a_run_on_the_sandbox_saves_real_files(omni: Omni, folder: Path) -> None:
    result = omni("run", "chain.omni", "--sandbox", "--output", "made")
    assert 0 == result.returncode, result.stderr
    files = {path.name for path in (folder / "made").iterdir()}
    assert {"best.png", "best.png.omni.json", "words.txt", "words.txt.omni.json"} == files
    assert (folder / "made" / "best.png").read_bytes().startswith(b"\x89PNG")
    assert "SIMULATED" in (folder / "made" / "words.txt").read_text("utf-8")
    assert {"best.png", "words.txt"} == {Path(line).name for line in result.stdout.splitlines()}


def test_a_second_run_sends_nothing(omni: Omni, folder: Path) -> None:
    omni("run", "chain.omni", "--sandbox")
    (folder / "out" / "best.png").unlink()
    result = omni("run", "chain.omni", "--sandbox")
    assert (0, True) == (result.returncode, "0 done, 3 reused" in result.stderr)
    assert (folder / "out" / "best.png").exists()


def test_events_are_json_lines(omni: Omni, folder: Path) -> None:  # it holds the recipes
    lines = omni("run", "one.omni", "--sandbox", "--json").stdout.splitlines()
    events = [json.loads(line) for line in lines]
    assert ("run-started", "run-finished") == (events[0]["event"], events[-1]["event"])
    assert list(range(1, len(events) + 1)) == [one["sequence"] for one in events]


def test_without_a_gateway_the_error_says_in_three_lines_what_to_do(
    omni: Omni, folder: Path
) -> None:  # as above
    result = omni("run", "one.omni")
    assert 2 == result.returncode
    assert 3 == len(result.stderr.splitlines())
    for words in ("omni run one.omni --sandbox", "OMNI_BASE_URL", "OMNI_API_KEY"):
        assert words in result.stderr


def test_a_gateway_without_a_key_is_told(omni: Omni, folder: Path) -> None:  # as above
    result = omni("run", "one.omni", OMNI_BASE_URL="https://gateway.example")
    assert (2, True) == (result.returncode, "OMNI_API_KEY" in result.stderr)


def test_a_wrong_recipe_is_not_run(omni: Omni, folder: Path) -> None:
    (folder / "bad.omni").write_text(ONE + "let x = nope\n", "utf-8")
    result = omni("run", "bad.omni", "--sandbox")
    assert (1, True) == (result.returncode, "unknown name `nope`" in result.stderr)
    assert not (folder / ".omni").exists()


@contextmanager
def gateway(status: int, body: bytes, content_type: str = "application/json") -> Iterator[str]:
    """Serve one answer to every request; yields the root address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815  # http.server's names

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


UNAUTHORISED = '{"error":{"message":"无效的令牌 (request id: 1)","type":"new_api_error"}}'.encode()
QUOTA = b'{"error":{"message":"quota is used up","type":"new_api_error","code":"insufficient_user_quota"}}'


@pytest.mark.parametrize(
    ("status", "body", "content_type", "exit_status", "words"),
    [
        (401, UNAUTHORISED, "application/json", 1, "无效的令牌"),
        (403, QUOTA, "application/json", 1, "quota"),
        (404, b'{"error":{"message":"Invalid URL (POST /x)"}}', "application/json", 1, "Invalid URL"),
        (502, b"<html><h1>Bad Gateway</h1></html>", "text/html", 3, "omni"),
        (200, b'{"code":1,"description":"ok"}', "application/json", 3, "omni"),
        (200, b'{"code":24,"description":"banned","properties":{"bannedWord":"cat"}}', "application/json", 1, "banned"),
    ],
    ids=["401", "403-quota", "404", "502-html", "200-without-id", "banned-word"],
)  # fmt: skip  # a table of cases
def test_a_gateway_that_misbehaves_is_told_and_never_a_traceback(
    omni: Omni,
    folder: Path,
    status: int,
    body: bytes,
    content_type: str,
    exit_status: int,
    words: str,
) -> None:
    with gateway(status, body, content_type) as url:
        result = omni("run", "one.omni", OMNI_BASE_URL=url, OMNI_API_KEY=KEY)
    everything = result.stdout + result.stderr
    assert exit_status == result.returncode, everything
    assert words in everything
    assert "Traceback" not in everything
    assert KEY not in everything
    assert [] == [
        path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()
    ]


def test_a_held_step_says_what_to_do_and_is_not_sent_again(
    omni: Omni, folder: Path
) -> None:  # as above
    with gateway(502, b"<html></html>", "text/html") as url:
        omni("run", "one.omni", OMNI_BASE_URL=url, OMNI_API_KEY=KEY)
        result = omni("run", "one.omni", OMNI_BASE_URL=url, OMNI_API_KEY=KEY)
    assert 3 == result.returncode
    assert "omni resume" in result.stderr
    assert "--resubmit cat" in result.stderr


def test_a_gateway_that_refuses_the_connection_is_told(
    omni: Omni, folder: Path
) -> None:  # as above
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    result = omni("run", "one.omni", OMNI_BASE_URL=url, OMNI_API_KEY=KEY)
    assert (1, False) == (result.returncode, "Traceback" in result.stderr)
    assert url in result.stderr


def test_a_task_that_fails_costs_its_dependants_and_no_other_step(omni: Omni, folder: Path) -> None:
    text = (
        (folder / "chain.omni").read_text("utf-8").replace("可爱的猫", "[[sandbox:fail]] 可爱的猫")
    )
    (folder / "chain.omni").write_text(text, "utf-8")
    result = omni("run", "chain.omni", "--sandbox")
    assert 1 == result.returncode
    assert "[Invalid parameter]" in result.stderr
    assert (folder / "out" / "words.txt").exists()
    assert not (folder / "out" / "best.png").exists()


def test_simulated_work_is_never_taken_for_real(
    omni: Omni, folder: Path, tmp_path: Path
) -> None:  # as above
    omni("run", "one.omni", "--sandbox")
    with Sandbox(state=tmp_path / "other", duration=0.2) as sandbox:
        result = omni("run", "one.omni", OMNI_BASE_URL=sandbox.url, OMNI_API_KEY=KEY)
        assert 1 == sandbox.books().submissions
    assert "1 done, 0 reused" in result.stderr


def test_an_interrupted_run_goes_on_where_it_was(
    folder: Path, child_environment: dict[str, str], tmp_path: Path
) -> None:
    with Sandbox(state=tmp_path / "gateway", duration=2) as sandbox:
        environment = child_environment | {"OMNI_BASE_URL": sandbox.url, "OMNI_API_KEY": KEY}
        command = [sys.executable, "-m", "omnidsl", "run", "chain.omni", "--json"]
        with subprocess.Popen(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            submitted = (
                0  # both that can be, their receipts in the ledger; the picture takes two seconds
            )
            while submitted < 2:
                submitted += json.loads(child.stdout.readline())["event"] == "step-submitted"
            child.kill()
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, encoding="utf-8", timeout=60
        )
        books = sandbox.books()
    assert 0 == done.returncode, done.stderr
    assert (3, 0) == (books.submissions, books.duplicates)
    assert {1} == set(books.by_prompt.values())


@pytest.mark.parametrize(
    ("answer", "status", "sent"), [("y\n", 0, True), ("n\n", 2, False), ("\n", 2, False)]
)
def test_more_than_ten_jobs_are_asked_for_on_a_terminal(
    folder: Path, child_environment: dict[str, str], answer: str, status: int, sent: bool
) -> None:
    controller, terminal = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "omnidsl", "run", "many.omni", "--sandbox"],
        stdin=terminal, stdout=terminal, stderr=terminal, env=child_environment | {"TERM": "dumb"}, cwd=folder,
    )  # fmt: skip  # one call
    os.close(terminal)
    seen = read_until(controller, "[y/N]")
    os.write(controller, answer.encode())
    seen += read_until(controller, None)
    os.close(controller)
    assert status == child.wait(timeout=60)
    assert "paid jobs to be sent to sandbox: 11" in seen
    assert sent == ("11 done" in seen)


def test_an_answer_steers_no_terminal(
    folder: Path, child_environment: dict[str, str], tmp_path: Path
) -> None:
    said = "one\x1b]0;owned\x07\n\ttwo\x1b[2J\r\n\x9b31m三"

    def answer(_: Request) -> Answer:
        return Answer.of(
            {"id": "1", "choices": [{"message": {"content": said}, "finish_reason": "stop"}]}
        )

    (folder / "say.omni").write_text(
        'pipeline p {\n    a = openai.chat("x")\n    return a\n}\n', "utf-8"
    )
    controller, terminal = pty.openpty()
    with ScriptedGateway(answer) as gateway:
        environment = child_environment | {
            "TERM": "dumb", "OMNI_BASE_URL": gateway.url, "OMNI_API_KEY": KEY
        }  # fmt: skip  # one thought
        command = [sys.executable, "-m", "omnidsl", "run", "say.omni"]
        child = subprocess.Popen(
            command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, cwd=folder
        )
        os.close(terminal)
        seen = read_until(controller, None)
        os.close(controller)
        assert 0 == child.wait(timeout=60), seen
        piped = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, check=True
        )

    assert "one␛]0;owned␇\r\n    two␛[2J\r\n\\u{9b}31m三\r\n" in seen
    assert f"{said}\n".encode() == piped.stdout


def read_until(controller: int, words: str | None) -> str:
    """Read what a terminal shows until some words, or its end."""
    seen = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (words is None or words.encode() not in seen):
        if not select.select([controller], [], [], 0.2)[0]:
            continue
        try:
            read = os.read(controller, 65536)
        except OSError:  # the child has closed its end
            break
        if not read:
            break
        seen += read
    return seen.decode("utf-8", "replace")


def test_without_a_terminal_many_paid_jobs_need_yes(
    omni: Omni, folder: Path, tmp_path: Path
) -> None:  # as above
    with Sandbox(state=tmp_path / "gateway", duration=0.1) as sandbox:
        environment = {"OMNI_BASE_URL": sandbox.url, "OMNI_API_KEY": KEY}
        refused = omni("run", "many.omni", **environment)
        assert (2, True, 0) == (
            refused.returncode,
            "--yes" in refused.stderr,
            sandbox.books().submissions,
        )
        assert 0 == omni("run", "many.omni", "--yes", **environment).returncode
        assert 11 == sandbox.books().submissions


@pytest.mark.parametrize("where", ["one.omni", "one.omni/deeper", "dangling"])
def test_an_output_that_cannot_be_is_told_before_anything_is_paid(
    omni: Omni, folder: Path, tmp_path: Path, where: str
) -> None:
    (folder / "dangling").symlink_to(folder / "nowhere")
    with Sandbox(state=tmp_path / "gateway", duration=0.1) as sandbox:
        environment = {"OMNI_BASE_URL": sandbox.url, "OMNI_API_KEY": KEY}
        result = omni("run", "one.omni", "--output", where, **environment)
        assert (2, 0) == (result.returncode, sandbox.books().submissions), result.stderr
    assert "nothing can be saved" in result.stderr


def test_a_decision_about_a_step_that_is_not_held_is_refused(omni: Omni, folder: Path) -> None:
    assert 0 == omni("run", "one.omni", "--sandbox").returncode
    result = omni("resume", "--resubmit", "cat")
    assert (2, True) == (
        result.returncode,
        "`cat`" in result.stderr and "is not held" in result.stderr,
    )


def test_going_on_with_more_than_ten_jobs_needs_a_yes_too(
    omni: Omni, folder: Path, tmp_path: Path
) -> None:
    settings = folder / "omni.toml"
    named = '[gateway]\nname = "ours"\nbase_url = "{url}"\n'
    with gateway(401, UNAUTHORISED) as url:
        settings.write_text(named.format(url=url), "utf-8")
        omni("run", "many.omni", "--yes", OMNI_API_KEY=KEY)
    with Sandbox(state=tmp_path / "gateway", duration=0.1) as sandbox:
        settings.write_text(named.format(url=sandbox.url), "utf-8")

        refused = omni("resume", OMNI_API_KEY=KEY)
        sent_before = sandbox.books().submissions
        agreed = omni("resume", "--yes", "--quiet", OMNI_API_KEY=KEY)

        assert (2, True, 0) == (refused.returncode, "--yes" in refused.stderr, sent_before)
        assert (0, "", 11) == (agreed.returncode, agreed.stderr, sandbox.books().submissions)


def test_until_runs_a_part_and_names_that_are_near(omni: Omni, folder: Path) -> None:
    part = omni("run", "chain.omni", "--sandbox", "--until", "grid")
    wrong = omni("run", "chain.omni", "--sandbox", "--redo", "gird")

    assert (0, True) == (part.returncode, "1 done, 0 reused" in part.stderr), part.stderr
    assert (2, True) == (wrong.returncode, "steps that it has: grid" in wrong.stderr)
