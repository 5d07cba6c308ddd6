"""Links between the documents lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def links(document: Path) -> list[str]:
    return [one or other for one, other in _LINK.findall(prose(document))]


def anchors(document: Path) -> set[str]:
    """Return what headings are called in addresses: lower case, blanks as dashes, no other signs."""
    headings = re.findall(r"^#+ (.*)$", prose(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_every_relative_link_leads_to_a_file_and_a_heading_of_it(document: Path) -> None:
    lost = []
    for link in links(document):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = document if not path else (document.parent / path).resolve()
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)

    assert [] == lost


def test_the_two_readmes_link_each_other() -> None:
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-CN.md"))

    assert ("README.zh-CN.md" in links(english), "README.md" in links(chinese)) == (True, True)


@pytest.mark.parametrize("document", sorted(ROOT.glob("docs/*.md")), ids=lambda one: one.name)
def test_every_page_can_be_reached_from_both_readmes(document: Path) -> None:
    readmes = (ROOT / "README.md", ROOT / "README.zh-CN.md")

    found = [f"docs/{document.name}" in links(readme) for readme in readmes]

    assert [True, True] == found
