"""Takes: every one of several equal requests has a number of its own."""

from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.takes import Takes

WANTED = st.lists(st.integers(1, 12), max_size=20)


def taken(wanted: list[int]) -> list[int]:
    takes = Takes()
    return [takes.take("c", one) for one in wanted]


@given(WANTED)
def test_no_two_equal_requests_share_a_take(wanted: list[int]) -> None:
    assert len(wanted) == len(set(taken(wanted)))


@given(WANTED)
def test_each_gets_the_first_free_take_from_the_one_it_asked_for(wanted: list[int]) -> None:
    expected: list[int] = []
    for one in wanted:
        expected.append(next(n for n in range(one, 40) if n not in expected))

    assert expected == taken(wanted)


@given(WANTED.flatmap(lambda wanted: st.tuples(st.just(wanted), st.permutations(wanted))))
def test_the_takes_of_a_plan_do_not_depend_on_the_order_of_its_steps(
    orders: tuple[list[int], list[int]],
) -> None:
    wanted, shuffled = orders

    assert set(taken(wanted)) == set(taken(shuffled))


def test_other_requests_are_counted_by_themselves() -> None:
    takes = Takes()

    assert [1, 1, 2] == [takes.take("c"), takes.take("d"), takes.take("c")]
