"""What is said of arguments that an operation refuses: in people's words, never as Python writes values."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import (
    ArgumentError,
    Artifact,
    Audio,
    Grid,
    Handle,
    Image,
    Message,
    Messages,
    PromptJob,
    Video,
)
from omnidsl_midjourney.presses import Reroll

FILE = (Path("/store/ab/abc.png"), "abc", 7, "image/png")
HANDLE: Handle[Grid] = Handle("gateway", "default", "17", "k.1", 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing"), (True, "true"), (7, "7"), (2.5, "2.5"), ("big", '"big"'), ("x" * 99, f'"{"x" * 60}…"'),
        (HANDLE, "the handle of a task"), ([HANDLE], "a list of 1"), ((), "a list of 0"), ({}, "a JSON object"),
        (Artifact(*FILE), "a file of 7 bytes"), (Image(*FILE), "a picture of 7 bytes"), (Grid(*FILE), "a grid of 7 bytes"),
        (Audio(*FILE), "a sound of 7 bytes"), (Video(*FILE), "a video of 7 bytes"), (PromptJob("cat"), "a prompt"),
        (PromptJob("cat", (Image(*FILE),)), "a prompt with pictures: 1"), (object(), "a value of the type object"),
        (Messages((Message("user", ("hello",)),)), "a conversation"),
    ],
    ids=str,
)  # fmt: skip  # a table reads whole
def test_a_value_is_shown_by_its_kind(value: object, shown: str) -> None:
    error = ArgumentError("upscale", "grid", "`grid`", value)

    assert f"`upscale`: `grid` must be `grid`, not {shown}" == str(error)
    assert error.value is value


def test_a_list_of_handles_in_a_handles_place_is_refused_in_words() -> None:
    with pytest.raises(ArgumentError, match=r"`grid` must be `grid`, not a list of 1$"):
        Reroll(grid=[HANDLE])  # type: ignore[arg-type]  # the wrong type is the point


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner)))
def test_no_value_makes_a_message_long(value: object) -> None:
    assert len(str(ArgumentError("o", "p", "`text`", value))) < 100
