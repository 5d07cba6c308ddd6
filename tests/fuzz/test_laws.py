"""The laws that fuzzing tries for hours, on a few hundred broken texts that are the same each time."""

from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from fuzz import laws, seeds
from fuzz.mutation import mutant, pumped
from tests.timing import growth

Law = Callable[[str], object]

LAWS: dict[str, tuple[Law, Callable[[], list[str]]]] = {
    "parser": (laws.parser, seeds.recipes),
    "checker": (laws.checker, seeds.recipes),
    "formatter": (laws.formatter, seeds.recipes),
    "interpolation": (laws.interpolation, seeds.interpolations),
    "prompt": (laws.prompt, seeds.prompts),
}
MUTANTS, PUMPED = 300, 12


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.mark.parametrize("name", LAWS)
def test_a_law_holds_for_every_seed(name: str) -> None:
    law, begin = LAWS[name]
    for text in begin():
        law(text)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_holds_for_broken_texts(name: str) -> None:
    law, begin = LAWS[name]
    texts, chance = begin(), Random(name)
    for _ in range(MUTANTS):
        text = mutant(chance.choice(texts), chance)
        try:
            law(text)
        except Exception as error:
            error.add_note(repr(text))
            raise


@pytest.mark.parametrize("name", LAWS)
def test_time_grows_with_a_text_of_which_a_part_is_repeated(name: str) -> None:
    law, begin = LAWS[name]
    texts = begin()
    chance = Random(name)
    for seed in range(PUMPED):
        make = partial(pumped, mutant(chance.choice(texts), chance)[:2000], seed)

        ratio = growth(law, make, 4_000, 8_000, below=3)

        assert ratio < 3, repr(make(0))
