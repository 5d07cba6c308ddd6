"""What a step that presses wants: which request presses its button, and the answer if the button asks."""

import re
from collections.abc import Mapping

import attrs

from omnidsl.plugins import JSON, ArgumentError, Artifact, PromptJob
from omnidsl_midjourney.buttons import Asks, Button, Parent, button, named
from omnidsl_midjourney.presses import (
    Action,
    ActionGrid,
    ActionText,
    ActionVideo,
    Animate,
    Extend,
    ImagineDescribed,
    ImagineShortened,
    Pan,
    Reroll,
    Square,
    Upscale,
    UpscaleVideo,
    Vary,
    VaryRegion,
    Zoom,
)
from omnidsl_midjourney.results import Makes

Described = ImagineDescribed | ImagineShortened
Anything = Action | ActionGrid | ActionText | ActionVideo
Moving = Animate | Extend | UpscaleVideo
Pressing = (
    Upscale | Vary | VaryRegion | Reroll | Pan | Zoom | Square | Moving | Described | Anything
)

_ZOOM = re.compile(r"\s*(?:--|—)zoom\s+[0-9.]+(?=\s|$)")
_LISTS = ("descriptions", "prompts")
"""Facts in which tasks that gave several texts remember them."""


@attrs.frozen(kw_only=True)
class Wish:
    """What a step wants pressed: `path` and `body` are the request that presses it.

    `prompt` is the new one that the step gives, empty for none. A window is answered with it, else with `words`, else
    with the prompt of the task that the button hangs on, and always with `suffix` behind it.
    """

    operation: str
    parent: Parent
    path: str
    body: Mapping[str, JSON]
    asks: Asks
    makes: Makes = "image"
    prompt: str = ""
    words: str = ""
    suffix: str = ""
    mask: Artifact | None = None

    def answer(self, old: str) -> str:
        """Return what a window is answered with; `old` is the prompt that stands in it."""
        words = self.prompt or self.words or old
        return f"{_ZOOM.sub('', words).strip()} {self.suffix}" if self.suffix else words


def wish(operation: Pressing) -> Wish:
    """Return what a step wants; ArgumentError where no button of the task does that."""
    match operation:
        case Upscale():
            return _of("upscale", operation, _upscaler(operation))
        case Vary():
            return _of("vary", operation, _variation(operation))
        case VaryRegion():
            found = _of("vary_region", operation, button("vary_region", "mask"))
            return attrs.evolve(found, mask=operation.mask)
        case Reroll():
            return _of("reroll", operation, button("reroll", "grid"))
        case Pan():
            return _of("pan", operation, button("pan", "direction", operation.direction))
        case Zoom():
            return _zoom(operation)
        case Square():
            return _of("square", operation, button("square", "picture"))
        case Animate():
            return _of("animate", operation, button("animate", "motion", operation.motion))
        case Extend():
            return _of("extend", operation, button("extend", "motion", operation.motion))
        case UpscaleVideo():
            index = operation.index
            return _of("upscale_video", operation, button("upscale_video", "index", index))
        case ImagineDescribed():
            return _told("imagine_described", operation)
        case ImagineShortened():
            return _told("imagine_shortened", operation)
    return _anything(operation)


def _of(name: str, operation: Pressing, meant: Button) -> Wish:
    """Return the wish for a button of the catalogue."""
    prompt = _prompt(name, operation)
    path, body = meant.press(name, _parent(operation))
    if prompt and path != "action":
        expected = (
            "left out: this gateway prints no buttons, and cannot be asked for another prompt"
        )
        raise ArgumentError(name, "prompt", expected, prompt)
    return Wish(
        operation=name,
        parent=_parent(operation),
        path=path,
        body=body,
        asks=meant.asks,
        makes="video" if isinstance(operation, Moving) else "image",
        prompt=prompt,
    )


def _parent(operation: Pressing) -> Parent:
    """Return the task that the button hangs on."""
    match operation:
        case Upscale() | Reroll():
            return operation.grid
        case Extend() | UpscaleVideo():
            return operation.video
        case ImagineDescribed() | ImagineShortened():
            return operation.texts
        case Action() | ActionGrid() | ActionText() | ActionVideo():
            return operation.parent
    return operation.picture


def _upscaler(operation: Upscale) -> Button:
    """Return the button of a grid's picture, or the one that enlarges a single picture."""
    if operation.index is not None:
        _alone("upscale", "style", operation.style)
        return button("upscale", "index", operation.index)
    if operation.style is None:
        raise ArgumentError("upscale", "index", "1 to 4, for a grid", operation.index)
    return button("upscale", "style", operation.style)


def _alone(name: str, other: str, value: str | None) -> None:
    """Refuse an argument for a single picture beside the index of a grid's."""
    if value is not None:
        expected = "left out beside `index`: it is for a single picture"
        raise ArgumentError(name, other, expected, value)


def _variation(operation: Vary) -> Button:
    """Return the button of a grid's picture, or of a single picture."""
    if operation.index is not None:
        _alone("vary", "strength", operation.strength)
        return button("vary", "index", operation.index)
    if button("vary", "index", 1).id_among(operation.picture):
        raise ArgumentError("vary", "index", "1 to 4, for a grid", operation.index)
    return button("vary", "strength", operation.strength or "strong")


def _zoom(operation: Zoom) -> Wish:
    """Zoom with the button for this factor, else with the one that asks how far."""
    if operation.prompt is None and operation.factor in (1.5, 2.0):
        simple = button("zoom", "factor", operation.factor)
        if simple.id_among(operation.picture):
            return _of("zoom", operation, simple)
    asking = attrs.evolve(button("zoom", "factor"), value=operation.factor)
    return attrs.evolve(_of("zoom", operation, asking), suffix=f"--zoom {operation.factor:g}")


def _told(name: str, operation: Described) -> Wish:
    """Draw one of the texts that a task gave; the window wants its words."""
    found = _of(name, operation, button(name, "index", operation.index))
    lists = [operation.texts.facts.get(one) for one in _LISTS]
    texts = next((one for one in lists if isinstance(one, list) and one), [])
    words = str(texts[operation.index - 1]) if len(texts) >= operation.index else ""
    if not (words or found.prompt):
        expected = f"at most {len(texts)}: the task gave no more texts"
        raise ArgumentError(name, "index", expected, operation.index)
    return attrs.evolve(found, words=words)


def _anything(operation: Anything) -> Wish:
    """Press what the catalogue does not know: it may ask, or not."""
    name = {Action: "action", ActionGrid: "action_grid", ActionText: "action_text"}.get(
        type(operation), "action_video"
    )
    makes: Mapping[type, Makes] = {ActionText: "text", ActionVideo: "video"}
    path, body = named(operation.parent, operation.custom_id, name)
    return Wish(
        operation=name,
        parent=operation.parent,
        path=path,
        body=body,
        asks="remix",
        makes=makes.get(type(operation), "image"),
        prompt=_prompt(name, operation),
    )


def _prompt(name: str, operation: Pressing) -> str:
    """Return the new prompt that a step gives; a window takes words only."""
    job: PromptJob | None = getattr(operation, "prompt", None)
    if job is None:
        return ""
    if job.images:
        raise ArgumentError(name, "prompt", "a prompt without pictures", job)
    return job.text
