"""The recipes that benchmarks check: sound, and no two alike."""

from pathlib import Path

from benchmarks import corpus
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import catalogue

__all__ = ["catalogue"]  # the fixture


def test_recipes_are_different_and_of_the_size_that_figures_name() -> None:
    made = list(corpus.recipes(500))

    assert 500 == len(set(made))
    assert 600 < sum(len(one.encode()) for one in made) / 500 < 800


def test_recipes_are_sound(tmp_path: Path, catalogue: Catalogue) -> None:
    found = []
    for text in corpus.recipes(40):
        inspection = inspect_source(
            Source(text, "r.omni"), None, root=tmp_path, catalogue=catalogue, rules=AS_SHIPPED
        )
        inspection.dry_run()
        found += inspection.diagnostics

    assert [] == [(one.code, one.message("en")) for one in found]
