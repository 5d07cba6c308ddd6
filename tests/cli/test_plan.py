"""`omni plan`: what a run would do, as a table and as JSON."""

import json
from pathlib import Path

import pytest

from omnidsl.testing import MidjourneyScript, ScriptedGateway
from tests.conftest import Omni

RECIPE = """prompt two(who: text) {
    a {red, blue} ${who}
    --v 6.1
}
pipeline p(who: text = "猫") -> list[image] {
    grid = two(who) -> midjourney.imagine
    best = grid -> upscale(1)
    save best as "${who}-${index}.png"
    return best
}
"""


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    (tmp_path / "folder" / "a.omni").write_text(RECIPE, "utf-8")
    return tmp_path / "folder"


@pytest.mark.usefixtures("folder")
def test_the_table_shows_step_operation_inputs_and_jobs(omni: Omni) -> None:
    result = omni("plan", "a.omni", "--sandbox")
    assert 0 == result.returncode
    lines = result.stdout.splitlines()
    assert ["step", "operation", "jobs", "cost", "inputs"] == lines[0].split()
    assert (
        "grid[1…2]  midjourney.imagine  2     0.06–0.20  prompt: a red 猫 --v 6.1, mode: fast, bot: midjourney"
        == lines[1]
    )
    assert (
        "best[1…2]  midjourney.upscale  2     0.02–0.20  grid: ‹grid[1]›, index: 1, mode: fast"
        == lines[2]
    )
    assert "paid jobs: 4, files to save: 2, gateway: sandbox" == lines[-2]


@pytest.mark.usefixtures("folder")
def test_json_is_the_plan_as_it_is_stored(omni: Omni) -> None:
    plan = json.loads(omni("plan", "a.omni", "p", "who=fox", "--sandbox", "--json").stdout)
    assert ("p", "sandbox", {"who": "fox"}) == (plan["pipeline"], plan["gateway"], plan["bindings"])
    assert ["grid[1]", "grid[2]", "best[1]", "best[2]"] == [one["id"] for one in plan["nodes"]]
    assert {"$result": {"step": "grid[1]"}} == plan["nodes"][2]["arguments"]["grid"]
    assert ["fox-1.png", "fox-2.png"] == [one["path"] for one in plan["saves"]]


@pytest.mark.usefixtures("folder")
def test_the_gateway_of_the_environment_is_named_by_its_origin(omni: Omni) -> None:
    plan = json.loads(
        omni("plan", "a.omni", "--json", OMNI_BASE_URL="https://api.example.com/").stdout
    )
    assert "https://api.example.com" == plan["gateway"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["nope.omni"], 2, "no file `nope.omni`"),
        (["a.omni", "q"], 2, "has no pipeline `q`"),
        (["a.omni", "wo=x"], 2, "takes no `wo`"),
        (["a.omni", "p", "q"], 2, "`q` is neither a pipeline nor name=value"),
        (["b.omni"], 1, "unknown name `nope`"),
    ],
)
def test_what_cannot_be_planned_is_told(
    omni: Omni, folder: Path, arguments: list[str], status: int, words: str
) -> None:
    (folder / "b.omni").write_text("let x = nope")
    result = omni("plan", *arguments)
    assert (status, True, "") == (result.returncode, words in result.stderr, result.stdout)


def test_a_narrow_terminal_cuts_the_inputs_and_nothing_else() -> None:
    from omnidsl.cli.plan import table
    from omnidsl.planning.costs import Prices
    from omnidsl.planning.plan import Plan, PlanNode
    from omnidsl.plugins.index import load

    node = PlanNode("grid", "midjourney.imagine", {"prompt": "可爱的猫" * 20}, "k.1", 1, "grid")
    line = table(Plan("a.omni", "p", "sandbox", {}, (node,)), Prices(load()), 80).splitlines()[1]
    assert line.startswith("grid  midjourney.imagine  1     0.03–0.10  prompt: 可爱的猫")
    assert line.endswith("…")
    assert sum(2 if sign > "\u2e80" else 1 for sign in line) <= 80


def test_the_plan_as_json_says_what_each_step_costs(omni: Omni, folder: Path) -> None:
    (folder / "omni.toml").write_text(
        '[prices]\n"midjourney.imagine" = 0.5\n[budget]\ncurrency = "CNY"'
    )

    cost = json.loads(omni("plan", "a.omni", "--sandbox", "--json").stdout)["cost"]

    assert ("CNY", 1_020_000, 1_200_000, True) == (cost["currency"], cost["low"], cost["high"], cost["estimated"])  # fmt: skip  # one value
    assert [500_000, 500_000] == cost["steps"]["grid[1]"]


