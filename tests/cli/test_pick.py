"""`omni pick`: a run that waits for a choice, the choice, and the run that goes on; and how `omni plan` shows all this."""

import json
from pathlib import Path

import pytest

from tests.conftest import Omni

RECIPE = (
    "prompt cat {\n    可爱的猫 --v 6.1\n}\npipeline p {\n    g = cat -> midjourney.imagine\n"
    '    best = pick(g)\n    hero = g -> upscale(best)\n    save hero as "hero.png"\n}\n'
)
CHOICES = (
    'prompt cat(name: text = "Tom") {\n    a cat called ${name}\n}\npipeline p {\n'
    '    names: list[text] = openai.chat("names")\n'
    "    for name in names max 2 {\n        g = cat(name) -> midjourney.imagine\n"
    '        save g as "${name}.png"\n    }\n'
    '    mood = openai.chat("mood")\n'
    '    if mood contains "calm" {\n        h = cat -> midjourney.imagine\n    }\n'
    '    else {\n        h = cat("Tim") -> midjourney.imagine\n    }\n'
    '    save h as "h.png"\n    expect len(names) > 0, "none"\n}\n'
)


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    here = tmp_path / "folder"
    (here / "a.omni").write_text(RECIPE, "utf-8")
    (here / "b.omni").write_text(CHOICES, "utf-8")
    return here


def test_a_run_waits_for_a_choice_and_says_what_to_type(omni: Omni, folder: Path) -> None:
    held = omni("run", "a.omni", "--sandbox")
    typed = held.stderr.partition("choose, as: omni ")[2].partition(";")[0].split()
    picked = omni(*typed)
    resumed = omni("resume")
    again = omni("run", "a.omni", "--sandbox")

    assert (3, ["pick", "best", "2", "--run"]) == (held.returncode, typed[:4])
    assert (0, "best: picture 2") == (picked.returncode, picked.stdout.splitlines()[0])
    assert f"go on with: omni resume {typed[-1]}" == picked.stdout.splitlines()[1]
    assert (0, "out/hero.png\n") == (resumed.returncode, resumed.stdout), resumed.stderr
    assert (0, True) == (again.returncode, "paid jobs to be sent to sandbox: 0" in again.stderr)
    assert (folder / "out" / "hero.png").exists()


@pytest.mark.usefixtures("folder")
def test_what_stands_behind_a_choice_is_not_announced_as_sent(omni: Omni) -> None:
    held = omni("run", "a.omni", "--sandbox")
    assert "paid jobs to be sent to sandbox: 1, waiting for held ones: 1" in held.stderr


@pytest.mark.usefixtures("folder")
def test_a_later_choice_says_what_it_replaces(omni: Omni) -> None:
    omni("run", "a.omni", "--sandbox")
    omni("pick", "best", "2")
    replaced = omni("pick", "best", "4")
    same = omni("pick", "best", "4", OMNI_LANG="zh")
    assert (
        "best: picture 4, instead of 2; what depends on it is bought anew"
        == replaced.stdout.splitlines()[0]
    )
    assert "best：第 4 张" == same.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["best", "5"], "5"),
        (["best", "two"], "two"),
        (["best"], "N"),
        (["bset", "2"], "steps that do: best"),
        (["hero", "2"], "steps that do: best"),
        (["best", "2", "--run", "nope"], "there is no run nope"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_chosen_is_told(omni: Omni, arguments: list[str], words: str) -> None:
    omni("run", "a.omni", "--sandbox")
    refused = omni("pick", *arguments)
    assert (2, True, "") == (refused.returncode, words in refused.stderr, refused.stdout)
    assert "Traceback" not in refused.stderr


@pytest.mark.usefixtures("folder")
def test_where_nothing_has_run_nothing_can_be_chosen(omni: Omni) -> None:
    refused = omni("pick", "best", "2")
    assert (2, True) == (refused.returncode, "`best` asks for no choice" in refused.stderr)


@pytest.mark.usefixtures("folder")
def test_the_plan_shows_conditions_and_counts_at_most(omni: Omni) -> None:
    lines = omni("plan", "b.omni", "--sandbox").stdout.splitlines()
    rows = {line.split()[0]: " ".join(line.split()) for line in lines if line}
    assert ["step", "operation", "jobs", "cost", "when", "inputs"] == lines[0].split()
    assert "midjourney.imagine ≤ 2 0.06–0.20 for each of ‹names›, 2 at most" in rows["g[1…2]"]
    assert (
        'midjourney.imagine ≤ 2 0.06–0.20 if ‹mood› contains "calm" / unless ‹mood› contains "calm"'
        in rows["h[1…2]"]
    )
    assert "expect 0 condition: len(‹names›) > 0, message: none" in rows["expect"]
    assert "paid jobs: ≤ 6, files to save: ≤ 3, gateway: sandbox" == lines[-2]
    chinese = omni("plan", "b.omni", "--sandbox", OMNI_LANG="zh").stdout
    assert "遍历 ‹names›，最多 2 次" in chinese
    assert '若 ‹mood› contains "calm" / 除非 ‹mood› contains "calm"' in chinese


@pytest.mark.usefixtures("folder")
def test_skipped_steps_are_told_as_events_lines_and_a_count(omni: Omni) -> None:
    plain = omni("run", "b.omni", "--sandbox")
    events = [json.loads(line) for line in omni("resume", "--json").stdout.splitlines()]
    assert ["skipped g[2]", "skipped h"] == sorted(
        line for line in plain.stderr.splitlines() if line.startswith("skipped ")
    )
    assert "2 skipped: a branch not taken, or no more rounds" == plain.stderr.splitlines()[-1]
    assert ["g[2]", "h"] == sorted(one["node"] for one in events if one["event"] == "step-skipped")
    assert (2, 0) == (events[-1]["skipped"], events[-1]["left"])
