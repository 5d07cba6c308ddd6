"""What a person sees of a run with more steps than lines: sums, the first of each trouble, what helps."""

import io
import re
import shlex

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from omnidsl.reporting.live_lines import view
from omnidsl.reporting.live_progress import LiveProgress
from omnidsl.reporting.overview import duration, overview
from omnidsl.reporting.progress import Form, progress
from omnidsl.reporting.progress_state import ProgressState
from omnidsl.reporting.progress_words import Words
from omnidsl.running.events import (
    Event,
    Notice,
    RunFinished,
    RunStarted,
    StepDone,
    StepFailed,
    StepHeld,
    StepProgress,
    StepSkipped,
    StepStarted,
    StepSubmitted,
    StepText,
    told,
)
from omnidsl.running.words import commands

COUNT = 100
NAMES = [f"宽图[{number}]" for number in range(COUNT)]


def begun(count: int = COUNT) -> RunStarted:
    operations = {"midjourney.imagine": count - count // 4, "openai.chat": count // 4}
    return RunStarted(
        run="r1",
        time=0.0,
        recipe="a.omni",
        pipeline="p",
        gateway="g",
        steps=NAMES[:count],
        operations=operations,
    )


def submitted(node: str, at: float) -> list[Event]:
    started = StepStarted(node=node, time=at, operation="midjourney.imagine", step="k")
    return [started, StepSubmitted(node=node, time=at, step="k", attempt="a", task="7")]


def done(node: str, at: float) -> Event:
    return StepDone(node=node, time=at, step="k", attempt="a", reused=False)


def failed(node: str, reason: str = "task-failed") -> Event:
    values = told(reason, {"service": "midjourney", "task": "7", "words": "bad", "run": "r1"})
    return StepFailed(node=node, operation="midjourney.imagine", time=9.0, **values)


def held(node: str) -> Event:
    values = told("held", {"words": "reset", "attempt": "a", "run": "r1", "node": node})
    return StepHeld(node=node, time=9.0, step="k", attempt="a", **values)


def finished(status: int) -> RunFinished:
    return RunFinished(
        status=status, done=1, reused=0, failed=0, held=0, left=0, saved=0, seconds=1.0
    )


def show(form: Form, *events: Event) -> list[str]:
    """Return the lines on stderr."""
    err = io.StringIO()
    with progress(err, io.StringIO(), form=form, language="en") as listener:
        for one in events:
            listener(one)
    return err.getvalue().splitlines()


def test_where_nobody_looks_a_large_run_is_counted_every_five_seconds() -> None:
    steps = [done(node, at / 2) for at, node in enumerate(NAMES[:22])]

    assert ["run r1 at g, steps: 100", "steps: 11 of 100 · 5 s", "steps: 21 of 100 · 10 s"] == show(
        "plain", begun(), *steps
    )


def test_one_trouble_of_a_large_run_is_told_three_times_and_then_counted() -> None:
    lines = show("plain", begun(), *map(failed, NAMES[:9]), failed(NAMES[9], "needs"))

    assert [f"failed {node}:" for node in NAMES[:3]] == [
        " ".join(line.split()[:2]) for line in lines if line.startswith("failed")
    ]
    assert 1 == lines.count("further ones are only counted")
    assert not any(line.startswith("left out") for line in lines)


def test_quiet_says_nothing_while_all_is_well() -> None:
    assert [] == show("quiet", begun(), done(NAMES[0], 1.0), finished(0))


def test_quiet_says_what_went_wrong() -> None:
    lines = show("quiet", begun(), failed(NAMES[0]), finished(1))

    assert lines[0].startswith(f"failed {NAMES[0]}: midjourney took the task 7 and it failed: bad")


def state_after(*events: Event) -> ProgressState:
    state = ProgressState()
    for one in events:
        state.take(one)
    return state


def test_a_large_run_is_summed_up_by_operation() -> None:
    state = state_after(
        begun(), *submitted(NAMES[0], 1.0), *submitted(NAMES[1], 1.0), failed(NAMES[0])
    )

    shown = view(state, Words("en"), 9.0, width=100, height=20, by_step=False)

    sums = shown[0].plain
    assert re.fullmatch(r"midjourney\.imagine ─+ 1/75, failed 1, at work 1 *", sums), sums
    assert re.fullmatch(r"openai\.chat +─+ 0/25 *", shown[1].plain)


def test_steps_that_wait_for_their_turn_have_no_line_in_a_large_run() -> None:
    waiting = [
        StepStarted(node=node, time=1.0, operation="midjourney.imagine", step="k")
        for node in NAMES[2:]
    ]
    state = state_after(begun(), *submitted(NAMES[0], 1.0), *waiting)

    shown = view(state, Words("en"), 9.0, width=100, height=20, by_step=False)

    assert 4 == len(shown)


def test_the_view_names_the_command_that_helps() -> None:
    state = state_after(begun(), held(NAMES[3]), failed(NAMES[4]))

    shown = [one.plain for one in view(state, Words("en"), 9.0, width=100, height=20, by_step=True)]

    assert f"  $ omni resume r1 --resubmit '{NAMES[3]}'" in shown
    assert "  $ omni retry r1" in shown


@given(
    width=st.integers(8, 200),
    height=st.integers(1, 60),
    by_step=st.booleans(),
    language=st.sampled_from(("en", "zh")),
    kinds=st.lists(st.sampled_from("wsdfhx"), max_size=COUNT),
)
def test_the_view_never_leaves_its_window(
    width: int,
    height: int,
    by_step: bool,
    language: str,
    kinds: list[str],
) -> None:
    state = state_after(begun())
    for node, kind in zip(NAMES, kinds, strict=False):
        further: dict[str, Event] = {
            "s": StepProgress(node=node, time=2.0, state="running", progress=0.5),
            "d": done(node, 3.0),
            "f": failed(node),
            "h": held(node),
            "x": StepSkipped(node=node, operation="openai.chat", time=3.0),
        }
        events = [*submitted(node, 1.0), *([further[kind]] if kind in further else ())]
        for event in events:
            state.take(event)

    shown = view(state, Words(language), 9.0, width=width, height=height, by_step=by_step)

    assert len(shown) <= height
    assert all(wcswidth(one.plain) <= width for one in shown[:-1])
    assert wcswidth(shown[-1].plain) <= max(width, 20)


def test_counts_of_the_sums_agree_with_the_steps() -> None:
    events = [*submitted(NAMES[0], 1.0), *submitted(NAMES[1], 1.0), *submitted(NAMES[2], 1.0)]
    state = state_after(begun(), *events, done(NAMES[0], 2.0), held(NAMES[1]))

    group = state.groups["midjourney.imagine"]

    assert (75, 2, 1, 0, 1) == (group.total, group.ended, group.at_work, group.failed, group.held)


def test_the_time_left_follows_the_pace() -> None:
    ten = [*(one for node in NAMES[:10] for one in submitted(node, 10.0))]
    state = state_after(begun(), *ten, *(done(node, 20.0) for node in NAMES[:10]))

    assert 90.0 == state.seconds_left(20.0)


def test_results_of_earlier_runs_say_nothing_about_the_pace() -> None:
    reused = [
        StepDone(node=node, time=1.0, step="k", attempt="a", reused=True) for node in NAMES[:50]
    ]

    assert None is state_after(begun(), *reused).seconds_left(2.0)


def paid(node: str, reserved: int) -> list[Event]:
    started = StepStarted(node=node, operation="openai.chat", step="k")
    return [started, StepSubmitted(node=node, step="k", attempt="a", reserved=reserved)]


def test_the_last_line_says_what_was_spent_and_what_is_reserved() -> None:
    one, two, three, four = NAMES[:4]
    events = [*paid(one, 400_000), *paid(two, 200_000), *paid(three, 100_000), *paid(four, 50_000)]
    cheaper = StepDone(node=one, step="k", attempt="a", reused=False, charged=300_000)

    state = state_after(attrs.evolve(begun(), currency="USD"), *events, cheaper, held(two))
    state.take(failed(three))

    assert "spent USD 0.40 · reserved 0.25" in overview(state, Words("en"), 9.0)


def test_the_end_of_a_run_says_exactly_what_it_cost() -> None:
    end = attrs.evolve(finished(3), charged=120_000, reserved=30_000)

    lines = show("plain", attrs.evolve(begun(), currency="EUR"), end)

    assert "spent EUR 0.12, reserved 0.03" in lines


def test_nobody_takes_what_the_sandbox_would_have_cost_for_money() -> None:
    end = attrs.evolve(finished(0), charged=120_000)

    lines = show("plain", attrs.evolve(begun(), currency="USD", gateway="sandbox"), end)

    assert "simulated cost USD 0.12" in lines
    assert "spent" not in lines


def test_a_run_that_goes_on_counts_what_it_cost_before() -> None:
    again = attrs.evolve(begun(), currency="USD", resumed=True, charged=7_500_000)
    done = StepDone(node=NAMES[0], step="k", attempt="a", reused=False, charged=100_000)

    line = overview(state_after(again, *paid(NAMES[0], 100_000), done), Words("en"), 9.0)

    assert "spent USD 7.60" in line


@pytest.mark.parametrize("width", [33, 80])
def test_an_answer_that_comes_as_a_stream_shows_its_end(width: int) -> None:
    started = StepStarted(node=NAMES[0], operation="openai.chat", step="k")
    pieces = [
        StepText(node=NAMES[0], text=text) for text in ("从前有一只\n", "猫\x1b[2J", "叫作墨")
    ]
    state = state_after(begun(), started, *pieces)

    line = view(state, Words("en"), 9.0, width=width, height=9, by_step=True)[0].plain

    assert "猫␛[2J叫作墨" in line
    assert wcswidth(line) <= width


def test_a_run_that_stops_says_so_and_what_it_still_waits_for() -> None:
    words = told("stopping", {"flight": "2", "seconds": "30", "run": "r1"})
    events = [*submitted(NAMES[0], 1.0), *submitted(NAMES[1], 1.0), Notice(**words)]

    line = overview(state_after(begun(), *events), Words("en"), 9.0, 50)

    assert line.startswith("stopping · steps: 0 of 100 · at work 2")


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (120, "steps: 0 of 100 · at work 1 · failed 1 · spent USD 0.40 · reserved 0.20 · 9 s"),
        (45, "steps: 0 of 100 · spent USD 0.40 · 9 s"),
        (20, "steps: 0 of 100"),
    ],
)
def test_what_matters_most_stays_in_a_narrow_line(width: int, line: str) -> None:
    one, two = NAMES[:2]
    state = state_after(
        attrs.evolve(begun(), currency="USD"), *paid(one, 400_000), *paid(two, 200_000), failed(one)
    )
    state.ended = 0

    assert line == overview(state, Words("en"), 9.0, width)


