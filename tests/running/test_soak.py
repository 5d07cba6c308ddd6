"""The soak in its short form, and whether its judge would notice anything."""

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from tests.running.soak import PASSWORD, SECRETS, Report, soak
from tests.running.soak_judge import Sale, findings, leaks

STEPS = 120


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A run through every kind of fault, killed once and gone on with."""
    folder = tmp_path_factory.mktemp("soak") / "soak"
    return soak(folder, steps=STEPS, seed=3, kills=1, patience=2.0, faults="all=2")


def test_a_run_through_every_fault_loses_nothing_and_pays_nothing_twice(report: Report) -> None:
    assert () == report.wrong
    assert len(report.faults) > 20
    assert report.ends["done"]


Doctor = Callable[[list[Sale]], list[Sale]]


@pytest.mark.parametrize(
    ("doctored", "words"),
    [
        (lambda sold: sold[1:], "is paid in the ledger and was not sold"),
        (lambda sold: [*sold, sold[0]], "was sold 2 times"),
        (lambda sold: [*sold, Sale("omni-x.1.1", "/x")], "is not in the ledger"),
    ],
)
def test_the_judge_sees_books_that_do_not_agree(
    report: Report, doctored: Doctor, words: str
) -> None:
    paid = [one for one in report.sold if report.bought[one.attempt].standing == "paid"]
    found = findings(report.work, report.ends, doctored(paid), report.bought)
    assert 1 == sum(words in one for one in found)


def test_the_judge_sees_a_request_that_was_bought_again_without_need(report: Report) -> None:
    name, purchase = next((k, v) for k, v in report.bought.items() if v.attempt.state == "done")
    sale = next(one for one in report.sold if one.attempt == name)
    second = attrs.evolve(purchase, attempt=attrs.evolve(purchase.attempt, id="again", number=99))
    bought = {**report.bought, "again": second}
    found = findings(report.work, report.ends, [*report.sold, Sale("again", sale.request)], bought)
    assert 1 == len(found)
    assert "was sold again" in found[0]


def test_the_judge_sees_a_step_without_an_end_and_a_secret(report: Report, tmp_path: Path) -> None:
    ends = {**report.ends, "done": report.ends["done"][1:]}
    (tmp_path / "log").write_text(f"http://somebody:{PASSWORD}@x", "utf-8")

    assert 1 == len(findings(report.work, ends, report.sold, report.bought))
    assert [f"log holds {PASSWORD}"] == leaks(tmp_path, SECRETS)
