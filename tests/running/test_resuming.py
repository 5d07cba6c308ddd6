"""`omni resume`, and what `omni run` prints beside it: commands in a folder, as somebody types them."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omnidsl.testing import Answer, MidjourneyScript, ScriptedGateway
from omnidsl_sandbox import Sandbox
from tests.conftest import Omni

FAILS = 'prompt cat {\n    [[sandbox:fail]] a cat\n}\npipeline p {\n    a = cat -> midjourney.imagine\n    save a as "a.png"\n}\n'
WORKS = FAILS.replace("[[sandbox:fail]] ", "")
KEY = "sk-planted-0123456789"


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    return tmp_path / "folder"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(state=tmp_path / "gateway", duration=0.1) as running:
        yield running


def recipe(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def command(stderr: str) -> list[str]:
    """Return the arguments of the command that the last line names."""
    return stderr.splitlines()[-1].partition("omni ")[2].split()


def jobs_announced(stderr: str) -> str:
    """Return how many paid jobs a command said that it sends."""
    found = re.search(r"^paid jobs to be sent to \S+: (\d+)", stderr, re.MULTILINE)
    return found[1] if found else ""


def test_the_command_that_a_failed_run_names_buys_the_failed_task_again(
    omni: Omni, folder: Path, sandbox: Sandbox
) -> None:
    recipe(folder, "a.omni", FAILS)
    environment = {"OMNI_BASE_URL": sandbox.url, "OMNI_API_KEY": KEY}
    failed = omni("run", "a.omni", **environment)
    plain = omni("resume", **environment)
    bought_by_plain_resume = sandbox.books().submissions

    named = command(failed.stderr)
    again = omni(*named, **environment)

    assert "retry" == named[0]
    assert (1, 1, 1) == (failed.returncode, plain.returncode, again.returncode)
    assert (1, 2) == (bought_by_plain_resume, sandbox.books().submissions)
    announced = [jobs_announced(one.stderr) for one in (failed, plain, again)]
    assert ["1", "0", "1"] == announced


def test_a_run_is_found_from_below_and_from_above_its_project(omni: Omni, folder: Path) -> None:
    recipe(folder, "deep/project/a.omni", WORKS)
    recipe(folder, "deep/project/omni.toml", 'output = "made"\n')
    (folder / "deep" / "project" / "sub").mkdir()
    ran = omni("run", "deep/project/a.omni", "--sandbox")
    run = next((folder / "deep" / "project" / ".omni").glob("ledger.sqlite3"))
    assert (0, True) == (ran.returncode, run.exists()), ran.stderr
    picture = folder / "deep" / "project" / "made" / "a.png"
    picture.unlink()

    resumed = omni("resume")

    assert (0, True) == (resumed.returncode, picture.exists()), resumed.stderr
    assert "deep/project/made/a.png\n" == resumed.stdout
    assert not (folder / ".omni").exists()


def test_a_run_goes_by_the_settings_of_its_project_and_not_of_the_current_folder(
    folder: Path, child_environment: dict[str, str]
) -> None:
    recipe(folder, "project/a.omni", WORKS)
    recipe(folder, "project/omni.toml", 'output = "made"\n')
    recipe(folder, "project/sub/omni.toml", 'output = "elsewhere"\n')
    call = [sys.executable, "-m", "omnidsl"]
    for arguments, place in ((["run", "../a.omni", "--sandbox"], "sub"), (["resume"], "sub")):
        done = subprocess.run(
            [*call, *arguments],
            cwd=folder / "project" / place,
            env=child_environment,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert 0 == done.returncode, done.stderr

    found = sorted(one.parent.name for one in folder.rglob("a.png"))
    assert ["made"] == found


def test_a_state_folder_elsewhere_knows_its_project(
    omni: Omni, folder: Path, tmp_path: Path
) -> None:
    recipe(folder, "project/a.omni", WORKS)
    elsewhere = {"OMNI_STATE_DIR": str(tmp_path / "state")}
    omni("run", "project/a.omni", "--sandbox", **elsewhere)
    (folder / "project" / "out" / "a.png").unlink()

    resumed = omni("resume", **elsewhere)

    assert (0, "project/out/a.png\n") == (resumed.returncode, resumed.stdout), resumed.stderr


def test_what_is_wrong_with_the_settings_is_shown(omni: Omni, folder: Path) -> None:
    recipe(folder, "a.omni", WORKS)
    omni("run", "a.omni", "--sandbox")
    recipe(folder, "omni.toml", "output = 3\n")

    resumed = omni("resume")

    assert (2, True) == (resumed.returncode, "omni.toml" in resumed.stderr)
    assert "goes on" not in resumed.stderr


def test_where_there_is_no_run_resume_says_where_it_looked(omni: Omni, folder: Path) -> None:
    missing = omni("resume")

    assert (2, "omni: there are no runs in .omni yet; `omni run` begins one\n") == (
        missing.returncode,
        missing.stderr,
    )


def test_a_ledger_that_cannot_be_read_is_told(omni: Omni, folder: Path) -> None:
    (folder / ".omni").mkdir()
    (folder / ".omni" / "ledger.sqlite3").write_bytes(b"not a database, and longer than its header")

    broken = omni("resume")

    assert (2, True) == (broken.returncode, "cannot be used" in broken.stderr)
    assert "Traceback" not in broken.stderr


def test_a_resumed_run_prints_the_text_that_it_returns(omni: Omni, folder: Path) -> None:
    recipe(
        folder, "t.omni", 'pipeline p {\n    words = openai.chat("hello")\n    return words\n}\n'
    )
    ran = omni("run", "t.omni", "--sandbox")

    resumed = omni("resume")

    assert ran.stdout == resumed.stdout
    assert "SIMULATED" in resumed.stdout


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_resume_ends_like_an_interrupted_run(
    folder: Path, child_environment: dict[str, str], number: signal.Signals, status: int
) -> None:
    recipe(folder, "a.omni", WORKS)
    script = MidjourneyScript()
    unfinished: Callable[[object], Answer] = lambda _: Answer(200, b"[]")  # noqa: E731  # a behaviour in a line
    script.on("/mj/task/", unfinished)
    with ScriptedGateway(script) as gateway:
        environment = child_environment | {"OMNI_BASE_URL": gateway.url, "OMNI_API_KEY": KEY}
        for arguments in (["run", "a.omni", "--grace", "0.2"], ["resume", "--grace", "0.2"]):
            with subprocess.Popen(
                [sys.executable, "-m", "omnidsl", *arguments],
                cwd=folder,
                env=environment,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            ) as child:
                assert child.stderr is not None
                seen = ""
                while "submitted" not in seen:
                    seen = child.stderr.readline()
                child.send_signal(number)
                rest = child.stderr.read()
            assert (status, True) == (child.returncode, "omni resume" in rest), rest
    assert 1 == len(script.submitted)


def test_a_held_step_is_announced_and_nothing_is_sent_for_it(omni: Omni, folder: Path) -> None:
    recipe(folder, "a.omni", WORKS)
    script = MidjourneyScript()
    script.on("/mj/submit/", lambda _: Answer(502, b"<html></html>", {"content-type": "text/html"}))
    with ScriptedGateway(script) as gateway:
        environment = {"OMNI_BASE_URL": gateway.url, "OMNI_API_KEY": KEY}
        omni("run", "a.omni", **environment)
        again = omni("run", "a.omni", **environment)

    announced = again.stderr.splitlines()[0]
    assert announced.endswith(": 0, held for your decision: 1"), announced
    assert 1 == len(gateway.paths("/mj/submit/"))


def test_saved_paths_are_printed_from_the_current_folder(omni: Omni, folder: Path) -> None:
    recipe(folder, "a.omni", WORKS.replace("a.png", "猫.jpg"))

    ran = omni("run", "a.omni", "--sandbox", "--output", "made")

    assert "made/猫.png\n" == ran.stdout
    assert "saved as made/猫.png" in ran.stderr
    assert str(folder) not in ran.stderr
