"""The limits that operations with buttons declare are the enforced ones: in `omni check`, and before anything is sent."""

from pathlib import Path
from typing import Any

import pytest

from omnidsl import load
from omnidsl.plugins import ArgumentError, Handle, PromptJob
from omnidsl.plugins.arguments import operation_name
from omnidsl_midjourney.meaning import Pressing, wish
from omnidsl_midjourney.presses import PRESSES, Upscale, Vary

HANDLE: Handle[Any] = Handle("g", "default", "17", "k.1", 1)
OPERATIONS = {operation_name(one): one for one in PRESSES}
RECIPE = """prompt fox = "a red fox --v 6.1"
pipeline p {{
    grid = fox -> midjourney.imagine
    picture = grid -> upscale(1)
    clip = picture -> midjourney.animate
    one = clip -> upscale_video(1)
    texts = picture -> midjourney.describe
    {step}
}}
"""
# The step, its operation and arguments as the runner gets them, and the codes of `omni check`; no code: it is allowed.
Row = tuple[str, str, dict[str, Any], list[str]]
ROWS: list[Row] = [
    *((f"x = grid -> upscale({n})", "upscale", {"grid": HANDLE, "index": n}, []) for n in (1, 4)),
    *((f"x = grid -> upscale({n})", "upscale", {"grid": HANDLE, "index": n}, ["OM207"]) for n in (0, 5, -1)),
    *((f"x = grid -> vary({n})", "vary", {"picture": HANDLE, "index": n}, []) for n in (1, 4)),
    *((f"x = grid -> vary({n})", "vary", {"picture": HANDLE, "index": n}, ["OM207"]) for n in (0, 5)),
    *((f'x = picture -> upscale(style: "{s}")', "upscale", {"grid": HANDLE, "style": s}, []) for s in ("subtle", "creative", "2x", "4x")),
    ('x = picture -> upscale(style: "8x")', "upscale", {"grid": HANDLE, "style": "8x"}, ["OM206"]),
    ('x = picture -> vary(strength: "wild")', "vary", {"picture": HANDLE, "strength": "wild"}, ["OM206"]),
    *((f"x = picture -> zoom({f})", "zoom", {"picture": HANDLE, "factor": f}, []) for f in (1, 1.01, 1.5, 2)),
    *((f"x = picture -> zoom({f})", "zoom", {"picture": HANDLE, "factor": f}, ["OM207"]) for f in (0.99, 2.01, 0)),
    *((f'x = picture -> pan("{d}")', "pan", {"picture": HANDLE, "direction": d}, []) for d in ("left", "right", "up", "down")),
    ('x = picture -> pan("north")', "pan", {"picture": HANDLE, "direction": "north"}, ["OM206"]),
    *((f'x = picture -> animate("{m}")', "animate", {"picture": HANDLE, "motion": m}, []) for m in ("low", "high")),
    ('x = picture -> animate("wild")', "animate", {"picture": HANDLE, "motion": "wild"}, ["OM206"]),
    ('x = one -> extend("wild")', "extend", {"video": HANDLE, "motion": "wild"}, ["OM206"]),
    *((f"x = clip -> upscale_video({n})", "upscale_video", {"video": HANDLE, "index": n}, []) for n in (1, 4)),
    *((f"x = clip -> upscale_video({n})", "upscale_video", {"video": HANDLE, "index": n}, ["OM207"]) for n in (0, 5)),
    *((f"x = texts -> imagine_described({n})", "imagine_described", {"texts": HANDLE, "index": n}, []) for n in (1, 4)),
    *((f"x = texts -> imagine_described({n})", "imagine_described", {"texts": HANDLE, "index": n}, ["OM207"]) for n in (0, 5)),
    *((f"x = texts -> imagine_shortened({n})", "imagine_shortened", {"texts": HANDLE, "index": n}, []) for n in (1, 5)),
    *((f"x = texts -> imagine_shortened({n})", "imagine_shortened", {"texts": HANDLE, "index": n}, ["OM207"]) for n in (0, 6)),
    (f'x = grid -> action("{"x" * 300}")', "action", {"parent": HANDLE, "custom_id": "x" * 300}, []),
    (f'x = grid -> action("{"x" * 301}")', "action", {"parent": HANDLE, "custom_id": "x" * 301}, ["OM208"]),
]  # fmt: skip  # a table


def errors(folder: Path, body: str) -> list[str]:
    (folder / "main.omni").write_text(RECIPE.format(step=body), "utf-8")
    return [one.code for one in load(folder / "main.omni").check() if one.severity == "error"]


@pytest.mark.parametrize(
    ("body", "name", "arguments", "codes"), ROWS, ids=lambda one: str(one)[:40]
)
def test_a_limit_holds_in_the_check_and_at_the_last_gate(
    tmp_path: Path, body: str, name: str, arguments: dict[str, Any], codes: list[str]
) -> None:
    assert codes == errors(tmp_path, body)
    if codes:
        with pytest.raises(ArgumentError):
            OPERATIONS[name](**arguments)
    else:
        OPERATIONS[name](**arguments)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("x = picture -> vary_region(prompt: fox)", ["OM202"]),
        ('x = picture -> vary_region(mask: "mask.png")', ["OM221", "OM202"]),
        ("x = grid -> vary_region(mask: picture, prompt: fox)", ["OM221"]),
        ("x = grid -> square", ["OM221"]),
        ("x = clip -> animate", ["OM221"]),
        ("x = picture -> extend", ["OM221"]),
        ("x = picture -> upscale", ["OM202"]),
        ("x = grid -> upscale", ["OM202"]),
        ("x = picture -> upscale(2)", ["OM243"]),
        ("x = pictur -> midjourney.upscale(2)", ["OM101"]),
        ('x = grid -> upscale(style: "subtle")', ["OM243"]),
        ("x = picture -> imagine_described(1)", ["OM221"]),
        ("x = texts -> upscale(1)", ["OM221"]),
        ("x = clip.videos[2] -> extend", ["OM222"]),
        ("x = clip.videos -> extend", ["OM222"]),
        ("x = texts.descriptions[1] -> imagine_described(1)", ["OM222"]),
        ('x = grid.sheet -> upscale(style: "subtle")', ["OM222"]),
    ],
)
def test_what_a_button_cannot_do_is_found_by_the_check(
    tmp_path: Path, body: str, codes: list[str]
) -> None:
    assert sorted(codes) == sorted(errors(tmp_path, body))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("vary_region", {"picture": HANDLE, "mask": None, "prompt": PromptJob("x")}),
        ("action", {"parent": HANDLE, "custom_id": 7}),
    ],
)
def test_what_does_not_go_together_is_refused_at_the_last_gate(
    name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ArgumentError):
        OPERATIONS[name](**arguments)


@pytest.mark.parametrize(
    "operation",
    [
        Upscale(grid=HANDLE, index=1, style="2x"),
        Vary(picture=HANDLE, index=1, strength="subtle"),
        Upscale(grid=HANDLE),
    ],
    ids=["upscale", "vary", "neither"],
)
def test_a_grids_and_a_single_pictures_arguments_do_not_go_together(operation: Pressing) -> None:
    with pytest.raises(ArgumentError):
        wish(operation)
