"""Every case on disk, mended: its fixes do what they say, and leave nothing that could be fixed."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from omnidsl.checking.fixes import mend
from omnidsl.checking.suppressions import apply
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import load
from omnidsl.prompts import parse
from omnidsl.settings.house import AS_SHIPPED
from tests.cases.test_golden import CASES, by_name

RECIPES = [one for one in CASES if one.suffix == ".omni" or (one / "main.omni").is_file()]
PROMPTS = [one for one in CASES if one.suffix == ".prompt"]


@cache
def declared() -> Catalogue:
    return load()


def left(source: Source, found: list[Diagnostic]) -> list[Diagnostic]:
    return [one for one in found if one.fix is not None and one.source is source]


@pytest.mark.parametrize("case", RECIPES, ids=by_name)
def test_a_mended_recipe_has_nothing_to_mend(case: Path, project: Path) -> None:
    if case.is_dir():
        shutil.copytree(case, project, dirs_exist_ok=True)
    else:
        shutil.copy(case, project / "main.omni")
    main, catalogue = project / "main.omni", declared()

    def find(source: Source) -> list[Diagnostic]:
        found = inspect_source(source, main, root=project, catalogue=catalogue, rules=AS_SHIPPED)
        found.dry_run()
        found.lint()
        return apply(found.diagnostics, source)

    try:
        text = main.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return  # there is no text to mend

    done = mend(Source(text, "main.omni", str(main)), find, unsafe=True)

    assert ([], []) == (done.abandoned, left(done.source, done.findings))


@pytest.mark.parametrize("case", PROMPTS, ids=by_name)
def test_a_mended_prompt_has_nothing_to_mend(case: Path) -> None:
    def find(source: Source) -> list[Diagnostic]:
        found = list(parse(source.text).diagnostics)
        for one in found:
            one.source = source
        return found

    done = mend(Source(case.read_text("utf-8").rstrip("\n")), find, unsafe=True)

    assert ([], []) == (done.abandoned, left(done.source, done.findings))
