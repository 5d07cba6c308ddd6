"""`omni plugin new` and `omni plugin check`."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from omnidsl.cli.plugin_commands.check import key_of
from omnidsl.cli.plugin_commands.new import FILES, TEMPLATES, UnusableNameError, service_name
from omnidsl.language.catalogue import LANGUAGES, phrase
from omnidsl.testing import BackendSuite
from tests.testing.sketchy import installed

Omni = Callable[..., "subprocess.CompletedProcess[str]"]

_TOOLS = Path(sys.executable).parent


def tool(folder: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(_TOOLS / command[0]), *command[1:]],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("sketch", "sketch"),
        ("Sketch-Book", "sketch_book"),
        ("omnidsl-sketch", "sketch"),
        ("OmniDSL.Sketch__book", "sketch_book"),
        ("a1", "a1"),
    ],
)
def test_a_plugin_may_be_called_in_many_ways(name: str, service: str) -> None:
    assert service == service_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "9a", "-a", "a-", "../x", "a b", "é", "a/b", "A" * 99, "omnidsl", "omnidsl-", "$(x)", "a\nb"],
)  # fmt: skip  # a list
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UnusableNameError, match="cannot be called"):
        service_name(name)


@pytest.mark.parametrize("name", ["for", "save", "pipeline", "class", "omnidsl-import"])
def test_words_of_the_language_and_of_python_are_no_names(name: str) -> None:
    with pytest.raises(UnusableNameError, match="word of the language"):
        service_name(name)


@pytest.mark.parametrize("name", ["openai", "midjourney", "sandbox", "json", "testing-none"])
def test_what_is_taken_is_refused_with_who_has_it(name: str) -> None:
    if name == "testing-none":
        assert "testing_none" == service_name(name)
        return
    with pytest.raises(UnusableNameError, match=r"is taken already \("):
        service_name(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_plugin_passes_ruff_and_strict_mypy_at_once(omni: Omni, language: str) -> None:
    name = "x" if language == "en" else "a-rather-long-name-of-a-service"

    done = omni("plugin", "new", name[:30], OMNI_LANG=language)

    assert 0 == done.returncode, done.stderr
    (folder,) = Path(str(done.args and _folder_of(omni))).glob("omnidsl-*")
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."]):
        judged = tool(folder, *command)
        assert 0 == judged.returncode, judged.stdout
    if language == "en":
        judged = tool(folder, "mypy", "--strict", "--cache-dir", os.devnull, ".")
        assert 0 == judged.returncode, judged.stdout


def _folder_of(omni: Omni) -> Path:
    """Return the folder that the command works in."""
    cells = [cell.cell_contents for cell in omni.__closure__ or ()]
    return next(one for one in cells if isinstance(one, Path))


def test_nothing_is_written_over(omni: Omni) -> None:
    folder = _folder_of(omni)
    (folder / "omnidsl-sketch").mkdir()
    (folder / "omnidsl-sketch" / "mine.txt").write_text("mine", "utf-8")

    done = omni("plugin", "new", "sketch")

    assert (2, True) == (done.returncode, "nothing is written over" in done.stderr)
    assert ["mine.txt"] == [one.name for one in (folder / "omnidsl-sketch").iterdir()]


def test_a_link_is_no_folder_to_write_into(omni: Omni) -> None:
    folder = _folder_of(omni)
    (folder / "elsewhere").mkdir()
    (folder / "omnidsl-sketch").symlink_to("elsewhere")

    done = omni("plugin", "new", "sketch")

    assert (2, []) == (done.returncode, list((folder / "elsewhere").iterdir()))


def test_another_folder_may_be_named_and_may_be_empty(omni: Omni) -> None:
    folder = _folder_of(omni)
    (folder / "here").mkdir()

    done = omni("plugin", "new", "sketch", "--folder", "here")

    assert 0 == done.returncode, done.stderr
    written = {one.relative_to(folder / "here").as_posix() for one in (folder / "here").rglob("*")}
    assert {name.replace("@PACKAGE@", "omnidsl_sketch") for name in FILES} <= written


def test_every_template_is_used_and_none_is_missing() -> None:
    there = {one.name for one in TEMPLATES.rglob("*.template")}

    assert {f"{one}.template" for one in FILES.values() if one} == there


def test_every_law_has_a_line_in_both_languages() -> None:
    laws = [name for name in dir(BackendSuite) if name.startswith("test_")]

    lines = {language: [phrase(key_of(one), language) for one in laws] for language in LANGUAGES}

    assert len(set(lines["en"])) == len(set(lines["zh"])) == len(laws)


def test_every_law_is_in_the_table_of_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text("utf-8")
    laws = [name for name in dir(BackendSuite) if name.startswith("test_")]

    assert [] == [one for one in laws if f"| {phrase(key_of(one), 'en')} |" not in page]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the plugin `sketchy` installed, whose table has one operation."""
    package = installed(tmp_path)
    table = package / "conformance.py"
    less = (
        "\nimport attrs\nfrom omnidsl.testing import BackendSuite\n"
        'BackendSuite.points = ("after the reply is settled",)\n'
        "CASES = attrs.evolve(CASES, samples=CASES.samples[:1], replies=CASES.replies[:1],\n"
        "    statuses=(), untried={'poster': 'for the sake of time'})\n"
    )
    table.write_text(table.read_text("utf-8") + less, "utf-8")
    return package.parent


@pytest.mark.timeout(180)
def test_a_sound_plugin_keeps_all_laws(omni: Omni, site: Path) -> None:
    done = omni("plugin", "check", "omnidsl-sketchy", PYTHONPATH=str(site))

    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert "✓ an attempt pays once, through the ledger (1/1)" in done.stdout
    assert done.stdout.endswith("omnidsl-sketchy keeps all 28 laws\n")


@pytest.mark.timeout(180)
def test_a_plugin_that_breaks_a_law_is_told_of_it_in_the_users_language(
    omni: Omni, site: Path
) -> None:
    module = site / "omnidsl_sketchy" / "backend.py"
    text = module.read_text("utf-8").replace('"tag": call.attempt_id}', '"tag": ""}')
    module.write_text(text, "utf-8")

    done = omni("plugin", "check", "sketchy", PYTHONPATH=str(site), OMNI_LANG="zh")

    assert 1 == done.returncode, done.stdout + done.stderr
    assert "✗ 付费请求带有购买编号 (0/1)" in done.stdout
    assert "[draw] no attempt id in the request to /sketchy/draw" in done.stdout
    assert "sketchy 违反了 28 条守则中的 1 条" in done.stdout


def test_what_is_not_installed_is_told_with_what_is(omni: Omni, site: Path) -> None:
    done = omni("plugin", "check", "omnidsl-sketchi", PYTHONPATH=str(site))

    assert (2, True) == (done.returncode, "omnidsl_sketchy" in done.stderr), done.stderr


def test_a_plugin_without_a_table_is_told_where_it_belongs(omni: Omni, site: Path) -> None:
    (site / "omnidsl_sketchy" / "conformance.py").unlink()

    done = omni("plugin", "check", "sketchy", PYTHONPATH=str(site))

    assert (2, True) == (done.returncode, "omnidsl_sketchy.conformance" in done.stderr)


def test_a_table_that_does_not_load_is_no_success(omni: Omni, site: Path) -> None:
    (site / "omnidsl_sketchy" / "conformance.py").write_text("raise OSError('no')\n", "utf-8")

    done = omni("plugin", "check", "sketchy", PYTHONPATH=str(site))

    assert (2, True) == (done.returncode, "does not load" in done.stderr), done.stderr
