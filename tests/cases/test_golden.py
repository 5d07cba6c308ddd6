"""Findings of recipes and prompts on disk, word for word: `CODE/NAME.omni` (or `.prompt`, or a folder) and `NAME.expected`.

A folder holds `main.omni` with what belongs to it, or `command`, a command line to be run in it.

An expectation is one line a finding, `row:column-row:column CODE severity message` (columns from 1, ends exclusive), and
below it, indented, the label, other places, ways out, and the fix with its edits; for a command what it prints, and its exit
status; times are 0. `pytest tests/cases --update` writes
expectations as things are now; read them before you commit them.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from omnidsl.language.catalogue import entry
from tests.cases.asking import Finding, check, omni, read_prompt

FOLDER = Path(__file__).parent
CASES = sorted(
    one for one in FOLDER.glob("OM*/*") if one.suffix in (".omni", ".prompt") or one.is_dir()
)


def by_name(case: Path) -> str:
    return case.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_findings_are_as_expected(case: Path, project: Path, update: bool) -> None:
    expected = case.with_suffix(".expected")

    told = output(case, project) if (case / "command").is_file() else findings(case, project)

    if update:
        expected.write_text(told, "utf-8")
    assert expected.read_text("utf-8") == told


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_a_case_is_about_the_code_of_its_folder(case: Path) -> None:
    told = case.with_suffix(".expected").read_text("utf-8")

    assert f" {case.parent.name} " in told or f"[{case.parent.name}]" in told


def test_every_expectation_has_its_case() -> None:
    expected = {one.with_suffix(".expected") for one in CASES}

    assert expected == set(FOLDER.glob("OM*/*.expected"))


def findings(case: Path, project: Path) -> str:
    """Return what is found in a case, one line a fact."""
    if case.is_dir():
        shutil.copytree(case, project, dirs_exist_ok=True)
    elif case.suffix == ".omni":
        shutil.copy(case, project / "main.omni")
    if case.suffix == ".prompt":
        remarks = entry(case.parent.name).quiet
        found = read_prompt(case.read_text("utf-8").rstrip("\n"), remarks=remarks)
    else:
        found = check("main.omni")
    return "".join(f"{line}\n" for one in found for line in shown(one))


def output(case: Path, project: Path) -> str:
    """Return what the command of a case prints in its folder."""
    shutil.copytree(case, project, dirs_exist_ok=True)
    _, *arguments = shlex.split((case / "command").read_text("utf-8"))
    status, printed = omni(*arguments)
    return re.sub(r"\bin \d+\.\d\ds\b", "in 0.00s", printed) + f"exit status {status}\n"


def shown(one: Finding) -> list[str]:
    """Return the lines of one finding."""
    lines = [f"{place(one)} {one['code']} {one['severity']} {one['message']}"]
    if one["label"]:
        lines.append(f"    label: {one['label']}")
    lines += [f"    {place(other)}: {other['message']}" for other in one["labels"]]
    lines += [f"    help: {way}" for way in one["help"]]
    if fix := one["fix"]:
        edits = ", ".join(f"{place(edit)} `{edit['content']}`" for edit in fix["edits"])
        lines.append(f"    fix ({fix['applicability']}): {edits}")
    return lines


def place(one: Finding) -> str:
    """Return a place, with the name of its file where that is not the one that is checked."""
    name = one.get("filename") or ""
    prefix = f"{name}:" if name not in ("main.omni", "<prompt>", "") else ""
    if one["location"] is None:
        return f"{prefix}-"
    start, end = one["location"], one["end_location"]
    return f"{prefix}{start['row']}:{start['column']}-{end['row']}:{end['column']}"
