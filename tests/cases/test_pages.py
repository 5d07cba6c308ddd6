"""Every page is whole, and its examples are what it says they are: found in the data, not listed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl.language.catalogue import LANGUAGES, codes, entry
from omnidsl.language.pages import KINDS, PARTS, Blob, Page, page, pages
from tests.cases.asking import check, codes_of_command, read_prompt, write
from tests.conftest import Install

ALL = pages()
GREETING = 'prompt hello = "a cat waves --v 6.1"\n'
"""The recipe beside settings and plugins, in which there is nothing to find."""


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_the_bad_example_earns_its_code_and_nothing_else(
    one: Page, project: Path, install: Install
) -> None:
    found = findings(one, one.bad, project, install)

    assert {one.code} == set(found), found


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_the_good_example_is_free_of_findings(one: Page, project: Path, install: Install) -> None:
    assert [] == findings(one, one.good, project, install)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_a_page_promises_a_fix_that_there_is(one: Page, project: Path) -> None:
    """In prose `--fix` stands for a safe fix, `--unsafe-fixes` for the other kind."""
    told = one.text("fix", "en"), one.text("fix", "zh")
    promised = [("--fix`" in text, "--unsafe-fixes`" in text) for text in told]

    if True in promised[0] + promised[1]:
        write(project, "recipe.omni", one.bad + "\n")
        quiet = entry(one.code).quiet
        prompt = one.kind == "prompt"
        found = read_prompt(one.bad, remarks=quiet) if prompt else check("recipe.omni")
        kinds = {fix["applicability"] for finding in found if (fix := finding["fix"])}
        assert [("safe" in kinds, "unsafe" in kinds)] * 2 == promised


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_a_page_is_whole_in_every_language(one: Page, language: str) -> None:
    texts = {part: one.text(part, language) for part in PARTS}

    assert [] == [part for part, text in texts.items() if not text.endswith((".", "。", "!", "？"))]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_chinese_is_chinese(one: Page) -> None:
    texts = [one.text(part, "zh") for part in PARTS]

    assert [] == [text for text in texts if not re.search("[\u4e00-\u9fff]", text)]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_a_page_is_about_a_code_of_its_kind(one: Page) -> None:
    assert (True, True) == (one.code in codes(), one.kind in KINDS)


def test_a_code_without_a_page_has_none() -> None:
    assert (None, None) == (page("OM300"), page("OM799"))


def findings(one: Page, example: str, project: Path, install: Install) -> list[str]:
    """Return the codes that an example earns, in its own folder."""
    plugins = {one.kind: example} if one.kind == "plugin" else {}
    for path, content in one.files.items():
        if path.endswith(".py") and "/" not in path:
            plugins[path] = str(content)
        else:
            write(project, path, content.content if isinstance(content, Blob) else content)
    if one.kind == "prompt":
        return [found["code"] for found in read_prompt(example, remarks=entry(one.code).quiet)]
    if one.kind == "command":
        return codes_of_command(example)
    main = "recipe.omni"
    write(project, main, example + "\n" if one.kind == "recipe" else GREETING)
    if one.kind == "settings":
        write(project, "omni.toml", example + "\n")
    for module in plugins.values():
        return with_plugin(install("studio", module + "\n"))
    return [found["code"] for found in check(main)]


def with_plugin(site: Path) -> list[str]:
    """Return the codes of `omni check` where the plugins in a folder are installed, too."""
    program = (
        f"import sys; sys.path.append({str(site)!r}); from omnidsl.__main__ import main; main()"
    )
    command = [sys.executable, "-c", program, "check", "recipe.omni"]
    finished = subprocess.run(command, capture_output=True, encoding="utf-8")
    return re.findall(r"\[(OM\d{3})\]", finished.stdout)
