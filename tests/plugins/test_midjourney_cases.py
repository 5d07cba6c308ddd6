"""Tables of what gateways say around buttons, by hand from the wire reference, row by row."""

import json
import tomllib
from pathlib import Path
from typing import Any

import attrs
import pytest

from omnidsl.plugins import ArgumentError, Handle, Image, PromptJob, Reply
from omnidsl.plugins.annotations import accepted
from omnidsl.plugins.arguments import operation_name
from omnidsl.running.classifier import classify
from omnidsl_midjourney import wire
from omnidsl_midjourney.buttons import button, catalogue
from omnidsl_midjourney.buttons import named as named_button
from omnidsl_midjourney.meaning import wish
from omnidsl_midjourney.presses import PRESSES
from omnidsl_midjourney.replies import REPLIES
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.presses import press

TABLES = tomllib.loads(
    (Path(__file__).parent / "data" / "midjourney-buttons.toml").read_text("utf-8")
)


OPERATIONS = {operation_name(one): one for one in PRESSES}
MASK = Image(Path("/store/ab/abc.png"), "abc", 7, "image/png")
TEXTS = ["one", "two", "three", "four", "five"]
Row = list[Any]  # Any: TOML, column by column as its head says


def rows(table: str) -> list[Row]:
    """Return every row of a table, without the sources."""
    return [row for group in TABLES[table] for row in group["rows"]]


def named(table: str) -> list[str]:
    return [f"{group['from']}: {row[0]}" for group in TABLES[table] for row in group["rows"]]


def test_there_are_enough_rows_and_none_twice() -> None:
    known = [(table, repr(row)) for table in TABLES for row in rows(table)]

    assert len(known) == len(set(known)) >= 130


@pytest.mark.parametrize("row", rows("receipts"), ids=named("receipts"))
def test_a_receipt_means_what_the_reference_says(row: Row) -> None:
    _, status, body, verdict, reason, *then = row
    reply = Reply(status, {}, body.encode())

    found = classify(reply, REPLIES)

    assert (verdict, reason) == (found.verdict, found.reason)
    if verdict == "accepted":
        step = "answer" if wire.asks(wire.receipt(reply)) else "follow"
        assert then == [step, wire.submitted(reply)]


@pytest.mark.parametrize("row", rows("tasks"), ids=named("tasks"))
def test_a_task_stands_as_its_status_says(row: Row) -> None:
    _, fields, state, progress, reason = row

    found = wire.status(json.loads(fields))

    known = None if progress == -1 else pytest.approx(progress)
    assert (state, known, reason) == (found.state, found.progress, found.reason)


def test_a_window_that_nobody_answers_is_the_end_of_its_task() -> None:
    found = wire.status({"status": "MODAL", "progress": "0%"}, answered=False)

    assert ("failed", True) == (found.state, "`prompt`" in found.reason)


@pytest.mark.parametrize("row", rows("videos"), ids=named("videos"))
def test_videos_are_found_wherever_they_are_printed(row: Row) -> None:
    assert row[2] == wire.videos(json.loads(row[1]))


BUTTONS = rows("buttons")
OTHERS = [
    {"customId": "MJ::Something::new::u-1", "label": "New", "emoji": "🆕"},
    {"customId": "", "label": "Empty", "emoji": ""},
    {"customId": None, "label": None},
]


def asked(row: Row, *buttons: dict[str, object]) -> tuple[str, str]:
    """Return the id of the button that a step presses under a task with these buttons, and whether it asks."""
    operation = OPERATIONS[row[0]]
    facts = {"buttons": [*OTHERS, *buttons], "prompts": TEXTS}
    parent: Handle[Any] = Handle("g", "default", "17", "k.1", 1, facts)  # type: ignore[arg-type]  # a task as it came
    subject = attrs.fields(operation)[0].name
    extra = {"mask": MASK, "prompt": PromptJob("a dog")} if row[0] == "vary_region" else {}
    wanted = wish(operation(**{subject: parent}, **extra, **row[1]))  # type: ignore[arg-type]  # one of PRESSES
    assert ("action", "17") == (wanted.path, wanted.body["taskId"])
    return str(wanted.body["customId"]), wanted.asks


def ids(table: list[Row]) -> list[str]:
    return [f"{row[2]} {'-'.join(map(str, row[1].values()))}" for row in table]


@pytest.mark.parametrize("row", BUTTONS, ids=ids(BUTTONS))
def test_a_button_is_found_by_its_id_whatever_its_label_and_place(row: Row) -> None:
    shown = {"customId": row[2], "label": "?", "emoji": "?"}
    if row[1].get("custom_id") == row[3]:  # named by its label
        shown["label"] = row[3]

    assert (row[2], row[5]) == asked(row, shown)


PLAIN = [row for row in BUTTONS if "custom_id" not in row[1]]


@pytest.mark.parametrize("row", PLAIN, ids=ids(PLAIN))
def test_a_button_is_found_by_its_label_or_emoji_where_its_id_says_nothing(row: Row) -> None:
    shown = {"customId": "opaque::7", "label": row[3], "emoji": row[4]}

    assert ("opaque::7", row[5]) == asked(row, shown)


@pytest.mark.parametrize("row", BUTTONS, ids=ids(BUTTONS))
def test_stock_new_api_serves_its_fixed_set_and_the_operations_of_others_say_so(row: Row) -> None:
    operation, custom_id, verdict = OPERATIONS[row[0]], row[2], row[6]
    if verdict == "refused":
        with pytest.raises(Refused, match="unknown-action"):
            press(custom_id, frozenset())
    else:
        assert press(custom_id, frozenset()).action
    if "custom_id" not in row[1]:
        assert (verdict == "refused") == ("new-api" in operation.not_served_by)


def test_the_catalogue_names_operations_arguments_and_values_that_there_are() -> None:
    for operation, argument, value in catalogue():
        field = attrs.fields_dict(OPERATIONS[operation])[argument]
        assert not isinstance(value, str) or value in accepted(field.type).choices


@pytest.mark.parametrize("name", [one for one in OPERATIONS if not one.startswith("action")])
def test_every_choice_of_an_operation_has_its_button(name: str) -> None:
    (argument,) = {one[1] for one in catalogue() if one[0] == name} - {"index"} or {"index"}
    field = attrs.fields_dict(OPERATIONS[name])[argument]
    rule = attrs.fields_dict(OPERATIONS[name]).get("index")

    for choice in accepted(field.type).choices:
        assert button(name, argument, choice).ids
    for number in range(1, int(rule.metadata["omni"].maximum) + 1) if rule else ():
        assert button(name, "index", number).ids


@pytest.mark.parametrize("words", ["", " ", "upsample", "MJ", "nothing", "opaque"])
def test_words_that_name_no_button_or_several_are_refused_with_those_that_there_are(
    words: str,
) -> None:
    shown: list[Any] = [
        *({"customId": f"MJ::JOB::upsample::{n}::u", "label": f"U{n}"} for n in (1, 2)),
        {"customId": "opaque", "label": "?"},
    ]
    parent: Handle[Any] = Handle("g", "default", "17", "k.1", 1, {"buttons": shown})

    with pytest.raises(ArgumentError, match=r"U1, U2|::"):
        named_button(parent, words, "action")
