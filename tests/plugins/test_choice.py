"""Which plugins take part: the allow-list, `-p`, a project's own folder, and who may say that its code runs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omnidsl.plugins import API, declared
from omnidsl.plugins.building import build
from omnidsl.plugins.choice import modules_in
from omnidsl.plugins.declarations import Service
from omnidsl.plugins.describing import describe
from omnidsl.plugins.installed import EntryPoint, canonical

Install = Callable[..., Path]
Omni = Callable[..., "subprocess.CompletedProcess[str]"]

PLUGIN = """
import os
from pathlib import Path
import attrs
from omnidsl.plugins import Immediate, Service, argument, hookimpl

Path(os.environ["EVIDENCE"], "NAME").touch()

@attrs.frozen
class Say(Immediate[str]):
    text: str = argument(subject=True)

@hookimpl
def omnidsl_services():
    return [Service(name="NAME", operations=(Say,), implementation="NAME:Backend")]
"""
RECIPE = 'pipeline main {\n    said = "x" -> NAME.say\n    save said as "said.txt"\n}\n'


def plugin(name: str) -> str:
    return PLUGIN.replace("NAME", name)


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which each plugin leaves a file when it is imported."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    monkeypatch.setenv("EVIDENCE", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, child_environment: dict[str, str], evidence: Path) -> "Project":
    return Project(tmp_path / "atelier", child_environment | {"EVIDENCE": str(evidence)}, evidence)


class Project:
    """A project, and `omni` as it is used there: without the current folder among Python's own."""

    def __init__(self, folder: Path, environment: dict[str, str], evidence: Path) -> None:
        self.folder = folder
        self.environment = environment
        self._evidence = evidence
        folder.mkdir()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def omni(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        program = "import sys; del sys.path[0]; from omnidsl.__main__ import main; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            encoding="utf-8",
            env=self.environment | environment,
            cwd=self.folder,
        )

    def codes(self, *arguments: str, **environment: str) -> list[str]:
        finished = self.omni("check", "--output-format", "json", *arguments, **environment)
        assert finished.stdout, finished.stderr
        return [one["code"] for one in json.loads(finished.stdout)["diagnostics"]]

    def imported(self) -> set[str]:
        return {one.name for one in self._evidence.iterdir()}


def test_what_is_not_on_the_list_is_not_imported_even_for_the_index(
    project: Project, install: Install
) -> None:
    install("wanted", plugin("wanted"), distribution="Omnidsl_Wanted")
    site = install("other", plugin("other"), distribution="omnidsl_other")
    project.write("omni.toml", 'plugins = ["omnidsl", "omnidsl-wanted"]\n')
    project.write("wanted.omni", RECIPE.replace("NAME", "wanted"))
    project.write("other.omni", RECIPE.replace("NAME", "other"))

    found = project.codes(".", PYTHONPATH=str(site))

    assert ({"wanted"}, ["OM109"]) == (project.imported(), found)


def test_an_empty_list_leaves_nothing(project: Project) -> None:
    project.write("omni.toml", "plugins = []\n")
    project.write("one.omni", RECIPE.replace("NAME.say", "openai.chat"))

    assert ["OM109"] == project.codes("one.omni")


def test_projects_of_one_check_have_their_own_lists(project: Project, install: Install) -> None:
    site = install("atelier", plugin("atelier"))
    for name, plugins in {"with": '["atelier"]', "without": '["omnidsl"]'}.items():
        project.write(f"{name}/omni.toml", f"plugins = {plugins}\n")
        project.write(f"{name}/one.omni", RECIPE.replace("NAME", "atelier"))

    finished = project.omni("check", "--output-format", "json", ".", PYTHONPATH=str(site))

    found = json.loads(finished.stdout)["diagnostics"]
    assert [("without/one.omni", "OM109")] == [(one["filename"], one["code"]) for one in found]


@pytest.mark.parametrize("name", ["atelier", "omnidsl-atelier", "omnidsl_atelier"])
def test_a_plugin_can_be_switched_off_by_its_name_or_its_distributions(
    project: Project, install: Install, name: str
) -> None:
    site = install("atelier", plugin("atelier"), distribution="omnidsl_atelier")
    project.write("one.omni", RECIPE.replace("NAME", "atelier"))

    found = project.codes("-p", f"no:{name}", "one.omni", PYTHONPATH=str(site))

    assert (["OM109"], set()) == (found, project.imported())


