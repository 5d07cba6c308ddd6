"""A rule set that is named by its day judges by what held on that day."""

import pytest

from omnidsl.prompts import UnknownName, check_rules, load_rules, parse
from omnidsl.prompts.versions import load_versions


def codes(prompt: str, rules: str) -> list[str]:
    return [one.code for one in parse(prompt, rules=rules).diagnostics]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("2022-02", "1"),
        ("2022-12-19", "3"),
        ("2022-12-20", "4"),
        ("2023-05-02", "5"),
        ("2023-05-03", "5.1"),
        ("2023-06-21", "5.1"),
        ("2023-06-22", "5.2"),
        ("2024-02-13", "5.2"),
        ("2024-02-14", "6"),
        ("2024-07-29", "6"),
        ("2024-07-30", "6.1"),
        ("2025-01", "6.1"),
        ("2025-06-16", "6.1"),
        ("2025-06-17", "7"),
        ("2026-06-09", "7"),
        ("2026-06-10", "8.1"),
        ("2026-06-15", "8.1"),
        ("2026-07-23", "8.1"),
        ("2026-07-24", "8.2"),
        ("2026-09", "8.2"),
    ],
)
def test_the_default_version_is_the_one_of_the_day(rules: str, expected: str) -> None:
    assert expected == load_rules(rules).default_version


@pytest.mark.parametrize(
    ("prompt", "rules", "expected"),
    [
        # A version that was not there yet, or not any more.
        ("a cat --v 7", "2025-01", ["OM355"]),
        ("a cat --v 7", "2025-04-02", ["OM355"]),
        ("a cat --v 7", "2025-04-03", []),
        ("a cat --v 8", "2025-04-02", ["OM355"]),  # nobody wrote down when it came: not before 7
        ("a cat --v 8", "2026-07-23", []),
        ("a cat --v 8", "2026-07-24", ["OM345"]),
        ("a cat --niji 7", "2026-01-08", ["OM355"]),
        ("a cat --niji 7", "2026-01-09", []),
        # A value that a version took until a day.
        ("a cat --q 2 --v 5.1", "2023-05", []),
        ("a cat --q 2 --v 5.1", "2023-06-21", []),
        ("a cat --q 2 --v 5.1", "2023-06-22", ["OM342"]),
        # A parameter that a version has from a day on.
        ("a cat --edit https://example.com/a.png --v 8.2", "2026-08-26", ["OM341"]),
        ("a cat --edit https://example.com/a.png --v 8.2", "2026-08-27", []),
        # Prompts that pin nothing are judged by the default of the day.
        ("a cat --q 2", "2025-01", []),
        ("a cat --q 2", "2026-06-09", ["OM346"]),
        ("a cat --q 2", "2026-06-15", ["OM343"]),
        ("a cat --hd", "2026-06-15", ["OM346"]),
        ("a cat --cref https://example.com/a.png", "2025-06-16", ["OM346"]),
        ("a cat --cref https://example.com/a.png", "2025-06-17", ["OM343"]),
        ("a cat --stop 50", "2024-02", []),
    ],
)
def test_a_prompt_is_judged_by_the_day(prompt: str, rules: str, expected: list[str]) -> None:
    assert expected == codes(prompt, rules)


@pytest.mark.parametrize(
    ("prompt", "rules", "expected"),
    [
        ("a cat --v 5.3", "2023-05", "1, 2, 3, 4, 5, 5.1"),
        ("a cat --v 5.3", "2026-07-23", "1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1, 7, 8, 8.1"),
        ("a cat --v 5.3", "2026-07-24", "1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1, 7, 8.1, 8.2"),
        ("a cat --niji 3", "2024-12", "4, 5, 6"),
        ("a cat --v 7", "omniai", "1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1"),
    ],
)
def test_a_number_that_no_version_has_is_told_those_of_the_day(
    prompt: str, rules: str, expected: str
) -> None:
    (found,) = parse(prompt, rules=rules).diagnostics

    assert ("OM308", expected) == (found.code, found.values["choices"])


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2025-04", "2025-04-30"),
        ("2024-02", "2024-02-29"),
        ("2023-02", "2023-02-28"),
        ("2026-07", "2026-07-31"),
        ("2025-12", "2025-12-31"),
    ],
)
def test_a_month_means_its_last_day(month: str, day: str) -> None:
    edition = load_rules(month).edition

    assert edition is not None
    assert day == edition.day


def test_no_name_means_a_day_that_the_data_do_not_know_yet() -> None:
    latest = load_rules("latest").edition
    assert latest is not None

    month = load_rules(latest.day[:7]).edition

    assert month is not None
    assert latest.day == month.day


@pytest.mark.parametrize(
    "name",
    [
        "2022-01", "2022-01-31", "2099-01", "2099-01-01", "1999-01", "2026-13", "2026-00", "2026-9",
        "2025-02-29", "2026-06-31", "2026-06-00", "2026", "2026-06-", "2026-06-15 ", "２０２６-06", "", "newest", "Latest",
    ],
)  # fmt: skip
def test_a_name_outside_of_what_is_known_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(UnknownName) as loaded:
        load_rules(name)
    with pytest.raises(UnknownName) as checked:
        check_rules(name)

    assert str(loaded.value) == str(checked.value)
    held = f"2022-02 … {load_versions().as_of[:7]}"
    assert all(known in str(loaded.value) for known in ("latest", "omniai", held))
