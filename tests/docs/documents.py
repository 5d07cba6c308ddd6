"""The documents as their readers use them: blocks of code, links, and notes to the tests in HTML comments.

A note stands on the lines before a block and readers do not see it: `<!-- file: cat.omni -->` names the file that the
block is the content of, `<!-- bad: OM301 OM421 -->` the codes that checking it must give, `<!-- output -->` says that
it is what the Python block before it prints; `<!-- made: … -->` that `omni plugin new` writes such a file, and
`<!-- before: … -->` that a folder is not there yet.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from docs.__main__ import MADE

ROOT = Path(__file__).parents[2]
DOCUMENTS = tuple(sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]))
GENERATED = tuple(MADE)
"""Made of data; the examples of the codes' pages are tests of their own in tests/cases."""
WRITTEN = tuple(one for one in DOCUMENTS if one not in GENERATED)
_FENCE = re.compile(r"(```+)([\w-]*)\Z")
_NOTE = re.compile(r"<!-- ([a-z]+)(?:: (.*))? -->\Z")


@attrs.frozen
class Block:
    """A fenced block: its document, the line of its fence counted from 1, its language, its notes and its text."""

    document: Path
    line: int
    language: str
    notes: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        """Where the block stands, as `docs/ci.md:12`."""
        return f"{self.document.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(document: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a document; ValueError for a fence that never ends."""
    notes: dict[str, str] = {}
    lines = iter(enumerate(document.read_text("utf-8").splitlines(), 1))
    for number, line in lines:
        fence, note = _FENCE.match(line), _NOTE.match(line)
        if note is not None:
            notes[note[1]] = note[2] or ""
            continue
        if fence is not None:
            inside: list[str] = []
            for _, one in lines:
                if one == fence[1]:
                    break
                inside.append(one)
            else:
                raise ValueError(f"{document}:{number}: this fence never ends")
            yield Block(document, number, fence[2], notes, "\n".join([*inside, ""]))
        notes = {}


def all_blocks(language: str) -> list[Block]:
    """Return the blocks of one language, of every document that people write."""
    return [one for path in WRITTEN for one in blocks(path) if one.language == language]


def prose(document: Path) -> str:
    """Return a document without its fenced blocks."""
    return re.sub(
        r"^(```+)[^\n]*\n.*?^\1$", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
