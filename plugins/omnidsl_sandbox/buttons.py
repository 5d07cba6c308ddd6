"""The buttons under a finished task, and what a press on one of them asks for."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import attrs

from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.markers import Marker, markers
from omnidsl_sandbox.tasks import Task

_VERSION = re.compile(r"(?:^|\s)--(?:v|version|niji)\s+([0-9.]{1,4})(?=\s|$)")


@attrs.frozen
class Button:
    """One row of `data/buttons.toml`; `each` is how many buttons it makes, no `versions` or `profiles` mean all."""

    on: str
    custom_id: str
    label: str = ""
    emoji: str = ""
    each: int = 1
    versions: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    profiles: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    oblong: bool = False

    def is_under(self, task: Task, profile: str, version: str) -> bool:
        """Whether a finished task has it."""
        picture = task.artwork
        return (
            self.on == task.result
            and (not self.versions or version in self.versions)
            and (not self.profiles or profile in self.profiles)
            and not (self.oblong and picture is not None and picture.width == picture.height)
        )


@cache
def catalogue() -> tuple[Button, ...]:
    """Return every kind of button, in the order of display."""
    text = files("omnidsl_sandbox").joinpath("data", "buttons.toml").read_text("utf-8")
    return tuple(Button(**row) for row in tomllib.loads(text)["button"])


def model_version(prompt: str) -> str:
    """Return the value of the last `--v` or `--niji`, empty without one."""
    found = _VERSION.findall(prompt)
    return found[-1] if found else ""


def buttons(task: Task, profile: str) -> list[Json] | None:
    """Return the buttons of a finished task as they travel (wire reference, section 1.7); None as a marker wants it."""
    if Marker.NO_BUTTONS in markers(task.prompt):
        return None
    return [button for _, button in _pressable(task, profile)]


def is_offered(task: Task, custom_id: str, profile: str) -> bool:
    """Whether the task shows this button; both spellings of CustomZoom count."""
    wanted = _spelled(custom_id)
    return any(wanted == _spelled(offered) for offered, _ in _pressable(task, profile))


def _spelled(custom_id: str) -> str:
    return re.sub(r"^MJ::CustomZoom::1::", "MJ::CustomZoom::", custom_id)


def _pressable(task: Task, profile: str) -> list[tuple[str, JsonObject]]:
    version = model_version(task.prompt)
    return [
        (custom_id, _wire(button, custom_id, index))
        for button in catalogue()
        if button.is_under(task, profile, version)
        for index in range(1, min(button.each, task.videos or button.each) + 1)
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
