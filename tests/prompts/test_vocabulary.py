"""The vocabulary: every term by every name, categories in two languages, additions."""

import pytest

from omnidsl.prompts import Category, Term, load_vocabulary, parse
from omnidsl.prompts.vocabulary import folded

VOCABULARY = load_vocabulary()
TERMS = [term for category in VOCABULARY.categories for term in category.terms]
SPELLINGS = [(term, name) for term in TERMS for name in term.all_names()]


def test_the_categories_have_their_sizes() -> None:
    expected = {"style": 21, "view": 10, "shot": 7, "light": 9}

    assert expected == {category.name: len(category.terms) for category in VOCABULARY.categories}


@pytest.mark.parametrize(
    ("term", "name"), SPELLINGS, ids=[f"{term.category}-{name}" for term, name in SPELLINGS]
)
@pytest.mark.parametrize(
    "spell", [str, str.upper, str.lower, lambda name: f"  {name.replace(' ', '  ')} "]
)
def test_a_term_is_found_in_its_category_by_every_name_in_every_spelling(
    term: Term, name: str, spell: "type[str]"
) -> None:
    assert term is VOCABULARY.lookup(term.category, spell(name))


@pytest.mark.parametrize(
    ("term", "name"), [(term, name) for term in TERMS for name in term.names()]
)
def test_a_term_is_found_without_its_category_by_its_own_names(term: Term, name: str) -> None:
    assert term is VOCABULARY.find(name)


@pytest.mark.parametrize("name", [name for term in TERMS for name in term.loose])
def test_an_everyday_word_stays_text_in_a_pasted_prompt(name: str) -> None:
    read = parse(f"{name}, a cat")

    assert ({}, f"{name}, a cat") == (dict(read.vocabulary), read.text)


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
     ("景别", "shot"), ("镜头", "shot"), ("鏡頭", "shot"), ("光线", "light"), ("灯光", "light"), ("燈光", "light"), (" 灯 光 ", "light")],
)  # fmt: skip
def test_a_category_is_found_by_its_names(name: str, expected: str) -> None:
    category = VOCABULARY.category(name)

    assert category is not None
    assert expected == category.name


def test_what_nothing_knows_is_none() -> None:
    found = (
        VOCABULARY.category("mood"),
        VOCABULARY.lookup("mood", "x"),
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
