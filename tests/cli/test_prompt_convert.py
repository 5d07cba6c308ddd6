"""`omni prompt convert`: lists become recipes that say the same, and recipes lists."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omnidsl.cli.prompt_commands.to_list import RecipePrompts
from omnidsl.cli.prompt_commands.to_recipe import RecipeWriter
from omnidsl.language.formatting import formatted
from omnidsl.plugins.index import load
from omnidsl.prompts import Prompt, parse
from omnidsl.settings import Settings
from omnidsl.settings.house import AS_SHIPPED
from tests.strategies import TERMS, WORDS

if TYPE_CHECKING:
    import subprocess

Omni = Callable[..., "subprocess.CompletedProcess[str]"]

HOSTILE = (
    *('"', '"""', "'", "\\", "\\\\", "\\$", "$", "${", "${a}", "{", "}", "{a, b}", "{a", "b}", "#", "# c", "#1", "--", "--x", "-"),
    *("text:", "style: x", "风格：", "image: a.png", "drop: image", "prompt a {", "::", "::2", "：", "，", "、", "->", "=", "\t", "　"),
    *("--v 6.1", "--ar 4:3", "--no a, b", "--tile", "--q .5", "😀", "é", "\u202e", "\u200d", "//", "https://x.test/a.png", "1", "test"),
)  # fmt: skip  # signs read best side by side
PIECES = st.sampled_from((*HOSTILE, *WORDS, *TERMS, *HOSTILE))
LINES = st.lists(PIECES, min_size=1, max_size=8).flatmap(
    lambda some: st.sampled_from(["".join(some), " ".join(some)])
)
READABLE = st.characters(exclude_characters="\0", max_codepoint=0xEFFFF, exclude_categories=["Cs"])
"""What a recipe can hold: `checking.rendering` has a use of its own for the private characters behind."""
TEXTS = st.lists(LINES | st.text(READABLE, max_size=12), min_size=1, max_size=4)


def converted(texts: list[str]) -> tuple[str, RecipeWriter]:
    writer = RecipeWriter(AS_SHIPPED, load())
    for text in texts:
        writer.add(text, list(parse(text).diagnostics))
    return writer.recipe(), writer


def listed(recipe: str) -> RecipePrompts:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cats.omni"
        path.write_text(recipe, "utf-8", newline="")
        return RecipePrompts(path, Settings(Path(folder)), AS_SHIPPED)


@given(TEXTS)
@example(["a" * 8192])
@example(["猫 {a, b} " * 700])
@example(['"' * 8192])
@example(["\\" * 8191])
@example(["a\rb", "a\x01b", "a\nb", "\ufeffcat", "a\x85b\u2028c"])
def test_prompts_mean_the_same_after_both_ways(texts: list[str]) -> None:
    prompts = [Prompt.parse(text) for text in texts]
    recipe, writer = converted(texts)

    back = [Prompt.parse(line) for line in listed(recipe).lines]

    assert writer.changed == []
    assert [one for one in prompts if str(one)] == back


@given(TEXTS)
def test_a_recipe_is_in_the_one_form(texts: list[str]) -> None:
    recipe, _ = converted(texts)

    assert formatted(recipe) == recipe


@given(TEXTS)
def test_a_recipe_has_no_fault_that_its_prompts_had_not(texts: list[str]) -> None:
    had = {one.code for text in texts for one in parse(text).diagnostics}
    recipe, _ = converted(texts)

    found = {one.code for one in listed(recipe).found}

    assert found - had == set()


def test_a_prompt_that_no_recipe_can_hold_is_told() -> None:
    _, writer = converted(["a cat", "a \U000f0000 cat"])

    assert ["a \U000f0000 cat"] == writer.changed


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["A red cat, sitting"], ["a_red_cat_sitting"]),
        (["可爱的猫", "可爱的猫", "可爱的猫 --v 6.1"], ["可爱的猫", "可爱的猫_2", "可爱的猫_3"]),
        (["Cyberpunk, 冷光"], ["cyberpunk_cold_light"]),
        (["test", "lines", "midjourney"], ["test_prompt", "lines_prompt", "midjourney_prompt"]),
        (["3 cats", "😀", "___", "²"], ["prompt_3_cats", "untitled", "untitled_2", "untitled_3"]),
        (["Cat", "cat", "cat 2"], ["cat", "cat_2", "cat_2_2"]),
        (["a" * 100], ["a" * 32]),
    ],
)
def test_names_say_what_prompts_are_about(texts: list[str], expected: list[str]) -> None:
    recipe, _ = converted(texts)

    names = [line.split()[1] for line in recipe.splitlines() if line.startswith("prompt ")]

    assert expected == names


def test_a_list_becomes_a_recipe(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.txt").write_text(
        "# cats\nCyberpunk,冷光,a {red, blue} cat --v 6.1 --ar 4:3\n\nNote: a cat --v 6.1\n",
        "utf-8",
    )

    result = omni("prompt", "convert", "cats.txt")

    expected = """\
prompt a_red_cat {
    style: Cyberpunk
    light: Cold light
    a {red, blue} cat
    --v 6.1 --ar 4:3
}

prompt note_a_cat {
    text: Note: a cat
    --v 6.1
}
"""
    assert (0, expected, "") == (result.returncode, result.stdout, result.stderr)


def test_a_recipe_becomes_a_list(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.omni").write_text(
        'let looks = "冷光"\n'
        'prompt cat(who: text = "cat") {\n    light: 冷光\n    a ${who}\n    --ar 4:3 --v 6.1\n}\n'
        "prompt wide: cat { --ar 2:1 }\n"
        "prompt any(who: text) {\n    a ${who} --v 6.1\n}\n"
        'prompt note = "# a {red, blue} sign --v 6.1"\n',
        "utf-8",
    )

    result = omni("prompt", "convert", "cats.omni")

    expected = """\
Cold light,a cat --ar 4:3 --v 6.1
Cold light,a cat --v 6.1 --ar 2:1
, # a {red, blue} sign --v 6.1
"""
    assert (0, expected) == (result.returncode, result.stdout)
    assert "prompt `any` is left out: it has parameters without defaults" in result.stderr


def test_a_column_of_a_table_becomes_a_recipe(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.csv").write_text('id,idea\n1,"a ""red"" cat --v 6.1"\n')

    result = omni("prompt", "convert", "--column", "idea", "cats.csv")

    assert 'prompt a_red_cat {\n    a "red" cat\n    --v 6.1\n}\n' == result.stdout


def test_a_faulty_prompt_stays_as_it_was_typed(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "cats.txt").write_text('a "cat"--ar 4:3 --foo\n')

    result = omni("prompt", "convert", "cats.txt")

    assert (1, 'prompt a_cat = "a \\"cat\\"--ar 4:3 --foo"\n') == (result.returncode, result.stdout)
    assert "cats.txt:1:8" in result.stderr


@pytest.mark.parametrize(
    ("name", "content"), [("nowhere.txt", None), ("nowhere.omni", None), ("cats.txt", b"\xff")]
)
def test_what_cannot_be_read_is_told(
    omni: Omni, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "folder" / name).write_bytes(content)

    result = omni("prompt", "convert", name)

    assert result.returncode == (2 if content is None else 1)
    assert ("", False) == (result.stdout, "Traceback" in result.stderr)
