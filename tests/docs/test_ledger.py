"""What docs/ledger.md says of states, moves and exported rows is what the code has."""

import re
from collections.abc import Sequence
from typing import Any, get_args

import pytest

from omnidsl.running.exchange import TABLES
from omnidsl.running.lifecycle import ATTEMPTS, STAGES, Move
from omnidsl.running.migrations import FORMAT
from omnidsl.running.records import AttemptState, StageState
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs" / "ledger.md").read_text("utf-8")


def table(name: str) -> list[list[str]]:
    """Return the cells of the table behind a note, without its head."""
    found = re.search(rf"<!-- table: {name} -->\n\n(.*?)\n(?:\n|\Z)", TEXT + "\n", re.DOTALL)
    assert found is not None
    rows = [line.strip("|").split("|") for line in found[1].splitlines()]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def words(cell: str) -> list[str]:
    """Return what a cell lists in back-quotes; a dash is the state before the beginning."""
    return [one[1] or "" for one in re.finditer(r"`([^`]+)`|–", cell)]


@pytest.mark.parametrize(("name", "moves"), [("attempts", ATTEMPTS), ("stages", STAGES)])
def test_the_moves_are_those_of_the_lifecycle(name: str, moves: Sequence[Move[Any]]) -> None:
    expected = [(one.name, set(one.before), one.after) for one in moves]

    found = [(words(row[0])[0], set(words(row[1])), words(row[2])[0]) for row in table(name)]

    assert expected == found


@pytest.mark.parametrize(("name", "states"), [("Attempts", AttemptState), ("Stages", StageState)])
def test_every_state_is_explained(name: str, states: object) -> None:
    section = TEXT.partition(f"\n## {name}\n")[2].partition("<!-- table")[0]

    assert set(get_args(states)) == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_the_rows_of_an_export_are_those_that_are_written() -> None:
    expected = [(name, list(one.columns)) for name, one in TABLES.items()]

    assert expected == [(words(row[0])[0], words(row[1])) for row in table("exported")]
    assert f'{{"row":"ledger","format":{FORMAT}}}' in TEXT
