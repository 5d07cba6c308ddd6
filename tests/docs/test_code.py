"""Every block of code in the documents does what its document says."""

import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from omnidsl.settings import load
from tests.docs.conftest import Follow
from tests.docs.documents import ROOT, WRITTEN, Block, all_blocks, blocks

MARK = "\x1e"
"""What parts the output of one command from the next."""

_CHANGING = (
    (r"\b\d{8}-\d{6}-[0-9a-f]{6}\b", "RUN"),
    (r"\b\d{16}\b", "TASK"),
    (r"\b\d+ passed(, \d+ skipped)?(, \d+ deselected)?", "PASSED"),
    (r"\b\d+\.\d s\b", "TIME"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d · \d+ s\b", "TIME"),
    (r"\b\d+\.\d\ds\b|\b\d+\.\ds\b", "TIME"),
    (r"\b\d+\.\d 秒", "TIME"),
    (r"用时 \d+\.\d", "TIME"),
)
"""What differs from one run to the next: the numbers of runs and tasks, how many laws there are, and times."""


def steady(text: str, folder: Path) -> str:
    """Return output without what differs from run to run; the reader's folder is `…`."""
    text = text.replace(str(folder), "…")
    for pattern, name in _CHANGING:
        text = re.sub(pattern, name, text)
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def matches(expected: str, actual: str) -> bool:
    """Tell whether output is what a document shows; a line `…` stands for any lines."""
    parts = [re.escape(line) if line.strip() != "…" else None for line in expected.splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if one is None else one + r"[ ]*\n" for one in parts)
    return re.fullmatch(pattern, f"{actual}\n" if actual else "") is not None


def by_place(block: Block) -> str:
    return block.place


@pytest.mark.parametrize("document", WRITTEN, ids=lambda one: one.name)
def test_recipes_are_as_good_or_bad_as_their_document_says(document: Path, follow: Follow) -> None:
    workplace = follow(document)
    recipes = {
        block.notes.get("file", f"line-{block.line}.omni"): block
        for block in blocks(document)
        if block.language == "omni"
    }
    for path, block in recipes.items():
        (workplace.folder / path).write_text(block.text, "utf-8")

    found = workplace.check(*recipes)

    expected = {path: block.notes.get("bad", "").split() for path, block in recipes.items()}
    assert {path: set(codes) for path, codes in expected.items()} == found


MADE = [one for one in all_blocks("python") if "made" in one.notes]


@pytest.mark.parametrize("block", MADE, ids=by_place)
def test_a_file_of_a_new_plugin_is_as_the_command_writes_it(
    block: Block, plugin_site: Path
) -> None:
    made = plugin_site.parent / block.notes["made"]

    assert made.read_text("utf-8") == block.text


def test_recipes_of_the_benchmarks_are_clean(follow: Follow) -> None:
    recipes = [str(one) for one in ROOT.glob("benchmarks/**/*.omni")]

    found = follow(ROOT / "README.md").check(*recipes)

    assert {path: set[str]() for path in recipes} == found


PROGRAMS = [
    (one, after.text if "output" in after.notes else "")
    for document in WRITTEN
    for one, after in pairwise([*blocks(document), Block(document, 0, "", {}, "")])
    if one.language == "python"
    and not one.notes.get("file", one.notes.get("made", "")).endswith(".py")
]


@pytest.mark.parametrize(("block", "output"), PROGRAMS, ids=[one.place for one, _ in PROGRAMS])
def test_a_program_runs_and_prints_what_its_document_says(
    block: Block, output: str, follow: Follow
) -> None:
    workplace = follow(block.document)
    (workplace.folder / "program.py").write_text(block.text, "utf-8")

    finished = workplace.run(sys.executable, "-W", "error", "program.py")

    printed = steady(finished.stdout, workplace.folder)
    assert (0, steady(output, workplace.folder)) == (finished.returncode, printed)


SETTINGS = [one for one in all_blocks("toml") if one.notes.get("file", "").endswith("omni.toml")]


@pytest.mark.parametrize("block", SETTINGS, ids=by_place)
def test_settings_in_a_document_are_right(block: Block, tmp_path: Path) -> None:
    (tmp_path / "omni.toml").write_text(block.text, "utf-8")

    _, found = load(tmp_path)

    assert [] == found


@pytest.mark.parametrize("block", all_blocks("console"), ids=by_place)
def test_commands_print_what_their_document_says(block: Block, follow: Follow) -> None:
    workplace = follow(block.document)
    if "before" in block.notes:
        workplace = workplace.before(block.notes["before"])
    _, *commands = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    pairs = [one.partition("\n") for one in commands]
    # Each command sees the status of the one before it, as it does when somebody types them.
    script = "".join(
        f"printf '\\036'; (exit $status); {typed}\nstatus=$?\n" for typed, _, _ in pairs
    )

    finished = workplace.run("bash", "-c", script)

    printed = finished.stdout.split(MARK)[1:]
    assert len(pairs) == len(printed)
    for (typed, _, shown), actual in zip(pairs, printed, strict=True):
        expected, found = (steady(one, workplace.folder) for one in (shown, actual))
        assert matches(expected, found), f"$ {typed}\n{found}"


def test_a_shown_line_stands_for_itself_and_an_ellipsis_for_any_lines() -> None:
    given = [
        ("one\n…\nfour", "one\ntwo\nthree\nfour"),
        ("one\n…", "one"),
        ("one", "one\ntwo"),
        ("o.e", "one"),
        ("", "one"),
    ]

    assert [True, True, False, False, False] == [matches(*pair) for pair in given]
