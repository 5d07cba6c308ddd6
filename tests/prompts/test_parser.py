"""Reading whole prompts: places, slips, fixes, and laws that hold for any text."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.prompts import ParsedPrompt, Reference, UnknownName, check_rules, parse

fragments = st.sampled_from(
    [
        "a cat", "可爱的猫", "Cyberpunk,", "Cold light", "赛博朋克，", ",", " ", "  ", "\n", "\u3000", "::", "::2", "::-.5 ", ":", ": :",
        "--ar", " --ar 4:3", " --ar 16：9", "—ar 1:1", " ——q 2", " -- ar 2:3", " - -ar 1:1", "-", "--", " -- ", "—", "–", " --v 6.1",
        "--niji", " --niji 5", " --no text, watermark", " --sref 123::2 random", " --sref https://x.com/a.png", " --p", " --tile",
        " --foo", " －－q 2", " －s 5", "/imagine prompt:", " --v7", " --ar=1:1", " --seed 1", " --repeat 2", " --relax", "https://x.com/a.png ", "<https://x.com/b.png> ",
        "{", "}", "{a, b}", "{, --tile}", "--{v 5, niji}", "\\", "\\{", "\\}", "\\,", '"', "“", "”", "1", "{}", "{x}", "｛", "＠",
    ]
)  # fmt: skip
prompts = st.one_of(st.lists(fragments, max_size=10).map("".join), st.text(max_size=40))


def codes(read: ParsedPrompt) -> list[str]:
    return [one.code for one in read.diagnostics]


def fixed(text: str, found: Diagnostic) -> str:
    assert found.fix is not None
    for edit in sorted(found.fix.edits, key=lambda one: one.span.start, reverse=True):
        text = text[: edit.span.start] + edit.content + text[edit.span.end :]
    return text


@given(prompts)
def test_reading_never_fails_and_every_place_lies_in_the_text(text: str) -> None:
    read = parse(text)

    for found in read.diagnostics:
        assert found.span is not None
        assert 0 <= found.span.start <= found.span.end <= len(text)
        for edit in found.fix.edits if found.fix else ():
            assert 0 <= edit.span.start <= edit.span.end <= len(text)


@given(prompts)
def test_the_json_is_json_and_has_its_keys(text: str) -> None:
    shown = parse(text).as_json()

    expected = [
        "prompt",
        "valid",
        "text",
        "images",
        "segments",
        "parameters",
        "vocabulary",
        "permutations",
    ]
    expected += ["jobs"] if shown["permutations"] != 1 else []
    assert [*expected, "canonical", "diagnostics"] == list(json.loads(json.dumps(shown)))


@given(prompts)
@example("a cat, --no a,")
@example("\\,\n::")
@example(",--")
@example("-- ——q 2")
@example("a --no b,--ara c")
@example("{a\\{, b} --ar {1:1, 2:1}")
def test_a_valid_prompt_means_the_same_in_its_canonical_spelling(text: str) -> None:
    read = parse(text)
    if read.valid:
        for job in read.jobs:
            again = parse(job.canonical)
            assert job.meaning == again.jobs[0].meaning
            assert 1 == again.permutations


@given(prompts)
def test_the_canonical_spelling_is_canonical(text: str) -> None:
    read = parse(text)
    if read.valid:
        assert read.canonical == parse(read.canonical).canonical


@given(
    st.permutations(
        [" --ar 4:3", " --q 2", " --no text", " --sref 1 2", " --tile", " --turbo", " --v 6"]
    )
)
def test_the_order_of_parameters_means_nothing(parameters: list[str]) -> None:
    expected = parse("cat --ar 4:3 --q 2 --no text --sref 1 2 --tile --turbo --v 6").jobs[0].meaning

    assert expected == parse("cat" + "".join(parameters)).jobs[0].meaning


@pytest.mark.parametrize(
    ("text", "code", "place", "mended"),
    [
        ("poppies--ar 2:3", "OM325", "--ar", "poppies --ar 2:3"),
        ("优雅。--ar 17:22", "OM325", "--ar", "优雅。 --ar 17:22"),
        ("cat --v 6--ar 2:3", "OM325", "--ar", "cat --v 6 --ar 2:3"),
        ("poppies -- ar 2:3", "OM327", "-- ar", "poppies --ar 2:3"),
        ("poppies - -ar 2:3", "OM327", "- -ar", "poppies --ar 2:3"),
        ("cat --ar 2:3, --v 6", "OM331", "2:3,", "cat --ar 2:3 --v 6"),
        ("cat --ar 2:3。 --v 6", "OM331", "2:3。", "cat --ar 2:3 --v 6"),
        ("cat --sref 1, 2", "OM331", "1,", "cat --sref 1 2"),
        ("猫 --ar 16：9", "OM332", "16：9", "猫 --ar 16:9"),
        ("猫 --s ５０", "OM332", "５０", "猫 --s 50"),
        ("猫 --ar 16：9，", "OM332", "16：9，", "猫 --ar 16:9"),
        ("cat --ar 9 :16", "OM333", "9 :16", "cat --ar 9:16"),
        ("cat --ar 9 : 16 --v 6", "OM333", "9 : 16", "cat --ar 9:16 --v 6"),
        ("cat --v6", "OM326", "--v6", "cat --v 6"),
        ("cat --ar16:9", "OM326", "--ar16:9", "cat --ar 16:9"),
        ("cat --ar=16:9", "OM326", "=", "cat --ar 16:9"),
        ("cat --ar: 16:9", "OM326", ": ", "cat --ar 16:9"),
        ("cat --ar 1.39:1", "OM329", "1.39:1", "cat --ar 139:100"),
        ("猫 ——ar 16:9", "OM330", "——ar", "猫 --ar 16:9"),
        ("cat —ar 16:9", "OM330", "—ar", "cat --ar 16:9"),
        ("cat --AR 16:9", "OM324", "AR", "cat --ar 16:9"),
        ("cat --no a, b, --v 6", "OM334", ",", "cat --no a, b --v 6"),
        ("cat --v 6 --v 6", "OM316", "--v 6", "cat --v 6 "),
        ("cat, --v 6", "OM416", ",", "cat --v 6"),
        ("a “cat”", "OM414", "“cat”", 'a "cat"'),
        ("{红，蓝}的鸟", "OM412", "{红，蓝}", "{红, 蓝}的鸟"),
        ("{red|blue} bird", "OM423", "{red|blue}", "{red,blue} bird"),
        ("｛红, 蓝｝的鸟", "OM420", "｛红, 蓝｝", "{红, 蓝}的鸟"),
        ("Style ::0.5 cat", "OM408", " ::0.5", "Style::0.5 cat"),
        ("Style:: 0.5 cat", "OM408", ":: 0.5", "Style::0.5 cat"),
        ("hot: :dog", "OM407", ": :", "hot::dog"),
        ("a cat https://x.com/a.png", "OM403", "https://x.com/a.png", "https://x.com/a.png a cat "),
        ("robot --v 6 abc", "OM302", "abc", "robot abc --v 6"),
        ("--v 6 cute dog", "OM302", "cute dog", "cute dog --v 6"),
        ("cat --chaso 5", "OM301", "--chaso", "cat --chaos 5"),
        ("a {red bird", "OM409", "{", "a \\{red bird"),
        ("a red} bird", "OM409", "}", "a red\\} bird"),
        ("a {} bird", "OM410", "{}", "a  bird"),
        ("cat –ar 16:9", "OM336", "–ar", "cat --ar 16:9"),
        ("cat -ar 16:9", "OM336", "-ar", "cat --ar 16:9"),
        ("猫 －－q 2", "OM340", "－－q", "猫 --q 2"),
        ("cat --v 6 －－tile", "OM340", "－－tile", "cat --v 6 --tile"),
        ("cat --v 6 －q 2", "OM340", "－q", "cat --v 6 --q 2"),
        ("/imagine prompt: cat", "OM424", "/imagine prompt:", "cat"),
        ("/imagine prompt：猫", "OM424", "/imagine prompt：", "猫"),
        ("/imagine prompt cat", "OM424", "/imagine prompt", "cat"),
        ("/Imagine cat --v 6", "OM424", "/Imagine", "cat --v 6"),
        ("cat —— ar", "", "", ""),
    ],
)
def test_a_slip_has_its_place_and_a_fix_that_mends_it(
    text: str, code: str, place: str, mended: str
) -> None:
    read = parse(text)
    if not code:
        assert [] == codes(read)
        return

    [found] = [one for one in read.diagnostics if one.code == code]

    assert found.span is not None
    assert (place, mended) == (text[found.span.start : found.span.end], fixed(text, found))
    assert code not in codes(parse(mended))


@pytest.mark.parametrize(
    "text", ["poppies--ar 2:3", "poppies - -ar  9 :16", "cat --ar=16：9，", "cat --v 6--AR 2:3"]
)
def test_what_safe_fixes_leave_is_valid(text: str) -> None:
    for _ in range(5):
        safe = [one for one in parse(text).diagnostics if one.fix and one.fix.safe]
        if not safe:
            break
        text = fixed(text, safe[0])

    assert [] == codes(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "colorful liquid--pink, yellow",
        "an ancient dragon--its scales",
        "night — alone",
        "night —alone",
        "a -- b",
        "a 5-6 year old t-shirt",
        "poppies--area",
        "16:9 screen",
        "C++ std:vector",
        "version of a cat",
        'a 5" nail',
        "a \\{red, blue\\} bird",
        "a /imagine b",
        "/imagined cat",
        "a －－foo b",
    ],
)
def test_prose_stays_prose(text: str) -> None:
    read = parse(text)

    assert ([], {}, 1) == (codes(read), dict(read.parameters), len(read.segments))


def test_white_space_dashes_and_a_letter_always_begin_a_parameter() -> None:
    read = parse('a sign "say --cheese" and --smile')

    names = [one.values.get("name") for one in read.diagnostics if one.code == "OM301"]

    assert ['cheese"', "smile"] == names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("poppies--ar 2:3", "OM325"),
        ("poppies,--ar 2:3", "OM325"),
        ("cat, -- v 6.1", "OM327"),
        ("cat, -- v", "OM327"),
        ("cat, -- v, dog", "OM327"),
        ("a cat -- v shaped hat", "OM327"),
        ("-- v 6.1 cat", "OM327"),
        ("cat, －－q 2", "OM340"),
        ("cat --s x --s 9", "OM304"),
    ],
)
def test_one_slip_is_one_report(text: str, code: str) -> None:
    assert [code] == codes(parse(text))


def test_torn_dashes_hide_no_slip_in_a_value() -> None:
    assert ["OM327", "OM312"] == codes(parse("cat -- chaos 101"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat --seed 1.5 --seed 9", {"seed": 1.5}),
        ("cat --seed 8 --seed 9", {"seed": 8}),
        ("cat --seed x --seed 9", {}),
    ],
)
def test_the_value_that_counts_is_the_value_that_is_shown(
    text: str, expected: dict[str, object]
) -> None:
    read = parse(text)

    [ignored] = [one for one in read.diagnostics if one.code == "OM318"]

    assert expected == dict(read.parameters)
    assert text.split(" --")[1] == str(ignored.values["first"]).removeprefix("--")


def test_an_unread_item_does_not_end_a_list() -> None:
    assert {"sref": (Reference("7"),)} == dict(parse("cat --sref dog --sref 7").parameters)


def test_an_unknown_version_names_every_one_that_is_known() -> None:
    [found] = parse("cat --v 99", rules="omniai").diagnostics

    assert "1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1" == found.values["choices"]


def test_lists_accumulate_in_order() -> None:
    read = parse("cat --sref 1 https://x.com/a.png::2 --sref random --no a --no b, c --p x --p y")

    expected = {
        "sref": (Reference("1"), Reference("https://x.com/a.png", 2), Reference("random")),
        "no": ("a", "b", "c"),
        "profile": ("x", "y"),
    }
    assert expected == dict(read.parameters)


def test_a_conflict_names_the_first_place() -> None:
    [found] = parse("cat --v 6 --niji 6").diagnostics

    assert "OM314" == found.code
    assert [(4, 9)] == [(label.span.start, label.span.end) for label in found.labels]


def test_images_come_first_also_in_brackets_and_with_commas() -> None:
    read = parse("<https://a.com/1.png>, https://a.com/2.png, a cat")

    assert (("https://a.com/1.png",), "https://a.com/2.png, a cat") != (read.images, read.text)
    assert ("https://a.com/1.png", "https://a.com/2.png") == read.images
    assert "a cat" == read.text


def test_six_images_are_one_too_many() -> None:
    read = parse("".join(f"https://a.com/{n}.png " for n in range(6)) + "cat")

    assert ["OM404"] == codes(read)


def test_files_beside_the_prompt_count_as_images() -> None:
    assert ["OM404"] == codes(parse("https://a.com/1.png cat", files=5))
    assert ["OM402"] == codes(parse("", files=1))
    assert [] == codes(parse("", files=2))
    assert [] == codes(parse("cat --iw 2", files=1))


def test_the_terms_at_the_start_are_vocabulary_and_the_rest_is_text() -> None:
    read = parse("冷光，cyber punk, VCU, a cat, Cyberpunk")

    assert {
        "style": ("Cyberpunk",),
        "shot": ("Face Shot (VCU)",),
        "light": ("Cold light",),
    } == dict(read.vocabulary)
    assert "a cat, Cyberpunk" == read.text
    assert "Cyberpunk,Face Shot (VCU),Cold light,a cat, Cyberpunk" == read.canonical


def test_a_sentence_that_begins_with_a_term_is_text() -> None:
    read = parse("Cyberpunk style cute cat, detailed fur")

    assert ({}, "Cyberpunk style cute cat, detailed fur") == (dict(read.vocabulary), read.text)


def test_a_weighted_term_is_text() -> None:
    read = parse("Cyberpunk::2 cat")

    assert ({}, [2, 1]) == (dict(read.vocabulary), [one.weight for one in read.segments])


def test_nesting_has_a_bound() -> None:
    assert "OM413" in codes(parse("{a,b" * 40 + "}" * 40))


def test_suggestions_are_at_most_three() -> None:
    [found] = parse("cat --sw1").diagnostics[:1] or [None]

    assert found is not None
    assert len(found.suggestions) <= 3


def test_an_unknown_rule_set_is_refused_by_name() -> None:
    with pytest.raises(UnknownName, match=r"'2020'.*omniai"):
        parse("cat", rules="2020")


def test_a_rule_set_is_checked_before_anything_needs_it() -> None:
    check_rules("omniai")

    with pytest.raises(UnknownName, match="'omnai'; did you mean 'omniai'") as caught:
        check_rules("omnai")

    assert ["latest", "omniai", "2022-02 … 2026-11"] == caught.value.known


def test_the_one_address_of_end_is_a_text() -> None:
    read = parse("https://x.org/a.png drift --video --end https://x.org/b.png").as_json()
    assert "https://x.org/b.png" == read["parameters"]["end"]  # type: ignore[index]  # the contract's object


@pytest.mark.parametrize("text", ["<https://a/>> cat", "<https://a>,> cat", "https://a>;> cat"])
def test_an_address_is_freed_of_all_that_stands_around_it(text: str) -> None:
    read = parse(text)

    assert read.canonical == parse(read.canonical).canonical
