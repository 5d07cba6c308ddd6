"""`omni show`: where a saved file comes from, in words and as JSON."""

import json
from pathlib import Path

import pytest

from omnidsl.planning.plan import Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.provenance import sidecar_of
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step
from tests.conftest import Omni


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:
    """A project with one saved picture; `omni` makes the folder that it runs in."""
    del omni
    here = tmp_path / "folder"
    with ScriptedGateway(MidjourneyScript()) as server:
        bench = Bench(here, Gateway.at(server.url, key="sk-planted-0123456789", name="ours"))
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput(("可爱的猫 --v 6.1",))}),
            saves=[Save(Ref("grid"), "cat.png")],
        )
        assert 0 == bench.run(plan).status
    return here


def test_a_saved_file_is_explained_in_both_languages(omni: Omni, folder: Path) -> None:
    english = omni("show", "out/cat.png")
    chinese = omni("show", "out/cat.png", OMNI_LANG="zh")
    (folder / "out" / "cat.png").rename(folder / "renamed.png")
    renamed = omni("show", "renamed.png")

    assert (0, 0, 0) == (english.returncode, chinese.returncode, renamed.returncode)
    assert "out/cat.png (image/png, " in english.stdout.splitlines()[0]
    for row in (
        "  step        grid in test.omni, line 0, pipeline test",
        "  made by     midjourney.imagine @ ours, task 1700000000000001",
        "  prompt      可爱的猫 --v 6.1",
        "  parameters  version: 6.1",
        "  told by     its sidecar; the ledger has saved the same bytes",
    ):
        assert row in english.stdout.splitlines()
    assert "  提示词      可爱的猫 --v 6.1" in chinese.stdout.splitlines()
    assert "what it carries inside" in renamed.stdout


def test_json_is_for_programs(omni: Omni, folder: Path) -> None:
    done = omni("show", "out/cat.png", "--json")
    found = json.loads(done.stdout)

    assert (0, "sidecar", True, True, False) == (
        done.returncode,
        found["told_by"],
        found["known_to_ledger"],
        found["original_stored"],
        found["changed"],
    )
    said = json.loads(sidecar_of(folder / "out" / "cat.png").read_text("utf-8"))
    assert said == found["provenance"]


def test_what_a_hostile_sidecar_says_does_not_steer_the_terminal(omni: Omni, folder: Path) -> None:
    path = sidecar_of(folder / "out" / "cat.png")
    said = json.loads(path.read_text("utf-8"))
    said["step"]["prompt"] = "\x1b]0;owned\x07 \u202e"
    said["step"]["cost"], said["parents"], said["recipe"] = (
        {"micros": "x"},
        [7, {}],
        {"path": "\x1b"},
    )
    path.write_text(json.dumps(said), "utf-8")

    done = omni("show", "out/cat.png")

    assert 0 == done.returncode, done.stderr
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_what_nobody_knows_is_said_in_one_line(omni: Omni, folder: Path) -> None:
    (folder / "x.png").write_bytes(b"x")

    unknown, missing, directory = omni("show", "x.png"), omni("show", "y.png"), omni("show", ".")

    assert (1, 2, 2) == (unknown.returncode, missing.returncode, directory.returncode)
    assert "omni: x.png: nobody knows where it comes from" in unknown.stderr
    assert "omni: there is no file y.png" in missing.stderr
    assert "" == unknown.stdout + missing.stdout + directory.stdout
