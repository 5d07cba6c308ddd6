"""Vocabularies that a project's settings name: read once, told before anything is sent, understood everywhere."""

import json
import os
from pathlib import Path

import pytest

from omnidsl import load as load_recipe
from omnidsl.prompts import load_vocabulary
from omnidsl.settings import load
from tests.conftest import Omni

BRAND = "english\tcategory\tsimplified\nmatte finish\tfinish; 质感\t哑光\nstudio glow\tlight\t影棚柔光\n"
RECIPE = """\
prompt cat {
    质感：哑光
    光线：影棚柔光
    风格：海报
    可爱的猫
}
pipeline main() {
    [first, ...] = midjourney.imagine(cat)
    save first as "cat.png"
}
"""
SENT = "Poster style,studio glow,matte finish,可爱的猫"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir(exist_ok=True)
    (folder / "omni.toml").write_text('vocabulary = ["words/brand.tsv"]\n')
    (folder / "words").mkdir()
    (folder / "words" / "brand.tsv").write_text(BRAND, "utf-8")
    (folder / "cat.omni").write_text(RECIPE.replace("[first, ...]", "first"), "utf-8")
    return folder


def settings_codes(folder: Path) -> list[str]:
    return [one.code for one in load(folder)[1]]


def test_a_recipe_is_checked_and_planned_with_the_terms_of_its_project(project: Path) -> None:
    recipe = load_recipe(project / "cat.omni")

    assert [] == [one for one in recipe.check() if one.code.startswith("OM4")]
    assert SENT == str(recipe.prompt("cat"))


def test_without_the_setting_the_categories_are_unknown(project: Path) -> None:
    (project / "omni.toml").write_text("")

    assert {"OM422", "OM421"} == {
        one.code for one in load_recipe(project / "cat.omni").check() if one.code.startswith("OM4")
    }


def test_verbatim_sends_what_front_ends_send(project: Path) -> None:
    (project / "omni.toml").write_text('vocabulary = ["words/brand.tsv"]\nemit = "verbatim"\n')

    sent = str(load_recipe(project / "cat.omni").prompt("cat"))

    assert SENT.replace("Poster style", "posterstyle") == sent


def test_verbatim_needs_no_vocabulary_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "omni.toml").write_text('emit = "verbatim"\n')

    term = load(tmp_path)[0].rules.rules.vocabulary.find("Poster style")

    assert term is not None
    assert "posterstyle" == term.english


def test_a_project_that_says_nothing_has_the_vocabulary_of_the_package(tmp_path: Path) -> None:
    assert load(tmp_path)[0].rules.rules.vocabulary is load_vocabulary()


def test_folders_of_a_project_share_one_vocabulary(project: Path) -> None:
    (project / "deep").mkdir()

    assert (
        load(project)[0].rules.rules.vocabulary is load(project / "deep")[0].rules.rules.vocabulary
    )


def test_a_file_that_changes_is_read_anew(project: Path) -> None:
    before = load(project)[0].rules.rules.vocabulary
    file = project / "words" / "brand.tsv"
    file.write_text(BRAND + "satin finish\tfinish\t缎面\n", "utf-8")

    after = load(project)[0].rules.rules.vocabulary

    assert (None, "satin finish") == (
        before.find("缎面"),
        getattr(after.find("缎面"), "english", None),
    )


def test_several_files_stand_on_each_other(project: Path) -> None:
    (project / "omni.toml").write_text('vocabulary = ["words/brand.tsv", "more.tsv"]\n')
    (project / "more.tsv").write_text(
        "english\tcategory\nsatin finish\t质感\nflat\t哑光\n", "utf-8"
    )

    assert [] == settings_codes(project)
    finish = load(project)[0].rules.rules.vocabulary.category("finish")
    assert ["matte finish", "satin finish"] == [one.english for one in getattr(finish, "terms", ())]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", ["OM432", "OM432"]),
        (b"\0", ["OM431"]),
        (b"\xff\xfe", ["OM606"]),
        (b"english\tcategory\n\xe4\tlight\n", ["OM606"]),
        (b"\xef\xbb\xbfenglish\tcategory\nmatte finish\tfinish\n", []),
        (b"#" * 1_000_001, ["OM431"]),
    ],
)
def test_a_broken_file_is_told_in_one_report(
    project: Path, content: bytes, codes: list[str]
) -> None:
    (project / "words" / "brand.tsv").write_bytes(content)

    assert codes == settings_codes(project)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../brand.tsv", "OM614"), ("/etc/hostname", "OM614"), ("link.tsv", "OM614"), ("words", "OM431"), ("nul\\u0000", "OM431"),
        ("", "OM431"), ("loop.tsv", "OM431"), ("pipe", "OM431"), ("x" * 5000, "OM431"),
    ],
)  # fmt: skip  # short texts, as many a line as fit
def test_what_is_no_file_of_the_project_is_not_read(project: Path, name: str, code: str) -> None:
    (project.parent / "brand.tsv").write_text(BRAND, "utf-8")
    (project / "link.tsv").symlink_to(project.parent / "brand.tsv")
    (project / "loop.tsv").symlink_to("loop.tsv")
    os.mkfifo(project / "pipe")
    (project / "omni.toml").write_text(f'vocabulary = ["{name}"]\n')

    settings, found = load(project)

    assert [code] == [one.code for one in found]
    assert settings.rules.rules.vocabulary.find("哑光") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_is_told(project: Path) -> None:
    (project / "words" / "brand.tsv").chmod(0)

    assert ["OM431"] == settings_codes(project)


def test_a_broken_vocabulary_is_told_by_check_and_nothing_is_planned(
    omni: Omni, project: Path
) -> None:
    (project / "words" / "brand.tsv").write_text("english\nx\n")

    checked, planned = omni("check", "."), omni("plan", "cat.omni")

    assert (1, True, True) == (
        checked.returncode,
        "OM432" in checked.stdout,
        planned.returncode != 0,
    )
    assert "Traceback" not in checked.stderr + planned.stderr


def test_every_process_of_a_check_knows_the_terms(omni: Omni, project: Path) -> None:
    for number in range(12):
        (project / f"cat{number}.omni").write_text(RECIPE.split("pipeline", maxsplit=1)[0], "utf-8")

    result = omni("check", "--jobs", "2", "--select", "OM4", "--output-format", "json", ".")

    assert [] == json.loads(result.stdout)["diagnostics"]
