"""Test blocks: what passes, what fails and with which values, and that nothing is ever planned to be paid."""

from collections.abc import Callable
from pathlib import Path

import pytest

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.planning.recipe_tests import recipe_tests, run_test
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import about, catalogue  # noqa: F401  # a fixture

RECIPE = """let looks = ["Manga", "Cyberpunk"]
prompt cat(who: text = "cat", look: text = "Manga") {
    style: ${look}
    text:  ${who}, detailed fur
    --v 6.1 --ar 4:3
}
prompt two { a {red, blue} cat }
pipeline main(n: int = 2, mood: text = "calm") {
    expect n < 5, "too many"
    for i in 1..n {
        g = cat("dog ${i}") -> midjourney.imagine
        save g as "${mood}-${i}.png"
    }
}
"""

Run = Callable[..., list[Diagnostic]]


@pytest.fixture
def run(tmp_path: Path, catalogue: Catalogue) -> Run:  # noqa: F811  # the fixture that is imported
    def one(body: str, head: str = RECIPE, **files: str) -> list[Diagnostic]:
        for name, content in files.items():
            (tmp_path / name.replace("_", ".")).write_text(content, "utf-8")
        text = f'{head}test "t" {{\n{body}\n}}\n'
        found = inspect_source(
            Source(text, "main.omni"),
            tmp_path / "main.omni",
            root=tmp_path,
            catalogue=catalogue,
            rules=AS_SHIPPED,
        )
        found.dry_run()
        assert [] == found.diagnostics
        assert found.recipe is not None
        (test,) = recipe_tests(found.recipe)
        return run_test(test, found.recipe)

    return one


@pytest.mark.parametrize(
    "body",
    [
        "expect true",
        "expect cat.parameters.aspect == 4:3",
        'expect cat.text contains "fur"',
        'p = cat("dog", look: "Cyberpunk")\nexpect p.text == "dog, detailed fur" and p.vocabulary.style == ["Cyberpunk"]',
        "expect plan(main).steps == 2",
        "expect plan(main, n: 3).steps == 3",
        "expect plan(main, 4).steps == 4",
        'expect plan(main, mood: "wild").saves == ["wild-1.png", "wild-2.png"]',
        "for look in looks {\np = cat(look: look)\nexpect p.vocabulary.style == [look]\n}",
        "for n in 1..3, m in [1, 2] {\nx = n * m\n}\nexpect x == [1, 2, 2, 4, 3, 6]",
        "for n in 1..9 max 2 {\nx = n\n}\nexpect x == [1, 2]",
        'expect file("a.txt") == file("a.txt") and not [file("a.txt")] contains file("b.txt")',
        'for p in two {\nexpect p.text contains "cat"\n}',
        "if 1 < 2 { a = 1 } else { a = 2 }\nexpect a == 1",
        "if 1 > 2 {\nexpect false\n}\nelse {\nexpect true\n}",
        'let_ = lines("a.txt")\nexpect let_ == ["x"]',
    ],
)
def test_what_holds_passes(run: Run, body: str) -> None:
    assert [] == run(body, a_txt="x\n", b_txt="y\n")


def values(finding: Diagnostic) -> dict[str, object]:
    """Return what a failure shows: the text of each place, and the value that it had."""
    assert finding.source is not None
    return {finding.source[one.span]: one.values["value"] for one in finding.labels}