def test_a_module_that_is_named_takes_part_whatever_the_list_says(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "loose.py").write_text(plugin("loose"), "utf-8")
    project.write("omni.toml", 'plugins = ["omnidsl"]\n')
    project.write("one.omni", RECIPE.replace("NAME", "loose"))
    path = str(tmp_path / "lib")

    found = project.codes("one.omni", PYTHONPATH=path)
    named = project.codes("-p", "loose", "one.omni", PYTHONPATH=path)

    assert (["OM109"], []) == (found, named)


def test_an_installed_plugin_that_is_named_takes_part_whatever_the_list_says(
    project: Project, install: Install
) -> None:
    site = install("atelier", plugin("atelier"))
    project.write("omni.toml", 'plugins = ["omnidsl"]\n')
    project.write("one.omni", RECIPE.replace("NAME", "atelier"))

    assert [] == project.codes("-p", "atelier", "one.omni", PYTHONPATH=str(site))


@pytest.mark.parametrize(
    "command", [["check", "."], ["plan", "one.omni"], ["run", "one.omni", "--sandbox"], ["test", "."],
                ["plugins"], ["vocab"], ["prompt", "check", "list.txt"], ["fmt", "."]],
)  # fmt: skip  # a table
def test_a_hostile_project_runs_no_code_of_its_own(project: Project, command: list[str]) -> None:
    project.write("omni.toml", 'plugin-folders = ["plugins"]\nplugins = ["omnidsl", "hostile"]\n')
    project.write("plugins/hostile.py", plugin("hostile"))
    project.write("hostile.py", plugin("hostile"))
    project.write("sitecustomize.py", plugin("hostile"))
    project.write("hostile-1.0.dist-info/entry_points.txt", "[omnidsl]\nhostile = hostile\n")
    project.write(".omni/cache/declarations.json", "{}")
    project.write("one.omni", RECIPE.replace("NAME", "hostile"))
    project.write("list.txt", "a cat --v 6.1\n")

    project.omni(*command)

    assert set() == project.imported()


def test_what_lies_in_the_current_folder_is_not_installed(project: Project, tmp_path: Path) -> None:
    project.write("hostile.py", plugin("hostile"))
    project.write("hostile-1.0.dist-info/entry_points.txt", "[omnidsl]\nhostile = hostile\n")
    project.write("one.omni", "")

    finished = subprocess.run(
        [sys.executable, "-m", "omnidsl", "check", "one.omni"],
        capture_output=True,
        encoding="utf-8",
        env=project.environment,
        cwd=project.folder,
    )

    assert (0, set()) == (finished.returncode, project.imported())


def local(project: Project) -> None:
    project.write("omni.toml", 'plugin-folders = ["plugins"]\n')
    project.write("plugins/brand.py", plugin("brand"))
    project.write("plugins/house/__init__.py", plugin("house"))
    project.write("plugins/_private.py", plugin("private"))
    project.write("one.omni", RECIPE.replace("NAME", "brand"))


def test_a_projects_own_plugins_are_told_of_and_not_imported(project: Project) -> None:
    local(project)

    assert {"OM919", "OM109"} == set(project.codes("one.omni"))
    assert set() == project.imported()


def test_a_flag_trusts_the_project_of_the_current_folder(project: Project) -> None:
    local(project)

    assert [] == project.codes("--trust", "one.omni")
    assert {"brand", "house"} == project.imported()


def test_the_environment_names_trusted_projects(project: Project) -> None:
    local(project)
    trusted = os.pathsep.join(["/somewhere/else", str(project.folder)])

    assert [] == project.codes("one.omni", OMNI_TRUST=trusted)


def test_trust_in_a_project_is_none_in_those_below_it(project: Project) -> None:
    project.write("omni.toml", "")
    project.write("vendor/omni.toml", 'plugin-folders = ["plugins"]\n')
    project.write("vendor/plugins/hostile.py", plugin("hostile"))
    project.write("vendor/one.omni", "")

    found = project.codes("--trust", ".", OMNI_TRUST=str(project.folder))

    assert (["OM919"], set()) == (found, project.imported())


@pytest.mark.parametrize("folder", ["../elsewhere", "link", "/"])
def test_a_folder_of_plugins_lies_in_the_project(project: Project, folder: str) -> None:
    elsewhere = project.folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "hostile.py").write_text(plugin("hostile"), "utf-8")
    (project.folder / "link").symlink_to(elsewhere)
    project.write("omni.toml", f'plugin-folders = ["{folder}"]\n')
    project.write("one.omni", "")

    found = project.codes("--trust", "one.omni")

    assert (["OM907"], set()) == (found, project.imported())


