"""A misspelt name with one known name near it can be mended, wherever it stands."""

import pytest

from omnidsl.language.diagnostics import Fix
from tests.checking.conftest import Inspect

CAT = "prompt cat { a cat }\n"


def mended(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, key=lambda one: one.span, reverse=True):
        text = text[: edit.span.start] + edit.content + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("OM012", "promt cat { a cat }\n", "prompt cat { a cat }\n"),
        ("OM101", "let palette = 1\nlet x = pallete\n", "let palette = 1\nlet x = palette\n"),
        ("OM107", CAT + "let x: imag = 1\n", CAT + "let x: image = 1\n"),
        ("OM110", CAT + 'pipeline p() { a = cat -> midjurney.imagine\nsave a as "a.png" }\n', CAT + 'pipeline p() { a = cat -> midjourney.imagine\nsave a as "a.png" }\n'),
        ("OM111", CAT + 'pipeline p() { a = cat -> midjourney.imagin\nsave a as "a.png" }\n', CAT + 'pipeline p() { a = cat -> midjourney.imagine\nsave a as "a.png" }\n'),
        ("OM117", "chat c {\n    sytem: hi\n    user: x\n}\n", "chat c {\n    system: hi\n    user: x\n}\n"),
        ("OM203", CAT + 'pipeline p() { a = cat -> midjourney.imagine(moode: "fast")\nsave a as "a.png" }\n', CAT + 'pipeline p() { a = cat -> midjourney.imagine(mode: "fast")\nsave a as "a.png" }\n'),
        ("OM206", CAT + 'pipeline p() { a = cat -> midjourney.imagine(mode: "turbi")\nsave a as "a.png" }\n', CAT + 'pipeline p() { a = cat -> midjourney.imagine(mode: "turbo")\nsave a as "a.png" }\n'),
        ("OM214", CAT + 'pipeline p() { a = cat -> midjourney.imagine with timout: 1m\nsave a as "a.png" }\n', CAT + 'pipeline p() { a = cat -> midjourney.imagine with timeout: 1m\nsave a as "a.png" }\n'),
        ("OM301", "prompt cat { a cat --stylise 50 }\n", "prompt cat { a cat --stylize 50 }\n"),
        ("OM422", "prompt cat {\n    stile: Cyberpunk\n    a cat\n}\n", "prompt cat {\n    style: Cyberpunk\n    a cat\n}\n"),
        ("OM421", "prompt cat {\n    style: Cyberpnk, Manga\n    a cat\n}\n", "prompt cat {\n    style: Cyberpunk, Manga\n    a cat\n}\n"),
    ],
)  # fmt: skip  # a table of cases
def test_the_only_name_near_takes_the_place_of_the_wrong_one(
    inspect: Inspect, code: str, wrong: str, right: str
) -> None:
    (finding,) = [one for one in inspect(wrong).diagnostics if one.code == code]

    assert finding.fix is not None
    assert (right, False) == (mended(wrong, finding.fix), finding.fix.safe)


def test_of_several_names_none_is_chosen(inspect: Inspect) -> None:
    (finding,) = inspect("let ab = 1\nlet ac = 2\nlet x = ad\n").diagnostics

    assert (("ab", "ac"), None) == (finding.suggestions, finding.fix)


def test_a_list_saved_under_one_name_gets_its_number_before_the_extension(inspect: Inspect) -> None:
    wrong = (
        CAT
        + 'let looks = ["a", "b"]\npipeline p {\n    for look in looks {\n        c = cat -> midjourney.imagine\n    }\n    save c as "x/${looks[0]}.cats.png"\n}\n'
    )
    (finding,) = [one for one in inspect(wrong).diagnostics if one.code == "OM610"]

    assert finding.fix is not None
    assert wrong.replace(".png", "-${index}.png") == mended(wrong, finding.fix)
