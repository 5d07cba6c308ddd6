"""What a person sees of a run: live, plain, as JSON, in both languages."""

import io
import json
import re
import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import omnidsl.reporting
from omnidsl.plugins import JSON
from omnidsl.reporting.live_progress import LiveProgress
from omnidsl.reporting.progress import Form, PlainProgress, progress
from omnidsl.reporting.progress_words import Words
from omnidsl.running.events import (
    Event,
    Notice,
    RunFinished,
    RunStarted,
    Saved,
    SaveFailed,
    StepDone,
    StepFailed,
    StepHeld,
    StepProgress,
    StepStarted,
    StepSubmitted,
    told,
)


def failed(node: str, reason: str, **values: JSON) -> StepFailed:
    return StepFailed(run="r1", time=9.0, node=node, **told(reason, values))


HELD: dict[str, JSON] = {
    "words": "no answer",
    "attempt": "omni-k.1.1",
    "run": "r1",
    "node": "宽图[1]",
}
EVENTS: list[Event] = [
    RunStarted(run="r1", sequence=1, time=1.0, recipe="a.omni", pipeline="p", gateway="g", steps=["hero", "bad", "宽图[1]"]),
    StepStarted(run="r1", time=2.0, node="hero", operation="s.o", step="k.1"),
    StepStarted(run="r1", time=2.0, node="宽图[1]", operation="s.o", step="k.2"),
    StepSubmitted(run="r1", time=3.0, node="hero", step="k.1", attempt="a", task="17"),
    StepProgress(run="r1", time=4.0, node="hero", state="running", progress=0.5),
    Notice(run="r1", time=4.0, node="hero", **told("waiting", {"node": "hero", "words": "busy", "seconds": 1})),
    StepDone(run="r1", time=5.5, node="hero", step="k.1", attempt="a", reused=False, task="17"),
    Saved(run="r1", time=5.5, node="hero", path="/out/hero.png", size=3, sha256="0"),
    failed("bad", "task-failed", service="midjourney", task="18", run="r1", words="[Invalid parameter]"),
    failed("after", "needs", parent="bad"),
    StepHeld(run="r1", time=9.0, node="宽图[1]", step="k.2", attempt="omni-k.1.1", **told("held", HELD)),
]  # fmt: skip  # a story reads whole


def finished(status: int) -> RunFinished:
    return RunFinished(
        run="r1",
        time=10.0,
        status=status,
        done=1,
        reused=2,
        failed=1,
        held=1,
        left=1,
        saved=1,
        seconds=8.0,
    )


def show(form: Form, *events: Event, language: str = "en") -> tuple[str, str]:
    """Return what went to stderr and to stdout."""
    err, out = io.StringIO(), io.StringIO()
    with progress(err, out, form=form, language=language) as listener:
        for one in events:
            listener(one)
    return err.getvalue(), out.getvalue()


def screen(written: str) -> str:
    """Return what stands on a terminal of endless height after all that was written to it."""
    rows, row = [""], 0
    for piece in re.findall(r"\x1b\[[0-9;?]*[a-zA-Z]|\n|\r|[^\x1b\n\r]+", written):
        if piece == "\n":
            row += 1
            rows += [""] * (row + 1 - len(rows))
        elif piece.endswith("A") and piece[0] == "\x1b":
            row -= int(piece[2:-1] or 1)
        elif piece == "\x1b[2K":
            rows[row] = ""
        elif piece[0] not in "\x1b\r":
            rows[row] += piece
    return "\n".join(rows)


@pytest.mark.parametrize("form", ["plain", "live", "quiet"])
def test_results_go_to_stdout_and_nothing_else_does(form: Form) -> None:
    _, out = show(form, *EVENTS, finished(3))

    assert "/out/hero.png\n" == out


def test_json_lines_are_the_events_themselves() -> None:
    err, out = show("json", *EVENTS)

    assert ([one.to_json() for one in EVENTS], "") == (
        [json.loads(line) for line in out.splitlines()],
        err,
    )
    assert out.isascii()


def test_plain_lines_tell_the_story() -> None:
    err, _ = show("plain", *EVENTS, finished(3))

    assert [
        "run r1 at g, steps: 3",
        "submitted hero 17",
        "note hero: busy; trying again in 1 s",
        "done hero (3.5 s)",
        "failed bad: midjourney took the task 18 and it failed: [Invalid parameter]",
        "left out after: it needs `bad`, which has no result",
    ] == err.splitlines()[:6]


@pytest.mark.parametrize("form", ["plain", "quiet", "live"])
def test_the_summary_says_what_to_do(form: Form) -> None:
    err, _ = show(form, *EVENTS, finished(3))

    plain = " ".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", err).split())
    assert "1 done, 2 reused, 1 failed, 1 held, 1 left out, files saved: 1, time: 8.0 s" in plain
    assert "omni resume r1 --resubmit '宽图[1]'" in plain
    assert "omni retry r1" in plain


@pytest.mark.parametrize(("status", "words"), [(130, "interrupted"), (143, "omni resume r1")])
def test_a_run_that_can_go_on_says_how(status: int, words: str) -> None:
    err, _ = show("plain", *EVENTS[:2], finished(status))

    assert words in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (["task-failed"], "omni retry r1"),
        (["cancelled", "banned-word"], "omni retry r1"),
        (["queue-full"], "to try the rest: omni resume r1"),
        (["time-out", "banned-word"], "to try the rest: omni resume r1"),
        (["banned-word", "does-not-fit"], "change what failed, then run again"),
        (["abandoned"], "1 done"),
    ],
)
def test_the_last_line_names_what_brings_failed_steps_on(reasons: list[str], words: str) -> None:
    err, _ = show("plain", EVENTS[0], *(failed(one, one) for one in reasons), finished(1))

    assert words in err.splitlines()[-1]


