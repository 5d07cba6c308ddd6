"""The declaration index: rebuilt when it must be, read without a plugin, and never brought down by one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_cache_dir

from omnidsl.plugins import index
from omnidsl.plugins.building import build
from omnidsl.plugins.installed import EntryPoint, scan

Install = Callable[..., Path]

GOOD = '''
import os
import attrs
from omnidsl.plugins import Service, Task, Image, argument, hookimpl

with open(os.environ["IMPORT_LOG"], "a") as log:
    log.write("x")

@attrs.frozen
class Draw(Task[Image]):
    """Draw a picture."""
    text: str = argument(subject=True)

@hookimpl
def omnidsl_services():
    return [Service(name="NAME", operations=(Draw,), implementation="MODULE:Backend")]
'''

BROKEN = {
    "raises-on-import": (
        "raise RuntimeError('no licence')",
        "import broken",
        "RuntimeError: no licence",
    ),
    "does-not-parse": ("def", "import broken", "SyntaxError"),
    "imports-what-is-missing": ("import no_such_module", "import broken", "no_such_module"),
    "raises-in-a-hook": (
        "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_services():\n    raise RuntimeError('no licence')",
        "omnidsl_services",
        "RuntimeError: no licence",
    ),
    "returns-a-number": (
        "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_services():\n    return 5",
        "omnidsl_services",
        "must return a list, not int",
    ),
    "has-a-hook-that-is-none": (
        "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_servcies():\n    return []",
        "import broken",
        "omnidsl_servcies",
    ),
    "takes-what-is-not-offered": (
        "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_services(config):\n    return []",
        "import broken",
        "config",
    ),
    "was-written-for-another-api": (
        GOOD.replace('name="NAME"', 'name="broken", api=99'),
        "omnidsl_services",
        "broken.api: was written for API 99, this is API 1",
    ),
    "declares-a-wrong-field": (
        GOOD.replace("NAME", "broken").replace("text: str", "text: bytes"),
        "omnidsl_services",
        "broken.draw.text: the language has no type for <class 'bytes'>",
    ),
}

HOOK = "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_services():\n    return "
UNEXPECTED = {
    "returns-a-list-of-nonsense": (f"{HOOK}['x']", "must return a list of Service, not of str"),
    "declares-an-operation-that-is-no-class": (GOOD.replace("(Draw,)", "('draw',)"), "draw"),
    "declares-what-json-cannot-hold": (
        GOOD.replace("operations=", "summary=object(), operations="),
        "summary",
    ),
    "declares-text-that-utf8-cannot-hold": (
        GOOD.replace("operations=", "summary='\\udcff', operations="),
        "summary",
    ),
    "declares-one-operation-twice": (GOOD.replace("(Draw,)", "(Draw, Draw)"), "draw"),
    "declares-choices-that-are-no-text": (
        GOOD.replace("text: str", "text: __import__('typing').Literal[1, 2]"),
        "Literal",
    ),
    "leaves-python-on-import": ("raise SystemExit(3)", "SystemExit"),
}


def good(name: str) -> str:
    return GOOD.replace("NAME", name).replace("MODULE", name)


def read(site: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Load the catalogue in a child; return its services and problems, what it imported, and what it said."""
    program = """
import json, sys
before = set(sys.modules)
from omnidsl.plugins.index import load
catalogue = load()
print(json.dumps({
    "services": {name: one.distribution for name, one in catalogue.services.items()},
    "problems": [[one.distribution, one.hook, one.problem] for one in catalogue.problems],
    "imported": sorted(set(sys.modules) - before),
}))
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env=environment
        | {
            "PYTHONPATH": str(site),
            "IMPORT_LOG": str(site.parent / "imported"),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        check=True,
    )
    assert result.stderr == ""
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def times_imported(site: Path) -> int:
    return len((site.parent / "imported").read_text())


def cache_file(environment: dict[str, str]) -> Path:
    (file,) = Path(environment["OMNI_CACHE_DIR"]).glob("declarations-*.json")
    return file


def cached(environment: dict[str, str]) -> dict[str, Any]:
    """Return the first line of the cache, which is about everything."""
    head: dict[str, Any] = json.loads(cache_file(environment).read_text("utf-8").split("\n")[0])
    return head


def test_an_installed_plugin_is_found_beside_the_first_party_ones(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"), distribution="studio_plugin")

    services = read(site, child_environment)["services"]

    assert services["studio"] == "studio_plugin"
    assert {"midjourney": "omnidsl", "openai": "omnidsl"}.items() <= services.items()


def test_a_fresh_index_imports_neither_a_plugin_nor_its_libraries(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"))
    read(site, child_environment)

    imported = read(site, child_environment)["imported"]

    assert times_imported(site) == 1
    heavy = {"pluggy", "attr", "attrs", "httpx", "asyncio", "importlib.metadata", "rich", "studio"}
    assert set() == heavy & set(imported)
    assert [
        name for name in imported if name.startswith(("omnidsl_", "omnidsl.plugins.manager"))
    ] == []


def test_a_changed_plugin_file_rebuilds_the_index(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"))
    read(site, child_environment)
    file = site / "studio.py"
    file.write_text(good("renamed"), "utf-8")
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1_000_000_000))

    services = read(site, child_environment)["services"]

    assert ("studio" in services, "renamed" in services) == (False, True)


PACKAGE = {
    "__init__.py": "from atelier.declarations import omnidsl_services\n",
    "declarations.py": "from beside import NAME\n" + GOOD.replace('"NAME"', "NAME").replace("MODULE", "atelier"),
    "prices.toml": "",
}  # fmt: skip  # a file a line


@pytest.mark.parametrize("changed", ["atelier/declarations.py", "beside.py", "atelier/prices.toml"])
def test_whatever_file_declarations_were_read_from_rebuilds_the_index(
    install: Install, child_environment: dict[str, str], changed: str
) -> None:
    site = install("beside", "NAME = 'studio'\n")
    for name, text in PACKAGE.items():
        (site / "atelier").mkdir(exist_ok=True)
        (site / "atelier" / name).write_text(text, "utf-8")
    (site / "beside-1.0.dist-info" / "entry_points.txt").write_text("[omnidsl]\na = atelier\n")
    read(site, child_environment)
    file = site / changed
    file.write_text(file.read_text("utf-8") + "\n# changed\n", "utf-8")

    read(site, child_environment)

    assert times_imported(site) == 2


def test_other_entry_points_of_the_same_version_rebuild_the_index(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"))
    install("second", good("second"))
    (site / "second-1.0.dist-info" / "entry_points.txt").write_text("[omnidsl]\n")
    (site / "studio-1.0.dist-info" / "entry_points.txt").write_text("[omnidsl]\nstudio = studio\n")
    first = read(site, child_environment)["services"]
    (site / "studio-1.0.dist-info" / "entry_points.txt").write_text("[omnidsl]\nsecond = second\n")

    services = read(site, child_environment)["services"]

    assert ("studio" in first, "second" in services, "studio" in services) == (True, True, False)


@pytest.mark.parametrize("what", ["format", "version", "python", "api"])
def test_another_python_or_another_contract_rebuilds_the_index(
    install: Install, child_environment: dict[str, str], what: str
) -> None:
    site = install("studio", good("studio"))
    read(site, child_environment)
    file = cache_file(child_environment)
    head, _, rows = file.read_text("utf-8").partition("\n")
    file.write_text(json.dumps({**json.loads(head), what: "another"}) + "\n" + rows, "utf-8")

    read(site, child_environment)

    assert times_imported(site) == 2


def test_a_newly_installed_plugin_rebuilds_the_index(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"))
    read(site, child_environment)
    install("second", good("second"))

    assert "second" in read(site, child_environment)["services"]


def test_an_uninstalled_plugin_rebuilds_the_index(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"))
    read(site, child_environment)
    (site / "studio-1.0.dist-info" / "entry_points.txt").unlink()
    (site / "studio-1.0.dist-info").rmdir()

    assert "studio" not in read(site, child_environment)["services"]


@pytest.mark.parametrize(("source", "hook", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_costs_one_problem_and_no_other_plugin(
    install: Install, child_environment: dict[str, str], source: str, hook: str, problem: str
) -> None:
    install("broken", source, distribution="broken_plugin")
    site = install("studio", good("studio"))

    answer = read(site, child_environment)

    (found,) = answer["problems"]
    assert (["broken_plugin", hook], True) == (found[:2], problem in found[2])
    assert {"studio", "midjourney", "openai"} <= set(answer["services"])


@pytest.mark.parametrize(("source", "problem"), UNEXPECTED.values(), ids=UNEXPECTED)
def test_a_plugin_that_is_broken_in_an_unexpected_way_costs_one_problem_too(
    install: Install, child_environment: dict[str, str], source: str, problem: str
) -> None:
    install("broken", source.replace("NAME", "broken"), distribution="broken_plugin")
    site = install("studio", good("studio"))

    answer = read(site, child_environment)

    (found,) = answer["problems"]
    assert (found[0], problem in found[2]) == ("broken_plugin", True)
    assert {"studio", "midjourney", "openai"} <= set(answer["services"])


def test_two_distributions_with_one_entry_point_name_are_a_problem_that_names_both(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"), distribution="alpha")
    install("other", good("other"), distribution="beta")
    (site / "beta-1.0.dist-info" / "entry_points.txt").write_text("[omnidsl]\nstudio = other\n")

    (found,) = read(site, child_environment)["problems"]

    assert (found[0], "alpha" in found[2]) == ("beta", True)


def test_problems_are_remembered_by_the_index(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("broken", BROKEN["raises-on-import"][0])
    first = read(site, child_environment)["problems"]

    assert first == read(site, child_environment)["problems"]


def test_a_service_that_two_plugins_claim_stays_the_firsts_and_the_problem_names_both(
    install: Install, child_environment: dict[str, str]
) -> None:
    install("alpha", good("studio"))
    site = install("beta", good("studio"))

    answer = read(site, child_environment)

    assert answer["services"]["studio"] == "alpha"
    assert answer["problems"] == [
        ["beta", "omnidsl_services", "the service `studio` is already brought by alpha"]
    ]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 99, "services": {}}', "\x00", '"猫'],
)
def test_a_cut_or_foreign_cache_is_rebuilt(
    install: Install, child_environment: dict[str, str], content: str
) -> None:
    site = install("studio", good("studio"))
    expected = read(site, child_environment)["services"]
    cache_file(child_environment).write_text(content, "utf-8")

    assert expected == read(site, child_environment)["services"]
    assert "studio" in cached(child_environment)["services"]


def test_a_cache_of_the_right_form_with_wrong_rows_is_rebuilt(
    install: Install, child_environment: dict[str, str]
) -> None:
    site = install("studio", good("studio"))
    expected = read(site, child_environment)["services"]
    file = cache_file(child_environment)
    head, *rows = file.read_text("utf-8").split("\n")
    file.write_text("\n".join([head, *rows[:-1], '{"operations": 3}']), "utf-8")

    assert expected == read(site, child_environment)["services"]


def test_a_cache_folder_that_cannot_be_made_only_costs_time(
    install: Install, child_environment: dict[str, str], tmp_path: Path
) -> None:
    site = install("studio", good("studio"))
    (tmp_path / "file").write_text("no folder")
    environment = child_environment | {"OMNI_CACHE_DIR": str(tmp_path / "file" / "cache")}

    for _ in range(2):
        assert "studio" in read(site, environment)["services"]


def test_nothing_but_the_index_is_left_in_the_cache_folder(
    install: Install, child_environment: dict[str, str]
) -> None:
    read(install("studio", good("studio")), child_environment)

    assert [cache_file(child_environment)] == list(
        Path(child_environment["OMNI_CACHE_DIR"]).iterdir()
    )


def test_only_our_group_of_entry_points_counts(tmp_path: Path) -> None:
    info = tmp_path / "other_plugin-2.1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nx = y:z\n\n[omnidsl]\n# a comment = no\n studio = studio.plugin \n\n[omnidsl.other]\na = b\n"
    )
    expected = [("studio", "studio.plugin", "other_plugin", "2.1")]

    found = scan([str(tmp_path)])

    assert expected == [(one.name, one.module, one.distribution, one.version) for one in found]


@pytest.mark.parametrize(
    "content",
    [b"", b"[omnidsl]", b"[omnidsl]\nstudio\n", b"\xff[omnidsl]\na = b", b"[other]\na = b"],
)
def test_entry_points_without_ours_bring_nothing(tmp_path: Path, content: bytes) -> None:
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_bytes(content)

    assert scan([str(tmp_path), str(tmp_path / "missing")]) == []


def test_a_distribution_that_is_found_twice_counts_once(install: Install) -> None:
    site = install("studio", good("studio"))

    assert len(scan([str(site), str(site)])) == 1


def test_building_twice_gives_the_same_index() -> None:
    points = [EntryPoint("openai", "omnidsl_openai", "omnidsl", "0.1.0")]

    assert build(points) == build(points)


@pytest.mark.parametrize("caches", [None, "", "/somewhere/caches", "/with/slash/"])
def test_the_cache_folder_is_the_one_that_platformdirs_names(
    monkeypatch: pytest.MonkeyPatch, caches: str | None
) -> None:
    monkeypatch.delenv("OMNI_CACHE_DIR", raising=False)
    if caches is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", caches)

    assert Path(user_cache_dir("omnidsl", appauthor=False)) == Path(index.cache_folder())
