"""Every code has a page, whose examples are tests, and two golden files or, where no file earns it, a test elsewhere."""

from pathlib import Path

import pytest

from omnidsl.language.catalogue import codes
from omnidsl.language.pages import page
from tests.cases.test_golden import CASES

TESTS = Path(__file__).parents[1]

ELSEWHERE = {
    "OM604": "language/test_reader.py",  # more than 1 MB
    "OM612": "checking/test_codes.py",  # as above
    "OM212": "checking/test_calls.py",  # an operation without a subject, of a plugin
    "OM901": "cli/test_plugins.py",  # a broken plugin
    "OM920": "plugins/test_choice.py",  # two plugins
    "OM251": "plugins/contributions/test_functions.py",  # functions of a plugin
    "OM252": "plugins/contributions/test_functions.py",  # as above
    "OM429": "plugins/contributions/test_rules.py",  # a rule of a plugin
    "OM921": "plugins/contributions/test_functions.py",  # a function that fails
    "OM918": "plugins/test_choice.py",  # a plugin of another time
}
"""Codes that no small file earns, and where their tests are."""


@pytest.mark.parametrize("code", codes())
def test_a_code_has_a_page(code: str) -> None:
    assert page(code) is not None, (
        f"write its page into omnidsl/language/codes/pages/{code[:3]}.toml"
    )


@pytest.mark.parametrize("code", [one for one in codes() if one not in ELSEWHERE])
def test_a_code_has_two_golden_files(code: str) -> None:
    own = [one for one in CASES if one.parent.name == code]

    assert len(own) >= 2, (
        f"add {2 - len(own)} to tests/cases/{code}/, then `pytest tests/cases --update`"
    )


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_code_without_golden_files_is_tested_elsewhere(code: str) -> None:
    assert code in (TESTS / ELSEWHERE[code]).read_text("utf-8")
