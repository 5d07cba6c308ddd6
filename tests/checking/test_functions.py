"""The pure functions: what they give, that they always give the same, and what they refuse."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.functions import drawn
from omnidsl.checking.values import Value
from tests.checking.conftest import Inspect, Told

Lets = Callable[..., dict[str, Value]]

SEEDS = st.integers(-(10**30), 10**30)


@pytest.fixture
def lets(inspect: Inspect) -> Lets:
    """Return the values of a recipe's `let`s."""

    def run(text: str, **files: str | bytes) -> dict[str, Value]:
        found = inspect(text, **files)
        assert [] == found.diagnostics
        assert found.recipe is not None
        return {symbol.name: value for symbol, value in found.recipe.facts.lets.items()}

    return run


@given(st.lists(st.integers(), max_size=30), SEEDS, st.data())
def test_a_larger_sample_only_draws_more(items: list[int], seed: int, data: st.DataObject) -> None:
    small = data.draw(st.integers(0, len(items)))
    large = data.draw(st.integers(small, len(items)))
    assert drawn(items, small, seed) == drawn(items, large, seed)[:small]


@given(st.lists(st.integers(), max_size=30), SEEDS)
def test_a_sample_of_all_holds_every_item_once(items: list[int], seed: int) -> None:
    assert sorted(items) == sorted(drawn(items, len(items), seed))


@given(st.lists(st.integers(), min_size=1, max_size=30), st.integers(), SEEDS)
def test_what_is_drawn_depends_on_places_alone(items: list[int], shift: int, seed: int) -> None:
    moved = [one + shift for one in items]
    assert [one + shift for one in drawn(items, 3, seed)] == drawn(moved, 3, seed)


def test_what_a_seed_draws_never_changes() -> None:
    letters = "abcdefgh"
    assert ["gdc", "dgc", "fch"] == ["".join(drawn(letters, 3, seed)) for seed in (0, 7, -1)]


def test_seeds_draw_every_item() -> None:
    assert set("abcd") == {drawn("abcd", 1, seed)[0] for seed in range(100)}


def test_choosing_is_a_sample_of_one(lets: Lets) -> None:
    found = lets(
        'let xs = ["a", "b", "c"]\nlet one = choose(xs, seed: 5)\nlet all = sample(xs, 3, seed: 5)'
    )
    assert isinstance(found["all"], list)
    assert found["all"][0] == found["one"]


def test_a_chosen_item_has_the_type_of_the_items(told: Told) -> None:
    assert [("OM201", 'choose(["a"], seed: 1)')] == told('let x = 1 + choose(["a"], seed: 1)')


def test_the_seed_must_be_given(told: Told) -> None:
    assert [("OM202", "choose([1])")] == told("let x = choose([1])")


def test_lines_are_read_without_blank_ones_and_comments(lets: Lets) -> None:
    text = "\ufeff# colours\nred\r\n\n  teal  # the house colour\n#ff8800\n蓝#1\n#\n"
    assert ["red", "teal", "#ff8800", "蓝#1"] == lets('let x = lines("c.txt")', c_txt=text)["x"]


def test_lines_are_found_beside_the_recipe_that_names_them(lets: Lets) -> None:
    found = lets(
        'use "sub/a.omni"\nlet x = a.colors',
        sub__a_omni='let colors = lines("c.txt")',
        sub__c_txt="red",
    )
    assert ["red"] == found["x"]


def test_a_file_of_lines_may_be_empty(lets: Lets) -> None:
    assert [] == lets('let x = lines("c.txt")', c_txt="")["x"]


def test_a_missing_file_of_lines_has_suggestions(inspect: Inspect) -> None:
    (found,) = inspect('let x = lines("colours.txt")', colors_txt="red").diagnostics
    assert ("OM601", ("colors.txt",)) == (found.code, found.suggestions)


def test_a_list_is_joined(lets: Lets) -> None:
    assert (
        "1, 0.5, 16:9" == lets('let x = join(["a"], "")\nlet y = "1, ${z}, 16:9"\nlet z = .5')["y"]
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1 / 3", "0.333333333333333"),
        ("1234567.5 * 1", "1234567.5"),
        ("0.1 + 0.2", "0.3"),
        ("6 / 2", "3"),
        ("-0.5", "-0.5"),
    ],
)
def test_a_number_is_written_into_a_text_without_an_exponent(
    lets: Lets, written: str, expected: str
) -> None:
    assert expected == lets(f'let n = {written}\nlet x = "${{n}}"')["x"]


def prompt_of(inspect: Inspect, text: str, **files: str | bytes) -> list[str]:
    found = inspect(text + "\npipeline main {\n    g = p -> midjourney.imagine\n}\n", **files)
    assert [] == found.diagnostics
    plan = found.plan("main", {}, gateway="x")
    assert plan is not None
    return [str(one.arguments["prompt"].parts[0]) for one in plan.nodes]  # type: ignore[union-attr]  # a prompt that is known


def test_data_is_neutral_and_raw_is_as_typed(inspect: Inspect) -> None:
    text = 'let a = "{red, blue}"\nlet b = raw(a)\nprompt p {\n    a ${NAME} cat\n}'
    assert ["a \\{red, blue\\} cat"] == prompt_of(inspect, text.replace("NAME", "a"))
    assert ["a red cat", "a blue cat"] == prompt_of(inspect, text.replace("NAME", "b"))
    assert ["a red cat", "a blue cat"] == prompt_of(inspect, text.replace("NAME", "raw(a)"))


def test_raw_weights_and_parameters_count(inspect: Inspect) -> None:
    text = 'let b = raw("sun::2 sea --v 6")\nprompt p {\n    a ${b}\n}'
    assert ["a sun::2 sea --v 6"] == prompt_of(inspect, text)


def test_raw_terms_are_looked_up_one_by_one(inspect: Inspect) -> None:
    text = 'let b = raw("赛博朋克, Manga")\nprompt p {\n    style: ${b}\n    a cat\n}'
    assert ["Cyberpunk,Manga,a cat"] == prompt_of(inspect, text)


def test_a_text_made_with_raw_is_data_again(inspect: Inspect) -> None:
    text = 'let b = raw("{red, blue}")\nlet c = "${b} cat"\nprompt p {\n    a ${c}\n}'
    assert ["a \\{red, blue\\} cat"] == prompt_of(inspect, text)


def test_what_is_wrong_with_raw_text_is_told_where_it_is_put_in(told: Told) -> None:
    text = 'let b = raw("--ar 4x3")\nprompt p {\n    a cat ${b}\n}'
    assert [("OM306", "b")] == told(text)
