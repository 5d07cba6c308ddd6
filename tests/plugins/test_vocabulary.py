"""Terms that plugins bring: read from the index, held to what a project's own files are held to, and never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl.plugins.building import build
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.installed import EntryPoint
from omnidsl.plugins.vocabulary import read_table, table
from omnidsl.prompts import Category, HouseRules, Term, load_vocabulary
from tests.conftest import Install

HEAD = """
import os
from omnidsl.plugins import hookimpl
from omnidsl.prompts import Category, Term

with open(os.environ.get("IMPORT_LOG", os.devnull), "a") as log:
    log.write("x")

@hookimpl
def omnidsl_vocabulary():
    return """
GOOD = (
    HEAD
    + """[
        Category(
            "medium",
            [
                Term("medium", "gouache painting", simplified="水粉画", traditional="水粉畫", loose=["gouache"]),
                Term("medium", "oil painting", simplified="油画", excludes=["gouache painting"]),
            ],
            simplified=["媒介"],
        ),
        Category("light", [Term("light", "studio glow", simplified="影棚柔光", aliases=["beauty dish"])]),
    ]
"""
)
RECIPE = "prompt cat {\n    媒介：gouache, 油画\n    光线：影棚柔光\n    可爱的猫 --v 6.1\n}\n"


def built(install: Install, monkeypatch: pytest.MonkeyPatch, **sources: str) -> Catalogue:
    points = []
    for name, source in sources.items():
        monkeypatch.syspath_prepend(install(name, source, distribution=f"{name}_plugin"))
        monkeypatch.delitem(sys.modules, name, raising=False)
        points.append(EntryPoint(name, name, f"{name}_plugin", "1.0"))
    index = build(points)
    assert index == json.loads(json.dumps(index))
    return Catalogue.from_json(index)


def omni(site: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = f"import sys; sys.path.append({str(site)!r}); from omnidsl.__main__ import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, encoding="utf-8", cwd=folder
    )  # fmt: skip  # one call


def test_terms_of_a_plugin_are_known_everywhere(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = install("painter", GOOD)
    (tmp_path / "cat.omni").write_text(RECIPE, "utf-8")
    monkeypatch.setenv("OMNI_LANG", "en")
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("IMPORT_LOG", str(tmp_path / "log"))

    runs = [omni(site, tmp_path, "check", "cat.omni", "--output-format", "json") for _ in range(2)]
    flat = omni(site, tmp_path, "prompt", "parse", "影棚柔光，水粉画，猫", "--json")

    found = [[one["code"] for one in json.loads(run.stdout)["diagnostics"]] for run in runs]
    assert [["OM430"], ["OM430"]] == found
    assert "studio glow,gouache painting,猫" == json.loads(flat.stdout)["canonical"]
    assert "x" == (tmp_path / "log").read_text()  # imported to build the index, and never again


def test_a_plugin_without_terms_leaves_the_vocabulary_as_it_is(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = built(install, monkeypatch, plain="VALUE = 1\n")
    house = HouseRules("omniai")

    assert ((), True, True) == (
        catalogue.problems,
        catalogue.house(house) is house,
        catalogue.vocabulary(load_vocabulary()) is load_vocabulary(),
    )


def test_a_name_that_another_plugin_has_is_told_and_costs_that_term_alone(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = (
        HEAD
        + "[Category('medium', [Term('medium', 'oils', simplified='油画'), Term('medium', 'linocut print')])]"
    )

    catalogue = built(install, monkeypatch, first=GOOD, second=second)

    [problem] = catalogue.problems
    assert ("second_plugin", "omnidsl_vocabulary") == (problem.distribution, problem.hook)
    assert "`油画` already means `oil painting` (medium)" == problem.problem
    vocabulary = catalogue.vocabulary(load_vocabulary())
    assert ["gouache painting", "oil painting", "linocut print"] == [
        one.english for one in getattr(vocabulary.category("medium"), "terms", ())
    ]


def test_a_name_that_a_project_has_stays_the_projects(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = built(install, monkeypatch, painter=GOOD)
    own = load_vocabulary().extended(
        [Category("look", [Term("look", "house oil", simplified="油画")])]
    )

    vocabulary = catalogue.house(HouseRules("omniai", vocabulary=own)).rules.vocabulary

    assert ("house oil", "gouache painting") == tuple(
        getattr(vocabulary.find(name), "english", "") for name in ("油画", "水粉画")
    )


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("5", "must return a list, not int"),
        ("[5]", "must return a list of Category, not of int"),
        ("[Category('medium', ['gouache'])]", "`medium` holds no Term, but str"),
        ("[Category('medium', [Term('medium', 7)])]", "7 cannot be a name"),
        ("[Category('medium', [Term('medium', 'a\\tb')])]", "'a\\tb' cannot be a name"),
        ("[Category('medium', [Term('medium', 'a --tile')])]", "`a --tile` cannot be a name in a vocabulary"),
        ("[Category('two words', [Term('medium', 'gouache')])]", "`two words` cannot be a name in a vocabulary"),
        ("[Category('medium', [Term('medium', 'VCU')])]", "`VCU` already means `Face Shot (VCU)` (shot)"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)  # fmt: skip  # a case a line
def test_a_broken_answer_is_one_problem_of_that_plugin(
    install: Install, monkeypatch: pytest.MonkeyPatch, answer: str, problem: str
) -> None:
    catalogue = built(install, monkeypatch, broken=HEAD + answer, painter=GOOD)

    [found] = catalogue.problems
    assert "broken_plugin" == found.distribution
    assert problem in found.problem
    assert "水粉画" in "".join(catalogue.tables)


def test_a_plugin_that_does_not_import_is_one_problem(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = built(install, monkeypatch, broken="raise RuntimeError('no licence')")

    assert ["import broken"] == [one.hook for one in catalogue.problems]


def test_the_shipped_vocabulary_as_a_table_is_itself() -> None:
    shipped = [one for one in load_vocabulary().categories if one.name not in ("light", "style")]

    known = load_vocabulary().extended([])
    nothing = type(known)([])
    again = read_table(table(shipped), nothing)

    assert [] == [one for one in again.diagnostics if one.code != "OM437"]
    assert [
        (one.name, set(one.names()), [set(term.all_names()) for term in one.terms])
        for one in shipped
    ] == [
        (one.name, set(one.names()), [set(term.all_names()) for term in one.terms])
        for one in again.categories
    ]