@pytest.mark.parametrize("form", ["plain", "quiet", "live"])
def test_words_and_way_out_are_told_once(form: Form) -> None:
    err, _ = show(form, *EVENTS, finished(3))

    plain = " ".join(screen(err).split())
    for words in ("and it failed: [Invalid", "answer was lost", "look for omni", "buy it anew"):
        assert 1 == plain.count(words), words


def test_one_way_out_of_many_steps_is_told_once_and_counts_them() -> None:
    refused = [failed(f"s{number}", "quota", words="none left") for number in range(5)]

    err, _ = show("plain", EVENTS[0], *refused, finished(1))

    assert ["failed s0, s1, s2 and 2 more:"] == [
        line for line in err.splitlines() if line.endswith(":")
    ]
    assert 1 == err.count("top up the account")


def test_a_notice_about_the_whole_run_names_no_step() -> None:
    err, _ = show("plain", Notice(run="r1", **told("listener", {"words": "it broke"})))

    assert "note: a listener of this run broke and hears no more: it broke\n" == err


@pytest.mark.parametrize("form", ["plain", "quiet", "live"])
def test_paths_below_the_current_folder_are_shown_from_there(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = str(tmp_path.resolve())
    values: dict[str, JSON] = {"path": f"{here}/out/b.png", "words": "full"}

    err, out = show(
        form,
        EVENTS[0],
        Saved(run="r1", node="hero", path=f"{here}/out/猫.png", size=3, sha256="0"),
        Saved(run="r1", node="hero", path=f"{here}/-x.png", size=3, sha256="0"),
        Saved(run="r1", node="hero", path=f"{here}2/c.png", size=3, sha256="0"),
        SaveFailed(run="r1", node="hero", path="b.png", **told("disk", values)),
        finished(1),
    )

    assert f"out/猫.png\n./-x.png\n{here}2/c.png\n" == out
    assert "not saved b.png: cannot write out/b.png: full" in " ".join(err.split())


def test_events_keep_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    _, out = show("json", Saved(run="r1", node="a", path=f"{tmp_path}/a.png", size=1, sha256="0"))

    assert f"{tmp_path}/a.png" == json.loads(out)["path"]


def test_everything_is_said_in_chinese() -> None:
    err, _ = show("plain", *EVENTS, finished(3), language="zh")

    latin = [line for line in err.splitlines() if not re.search(r"[\u4e00-\u9fff]", line)]
    assert [] == latin
    assert "失败 bad：" in err or "失败 bad: " in err


@pytest.mark.parametrize("width", [20, 30, 56, 80, 200])
def test_the_live_view_fits_any_terminal(width: int) -> None:
    from wcwidth import wcswidth

    err, out = io.StringIO(), io.StringIO()
    display = LiveProgress(err, out, Words("zh"), width=width, clock=lambda: 15.0)
    for one in EVENTS[:5]:
        display(one)
    display._live.refresh()
    display.close()

    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", err.getvalue()).replace("\r", "\n")
    assert "hero" in plain
    assert all(wcswidth(line) <= width for line in plain.splitlines())


def test_the_live_view_shows_every_step_at_work_and_how_far_it_is() -> None:
    err = io.StringIO()
    display = LiveProgress(err, io.StringIO(), Words("en"), width=80, clock=lambda: 15.0)
    for one in EVENTS[:5]:
        display(one)
    display._live.refresh()
    display.close()

    assert "running 50%" in err.getvalue()
    assert "宽图[1]" in err.getvalue()
    assert "steps: 0 of 3" in err.getvalue()


def test_the_live_view_is_without_colours_when_nobody_wants_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    err, _ = show("live", *EVENTS, finished(3))

    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", err)


def test_what_a_person_has_to_know_stands_below_the_results_on_a_terminal() -> None:
    both = io.StringIO()
    display = LiveProgress(both, both, Words("en"), width=80, clock=lambda: 15.0)
    saved = Saved(run="r1", time=3.0, node="a", path="/far/a.png", size=1, sha256="0")
    for one in (EVENTS[0], saved, finished(130)):
        display(one)
    display.close()

    shown = both.getvalue()
    assert shown.index("/far/a.png") < shown.index("omni resume r1")


def test_more_steps_than_lines_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "10")
    err = io.StringIO()
    display = LiveProgress(err, io.StringIO(), Words("en"), width=80, clock=lambda: 15.0)
    display(EVENTS[0])
    for number in range(30):
        display(StepStarted(run="r1", time=2.0, node=f"s{number}", operation="s.o", step="k"))
    display._live.refresh()
    display.close()

    assert re.search(r"and \d+ more", err.getvalue())


def test_plain_lines_are_chosen_where_nobody_looks() -> None:
    err, out = io.StringIO(), io.StringIO()
    with progress(err, out) as listener:
        assert isinstance(listener, PlainProgress)


@pytest.mark.parametrize("form", ["plain", "live"])
@given(text=st.text())
def test_no_gateway_can_steer_the_terminal(form: Form, text: str) -> None:
    err, _ = show(
        form,
        EVENTS[0],
        failed("x", "task-failed", words="\x1b]0;evil\x07\x1b[2J" + text),
        finished(1),
    )

    assert "\x1b]0" not in err
    assert "\x07" not in err
    assert "\x1b[2J" not in err


def test_every_phrase_says_the_same_in_both_languages() -> None:
    file = Path(omnidsl.reporting.__file__).parent / "progress.toml"
    for key, row in tomllib.loads(file.read_text("utf-8")).items():
        names = [
            {name for _, name, _, _ in string.Formatter().parse(row[one]) if name}
            for one in ("en", "zh")
        ]
        assert names[0] == names[1], key
