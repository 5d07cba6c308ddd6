"""The vocabulary: every term by every name, categories in two languages, additions."""

import re
from pathlib import Path

import pytest

from omnidsl.prompts import Category, Prompt, Term, load_vocabulary, parse
from omnidsl.prompts.vocabulary import folded, read_table

VOCABULARY = load_vocabulary()
TERMS = [term for category in VOCABULARY.categories for term in category.terms]
OWN = ("composition", "lens", "mood", "color")
"""The categories that no front end has."""
SENT = read_table(
    (Path(__file__).parents[1] / "data" / "front-end-vocabulary.tsv").read_text("utf-8")
)
CRAFT = {"bokeh", "duotone", "flat-lay", "flatlay", "knolling"}
"""Single words that are told apart from everyday text all the same."""
HAN = re.compile(r"[\u4e00-\u9fff]")


def test_the_categories_have_their_sizes() -> None:
    expected = {"style": 21, "view": 10, "shot": 7, "light": 9,
                "composition": 25, "lens": 29, "mood": 26, "color": 28}  # fmt: skip  # the front end's above, ours below

    assert expected == {category.name: len(category.terms) for category in VOCABULARY.categories}


@pytest.mark.parametrize("row", SENT, ids=[row["sent"] for row in SENT])
def test_every_term_of_the_common_front_end_has_all_its_names(row: dict[str, str]) -> None:
    term = VOCABULARY.lookup(row["category"], row["sent"])

    assert term is not None
    assert (row["emitted"], row["abbreviation"], row["simplified"], row["traditional"], row["label"]) == (
        term.english, term.abbreviation, term.simplified, term.traditional, term.label
    )  # fmt: skip  # the columns below each other
    names = [row["label"], *filter(None, row["names"].split("; "))]
    assert {term} == {VOCABULARY.lookup(row["category"], name) for name in names}


@pytest.mark.parametrize("row", SENT, ids=[row["sent"] for row in SENT])
def test_a_verbatim_vocabulary_emits_what_the_front_end_sends(row: dict[str, str]) -> None:
    verbatim = VOCABULARY.verbatim()
    names = (row["sent"], row["emitted"], row["simplified"], row["traditional"])

    assert {f"{row['sent']},cat"} == {
        str(Prompt("cat", vocabulary=verbatim).category(row["category"], name)) for name in names
    }
    assert {f"{row['sent']},cat"} == {
        parse(f"{name},cat", vocabulary=verbatim).canonical for name in names
    }


def test_a_verbatim_vocabulary_still_knows_every_name() -> None:
    verbatim = VOCABULARY.verbatim()

    assert [(term.label, set(term.all_names())) for term in TERMS] == [
        (term.label, set(term.all_names())) for one in verbatim.categories for term in one.terms
    ]


@pytest.mark.parametrize("term", [term for term in TERMS if term.category in OWN], ids=repr)
def test_a_term_of_ours_has_both_scripts_and_a_phrase_that_means_nothing_else(term: Term) -> None:
    words = [name for name in term.names() if name.isascii()]

    assert HAN.search(term.simplified)
    assert HAN.search(term.traditional)
    assert CRAFT >= {name for name in words if " " not in name}


def test_no_name_alone_means_two_terms() -> None:
    names = [folded(name) for term in TERMS for name in {folded(one) for one in term.names()}]

    assert sorted(set(names)) == sorted(names)


def test_no_two_categories_share_a_name() -> None:
    names = [folded(name) for one in VOCABULARY.categories for name in one.names()]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    "name", [(term, name) for term in TERMS for name in term.excludes], ids=str
)
def test_what_a_term_excludes_is_a_term_and_excludes_it_too(name: tuple[Term, str]) -> None:
    term, other = name
    category = VOCABULARY.category(term.category)
    assert category is not None
    found = category.lookup(other) or VOCABULARY.find(other)

    assert found is not None
    assert (True, True) == (
        found in VOCABULARY.opposed[term],
        term in VOCABULARY.opposed[found],
    )


