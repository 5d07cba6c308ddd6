"""What importing costs: nothing that a command does not use."""

import subprocess
import sys

import pytest

import omnidsl.prompts

HEAVY = {
    "attr",
    "attrs",
    "dataclasses",
    "json",
    "lark",
    "tomllib",
    "typing_extensions",
    "omnidsl.language.catalogue",
}


def loaded(statement: str) -> set[str]:
    program = f"import sys; before = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    made = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    return set(made.stdout.split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert set() == loaded("import omnidsl.prompts") & HEAVY


def test_importing_every_name_loads_neither_data_nor_the_parser() -> None:
    assert set() == loaded("from omnidsl.prompts import *") & (
        HEAVY - {"omnidsl.language.catalogue"}
    )


def test_reading_a_clean_prompt_loads_no_words_for_people() -> None:
    assert "omnidsl.language.catalogue" in loaded("import omnidsl.language.catalogue")
    assert not loaded("from omnidsl.prompts import parse; parse('cat --v 6').valid") & {
        "attr",
        "rich",
        "httpx",
        "pluggy",
    }


def test_the_public_names_are_sorted() -> None:
    constants = sorted(name for name in omnidsl.prompts.__all__ if name.isupper())
    classes = sorted(
        name for name in omnidsl.prompts.__all__ if name[0].isupper() and not name.isupper()
    )
    functions = sorted(name for name in omnidsl.prompts.__all__ if name.islower())

    assert [*constants, *classes, *functions] == omnidsl.prompts.__all__


@pytest.mark.parametrize("name", omnidsl.prompts.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(omnidsl.prompts, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'foo'"):
        omnidsl.prompts.foo  # noqa: B018  # the access is the test