def test_a_local_plugin_takes_no_installed_modules_name(project: Project, install: Install) -> None:
    site = install("atelier", plugin("atelier"), distribution="atelier_plugin")
    project.write("omni.toml", 'plugin-folders = ["plugins"]\n')
    project.write("plugins/json.py", plugin("json"))
    project.write("plugins/atelier.py", plugin("impostor"))
    project.write("one.omni", "")

    finished = project.omni("plugins", "--trust", "--json", PYTHONPATH=str(site))

    document = json.loads(finished.stdout)
    told = {(one["code"], one["distribution"]) for one in document["problems"]}
    assert {("OM901", "plugins/json"), ("OM920", "plugins/atelier")} == told
    assert {"atelier"} == project.imported()


def test_a_changed_local_plugin_is_asked_again(project: Project) -> None:
    local(project)
    project.codes("--trust", "one.omni")
    project.write("plugins/brand.py", plugin("brand") + "# changed\n")
    project.write("plugins/added.py", plugin("added"))

    project.codes("--trust", "one.omni")

    assert {"brand", "house", "added"} == project.imported()


def test_the_list_tells_who_takes_no_part_and_why(project: Project, install: Install) -> None:
    install("atelier", plugin("atelier"))
    site = install("other", plugin("other"))
    project.write("omni.toml", 'plugins = ["omnidsl", "atelier"]\nplugin-folders = ["own"]\n')

    finished = project.omni("plugins", "--json", "-p", "no:atelier", PYTHONPATH=str(site))

    rows: list[dict[str, Any]] = json.loads(finished.stdout)["plugins"]
    left = {one["name"]: one["left_out"] for one in rows}
    expected = {"atelier": "switched-off", "other": "not-listed", "own": "untrusted"}
    assert expected.items() <= left.items()
    assert left["openai"] is None


def test_two_plugins_that_claim_one_service_are_both_named(
    install: Install, monkeypatch: pytest.MonkeyPatch, evidence: Path
) -> None:
    monkeypatch.syspath_prepend(install("alpha", plugin("atelier")))
    install("beta", plugin("atelier"))

    index = build([EntryPoint(one, one, f"{one}_plugin", "1") for one in ("alpha", "beta")])

    [found] = index["problems"]
    expected = {
        "distribution": "beta_plugin",
        "what": "service",
        "name": "atelier",
        "other": "alpha_plugin",
    }
    assert ("OM920", expected) == (found["code"], found["values"])


@pytest.mark.parametrize(
    ("theirs", "who"), [(2, "omnidsl"), (0, "plugin"), ("1", "plugin"), (None, "plugin")]
)
def test_a_service_of_another_contract_says_who_must_be_updated(
    install: Install, monkeypatch: pytest.MonkeyPatch, evidence: Path, theirs: object, who: str
) -> None:
    source = plugin("atelier").replace("operations=", f"api={theirs!r}, operations=")
    monkeypatch.syspath_prepend(install("atelier", source))

    index = build([EntryPoint("atelier", "atelier", "atelier_plugin", "1")])

    [found] = index["problems"]
    expected = {
        "distribution": "atelier_plugin",
        "service": "atelier",
        "theirs": str(theirs),
        "ours": "1",
        "who": who,
    }
    assert ("OM918", expected) == (found["code"], found["values"])


def test_a_service_that_names_no_contract_was_written_for_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service(name="atelier", operations=(), implementation="atelier:Backend")
    describe(service)
    monkeypatch.setattr(declared, "API", API + 1)

    with pytest.raises(declared.ContractError, match="API 1, this is API 2: update the plugin"):
        declared._known(service)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Omnidsl_Suno", "omnidsl-suno"), ("omnidsl.suno", "omnidsl-suno"), ("a--b_.c", "a-b-c")],
)
def test_a_distribution_has_one_name_however_it_is_spelt(name: str, expected: str) -> None:
    assert expected == canonical(name)


def test_only_modules_and_packages_are_plugins_of_a_folder(tmp_path: Path) -> None:
    for name in (
        "b.py",
        "a/__init__.py",
        "no/other.py",
        "x.txt",
        "two.parts.py",
        "_p.py",
        "9.py",
        "-.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert ["a", "b"] == modules_in(str(tmp_path))
    assert [] == modules_in(str(tmp_path / "missing"))
