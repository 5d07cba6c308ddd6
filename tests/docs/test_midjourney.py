"""The page about Midjourney is what its generator makes now, of all that the data say, in both languages."""

import re

import pytest

from docs.midjourney import DOCUMENTS, document
from docs.tables import table
from omnidsl.prompts import load_parameters
from omnidsl.prompts.versions import load_versions


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_document_is_fresh(language: str) -> None:
    assert document(language) == DOCUMENTS[language].read_text("utf-8")


@pytest.mark.parametrize("language", DOCUMENTS)
def test_every_version_and_every_parameter_is_shown(language: str) -> None:
    text = document(language)

    lost = [row.name for row in load_parameters().rows if f"`--{row.name}`" not in text]
    lost += [one.name for one in load_versions().rows if f"`{one.pin}`" not in text]

    assert [] == lost


@pytest.mark.parametrize("language", DOCUMENTS)
def test_no_row_of_a_table_has_more_or_fewer_cells_than_its_head(language: str) -> None:
    tables = re.findall(r"(?:^\|.*\|\n)+", document(language), flags=re.MULTILINE)

    counts = [{row.count("|") - row.count("\\|") for row in one.splitlines()} for one in tables]

    assert [1] * len(counts) == list(map(len, counts))
    assert 9 == len(counts)


def test_both_editions_have_the_same_tables_and_the_same_sections() -> None:
    english, chinese = (document(language).splitlines() for language in ("en", "zh"))

    shapes = [[re.match(r"#+|\||", line)[0] for line in text] for text in (english, chinese)]  # type: ignore[index]  # an empty match is one

    heads = [[one for one in shape if one] for shape in shapes]
    assert heads[0] == heads[1]


def test_the_chinese_edition_is_in_chinese() -> None:
    prose = [line for line in document("zh").splitlines() if line and line[0] not in "|["]

    assert [] == [line for line in prose if not re.search("[\u4e00-\u9fff]", line)]


def test_a_table_is_aligned_where_signs_take_two_places() -> None:
    expected = """\
| 名 | b    |
|----|------|
| a  | 一\\| |"""

    assert expected == table(["名", "b"], [["a", "一|"]])
