"""The builder: its parts, its order, its equality, what it refuses."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.errors import OmniError
from omnidsl.prompts import (
    InvalidPrompt,
    Prompt,
    Reference,
    Segment,
    UnknownName,
    WrongType,
    parse,
)
from omnidsl.prompts.values import number_text

GUIDE = "Cyberpunk,Wide view,Face Shot (VCU),Cold light,可爱的猫 --q 2 --s 50 --v 6.1 --ar 4:3"


def guide() -> Prompt:
    built = Prompt("可爱的猫").style("Cyberpunk").view("Wide view").shot("VCU").light("冷光")
    return built.quality(2).stylize(50).version("6.1").aspect(4, 3)


def test_the_guides_prompt_is_built() -> None:
    assert GUIDE == str(guide())


def test_the_guides_prompt_equals_its_string() -> None:
    assert guide() == Prompt.parse(GUIDE)


def test_the_guides_prompt_is_without_findings() -> None:
    assert [] == guide().validate()


def test_equal_prompts_have_equal_hashes() -> None:
    assert {guide()} == {Prompt.parse(GUIDE)}


def test_the_order_of_calls_means_nothing() -> None:
    other = (
        Prompt()
        .aspect("4:3")
        .version(6.1)
        .light("Cold light")
        .stylize(50)
        .text("可爱的猫")
        .quality(2.0)
        .shot("脸部特写")
    )

    assert guide() == other.view("宽视角").style("賽博朋克")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a cat --no fog, rain", "a cat --no rain --no fog"),
        ("a cat --sref 12 34::2", "a cat --sref 34::2 --sref 12"),
        ("a cat --profile abc1234 m12", "a cat --profile m12 abc1234"),
    ],
)
def test_the_order_of_repeated_parameters_means_nothing(one: str, other: str) -> None:
    assert Prompt.parse(one) == Prompt.parse(other)


@pytest.mark.parametrize("number", [5.1, 5.2, 6.1, 8.1, 8.2, 8.3, 9.7])
def test_a_version_that_is_a_number_is_sent_as_people_write_it(number: float) -> None:
    assert f"a cat --v {number}" == str(Prompt("a cat").version(number))


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_a_number_is_emitted_in_digits_that_mean_it(number: float) -> None:
    text = number_text(number)

    assert (float(f"{number:.15g}"), set()) == (float(text), set(text) - set("-0123456789."))


def test_another_value_is_another_prompt() -> None:
    assert guide() != guide().quality(1)


def test_a_prompt_is_no_string() -> None:
    assert guide() != GUIDE


def test_a_prompt_never_changes() -> None:
    first = guide()
    first.tile().text("more")

    assert GUIDE == str(first)


def test_parts_are_emitted_in_their_order() -> None:
    built = (
        Prompt("a")
        .tile()
        .light("Cold light")
        .text("b")
        .image("https://x.com/1.png")
        .style("Manga", "Cyberpunk")
    )

    assert "https://x.com/1.png Manga,Cyberpunk,Cold light,a, b --tile" == str(built)


def test_a_single_value_replaces_what_its_slot_held() -> None:
    assert "a --niji 6" == str(Prompt("a").version("6.1").niji(6))
    assert "a --turbo" == str(Prompt("a").relax().turbo())
    assert "a --q 1" == str(Prompt("a").quality(2).quality(1))


def test_lists_grow() -> None:
    built = (
        Prompt("a").no("b").no("c, d").sref(1, "random").sref(Reference("https://x.com/a.png", 2))
    )

    assert ("b", "c", "d") == built.parameters["no"]
    assert (
        Reference("1"),
        Reference("random"),
        Reference("https://x.com/a.png", 2),
    ) == built.parameters["sref"]


def test_parts_are_dropped() -> None:
    built = (
        guide()
        .image("https://x.com/1.png")
        .without("image", "风格", "view", "--ar", "quality", "text")
    )

    assert "Face Shot (VCU),Cold light --s 50 --v 6.1" == str(built)


def test_style_is_the_category_and_its_dashed_name_the_parameter() -> None:
    built = Prompt("a").style("Manga").style_parameter("raw")

    assert ("a --style raw", "Manga,a") == (
        str(built.without("style")),
        str(built.without("--style")),
    )


@pytest.mark.parametrize(
    ("built", "code"),
    [
        (Prompt("a").bs(3), "OM307"),
        (Prompt("a").chaos(101), "OM312"),
        (Prompt("a").version("7.5"), "OM308"),
        (Prompt("a").aspect(0, 1), "OM306"),
        (Prompt("a").motion("low"), "OM320"),
        (Prompt(), "OM401"),
        (Prompt().image("a.png"), "OM402"),
        (Prompt("a").style("Cyberpnuk"), "OM421"),
        (Prompt("a").style_parameter("raw --ar 1:1"), "OM302"),
    ],
    ids=str,
)
def test_a_wrong_value_is_found_by_validate(built: Prompt, code: str) -> None:
    assert code in [one.code for one in built.validate()]


def test_a_wrong_prompt_is_refused_at_the_door() -> None:
    with pytest.raises(InvalidPrompt, match="OM312") as caught:
        Prompt("a").chaos(101).checked()

    assert isinstance(caught.value, ValueError)
    assert ["OM312"] == [one.code for one in caught.value.diagnostics]


def test_a_warning_is_no_reason_to_refuse() -> None:
    assert "a --zoom 1.8" == Prompt("a").zoom(1.8).checked()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("quality", ("2",)),
        ("quality", (True,)),
        ("quality", (float("nan"),)),
        ("quality", (float("inf"),)),
        ("quality", ()),
        ("quality", (1, 2)),
        ("stylize", (1.5,)),
        ("stylize", (None,)),
        ("aspect", (1.5,)),
        ("version", ([],)),
        ("tile", ("x",)),
        ("no", (3,)),
        ("no", ("",)),
        ("sref", (1.5,)),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_at_once(name: str, values: tuple[object, ...]) -> None:
    with pytest.raises(WrongType) as caught:
        Prompt("a").parameter(name, *values)

    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, OmniError)


@pytest.mark.parametrize(
    ("build", "values", "attribute"),
    [
        (Prompt, (3,), "text"),
        (Prompt, (None,), "text"),
        (Prompt.parse, (b"cat",), "text"),
        (Prompt().aspect, (1.5, 3), "aspect"),
        (Prompt().aspect, (4, "3"), "aspect"),
        (Prompt().aspect, (True, 3), "aspect"),
        (Prompt().style, ("",), "style"),
        (Prompt().view, (" ，",), "view"),
        (Prompt().category, (3,), "category"),
        (Prompt().parameter, (3,), "parameter"),
        (Prompt().without, (3,), "without"),
    ],
)
def test_what_is_no_part_is_refused_at_once(
    build: Callable[..., Prompt], values: tuple[object, ...], attribute: str
) -> None:
    with pytest.raises(WrongType) as caught:
        build(*values)

    assert attribute == caught.value.attribute


@pytest.mark.parametrize(
    "call",
    [
        lambda: Prompt().category("medium", "x"),
        lambda: Prompt().parameter("foo"),
        lambda: Prompt().without("foo"),
    ],
)
def test_an_unknown_name_is_refused_at_once(call: object) -> None:
    assert callable(call)
    with pytest.raises(UnknownName):
        call()


def test_an_unknown_term_is_kept_and_its_neighbours_named() -> None:
    [found] = Prompt("cat").style("Cyberpnuk").validate()

    assert ("Cyberpnuk,cat", ("Cyberpunk",)) == (
        found.source and found.source.text,
        found.suggestions,
    )
    assert found.span is not None
    assert (0, 9) == (found.span.start, found.span.end)


def test_permutations_expand_to_prompts() -> None:
    built = Prompt("a {red, blue} cat").tile()

    assert ["a red cat --tile", "a blue cat --tile"] == [str(one) for one in built.expand()]


def test_a_pasted_prompt_with_permutations_everywhere_keeps_them() -> None:
    text = "a {red, blue} bird --ar {1:1, 2:1} {, --tile} --{v 5, niji}"

    assert text == str(Prompt.parse(text))
    assert "a {red, blue} bird {, --tile} --{v 5, niji} --ar 3:2" == str(
        Prompt.parse(text).aspect(3, 2)
    )
    assert 4 * 2 == len(Prompt.parse(text).aspect(3, 2).expand())


def test_images_in_permutations_stay_in_front() -> None:
    built = Prompt.parse("{https://a.com/1.png, https://a.com/2.png} cat").style("Manga")

    assert "{https://a.com/1.png, https://a.com/2.png} Manga,cat" == str(built)


@pytest.mark.parametrize(
    "text",
    [
        "poppies--ar 2:3",
        "a {red cat",
        "cat --ar 2:3, --v 6",
        "cat --v 6 dog",
        "cat --foo",
        "cat --ar 16：9",
    ],
)
def test_what_is_wrong_with_a_pasted_prompt_stays_in_it(text: str) -> None:
    built = Prompt.parse(text)

    assert text == str(built)
    assert [one for one in built.validate() if one.severity == "error"]


def test_files_travel_beside_the_prompt() -> None:
    built = Prompt("cat").image("refs/cat.png", "https://x.com/1.png")

    assert ("https://x.com/1.png cat", ("refs/cat.png",)) == (str(built), built.files)
    assert built != Prompt("cat").image("https://x.com/1.png")
    assert [("refs/cat.png",)] == [one.files for one in built.expand()]


def test_the_parts_are_to_be_seen() -> None:
    built = guide()

    assert {"quality": 2, "stylize": 50, "version": "6.1", "aspect": "4:3"} == dict(
        built.parameters
    )
    assert ("Cyberpunk",) == built.vocabulary["style"]
    assert (Segment("可爱的猫"),) == built.segments
    assert f"Prompt.parse({GUIDE!r})" == repr(built)


looks = st.sampled_from(["Cyberpunk", "Manga", "水墨画风格", "sketch"])
texts = st.sampled_from(
    ["a cat", "可爱的猫", "a::2 b", "a {red, blue} cat", 'a "sign"', "Cyberpunk, x", r"a \{b\}"]
)
ratios = st.tuples(st.integers(1, 20), st.integers(1, 20))


@given(
    st.lists(texts, min_size=1, max_size=3),
    st.lists(looks, max_size=2),
    ratios,
    st.integers(0, 1000),
    st.booleans(),
)
def test_a_built_prompt_equals_what_its_string_means(
    parts: list[str], terms: list[str], ratio: tuple[int, int], stylize: int, tile: bool
) -> None:
    built = Prompt().text(*parts).style(*terms).aspect(*ratio).stylize(stylize)
    built = built.tile() if tile else built

    assert built == Prompt.parse(str(built))
    assert str(Prompt.parse(str(built))) == str(Prompt.parse(str(Prompt.parse(str(built)))))


@pytest.mark.parametrize(
    "text",
    [
        "猫  ——ar 4:3,",
        "cat --AR 16：9",
        "-- v 6.1 cat",
        "a} cat --q 3",
        "a  {b} cat",
        "http:// --v 6.1",
    ],
)
def test_a_prompt_that_was_read_is_judged_as_it_was_given(text: str) -> None:
    expected = [(one.code, one.span, one.values) for one in parse(text).diagnostics]

    assert expected == [(one.code, one.span, one.values) for one in Prompt.parse(text).validate()]


def test_a_prompt_that_was_changed_is_judged_as_it_is_printed() -> None:
    changed = Prompt.parse("cat   --q 7").quality(9)

    [found] = changed.validate()

    assert found.source is not None
    assert found.span is not None
    assert ("cat --q 9", "9") == (str(changed), found.source[found.span])


def test_looking_at_a_prompt_does_not_change_how_it_is_judged() -> None:
    read = Prompt.parse("cat   --q 7")
    before = [one.span for one in read.validate()]

    assert "cat --q 7" == str(read)
    assert before == [one.span for one in read.validate()]


def test_what_leaves_is_what_was_judged() -> None:
    assert "cat --q 2" == Prompt.parse("cat   --q 2 ").checked()

    with pytest.raises(InvalidPrompt) as caught:
        Prompt.parse("cat   --q 7").checked()

    assert "cat --q 7" == caught.value.prompt


@pytest.mark.parametrize(
    "number", [10**400, -(10**400), 10**5000], ids=["long", "negative", "endless"]
)
def test_a_number_of_endless_digits_is_refused(number: int) -> None:
    with pytest.raises(WrongType, match="chaos takes a number of at most 400 digits, not"):
        Prompt("a cat").chaos(number)


def test_a_number_beyond_all_floats_is_out_of_range() -> None:
    assert ["OM304"] == [one.code for one in Prompt("a cat").chaos(10**350).validate()]


def test_what_was_given_is_not_quoted_at_length() -> None:
    with pytest.raises(WrongType) as value:
        Prompt("a cat").parameter("chaos", "x" * 9000)
    with pytest.raises(UnknownName) as name:
        Prompt("a cat").parameter("x" * 9000)

    assert len(str(value.value)) < 200
    assert "x" * 200 not in str(name.value)


@pytest.mark.parametrize("most", [0, -1])
def test_no_prompts_are_the_first_none(most: int) -> None:
    assert [] == Prompt("a {b, c}").expand(most) == Prompt("a").expand(most)


def test_one_side_of_a_ratio_is_told_what_is_lacking() -> None:
    with pytest.raises(WrongType, match="two whole numbers or a text such as '4:3'"):
        Prompt("a cat").aspect(4)
