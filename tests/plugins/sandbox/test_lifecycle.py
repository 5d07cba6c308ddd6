import attrs
from hypothesis import given
from hypothesis import strategies as st

from omnidsl_sandbox.tasks import Ending, Status, Task, observe

NOW = 1_800_000_000_000
TASK = Task(
    id="1",
    account="key",
    action="IMAGINE",
    prompt="a cat",
    state="",
    description="",
    submitted=NOW,
    job="job",
    basis="",
    take=0,
)
RANKS = [Status.UNSEEN, Status.SUBMITTED, Status.IN_PROGRESS, Status.SUCCESS]

durations = st.floats(0, 100)
ages = st.integers(0, 200_000)


@given(durations, ages, ages)
def test_a_task_never_goes_back(duration: float, age: int, later: int) -> None:
    first, second = (observe(TASK, NOW + one, duration, 0) for one in (age, age + later))

    assert (RANKS.index(first.status), first.percent) <= (
        RANKS.index(second.status),
        second.percent,
    )


@given(durations, ages)
def test_a_task_is_done_exactly_when_its_duration_is_over(duration: float, age: int) -> None:
    snapshot = observe(TASK, NOW + age, duration, 0)

    assert (age >= duration * 1000) == (snapshot.status is Status.SUCCESS)


@given(durations, ages, st.floats(0.001, 30))
def test_a_stale_fetch_shows_a_moment_at_most_refresh_ago(
    duration: float, age: int, refresh: float
) -> None:
    stale = observe(TASK, NOW + age, duration, refresh)
    oldest = observe(TASK, NOW + age - round(refresh * 1000), duration, 0)
    newest = observe(TASK, NOW + age, duration, 0)

    ranks = [(RANKS.index(one.status), one.percent) for one in (oldest, stale, newest)]
    assert sorted(ranks) == ranks


@given(durations, ages, st.floats(0.001, 30))
def test_looking_again_before_the_refresh_shows_the_same(
    duration: float, age: int, refresh: float
) -> None:
    pause = round(refresh * 1000)
    now = NOW + age
    tick = now - now % pause if pause else now

    assert observe(TASK, tick, duration, refresh) == observe(TASK, now, duration, refresh)


@given(durations, ages)
def test_times_lie_in_order_once_they_are_set(duration: float, age: int) -> None:
    snapshot = observe(TASK, NOW + age, duration, 0)

    assert snapshot.started in (0, max(snapshot.started, NOW))
    assert snapshot.finished in (0, max(snapshot.finished, snapshot.started))


@given(durations, ages)
def test_a_task_that_never_ends_never_ends(duration: float, age: int) -> None:
    task = attrs.evolve(TASK, ending=Ending.NEVER)

    assert observe(task, NOW + age, duration, 0).status not in (Status.SUCCESS, Status.FAILURE)


def test_a_modal_that_nobody_answers_fails_after_an_hour() -> None:
    task = attrs.evolve(TASK, modal=True)

    statuses = [observe(task, NOW + seconds * 1000, 1, 0).status for seconds in (0, 3600, 3601)]

    assert [Status.MODAL, Status.MODAL, Status.FAILURE] == statuses


def test_an_answered_modal_starts_from_its_answer() -> None:
    task = attrs.evolve(TASK, modal=True, confirmed=NOW + 5000)

    statuses = [observe(task, NOW + 5000 + age, 1, 0).status for age in (0, 60, 500, 1000)]

    assert [Status.MODAL, Status.SUBMITTED, Status.IN_PROGRESS, Status.SUCCESS] == statuses
