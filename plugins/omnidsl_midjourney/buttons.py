"""The buttons of finished tasks: which one a step means, and how it is pressed. The catalogue is `buttons.toml`.

Servers may repeat labels, leave them empty and change their order, so a button is known by a part of its id, else by
its label or emoji, never by its place (wire reference, section 1.7).
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import attrs

from omnidsl.plugins import JSON, ArgumentError, Artifact, Handle
from omnidsl_midjourney.wire import Row, text

Asks = Literal["never", "remix", "always"]
Parent = Handle[Artifact | str]
"""A finished task that buttons hang on: of a picture, a video, or texts."""


@attrs.frozen(kw_only=True)
class Button:
    """A button that a step means: parts of its ids, its labels, whether it asks, the `change` request for it if any.

    `argument` and `value` are what a step names it by, for the error of a task that has no such button.
    """

    argument: str
    value: object
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    asks: Asks
    change: Mapping[str, JSON] | None = None

    def id_among(self, task: Parent) -> str:
        """Return its id under a task; empty where the task has none."""
        rows = shown(task)
        for row in rows:
            if any(part in text(row, "customId") for part in self.ids):
                return text(row, "customId")
        for row in rows:
            if any(one in (row.get("label"), row.get("emoji")) for one in self.labels):
                return text(row, "customId")
        return ""

    def press(self, operation: str, task: Parent) -> tuple[str, dict[str, JSON]]:
        """Return the name of the request that presses it, and its body; ArgumentError where nothing can.

        Where a server prints no buttons at all, the older `change` request does the same for those that it knows.
        """
        if custom := self.id_among(task):
            return "action", {"taskId": task.task, "customId": custom}
        if not shown(task) and self.change is not None:
            return "change", {"taskId": task.task, **self.change}
        expected = f"what the task has a button for ({labels_of(task)})"
        raise ArgumentError(operation, self.argument, expected, self.value)


def named(task: Parent, words: str, operation: str) -> tuple[str, dict[str, JSON]]:
    """Return the request for a button of no catalogue, named by its id, a part of that, its label or its emoji.

    An id holds a number that nobody knows before the task is there, so a part is enough where it fits one button.
    Where a server prints no buttons, the words are the id. ArgumentError where they fit none, or several.
    """
    rows = shown(task)
    ids = [text(row, "customId") for row in rows]
    same = [one for one in ids if one == words]
    parts = [one for one in ids if words in one]
    labelled = [
        text(row, "customId") for row in rows if words in (row.get("label"), row.get("emoji"))
    ]
    found = (same or parts or labelled) if rows else [words]
    if len(found) != 1 or not words.strip():
        expected = "the id of one button, a part of it, or its label"
        raise ArgumentError(
            operation, "custom_id", f"{expected} (there are {labels_of(task)})", words
        )
    if "::" not in found[0]:  # new-api crashes over such an id
        raise ArgumentError(operation, "custom_id", "an id with `::` in it", words)
    return "action", {"taskId": task.task, "customId": found[0]}


def shown(task: Parent) -> list[Row]:
    """Return the buttons that a task shows, as they were printed."""
    found = task.facts.get("buttons")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [row for row in rows if text(row, "customId")]


def labels_of(task: Parent) -> str:
    """Return what a task's buttons show, for people."""
    return ", ".join(text(row, "label", "emoji", "customId") for row in shown(task)) or "none"


def button(operation: str, argument: str, value: object = None) -> Button:
    """Return the catalogue's button for what a step asks; KeyError where it has none."""
    return _CATALOGUE[operation, argument, value]


Key = tuple[str, str, object]
"""What a step asks for: the operation, the argument that names a button, its value (None: any)."""


def catalogue() -> Mapping[Key, Button]:
    """Return every button by what a step asks for."""
    return _CATALOGUE


def _read() -> Mapping[Key, Button]:
    text_ = Path(__file__).with_name("buttons.toml").read_text("utf-8")
    found: dict[Key, Button] = {}
    for row in tomllib.loads(text_)["button"]:
        many = row.get("each")
        for number in range(1, (many or 1) + 1):
            one = _button(row, row.get("value") if many is None else number, number)
            found[row["operation"], one.argument, one.value] = one
    return found


def _button(row: Mapping[str, JSON], value: object, number: int) -> Button:
    action = row.get("change")
    # new-api refuses a missing or zero index even for REROLL.
    change: dict[str, JSON] | None = {"action": action, "index": number} if action else None
    asks = next(one for one in get_args(Asks) if one == row["asks"])
    return Button(
        argument=str(row["argument"]),
        value=value,
        ids=_texts(row["ids"], number),
        labels=_texts(row["labels"], number),
        asks=asks,
        change=change,
    )


def _texts(found: JSON, number: int) -> tuple[str, ...]:
    texts = found if isinstance(found, list) else []
    return tuple(str(one).replace("{n}", str(number)) for one in texts)


_CATALOGUE = _read()
