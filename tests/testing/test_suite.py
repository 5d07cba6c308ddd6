"""The conformance suite passes a backend in good order, and each law catches the fault that it is about.

Some faults only; `python -m tests.testing.mutants` tries all of them on all laws, in some minutes.
"""

from pathlib import Path

import pytest

from omnidsl.testing import BackendSuite
from tests.testing.mutants import MUTANTS, Mutant
from tests.testing.sketchy import broken, installed, judged

QUICK = (
    "pays twice",
    "drops the attempt's id",
    "leaks the key into facts",
    "polls one by one",
    "gives a part of another type",
    "takes whatever is listed for its own",
    "takes a refusal for success",
    "does not hold to its bounds",
    "forgets to collect",
    "prints",
)
ONE_DEATH = "ignores kept replies"


def laws() -> set[str]:
    return {name for name in dir(BackendSuite) if name.startswith("test_")}


def test_a_backend_in_good_order_passes(tmp_path: Path) -> None:
    done = judged(tmp_path, "-k", "not kill or (poster and settled)")

    assert 0 == done.returncode, done.stdout + done.stderr


def by_name(mutant: Mutant) -> str:
    return mutant.name


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.name in QUICK], ids=by_name)
def test_a_fault_is_caught_by_its_law(mutant: Mutant, tmp_path: Path) -> None:
    done = judged(tmp_path, "-k", mutant.law, fault=mutant.applied)

    assert {mutant.law} == broken(done), done.stdout + done.stderr


def test_a_backend_that_ignores_kept_replies_pays_twice_after_a_kill(tmp_path: Path) -> None:
    (mutant,) = (one for one in MUTANTS if one.name == ONE_DEATH)

    done = judged(tmp_path, "-k", "kill and poster and settled", fault=mutant.applied)

    assert {mutant.law} == broken(done), done.stdout + done.stderr
    assert "2 were sold instead of 1" in done.stdout


def test_every_fault_names_a_law() -> None:
    assert set() == {one.law for one in MUTANTS} - laws()


@pytest.mark.parametrize("mutant", MUTANTS, ids=by_name)
def test_a_fault_has_something_to_replace(mutant: Mutant, tmp_path: Path) -> None:
    mutant.applied(installed(tmp_path))


def test_every_law_that_a_plugin_can_break_has_a_fault() -> None:
    without = {  # these hold the framework to its word, with the author's declarations
        "test_declarations_survive_the_index",
        "test_a_limit_beside_other_arguments_is_enforced",
        "test_what_was_bought_is_not_bought_again",
        "test_a_session_calls_it_with_and_without_an_event_loop",
        "test_python_runs_it_with_and_without_an_event_loop",
    }
    assert without == laws() - {one.law for one in MUTANTS}
