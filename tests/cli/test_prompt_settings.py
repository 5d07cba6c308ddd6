"""What a project says about prompts holds in every command, in other processes, and in a run that goes on later."""

import json
from pathlib import Path

import pytest

from tests.conftest import Omni

SETTINGS = 'plan = "basic"\nallow-params = ["mood"]\nbanned-words = ["rival.txt"]\nmax-prompt-length = 45\n'
RECIPE = """\
prompt base {
    a rival cat --mood calm --v 6.1
}
prompt child: base {
    drop: --mood
    a dog --ar 3:2
}
prompt louder: base {
    --mood loud and clear
}
prompt many = "a {red, blue, green} cat on a {sofa, bed} in the snow of February --v 6.1"
test "own" {
    expect louder.parameters.mood == "loud and clear"
    expect child.parameters.aspect == 3:2
}
"""
TOLD = [
    "a.omni:11:16: OM417 the prompt has 51 characters; beyond 45 its end may be lost",
    "a.omni:11:16: OM426 this prompt makes 6 jobs; the Basic plan takes 4",
    "a.omni:2:7: OM425 `rival` is on the list of banned words",
]
LATE = """\
prompt cat {
    a cat --v 6.1
}
prompt late(what: text) {
    a cat as ${what} --mood calm --v 6.1
}
pipeline p {
    g = cat -> midjourney.imagine
    best = pick(g)
    t = "name an animal" -> openai.chat
    hero = g -> upscale(best)
    if best > 0 {
        h = late(t) -> midjourney.imagine
        save h as "late.png"
    }
    save hero as "hero.png"
}
"""


@pytest.fixture
def folder(tmp_path: Path, omni: Omni) -> Path:  # `omni` makes the folder that it runs in
    here = tmp_path / "folder"
    (here / "omni.toml").write_text(SETTINGS)
    (here / "rival.txt").write_text("# others\nRival\n")
    (here / "a.omni").write_text(RECIPE)
    return here


def told(omni: Omni, *arguments: str) -> list[str]:
    result = omni("check", "--output-format", "concise", *arguments)
    return sorted(line for line in result.stdout.splitlines() if ": OM" in line)


@pytest.mark.usefixtures("folder")
def test_a_check_holds_prompts_to_the_settings(omni: Omni) -> None:
    assert TOLD == told(omni, "a.omni")


@pytest.mark.usefixtures("folder")
def test_isolated_prompts_are_held_to_the_defaults(omni: Omni) -> None:
    assert ["OM112", "OM301", "OM301", "OM301"] == sorted(
        line.split()[1] for line in told(omni, "--isolated", "a.omni")
    )


def test_other_processes_hold_prompts_to_the_settings_of_each_folder(
    omni: Omni, folder: Path
) -> None:
    """Some hundred and thirty files are enough for other processes to be started."""
    for number in range(140):
        path = folder / str(number % 2) / f"{number}.omni"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'prompt cat{number} = "a rival --mood x --v 6.1"\n')
    (folder / "1" / "omni.toml").write_text('allow-params = ["mood"]\n')
    (folder / "a.omni").unlink()

    found = told(omni, "--jobs", "2")

    assert 70 == len(found)
    assert {"OM425"} == {line.split()[1] for line in found}
    assert all(line.startswith("0/") for line in found)


def test_a_test_and_a_plan_are_held_to_the_settings(omni: Omni, folder: Path) -> None:
    text = RECIPE.replace("{sofa, bed}", "sofa")
    (folder / "a.omni").write_text(text + "pipeline p {\n    g = louder -> midjourney.imagine\n}\n")

    tested, planned = omni("test"), omni("plan", "a.omni", "--sandbox", "--json")

    assert (0, 0) == (tested.returncode, planned.returncode), tested.stdout + planned.stderr
    assert "1 passed" in tested.stdout
    [node] = json.loads(planned.stdout)["nodes"]
    assert ["a rival cat --v 6.1 --mood loud and clear"] == node["arguments"]["prompt"]["$prompt"][
        "text"
    ]


def test_a_prompt_that_waits_is_held_to_what_held_when_the_run_began(
    omni: Omni, folder: Path
) -> None:
    (folder / "b.omni").write_text(LATE)
    held = omni("run", "b.omni", "--sandbox")
    (folder / "omni.toml").write_text("")
    picked = omni("pick", "best", "2")
    resumed = omni("resume")

    assert (3, 0, 0) == (held.returncode, picked.returncode, resumed.returncode), resumed.stderr
    assert (folder / "out" / "late.png").exists()


@pytest.mark.parametrize("command", [["check"], ["plan"], ["run", "--sandbox"], ["test"]])
@pytest.mark.usefixtures("folder")
def test_a_version_that_there_is_not_ends_a_command(omni: Omni, command: list[str]) -> None:
    result = omni(*command, "a.omni", "--default-version", "9")

    assert (2, "") == (result.returncode, result.stdout)
    assert "there is no version '9'" in result.stderr
    assert "niji 7" in result.stderr


@pytest.mark.usefixtures("folder")
def test_the_version_of_the_command_line_is_shown_among_the_settings(omni: Omni) -> None:
    result = omni("check", "--show-settings", "--default-version", "niji 6")

    assert 'default-version = "niji 6"  # --default-version' in result.stdout.splitlines()
    assert 'banned-words = ["rival.txt"]  # omni.toml' in result.stdout.splitlines()