@pytest.mark.parametrize("term", TERMS, ids=repr)
@pytest.mark.parametrize(
    "spell", [str, str.upper, str.lower, lambda name: f"  {name.replace(' ', '  ')} "]
)
def test_a_term_is_found_in_its_category_by_every_name_in_every_spelling(
    term: Term, spell: "type[str]"
) -> None:
    assert {term} == {VOCABULARY.lookup(term.category, spell(name)) for name in term.all_names()}


@pytest.mark.parametrize("term", TERMS, ids=repr)
def test_a_term_is_found_without_its_category_by_its_own_names(term: Term) -> None:
    assert {term} == {VOCABULARY.find(name) for name in term.names()}


@pytest.mark.parametrize("term", [term for term in TERMS if term.loose], ids=repr)
def test_an_everyday_word_stays_text_in_a_pasted_prompt(term: Term) -> None:
    names = [name for name in term.loose if VOCABULARY.find(name) is None]
    elsewhere = {VOCABULARY.find(name) for name in term.loose if name not in names}

    assert [({}, f"{name}, a cat") for name in names] == [
        (dict(read.vocabulary), read.text) for read in (parse(f"{name}, a cat") for name in names)
    ]
    assert term not in elsewhere  # `超广角` is a view, and a lens only behind `lens:`


def test_no_name_means_two_terms_of_a_category() -> None:
    names = [
        (term.category, folded(name))
        for term in TERMS
        for name in {folded(one) for one in term.all_names()}
    ]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("english", "misspelt"),
    [
        ("Poster style", "posterstyle"),
        ("film photography", "fm photography"),
        ("clear facial features", "dlear facial features"),
        ("Ultrawide shot", "Ultrawideshot"),
        ("Depth of field(dof)", "depth offield(dof)"),
        ("Knee Shot(KS)", "KneeShot(KS)"),
    ],
)
def test_a_misspelling_of_front_ends_is_understood_and_emitted_correctly(
    english: str, misspelt: str
) -> None:
    assert f"{english},cat" == parse(f"{misspelt},cat").canonical


@pytest.mark.parametrize(
    ("name", "expected"),
    [("style", "style"), ("STYLE", "style"), ("风格", "style"), ("風格", "style"), ("视角", "view"), ("視角", "view"),
     ("Composition", "composition"), ("构图", "composition"), ("構圖", "composition"), ("lens", "lens"), ("镜头焦段", "lens"), ("鏡頭參數", "lens"),
     ("mood", "mood"), ("氛围", "mood"), ("情緒", "mood"), ("color", "color"), ("Colour", "color"), ("颜色", "color"), ("色調", "color"),
     ("景别", "shot"), ("镜头", "shot"), ("鏡頭", "shot"), ("光线", "light"), ("灯光", "light"), ("燈光", "light"), (" 灯 光 ", "light")],
)  # fmt: skip
def test_a_category_is_found_by_its_names(name: str, expected: str) -> None:
    category = VOCABULARY.category(name)

    assert category is not None
    assert expected == category.name


def test_what_nothing_knows_is_none() -> None:
    found = (
        VOCABULARY.category("medium"),
        VOCABULARY.lookup("medium", "x"),
        VOCABULARY.lookup("style", "x"),
        VOCABULARY.find(""),
    )

    assert (None, None, None, None) == found


def test_a_typo_has_near_terms() -> None:
    assert ["Cyberpunk"] == VOCABULARY.nearest("风格", "Cyberpnuk")


def test_a_typo_in_a_category_has_near_ones() -> None:
    assert "light" == VOCABULARY.nearest_category("lihgt")[0]


def test_an_added_category_and_an_added_term_are_understood() -> None:
    gouache = Term("medium", "gouache", simplified="水粉")
    noir = Term("style", "film noir", simplified="黑色电影")
    more = VOCABULARY.extended(
        [Category("medium", [gouache], simplified=["媒介"]), Category("style", [noir])]
    )

    read = parse("水粉,黑色电影,Cyberpunk,cat", vocabulary=more)

    assert {"style": ("film noir", "Cyberpunk"), "medium": ("gouache",)} == dict(read.vocabulary)
    assert "film noir,Cyberpunk,gouache,cat" == read.canonical


def test_adding_leaves_the_first_vocabulary_as_it_was() -> None:
    VOCABULARY.extended([Category("style", [Term("style", "film noir")])])

    assert VOCABULARY.lookup("style", "film noir") is None


