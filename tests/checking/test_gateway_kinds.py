"""What a project's kind of gateway does not serve is told before a run, once, at the operation's name."""

from pathlib import Path

import httpx
import pytest

from omnidsl import RecipeError, load
from omnidsl.embedding import open_gateways
from omnidsl.running.gateway import SANDBOX
from omnidsl.settings import load as load_settings
from omnidsl.settings.addresses import Addresses
from omnidsl.settings.declaration import KINDS

RECIPE = """prompt fox = "a red fox --v 6.1"
pipeline clips {
    grid = fox -> midjourney.imagine
    picture = grid -> upscale(1)
    %s
}
"""
ANIMATE = 'moving = picture -> animate("high")\n    save moving as "fox.mp4"'
CALL = 'moving = midjourney.animate(picture)\n    save moving as "fox.mp4"'
PRESS = "texts = picture -> describe\n    others = texts -> imagine_shortened(1)"


def findings(folder: Path, body: str, kind: str) -> list[tuple[str, str]]:
    """Return code and place of what is found in a recipe of a project whose gateway is of a kind."""
    (folder / "main.omni").write_text(RECIPE % body, "utf-8")
    settled = f'[gateway]\nkind = "{kind}"\n' if kind else ""
    (folder / "omni.toml").write_text(settled, "utf-8")
    return [
        (one.code, one.source[one.span] if one.source and one.span else "")
        for one in load(folder / "main.omni").check()
        if one.severity == "error"
    ]


@pytest.mark.parametrize(
    ("body", "place", "refusing"),
    [
        (ANIMATE, "animate", {"new-api"}),
        (CALL, "midjourney.animate", {"new-api"}),
        (PRESS, "imagine_shortened", {"new-api", "proxy"}),
    ],
)
@pytest.mark.parametrize("kind", ["", *KINDS])
def test_an_operation_is_refused_for_the_kinds_that_do_not_serve_it(
    tmp_path: Path, body: str, place: str, refusing: set[str], kind: str
) -> None:
    expected = [("OM250", place)] if kind in refusing else []

    assert expected == findings(tmp_path, body, kind)


@pytest.mark.parametrize(
    ("table", "refused"),
    [
        ("", True),
        ('base_url = "https://mj.example"', False),
        ('base_url = "https://mj.example"\nkind = "proxy"', False),
        ('base_url = "https://mj.example"\nkind = "new-api"', True),
        ('kind = "proxy"', False),
        ('key = "MJ_KEY"', True),
    ],
)
def test_a_gateway_of_its_own_is_of_its_own_kind(tmp_path: Path, table: str, refused: bool) -> None:
    (tmp_path / "main.omni").write_text(RECIPE % ANIMATE, "utf-8")
    (tmp_path / "omni.toml").write_text(
        f'[gateway]\nkind = "new-api"\n[services.midjourney]\n{table}\n', "utf-8"
    )

    found = [one.code for one in load(tmp_path / "main.omni").check() if one.severity == "error"]

    assert (["OM250"] if refused else []) == found


def test_a_recipe_for_another_kind_cannot_be_planned(tmp_path: Path) -> None:
    findings(tmp_path, ANIMATE, "new-api")

    with pytest.raises(RecipeError, match="new-api"):
        load(tmp_path / "main.omni").plan(gateway="sandbox")


def test_another_address_than_the_settled_one_is_of_no_known_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNI_BASE_URL", "https://elsewhere.example")

    assert [] == findings(tmp_path, ANIMATE, "new-api")


@pytest.mark.parametrize(("kind", "listing"), [("", 404), ("new-api", 404), ("proxy", 200)])
def test_the_embedded_sandbox_speaks_as_the_settled_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, listing: int
) -> None:
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))
    findings(tmp_path, PRESS, kind)
    settings, _ = load_settings(tmp_path)

    with open_gateways(settings, Addresses(None, everywhere=SANDBOX)) as place:
        address = f"{place.gateway.base_url}/mj/task/list"
        found = httpx.get(address, headers={"authorization": "Bearer sk-any"})

    assert listing == found.status_code