@pytest.mark.parametrize(
    ("body", "place", "expected"),
    [
        ("expect cat.parameters.aspect == 16:9", "cat.parameters.aspect == 16:9", {"cat.parameters.aspect": "4:3"}),
        ("a = 1\nexpect a > 2", "a > 2", {"a": "1"}),
        ("a = 1\nb = 2\nexpect a > b", "a > b", {"a": "1", "b": "2"}),
        ("a = 1\nexpect a == 1 and a == 2", "a == 1 and a == 2", {"a": "1"}),
        ("a = 1\nb = 5\nexpect a > 2 or b < 2", "a > 2 or b < 2", {"a": "1", "b": "5"}),
        ("a = true\nexpect not a", "not a", {"a": "true"}),
        ("a = false\nexpect a", "a", {}),
        ("a = 2\nexpect not a in 1..3", "not a in 1..3", {"a": "2", "1..3": "[1, 2, 3]"}),
        ('expect cat.text contains "wing"', 'cat.text contains "wing"', {"cat.text": '"cat, detailed fur"'}),
        ("expect -1 > 2", "-1 > 2", {}),
        ("expect plan(main).steps == 1", "plan(main).steps == 1", {"plan(main).steps": "2"}),
        ('expect cat == cat("dog")', 'cat == cat("dog")', {"cat": '"Manga,cat, detailed fur --v 6.1 --ar 4:3"', 'cat("dog")': '"Manga,dog, detailed fur --v 6.1 --ar 4:3"'}),
        ("expect two == [two[1]]", "two == [two[1]]", {"two": '["a red cat", "a blue cat"]', "[two[1]]": '["a red cat"]'}),
        ("for look in looks {\nexpect look == 'x'\n}".replace("'", '"'), 'look == "x"', {"look": '"Manga"'}),
    ],
)  # fmt: skip  # a table
def test_a_failure_shows_the_values_of_both_sides(
    run: Run, body: str, place: str, expected: dict[str, object]
) -> None:
    (found,) = run(body)
    assert ("OM506", place, expected) == (found.code, about(found), values(found))


def test_the_message_is_the_recipes_own(run: Run) -> None:
    (found,) = run('who = "cat"\nexpect 1 == 2, "no ${who}"')
    assert "expectation failed: no cat" == found.message("en")
    assert "期望不成立：no cat" == found.message("zh")


def test_every_expectation_is_told_once(run: Run) -> None:
    found = run("expect 1 == 2\nfor n in 1..3 {\nexpect n == 9\n}\nexpect 3 == 4")
    assert ["1 == 2", "n == 9", "3 == 4"] == [about(one) for one in found]


def test_long_texts_are_shown_around_the_place_where_they_differ(run: Run) -> None:
    (found,) = run(f'a = "{"x" * 100}one"\nb = "{"x" * 100}two"\nexpect a == b')
    assert {"a": f'"…{"x" * 20}one"', "b": f'"…{"x" * 20}two"'} == values(found)


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("x = [1, 2][3]\nexpect x == 1", "OM207", "3"),
        ("n = 0\nexpect 1 / n == 1", "OM232", "n"),
        ("x = sample(looks, 3, seed: 1)\nexpect len(x) == 3", "OM231", "sample(looks, 3, seed: 1)"),
        ("expect plan(main, n: 7).steps == 7", "OM503", "n < 5"),
        ("expect cat.parameters.chaos == 1", "OM235", "chaos"),
        ('expect len(lines("nope.txt")) == 0', "OM601", 'lines("nope.txt")'),
        ("for a in 1..9999, b in 1..9999 {\nexpect true\n}", "OM507", "a in 1..9999"),
        ('expect plan(main, mood: "a?").saves == []', "OM608", '"${mood}-${i}.png"'),
    ],
)
def test_what_cannot_be_computed_fails_the_test_once(
    run: Run, body: str, code: str, place: str
) -> None:
    found = run(body)
    assert (code, place) == (found[0].code, about(found[0]))
    assert "OM506" not in {one.code for one in found} or code == "OM601"


def test_a_prompt_that_its_arguments_break_fails_the_test(run: Run) -> None:
    head = "prompt cat(q: number = 1) {\n    a cat --chaos ${q}\n}\n"
    assert ["OM312"] == [
        one.code for one in run("expect cat(700).text == 'a cat'".replace("'", '"'), head)
    ]


def test_the_tests_of_a_used_file_are_its_own(run: Run) -> None:
    files = {"a_omni": 'test "u" {\n    expect false\n}\n'}
    assert [] == run("expect true", 'use "a.omni"\n', **files)


def test_a_pipeline_of_another_file_can_be_planned(run: Run) -> None:
    files = {"a_omni": RECIPE}
    assert [] == run("expect plan(a.main, n: 1).steps == 1", 'use "a.omni"\n', **files)
