"""A recipe from Python: load, check, plan, run, and what comes back."""

import asyncio
from pathlib import Path

import pytest

import omnidsl
from omnidsl import Gateway, OmniError, RecipeError, load
from omnidsl.embedding import NoGatewayError

CHAIN = """prompt cat(who: text = "可爱的猫") {
    ${who} --v 6.1
}
pipeline p(who: text = "可爱的猫") -> image {
    grid  = cat(who) -> midjourney.imagine
    best  = grid -> upscale(2)
    words = openai.chat("hello")
    save best as "best.png"
    return best
}
"""


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OMNI_BASE_URL", "OMNI_API_KEY", "OMNI_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "project" / "a.omni"
    path.parent.mkdir()
    path.write_text(CHAIN, "utf-8")
    return path


def test_every_name_of_the_public_face_is_there() -> None:
    assert sorted(omnidsl.__all__) == omnidsl.__all__
    assert all(hasattr(omnidsl, name) for name in omnidsl.__all__)


def test_a_run_gives_results_with_what_people_ask_for(recipe: Path) -> None:
    result = load(recipe).run(sandbox=True)
    assert 0 == result.status
    best = result.results["best"]
    assert best.path is not None
    assert best.path.read_bytes().startswith(b"\x89PNG")
    assert "可爱的猫 --v 6.1" == best.prompt
    assert best.prompt_en
    assert best.task_id
    assert best.task_id.isdigit()
    assert any(
        isinstance(one, dict) and one.get("label") == "U1" for one in result.results["grid"].buttons
    )
    assert "SIMULATED" in (result.results["words"].text or "")
    assert result.returned == best
    assert [recipe.parent / "out" / "best.png"] == list(result.saved)


def test_the_asynchronous_run_is_the_same(recipe: Path) -> None:
    result = asyncio.run(load(recipe).run_async(sandbox=True, who="fox"))
    assert "fox --v 6.1" == result.results["best"].prompt


def test_a_plan_is_bound_by_keywords(recipe: Path) -> None:
    plan = load(recipe).plan(gateway="sandbox", who="fox")
    assert {"who": "fox"} == plan.bindings


def test_a_recipe_that_does_not_parse_raises_with_its_findings(recipe: Path) -> None:
    recipe.write_text("let x = \n", "utf-8")
    with pytest.raises(RecipeError) as caught:
        load(recipe)
    assert ["OM001"] == [one.code for one in caught.value.diagnostics]
    assert "a.omni:1:9: OM001" in str(caught.value)


def test_a_recipe_with_errors_is_listed_by_check_and_refused_by_plan(recipe: Path) -> None:
    recipe.write_text(CHAIN.replace("upscale(2)", "upscale(9)"), "utf-8")
    loaded = load(recipe)
    assert ["OM207"] == [one.code for one in loaded.check()]
    with pytest.raises(RecipeError, match="OM207"):
        loaded.plan(gateway="sandbox")


def test_a_file_changed_after_loading_is_read_again(recipe: Path) -> None:
    loaded = load(recipe)
    recipe.write_text(CHAIN.replace("best.png", "other.png"), "utf-8")
    assert ["other.png"] == [one.path for one in loaded.plan(gateway="sandbox").saves]


def test_without_a_gateway_there_is_an_error_of_our_own(recipe: Path) -> None:
    with pytest.raises(NoGatewayError) as caught:
        load(recipe).run()
    assert isinstance(caught.value, OmniError)
    assert isinstance(caught.value, LookupError)


def test_a_gateway_shows_no_key() -> None:
    assert "sk-planted" not in repr(Gateway.at("https://x.org", key="sk-planted-0123456789"))


def test_a_prompt_takes_its_arguments(recipe: Path) -> None:
    assert "fox --v 6.1" == str(load(recipe).prompt("cat", who="fox"))
    with pytest.raises(KeyError):
        load(recipe).prompt("dog")


def test_the_mode_of_the_settings_is_the_default(recipe: Path) -> None:
    (recipe.parent / "omni.toml").write_text('[gateway]\nmode = "turbo"\n')
    plan = load(recipe).plan(gateway="sandbox")
    assert ["turbo", "turbo"] == [
        node.arguments["mode"] for node in plan.nodes if "mode" in node.arguments
    ]


def test_a_missing_recipe_is_the_error_that_a_caller_expects(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        load(tmp_path / "nope.omni")
    assert isinstance(caught.value, RecipeError)


def test_bindings_can_have_any_name(recipe: Path) -> None:
    recipe.write_text(CHAIN.replace("who", "output"), "utf-8")
    plan = load(recipe).plan(gateway="sandbox", bindings={"output": "fox"})
    assert {"output": "fox"} == plan.bindings


def test_run_inside_an_event_loop_says_what_to_use(recipe: Path) -> None:
    async def inside() -> None:
        load(recipe).run(sandbox=True)

    with pytest.raises(RuntimeError, match="run_async"):
        asyncio.run(inside())
