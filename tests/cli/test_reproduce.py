"""`omni reproduce`: it says what it would buy, asks, and makes the file again beside the old one."""

from pathlib import Path

import pytest

from omnidsl.planning.plan import Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.testing import Bench, MidjourneyScript, ScriptedGateway, step
from tests.conftest import Omni

KEY = "sk-planted-0123456789"


@pytest.fixture
def script() -> MidjourneyScript:
    return MidjourneyScript()


def test_without_consent_nothing_is_bought_and_with_it_the_file_is_made_again(
    omni: Omni, script: MidjourneyScript, tmp_path: Path
) -> None:
    here = tmp_path / "folder"
    with ScriptedGateway(script) as server:
        bench = Bench(here, Gateway.at(server.url, key=KEY, name="ours"))
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput(("a cat",))}),
            saves=[Save(Ref("grid"), "cat.png")],
        )
        assert 0 == bench.run(plan).status
        (here / "omni.toml").write_text(
            f'[gateway]\nname = "ours"\nbase_url = "{server.url}"\n', "utf-8"
        )

        dry = omni("reproduce", "out/cat.png", "--dry-run", OMNI_API_KEY=KEY)
        refused = omni("reproduce", "out/cat.png", OMNI_API_KEY=KEY)
        bought_before = len(script.submitted)
        (here / ".omni").rename(tmp_path / "away")
        unknown = omni("reproduce", "out/cat.png", "--dry-run", OMNI_API_KEY=KEY)
        (tmp_path / "away").rename(here / ".omni")
        done = omni("reproduce", "out/cat.png", "--yes", OMNI_API_KEY=KEY)
        other = omni("reproduce", "out/cat.png", "--yes", OMNI_API_KEY=KEY, OMNI_BASE_URL="http://127.0.0.1:9")  # fmt: skip  # one command

    assert (0, 2, 1) == (dry.returncode, refused.returncode, bought_before)
    assert "prompt: a cat" in dry.stderr
    assert "paid jobs to be sent to ours: 1, kept from earlier runs: 0" in dry.stderr
    assert "no ledger here has saved these bytes" in unknown.stderr
    assert "no ledger here" not in dry.stderr
    assert "without a terminal to ask on, confirm with --yes" in refused.stderr
    assert (0, "out/cat-again.png\n") == (done.returncode, done.stdout), done.stderr
    assert (2, 2) == (other.returncode, len(script.submitted))
    assert "the plan was made for ours" in other.stderr
    assert (here / "out" / "cat-again.png.omni.json").exists()


def test_the_projects_limits_hold_and_quiet_is_quiet(
    omni: Omni, script: MidjourneyScript, tmp_path: Path
) -> None:
    here = tmp_path / "folder"
    with ScriptedGateway(script) as server:
        bench = Bench(here, Gateway.at(server.url, key=KEY, name="ours"))
        plan = bench.plan(
            step("grid", "midjourney.imagine", {"prompt": PromptInput(("a cat",))}),
            saves=[Save(Ref("grid"), "cat.png")],
        )
        assert 0 == bench.run(plan).status
        ours = f'[gateway]\nname = "ours"\nbase_url = "{server.url}"\n'
        (here / "omni.toml").write_text(f'{ours}[limits]\ndeadline = "0s"\n', "utf-8")
        late = omni("reproduce", "out/cat.png", "--yes", OMNI_API_KEY=KEY)
        bought_late = len(script.submitted)
        (here / "omni.toml").write_text(ours, "utf-8")
        quiet = omni("reproduce", "out/cat.png", "--yes", "--quiet", OMNI_API_KEY=KEY)

    assert (1, 1) == (late.returncode, bought_late), late.stderr
    assert (0, "", 2) == (quiet.returncode, quiet.stderr, len(script.submitted))


def test_a_file_that_nobody_knows_cannot_be_made_again(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "x.png").write_bytes(b"x")

    done = omni("reproduce", "x.png")

    assert (1, "") == (done.returncode, done.stdout)
    assert "nobody knows where it comes from" in done.stderr
