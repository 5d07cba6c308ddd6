"""A project's own terms: what a file may hold, what it gives, and that no file whatever breaks the reader."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.language.source import Source
from omnidsl.prompts import Prompt, Vocabulary, load_vocabulary, parse
from omnidsl.prompts.term_files import COLUMNS, MOST_TOLD, TermFile
from omnidsl.prompts.vocabulary import folded
from tests.timing import growth

SHIPPED = load_vocabulary()
WHOLE = """\
# A studio's own words.
english\tcategory\tabbreviation\tsimplified\ttraditional\tlabel\taliases\tloose\texcludes\tupstream

gouache painting\tmedium; 媒介; 媒材; technique\tGP\t水粉画\t水粉畫\tGouache\tgouache on paper; 水粉\tgouache\toil painting\tgouche painting
oil painting\t媒介\t\t油画\t油畫
studio glow\tlight\t\t影棚柔光\t\t\t\tglow\thard lighting
Cyberpunk\tstyle\t\t\t\t\t赛博风\t\t\t
"""


def read(text: str, known: Vocabulary = SHIPPED) -> TermFile:
    return TermFile(Source(text, "brand.tsv"), known)


def extended(text: str) -> Vocabulary:
    file = read(text)
    assert [] == file.diagnostics
    return SHIPPED.extended(file.categories)


def test_every_column_is_read() -> None:
    [medium] = [one for one in read(WHOLE).categories if one.name == "medium"]
    first = medium.terms[0]

    assert {
        "english": "gouache painting",
        "category": "medium",
        "abbreviation": "GP",
        "simplified": "水粉画",
        "traditional": "水粉畫",
        "label": "Gouache",
        "aliases": ("gouache on paper", "水粉"),
        "loose": ("gouache",),
        "excludes": ("oil painting",),
        "upstream": "gouche painting",
    } == {column: getattr(first, column) for column in COLUMNS}


def test_a_new_category_comes_last_and_has_its_names() -> None:
    vocabulary = extended(WHOLE)

    assert [*(one.name for one in SHIPPED.categories), "medium"] == [
        one.name for one in vocabulary.categories
    ]
    names = ("MEDIUM", "媒介", "媒材", "technique")
    assert {"medium"} == {getattr(vocabulary.category(name), "name", None) for name in names}


def test_terms_of_a_file_are_understood_and_emitted() -> None:
    vocabulary = extended(WHOLE)

    built = Prompt("猫", vocabulary=vocabulary).category("媒介", "gouache").light("glow")

    assert "studio glow,gouache painting,猫" == str(built)
    assert built == Prompt.parse("影棚柔光，水粉，猫", vocabulary=vocabulary)


def test_a_row_of_a_shipped_term_adds_names_to_it() -> None:
    vocabulary = extended(WHOLE)

    assert "Cyberpunk,cat" == parse("赛博风,cat", vocabulary=vocabulary).canonical
    assert 21 == len(getattr(vocabulary.category("style"), "terms", ()))


def test_excluded_terms_are_told_whichever_names_the_other() -> None:
    vocabulary = extended(WHOLE)

    told = parse("影棚柔光, 硬光, 油画, 水粉画, 猫", vocabulary=vocabulary).diagnostics

    assert [("hard lighting", "studio glow"), ("gouache painting", "oil painting")] == [
        (one.values["term"], one.values["first"]) for one in told
    ]


def test_verbatim_holds_for_terms_of_a_file() -> None:
    verbatim = extended(WHOLE).verbatim()

    assert "gouche painting,cat" == parse("水粉画,cat", vocabulary=verbatim).canonical


def test_a_second_file_stands_on_the_first() -> None:
    known = extended(WHOLE)

    assert [("OM436", "oil painting")] == [
        (one.code, one.values["term"])
        for one in read("english\tcategory\tsimplified\noil on canvas\tmedium\t油画\n", known).diagnostics
    ]  # fmt: skip  # the file on one line


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(newline: str) -> None:
    text = WHOLE.replace("\n", newline)

    assert ([], 3) == (read(text).diagnostics, len(read(text).categories))


def test_a_row_that_is_wrong_gives_no_term_and_costs_no_other() -> None:
    file = read(
        "english\tcategory\nfine finish\tfinish\nbad, finish\tfinish\nother finish\tfinish\n"
    )

    assert ["OM435"] == [one.code for one in file.diagnostics]
    assert ["fine finish", "other finish"] == [term.english for term in file.categories[0].terms]


def test_a_file_of_mistakes_is_told_so_often_and_no_more() -> None:
    rows = "".join(f"bad, finish {number}\tfinish\n" for number in range(1000))

    assert MOST_TOLD == len(read(f"english\tcategory\n{rows}").diagnostics)
    assert MOST_TOLD == len(
        read("\t".join(f"column{number}" for number in range(1000))).diagnostics
    )


cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "style", "mood; 气氛", "Cyberpunk", "冷光", "a --tile", "x::2", "{a, b}", "text", "\ufeff", "ﬀ", "İ", ";", "#"]
    ),
)  # fmt: skip  # the samples on one line


@given(
    st.lists(st.sampled_from([*COLUMNS, "x", ""]), max_size=6),
    st.lists(st.lists(cells, max_size=6), max_size=6),
)
def test_whatever_a_file_holds_its_places_lie_in_it_and_its_terms_are_found(
    header: list[str], rows: list[list[str]]
) -> None:
    text = "\n".join("\t".join(row) for row in [["english", "category", *header], *rows])

    file = read(text)

    for one in file.diagnostics:
        assert one.span is not None
        assert 0 <= one.span.start <= one.span.end <= len(text)
        assert one.message("en")
        assert one.message("zh")
    vocabulary = SHIPPED.extended(file.categories)
    for category in file.categories:
        for term in category.terms:
            found = vocabulary.find(term.english)
            assert found is not None
            assert folded(term.english) == folded(found.english)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(read(text).categories, list)


FAMILIES = {
    "terms": lambda n: "english\tcategory\n" + "".join(f"finish {i}\tfinish\n" for i in range(n)),
    "categories": lambda n: (
        "english\tcategory\n" + "".join(f"matte {i}\tfinish{i}\n" for i in range(n))
    ),
    "names of a category": lambda n: (
        "english\tcategory\n" + "".join(f"matte {i}\tfinish; a; b; c{i}\n" for i in range(n))
    ),
    "columns": lambda n: "\t" * n,
    "aliases": lambda n: (
        "english\tcategory\taliases\nmatte\tfinish\t" + ";".join(f"m{i}" for i in range(n))
    ),
    "excludes": lambda n: "english\tcategory\texcludes\nmatte\tfinish\t" + ";" * n,
    "blanks": lambda n: "english\tcategory\n" + " " * n + "\n" * n,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_four_times_the_file_takes_about_four_times_the_time(family: str) -> None:
    assert growth(read, FAMILIES[family], 1000, 4000, below=8) < 8


def test_the_words_of_the_header_are_read_in_any_case() -> None:
    assert [] == read(f"{string.capwords('english')}\tCATEGORY\nmatte finish\tfinish\n").diagnostics


def test_a_message_does_not_grow_with_the_name_that_it_quotes() -> None:
    (told,) = TermFile(
        Source(f"english\tcategory\nx\t{'c' * 9000}\n"), load_vocabulary()
    ).diagnostics

    assert ("OM435", True) == (told.code, len(told.message("en")) < 300)
