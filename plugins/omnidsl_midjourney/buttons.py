"""The buttons of finished tasks: which one a step means, and how it is pressed.

Servers may repeat labels, leave them empty and change their order, so a button is known by a part of its id, else by
its label or emoji (wire reference, section 1.7).
"""

from collections.abc import Mapping

import attrs

from omnidsl.plugins import JSON, ArgumentError, Artifact, Handle
from omnidsl_midjourney.wire import Row, text


@attrs.frozen
class Button:
    """A button that a step means: part of its id, its label or emoji, and the `change` request that older servers take.

    `argument` and `value` are what a step named it by, for the error of a task that has no such button.
    """

    part: str
    label: str
    argument: str
    value: object
    older: Mapping[str, JSON] | None = None

    def id_among(self, task: Handle[Artifact]) -> str:
        """Return its id under a task; empty where the task has none."""
        rows = _rows(task)
        for row in rows:
            if self.part in text(row, "customId"):
                return text(row, "customId")
        for row in rows:
            if self.label in (row.get("label"), row.get("emoji")):
                return text(row, "customId")
        return ""

    def press(self, operation: str, task: Handle[Artifact]) -> tuple[str, dict[str, JSON]]:
        """Return the name of the request that presses it, and its body; ArgumentError where nothing can.

        Where a server prints no buttons at all, the older `change` request does the same for those that it knows.
        """
        if custom := self.id_among(task):
            return "action", {"taskId": task.task, "customId": custom}
        rows = _rows(task)
        if not rows and self.older is not None:
            return "change", {"taskId": task.task, **self.older}
        labels = ", ".join(text(row, "label", "emoji") for row in rows) or "none"
        expected = f"what the task has a button for ({labels})"
        raise ArgumentError(operation, self.argument, expected, self.value)


def upscaled(index: int) -> Button:
    """Return U1 to U4 of a grid."""
    older: dict[str, JSON] = {"action": "UPSCALE", "index": index}
    return Button(f"::upsample::{index}::", f"U{index}", "index", index, older)


def varied(index: int) -> Button:
    """Return V1 to V4 of a grid."""
    older: dict[str, JSON] = {"action": "VARIATION", "index": index}
    return Button(f"::variation::{index}::", f"V{index}", "index", index, older)


REROLLED = Button(
    # new-api refuses a missing or zero index even here.
    "::reroll::",
    "🔄",
    "grid",
    "a reroll",
    {"action": "REROLL", "index": 1},
)

STRENGTHS = {
    "subtle": Button("::low_variation::", "Vary (Subtle)", "strength", "subtle"),
    "strong": Button("::high_variation::", "Vary (Strong)", "strength", "strong"),
}

DIRECTIONS = {
    "left": Button("::pan_left::", "⬅️", "direction", "left"),
    "right": Button("::pan_right::", "➡️", "direction", "right"),
    "up": Button("::pan_up::", "⬆️", "direction", "up"),
    "down": Button("::pan_down::", "⬇️", "direction", "down"),
}

ZOOMS = {
    2.0: Button("::Outpaint::50::", "Zoom Out 2x", "factor", 2.0),
    1.5: Button("::Outpaint::75::", "Zoom Out 1.5x", "factor", 1.5),
}
"""Zooms that have a button of their own and need no answer."""


def custom_zoom(factor: float) -> Button:
    """Return the button that asks how far."""
    return Button("::CustomZoom::", "Custom Zoom", "factor", factor)


def _rows(task: Handle[Artifact]) -> list[Row]:
    found = task.facts.get("buttons")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [row for row in rows if text(row, "customId")]
