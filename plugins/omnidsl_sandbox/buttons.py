"""The buttons under a finished task, and what a press on one of them asks for."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import attrs

from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.tasks import Task

_VERSION = re.compile(r"(?:^|\s)--(?:v|version|niji)\s+([0-9.]{1,4})(?=\s|$)")


@attrs.frozen
class Button:
    """One row of `data/buttons.toml`; `each` is how many buttons it makes, `versions` empty means every version."""

    on: str
    custom_id: str
    label: str = ""
    emoji: str = ""
    each: int = 1
    versions: tuple[str, ...] = attrs.field(default=(), converter=tuple)


@cache
def catalogue() -> tuple[Button, ...]:
    """Return every kind of button, in the order of display."""
    text = files("omnidsl_sandbox").joinpath("data", "buttons.toml").read_text("utf-8")
    return tuple(Button(**row) for row in tomllib.loads(text)["button"])


def model_version(prompt: str) -> str:
    """Return the value of the last `--v` or `--niji`, empty without one."""
    found = _VERSION.findall(prompt)
    return found[-1] if found else ""


def buttons(task: Task) -> list[Json]:
    """Return the buttons of a finished task as they travel (wire reference, section 1.7)."""
    return [button for _, button in _pressable(task)]


def is_offered(task: Task, custom_id: str) -> bool:
    """Whether the task shows this button; both spellings of CustomZoom count."""
    spelled = re.sub(r"^MJ::CustomZoom::1::", "MJ::CustomZoom::", custom_id)
    return any(spelled == offered for offered, _ in _pressable(task))


def _pressable(task: Task) -> list[tuple[str, JsonObject]]:
    version = model_version(task.prompt)
    return [
        (custom_id, _wire(button, custom_id, index))
        for button in catalogue()
        if button.on == task.result and (not button.versions or version in button.versions)
        for index in range(1, button.each + 1)
        for custom_id in [button.custom_id.format(index=index, job=task.job)]
    ]


def _wire(button: Button, custom_id: str, index: int) -> JsonObject:
    return {
        "customId": custom_id,
        "emoji": button.emoji.format(index=index),
        "label": button.label.format(index=index),
        "type": 2,
        "style": 2,
    }
