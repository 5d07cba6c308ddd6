"""`omni clean`: what it says, and what it refuses."""

from pathlib import Path

import pytest

from omnidsl.planning.plan import Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step
from tests.conftest import Omni


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:
    """A project with one run; `omni` makes the folder that it runs in."""
    del omni
    here = tmp_path / "folder"
    with ScriptedGateway(MidjourneyScript()) as server:
        bench = Bench(here, Gateway.at(server.url, key="sk-x", name="ours"))
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput(("a cat",))}),
            saves=[Save(Ref("grid"), "cat.png")],
        )
        assert 0 == bench.run(plan).status
    return here


def test_it_says_what_would_go_then_removes_it_and_then_there_is_nothing(
    omni: Omni, folder: Path
) -> None:
    dry = omni("clean", "--older-than", "0m", "--dry-run")
    done = omni("clean", "--older-than", "0m", OMNI_LANG="zh")
    again = omni("clean", "--older-than", "0m", "--unreferenced")

    assert (0, 0, 0) == (dry.returncode, done.returncode, again.returncode)
    assert "would be removed from .omni:\n  files of results: 1, 70 B\n  replies: 1, " in dry.stdout
    assert "已从 .omni 清理：\n  结果文件：1 个，70 B\n" in done.stdout
    assert "nothing to remove in .omni\n" == again.stdout
    assert (folder / "out" / "cat.png").exists()


@pytest.mark.usefixtures("folder")
def test_a_wrong_age_and_an_unknown_run_are_refused(omni: Omni) -> None:
    age, run = omni("clean", "--older-than", "3 weeks"), omni("clean", "--run", "x")

    assert (2, 2) == (age.returncode, run.returncode)
    assert "`3 weeks` is no age; write it as `30d`, `12h` or `90m`" in age.stderr
    assert "there is no run x in" in run.stderr


def test_where_nothing_ever_ran_there_is_nothing_to_clean(omni: Omni) -> None:
    done = omni("clean")

    assert (2, "") == (done.returncode, done.stdout)
    assert "there is no state folder" in done.stderr
