"""What the documents name is there, and what is there is named."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from omnidsl.cli import COMMANDS
from omnidsl.language.catalogue import codes
from omnidsl.running.schemas import event_classes
from omnidsl.settings.declaration import SETTINGS
from tests.docs.documents import DOCUMENTS, ROOT

README = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def names(pattern: str, *documents: Path) -> set[str]:
    return {one for path in documents for one in re.findall(pattern, path.read_text("utf-8"))}


@pytest.mark.parametrize("readme", README, ids=lambda one: one.name)
def test_a_readme_names_every_command(readme: Path) -> None:
    assert set() == set(COMMANDS) - names(r"\bomni ([a-z]+)", readme)


def test_the_documents_name_no_command_that_there_is_not() -> None:
    assert set() == names(r"(?:`|\$ |/)omni ([a-z]+)", *DOCUMENTS) - set(COMMANDS)


def test_the_documents_name_no_code_that_there_is_not() -> None:
    mistyped = {"OM461"}  # on purpose, on the pages of OM912 and OM913
    assert mistyped >= names(r"\bOM\d{3}\b", *DOCUMENTS) - set(codes())


def test_the_running_page_lists_the_environment_variables_that_are_read() -> None:
    sources = [*ROOT.glob("omnidsl/**/*.py"), *ROOT.glob("plugins/**/*.py")]
    read = names(r"environ(?:\.get\(|\[)\"(OMNI_[A-Z_]+)\"", *sources) | {
        "OMNI_LANG",
        "OMNI_KEY_ORIGINS",
    }

    ours = {"OMNI_VERDICTS"}  # between `omni plugin check` and its own child
    assert read - ours == names(r"(?m)^\| `(OMNI_[A-Z_]+)`", ROOT / "docs/running.md")


def test_the_settings_page_lists_every_setting_with_its_default() -> None:
    listed = re.findall(
        r"(?m)^\| `([a-z._-]+)` \| [^|]+ \| (?:`(.+?)`)? ?\|", (ROOT / "docs/settings.md").read_text("utf-8")
    )  # fmt: skip  # one call

    assert {
        one.name: "" if one.default is None else json.dumps(one.default) for one in SETTINGS
    } == dict(listed)


def test_the_documents_name_targets_that_the_makefile_has() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))

    assert set() == names(r"\bmake ([a-z]+)\b(?=`|\n| +#)", *DOCUMENTS) - targets


def test_every_direct_dependency_is_explained_to_contributors() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [project["dependencies"], *project["optional-dependencies"].values()]
    required = {re.split(r"[^\w-]", one)[0] for extra in listed for one in extra} - {"omnidsl"}

    assert required == names(r"(?m)^\| `([a-z-]+)` \|", ROOT / "CONTRIBUTING.md")


def test_every_event_is_in_the_table_of_events() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (`[^|]*) \|", text.split("## Events", 1)[1].split("## ", 1)[0], re.MULTILINE
    )

    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}

    assert {one.event for one in event_classes()} == named