@pytest.mark.parametrize("separator", [",", ", ", "，", "、", " , ", "，　"])
@pytest.mark.parametrize(
    "names",
    [
        ("Cyberpunk", "Wide view", "Face Shot (VCU)", "Cold light"),
        ("赛博朋克", "宽视角", "脸部特写", "冷光"),
        ("賽博朋克", "寬視角", "臉部特寫", "冷光"),
        ("cyberpunk", "WIDE  VIEW", "vcu", "cold light"),
    ],
)
@pytest.mark.parametrize("image", ["", "https://x.com/1.png "])
def test_a_flat_prompt_yields_its_categories_and_its_subject(
    image: str, names: tuple[str, ...], separator: str
) -> None:
    read = parse(f"{image}{separator.join([*names, '可爱的猫'])} --ar 1:1")

    expected = {
        "style": ("Cyberpunk",),
        "view": ("Wide view",),
        "shot": ("Face Shot (VCU)",),
        "light": ("Cold light",),
    }
    assert (expected, "可爱的猫", []) == (dict(read.vocabulary), read.text, [*read.diagnostics])


def test_what_older_front_ends_send_is_understood_alone() -> None:
    assert "Aerial view,a lake" == str(Prompt.parse("Bird view, a lake"))


@pytest.mark.parametrize("term", TERMS, ids=repr)
def test_a_term_is_read_back_from_what_it_is_emitted_as(term: Term) -> None:
    prompt = Prompt("a cat").category(term.category, term.all_names()[-1])

    assert {term.category: (term.english,)} == dict(Prompt.parse(str(prompt)).vocabulary)


@pytest.mark.parametrize(
    "text",
    ["a red car, calm, symmetrical", "calm, a lake", "warm, cozy kitchen", "红色, 一辆车", "neon, rain, a street",
     "35mm, a portrait", "vertical, a poster", "对称, 一座桥", "vintage, a car", "a rule of thirds joke"],
)  # fmt: skip
def test_everyday_words_are_not_taken_out_of_a_flat_prompt(text: str) -> None:
    read = parse(text)

    assert ({}, text) == (dict(read.vocabulary), read.text)


@pytest.mark.parametrize(
    ("text", "place", "first"),
    [
        ("Cold light,Warm light,cat", "Warm light", "Cold light"),
        ("VCU, 全身照, cat", "全身照", "VCU"),
        ("单色色调,鲜艳色彩,猫", "鲜艳色彩", "单色色调"),
        ("black and white,vivid colors,cat", "vivid colors", "black and white"),
        ("https://x.com/1.png Warm light ，Natural light，冷光，cat --v 6", "冷光", "Warm light"),
    ],
)
def test_a_contradiction_is_told_at_its_second_term(text: str, place: str, first: str) -> None:
    [found] = parse(text).diagnostics

    assert found.span is not None
    [label] = found.labels
    assert ("OM430", "info", place, first) == (
        found.code,
        found.severity,
        text[found.span.start : found.span.end],
        text[label.span.start : label.span.end],
    )


@pytest.mark.parametrize(
    "text",
    ["Wide view,Face Shot (VCU),cat", "Cold light,Natural light,cat", "{Cold light, Warm light},cat", "Cold light,Cold light,cat",
     "VCU,BCU,cat", "a cat,Cold light,Warm light"],
)  # fmt: skip
def test_what_may_stand_together_is_no_contradiction(text: str) -> None:
    assert [] == [*parse(text).diagnostics]


def test_a_term_that_contradicts_several_is_told_once_against_the_first() -> None:
    found = parse("24mm lens,135mm lens,24mm lens,85mm lens,135mm lens,cat").diagnostics

    assert [
        {"term": "135mm lens", "first": "24mm lens"},
        {"term": "85mm lens", "first": "24mm lens"},
    ] == [one.values for one in found]


def test_the_builder_has_a_method_for_every_category() -> None:
    built = Prompt("猫").composition("留白").lens("85mm").mood("serene").color("青橙色调")

    assert "negative space,85mm lens,serene mood,teal and orange,猫" == str(built)
    assert [] == [one.name for one in VOCABULARY.categories if not hasattr(Prompt, one.name)]
