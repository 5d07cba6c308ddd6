"""The documents of all rules are what their generator makes now."""

import pytest

from docs.rules import DOCUMENTS, document
from omnidsl.language.pages import pages


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_document_is_fresh(language: str) -> None:
    assert document(language) == DOCUMENTS[language].read_text("utf-8")


@pytest.mark.parametrize("language", DOCUMENTS)
def test_every_page_has_a_heading_that_its_index_links(language: str) -> None:
    text = document(language)

    missing = [
        one.code
        for one in pages()
        if not (f"\n### {one.code} " in text and f"[{one.code}](#{one.code.lower()}-" in text)
    ]
    assert [] == missing
