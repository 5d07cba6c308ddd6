"""What a command may not import: start-up is bought by not importing."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

Modules = Callable[..., set[str]]

HEAVY = {
    "asyncio",
    "attr",
    "attrs",
    "cattr",
    "cattrs",
    "email",
    "filetype",
    "httpx",
    "importlib.metadata",
    "lark",
    "platformdirs",
    "pluggy",
    "rich",
    "sqlite3",
    "urllib.request",
}
"""None of these has a place on the way to an answer that needs neither network, nor a run, nor a plugin's code."""

NEVER_TO_CHECK = {
    *HEAVY,
    "argparse",
    "gettext",
    "hashlib",
    "locale",
    "omnidsl.plugins.media",
    "shutil",
}

FACE = {"atexit", "gc", "omnidsl", "omnidsl.__main__"}
"""The first two are built into Python."""


@pytest.fixture
def imported(tmp_path: Path, child_environment: dict[str, str]) -> Modules:
    """Run a command line in a child and return the modules that it imported beyond those of a bare Python."""

    def run(*arguments: str, **environment: str) -> set[str]:
        report = tmp_path / "modules.json"
        program = (
            "import sys; bare = set(sys.modules)\n"
            "from omnidsl.__main__ import main\n"
            f"status = main({list(arguments)!r})\n"
            "loaded = sorted(set(sys.modules) - bare)\n"
            f"import json; open({str(report)!r}, 'w').write(json.dumps([status, loaded]))\n"
        )
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            capture_output=True,
            cwd=tmp_path,
            env=child_environment | environment,
            check=True,
        )
        status, loaded = json.loads(report.read_text())
        assert status in (0, 1, 2)
        return set(loaded)

    return run


def top_level(modules: set[str]) -> set[str]:
    """Return the modules and every package that holds one of them."""
    return {
        name[:end]
        for name in modules
        for end in [*(at for at, one in enumerate(name) if one == "."), len(name)]
    }


def test_the_version_imports_nothing_but_its_own_face(imported: Modules) -> None:
    assert imported("--version") == FACE


@pytest.mark.parametrize("arguments", [["--help"], [], ["chekc"]])
def test_help_and_a_misspelt_command_import_no_command(
    imported: Modules, arguments: list[str]
) -> None:
    modules = imported(*arguments)

    commands = Path(__file__).parents[1] / "omnidsl" / "cli"
    assert set() == modules & {f"omnidsl.cli.{file.stem}" for file in commands.glob("*.py")} - {
        "omnidsl.cli.suggesting"
    }
    assert set() == top_level(modules) & {*HEAVY, "argparse"}


@pytest.fixture
def checking(imported: Modules, tmp_path: Path) -> set[str]:
    """The modules of a check that finds a fresh declaration index."""
    recipe = tmp_path / "hero.omni"
    recipe.write_text(
        "prompt cat {\n    a cat\n    --ar 16:9\n}\n"
        'pipeline hero {\n    grid = cat -> midjourney.imagine()\n    save grid.sheet to "cat.png"\n}\n',
        "utf-8",
    )
    imported("check", str(recipe))  # builds the index

    return imported("check", str(recipe))


def test_a_recipe_is_checked_without_network_terminal_or_plugin_libraries(
    checking: set[str],
) -> None:
    assert {"omnidsl.cli.check", "omnidsl.planning.plan"} <= checking
    assert top_level(checking) & NEVER_TO_CHECK == set()
    assert [name for name in checking if name.startswith("omnidsl_")] == []


@pytest.mark.parametrize("action", ["check", "fix", "parse", "expand"])
def test_prompts_are_read_without_network_terminal_or_plugin_libraries(
    imported: Modules, tmp_path: Path, action: str
) -> None:
    (tmp_path / "cats.txt").write_text("a cat --v 6.1\n", "utf-8")

    arguments = ["prompt", action, "cats.txt" if action == "check" else "a cat --v 6.1"]
    imported(*arguments)  # builds the index

    modules = imported(*arguments)

    assert f"omnidsl.cli.prompt_commands.{action}" in modules
    assert top_level(modules) & HEAVY == set()


def test_no_module_of_a_check_imports_typing(checking: set[str]) -> None:
    """Take `TYPE_CHECKING` from `omnidsl._typing`, and the rest below it: `typing` takes two milliseconds at every start."""
    ours = [sys.modules.get(name) or import_module(name) for name in checking if "omnidsl" in name]

    assert [] == [
        one.__name__
        for one in ours
        if re.search(
            r"^(?:from|import) typing\b", Path(one.__file__ or "").read_text("utf-8"), re.MULTILINE
        )
    ]


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--diff"]])
def test_a_recipe_is_formatted_without_what_a_check_needs(
    imported: Modules, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "hero.omni").write_text("let  a=1\n", "utf-8")

    modules = imported("fmt", *arguments, "hero.omni")

    rooms = ("checking", "planning", "plugins", "prompts", "running")
    assert "omnidsl.language.formatting.layout" in modules
    assert top_level(modules) & {*HEAVY, *(f"omnidsl.{room}" for room in rooms)} == set()
    assert [name for name in modules if name.startswith("omnidsl_")] == []
    if not arguments:  # options are argparse's
        assert top_level(modules) & {*NEVER_TO_CHECK, "omnidsl.language.syntax"} == set()


def test_installed_plugins_are_listed_without_importing_them(imported: Modules) -> None:
    imported("plugins")

    modules = imported("plugins")

    assert set() == top_level(modules) & HEAVY
    assert [name for name in modules if name.startswith("omnidsl_")] == []


def test_settings_are_read_without_a_heavy_module(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "omni.toml").write_text('rules = "latest"')
    program = (
        "import sys; from pathlib import Path; from omnidsl.settings import load\n"
        "load(Path('hero.omni')); print(' '.join(sys.modules))"
    )

    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=child_environment,
    )

    assert (result.returncode, set()) == (
        0,
        set(result.stdout.split()) & {*HEAVY, "argparse"},
    )


def test_ascii_findings_are_rendered_without_width_tables(
    child_environment: dict[str, str],
) -> None:
    program = (
        "import sys\n"
        "from omnidsl.language.diagnostics import Diagnostic\n"
        "from omnidsl.language.source import Source, Span\n"
        "from omnidsl.reporting.formats.full import render_full\n"
        "render_full([Diagnostic('OM903', Span(0, 1), source=Source('x\\tx'), values={'key': 'x'})], colour=True)\n"
        "print(' '.join(sys.modules))"
    )

    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env=child_environment,
    )

    assert (result.returncode, set()) == (
        0,
        set(result.stdout.split()) & {*HEAVY, "wcwidth", "json"},
    )
