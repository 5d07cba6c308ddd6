"""Keys name requests: equal requests have equal keys, whatever else changes."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from omnidsl.planning.keys import attempt_id, canonical, canonical_arguments, content_key, step_key
from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TextInput, TurnInput
from omnidsl.plugins import Grid, Handle, Image, Message, Messages, PromptJob

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
ARGUMENTS = st.dictionaries(
    st.text(min_size=1), SCALARS | st.lists(SCALARS, max_size=3), max_size=4
)


@given(ARGUMENTS)
def test_the_order_of_arguments_changes_nothing(arguments: dict[str, object]) -> None:
    backwards = dict(reversed(arguments.items()))

    keys = [content_key("g", "s.o", canonical_arguments(one)) for one in (arguments, backwards)]

    assert keys[0] == keys[1]


@given(ARGUMENTS, ARGUMENTS)
def test_other_arguments_have_another_key(one: dict[str, object], other: dict[str, object]) -> None:
    canon = [canonical_arguments(one), canonical_arguments(other)]

    keys = [content_key("g", "s.o", each) for each in canon]

    # Python takes True and 1 for equal, JSON does not.
    assert (repr(_sorted(canon[0])) == repr(_sorted(canon[1]))) == (keys[0] == keys[1])


def _sorted(value: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted((name, found) for name, found in value.items())


@given(ARGUMENTS)
def test_gateway_operation_and_stated_type_are_part_of_the_key(
    arguments: dict[str, object],
) -> None:
    plain = canonical_arguments(arguments)

    keys = {
        content_key("g", "s.o", plain),
        content_key("h", "s.o", plain),
        content_key("g", "s.p", plain),
        content_key("g", "s.o", canonical_arguments(arguments, "int(1..4)")),
    }

    assert 4 == len(keys)


def test_an_argument_that_is_none_is_as_good_as_absent() -> None:
    assert canonical_arguments({"a": 1}) == canonical_arguments({"a": 1, "b": None})


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    assert canonical(1) == canonical(1.0)


def test_a_file_is_known_by_what_it_holds_and_not_by_where_it_lies() -> None:
    sha256 = "a" * 64
    stored = Image(Path("/x/y.png"), sha256, 3, "image/png")

    assert (
        canonical(FileInput("b.png", sha256, 3))
        == canonical(FileInput("c.png", sha256, 3))
        == canonical(stored)
    )


def test_a_task_is_known_by_its_purchase_and_not_by_its_number_or_facts() -> None:
    one: Handle[Grid] = Handle("g", "default", "17", "k.1", 1, {"buttons": []})
    other: Handle[Grid] = Handle("g", "default", "18", "k.1", 1)
    bought_again: Handle[Grid] = Handle("g", "default", "17", "k.1", 2)

    assert canonical(one) == canonical(other)
    assert canonical(one) != canonical(bought_again)


def test_a_plan_and_a_call_have_one_form() -> None:
    file, picture = FileInput("b.png", "a" * 64, 3), Image(Path("/x"), "a" * 64, 3, "image/png")
    planned = [
        PromptInput(("a ", "fox"), (file,)),
        MessagesInput((TurnInput("user", ("look: ", file)),)),
        TextInput(("a", "b")),
    ]
    bound = [
        PromptJob("a fox", (picture,)),
        Messages((Message("user", ("look: ", picture)),)),
        "ab",
    ]

    assert [canonical(one) for one in bound] == [canonical(one) for one in planned]


def test_a_result_that_is_not_there_is_named_by_its_steps_planned_key() -> None:
    renamed = [canonical(Ref(name, "text"), {name: "k.1"}) for name in ("before", "after")]

    assert renamed[0] == renamed[1]


@given(st.integers(1, 99), st.integers(1, 99))
def test_ids_tell_takes_and_attempts_apart(take: int, number: int) -> None:
    found = attempt_id(step_key("c", take), number)

    assert f"omni-c.{take}.{number}" == found