def test_a_part_is_planned_as_it_would_be_run(omni: Omni, folder: Path) -> None:
    assert (folder / "a.omni").exists()

    part = omni("plan", "a.omni", "--sandbox", "--json", "--until", "grid[1]")
    second = omni("plan", "a.omni", "--sandbox", "--until", "grid[2]")
    nothing = omni("plan", "a.omni", "--sandbox", "--until", "gird")

    assert "grid[2] " in second.stdout
    assert ["grid[1]"] == [one["id"] for one in json.loads(part.stdout)["nodes"]]
    assert (2, True) == (nothing.returncode, "no step `gird`" in nothing.stderr)


@pytest.mark.parametrize(
    ("settings", "name", "meant"),
    [
        ('[prices]\n"midjourney.imagin" = 0.5', "midjourney.imagin", "midjourney.imagine"),
        ('[prices]\n"midjourney.imagine mod=turbo" = 0.5', "mod", "mode"),
        ("[limits.services.midjorney]\ntasks = 2", "midjorney", "midjourney"),
    ],
)
def test_a_price_or_a_limit_of_what_nothing_has_is_told(
    omni: Omni, folder: Path, settings: str, name: str, meant: str
) -> None:
    (folder / "omni.toml").write_text(settings, "utf-8")

    result = omni("plan", "a.omni", "--sandbox")

    assert 0 == result.returncode
    assert f"names `{name}`" in result.stderr
    assert f"`{meant}`" in result.stderr


def test_a_price_of_an_operation_and_its_argument_is_not_told(omni: Omni, folder: Path) -> None:
    (folder / "omni.toml").write_text('[prices]\n"midjourney.imagine mode=turbo" = 0.5\n"openai.chat model=gpt-4o*" = { input = 1, output = 2 }', "utf-8")  # fmt: skip  # one file

    assert "" == omni("plan", "a.omni", "--sandbox").stderr


@pytest.mark.parametrize("amount", ["x", "-1", "1e99", "nan", ""])
def test_an_amount_that_is_none_is_refused(omni: Omni, folder: Path, amount: str) -> None:
    assert (folder / "a.omni").exists()
    result = omni("run", "a.omni", "--sandbox", f"--max-cost={amount}")
    assert (2, True) == (result.returncode, "no amount of money" in result.stderr)


def test_a_run_keeps_to_what_it_may_cost(omni: Omni, folder: Path) -> None:
    assert (folder / "a.omni").exists()
    result = omni("run", "a.omni", "--sandbox", "--max-cost=0.10")
    assert (1, True) == (result.returncode, "would pass the limit of USD 0.10" in result.stderr)


def test_a_run_at_a_real_gateway_says_what_it_may_cost_before_it_sends(
    omni: Omni, folder: Path
) -> None:
    (folder / "omni.toml").write_text(
        '[prices]\n"midjourney.imagine" = 0.5\n"midjourney.upscale" = 0.25\n'
    )
    with ScriptedGateway(MidjourneyScript()) as gateway:
        result = omni("run", "a.omni", OMNI_BASE_URL=gateway.url, OMNI_API_KEY="sk-test-test")

    assert "paid jobs to be sent" in result.stderr.splitlines()[0]
    assert result.stderr.splitlines()[0].endswith("; cost: USD 1.50")


UNKNOWN = "prompt cat {\n    style: Cyberpnk\n    a cat\n}\n"


@pytest.mark.parametrize("mute", ["comment", "setting"])
def test_what_check_keeps_quiet_about_plan_does_too(omni: Omni, tmp_path: Path, mute: str) -> None:
    folder = tmp_path / "folder"
    (folder / "a.omni").write_text(UNKNOWN, "utf-8")
    told = omni("plan", "a.omni", "--sandbox")
    if mute == "comment":
        text = UNKNOWN.replace("Cyberpnk", "Cyberpnk  # omni: ignore[OM421]")
        (folder / "a.omni").write_text(text, "utf-8")
    else:
        (folder / "omni.toml").write_text('[lint]\nignore = ["OM421"]\n', "utf-8")

    muted = omni("plan", "a.omni", "--sandbox")

    assert (0, True) == (told.returncode, "OM421" in told.stderr)
    assert (0, "") == (muted.returncode, muted.stderr)
