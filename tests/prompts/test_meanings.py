"""Every parameter is explained, in both languages, in one line."""

from pathlib import Path

import pytest

from omnidsl.language.data import read_data
from omnidsl.prompts import load_parameters
from omnidsl.prompts.meanings import meaning
from omnidsl.prompts.parameters import __file__ as here

NAMES = [row.name for row in load_parameters().rows]


def test_what_is_explained_are_the_parameters() -> None:
    explained = read_data(Path(here).parent / "data" / "meanings.toml")

    assert sorted(NAMES) == sorted(explained)


@pytest.mark.parametrize("name", NAMES)
def test_a_meaning_is_a_line_in_each_language(name: str) -> None:
    english, chinese = meaning(name, "en"), meaning(name, "zh")

    assert (0 < len(english) <= 100, 0 < len(chinese) <= 50) == (True, True)
    assert english.isascii()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
    assert not english.endswith(".")
    assert not chinese.endswith("。")