@pytest.mark.parametrize("form", ["plain", "quiet"])
def test_of_many_ways_out_the_first_few_are_told(form: Form) -> None:
    many = [attrs.evolve(held(node), run="r1") for node in NAMES[:30]]

    lines = show(form, begun(), *many, finished(3))

    assert 3 == sum("--resubmit" in one for one in lines)
    assert "and 27 more of the kind; what helps each: omni history r1" in lines


def test_times_are_short() -> None:
    assert ["0 s", "59 s", "1:00", "59:59", "1:00:00", "27:46:40"] == [
        duration(one) for one in (-1, 59, 60, 3599, 3600, 100_000)
    ]


def test_only_trouble_leaves_a_line_above_the_view_of_a_large_run() -> None:
    err = io.StringIO()
    display = LiveProgress(err, io.StringIO(), Words("en"), width=80, clock=lambda: 15.0)
    for event in (begun(), done(NAMES[0], 1.0), failed(NAMES[1])):
        display(event)
    display.close()

    assert f"done {NAMES[0]}" not in err.getvalue()
    assert f"failed {NAMES[1]}: midjourney took" in err.getvalue()


@given(node=st.text(min_size=1, max_size=20))
def test_what_fills_a_command_stays_one_word_of_a_shell(node: str) -> None:
    first = commands("held", {"run": "r1", "node": node})[0]

    assert ["omni", "resume", "r1", "--resubmit", node] == shlex.split(first)
