"""What a pressed button asks for: the customId catalogue of the wire reference, section 1.7, as new-api reads it."""

import re
from collections.abc import Callable, Mapping
from functools import partial

import attrs

from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.drawing.artwork import Artwork
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.tasks import Result

Redraw = Callable[[Artwork, str], Artwork]

_ZOOM = re.compile(r"(?:^|\s)--zoom\s+(\d{1,2}(?:\.\d{1,4})?|\.\d{1,4})(?=\s|$)")


@attrs.frozen
class Press:
    """One operation on a finished task: new-api's label for it, what results, and the new artwork from the old.

    `redraw` takes the parent's artwork and a seed; it is None where a modal says first what to draw. What is
    `remixable` asks for a new prompt where the account is in remix mode. `number` is that of the text or video which
    it is about; 0 for all.
    """

    action: str
    result: Result
    redraw: Redraw | None
    remixable: bool = False
    number: int = 0

    def needs_modal(self, *, remix: bool) -> bool:
        """Whether the operation waits for a modal."""
        return self.redraw is None or (remix and self.remixable)


BEYOND = frozenset(("PicReader", "Picread", "PromptAnalyzer", "animate", "video_virtual_upscale"))
"""Kinds of buttons that stock new-api refuses, and servers press."""


def press(custom_id: str, beyond: frozenset[str] = BEYOND) -> Press:
    """Return what the button does; Refused for a customId that the server does not know.

    `beyond` are the kinds that it presses beside new-api's fixed set.
    """
    if not custom_id:
        raise Refused("unknown-action", {"reason": "custom_id_is_required"})
    parts = custom_id.split("::")
    if len(parts) < 2:
        # Stock new-api crashes here (HTTP 500); a simulator that did would look broken.
        raise _unknown(custom_id)
    if (other := _beyond(parts)) and other[0] in beyond:
        return other[1]
    name = parts[2] if parts[1] == "JOB" and len(parts) > 2 else parts[1]
    if name in ("upsample", "variation"):
        return change("UPSCALE" if name == "upsample" else "VARIATION", _index(parts))
    if name.startswith("upsample_"):
        return Press("UPSCALE", "single", lambda old, _: art.enlarge(old))
    if name == "Outpaint":
        return _outpaint(custom_id, parts)
    if name not in _FIXED:
        raise _unknown(custom_id)
    return _FIXED[name]


def change(action: str, index: int) -> Press:
    """Return what `/mj/submit/change` does: UPSCALE or VARIATION of tile 1 to 4, or REROLL."""
    if action == "REROLL":
        return _FIXED["reroll"]
    if not 1 <= index <= 4:
        raise Refused("bad-argument")
    if action == "UPSCALE":
        return Press(action, "single", lambda old, _: art.upscale(old, index))
    return Press(action, "grid", lambda old, seed: art.vary(old, index, seed, 0.35), remixable=True)


def custom_zoom(old: Artwork, prompt: str, seed: str) -> Artwork | None:
    """Return the zoomed grid; None when the prompt has no `--zoom` from 1 to 2."""
    found = _ZOOM.findall(prompt)
    factor = float(found[-1]) if found else 0.0
    return art.zoom_out(old, factor, seed, prompt) if 1 <= factor <= 2 else None


def remixed(pressed: Press, old: Artwork, prompt: str, seed: str) -> Artwork:
    """Return what a remix makes: the same operation, with another prompt."""
    worded = art.reword(old, prompt)
    return pressed.redraw(worded, seed) if pressed.redraw else worded


def _reroll(old: Artwork, seed: str) -> Artwork:
    fresh = art.imagine(old.prompt, seed, old.tint)
    return attrs.evolve(fresh, width=old.width, height=old.height)


def _vary(old: Artwork, seed: str, strength: float) -> Artwork:
    return art.vary(old, 1, seed, strength)


def _pan(old: Artwork, seed: str, direction: art.Direction) -> Artwork:
    return art.pan(old, direction, seed)


def _index(parts: list[str]) -> int:
    text = parts[3] if len(parts) > 3 else ""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused("unknown-action", {"reason": "index_parse_failed"})
    return int(text)


def _outpaint(custom_id: str, parts: list[str]) -> Press:
    factors = {"50": 2.0, "75": 1.5}
    share = parts[2] if len(parts) > 2 else ""
    if share == "100":
        return Press("ZOOM", "grid", art.make_square)
    if share not in factors:
        raise _unknown(custom_id)
    return Press(
        "ZOOM", "grid", lambda old, seed: art.zoom_out(old, factors[share], seed, old.prompt)
    )


def _beyond(parts: list[str]) -> tuple[str, Press] | None:
    """Return a button that new-api does not know: its kind, and what it does."""
    match parts[1:]:
        case [
            "Job",
            "PicReader" | "PromptAnalyzer" as kind,
            "all" | "1" | "2" | "3" | "4" | "5" as which,
        ]:
            if which == "all":
                return kind, Press("PIC_READER", "grid", lambda old, _: old)
            return kind, Press("PIC_READER", "grid", None, number=int(which))
        case ["Picread", "Retry"]:
            return "Picread", Press("DESCRIBE", "descriptions", lambda old, _: old)
        case ["JOB", "animate_high" | "animate_low", *_]:
            return "animate", Press("VIDEO", "videos", lambda old, _: old, remixable=True)
        case ["JOB", "animate_high_extend" | "animate_low_extend", *_]:
            return "animate", Press("VIDEO_EXTEND", "videos", lambda old, _: old, remixable=True)
        case ["JOB", "video_virtual_upscale" as kind, "1" | "2" | "3" | "4" as which, *_]:
            return kind, Press("UPSCALE", "video", lambda old, _: old, number=int(which))
    return None


def again(pressed: Press, parent: Result) -> Press:
    """Return what a reroll does under a single picture: one more of them."""
    if pressed.action != "REROLL" or parent != "single":
        return pressed
    return attrs.evolve(
        pressed, result="single", redraw=lambda old, seed: art.upscale(_reroll(old, seed), 1)
    )


def _unknown(custom_id: str) -> Refused:
    return Refused("unknown-action", {"reason": f"unknown_action:{custom_id[:200]}"})


_FIXED: Mapping[str, Press] = {
    "reroll": Press("REROLL", "grid", _reroll, remixable=True),
    "low_variation": Press("LOW_VARIATION", "grid", partial(_vary, strength=0.15), remixable=True),
    "high_variation": Press("HIGH_VARIATION", "grid", partial(_vary, strength=0.6), remixable=True),
    "pan_left": Press("PAN", "grid", partial(_pan, direction="left"), remixable=True),
    "pan_right": Press("PAN", "grid", partial(_pan, direction="right"), remixable=True),
    "pan_up": Press("PAN", "grid", partial(_pan, direction="up"), remixable=True),
    "pan_down": Press("PAN", "grid", partial(_pan, direction="down"), remixable=True),
    "CustomZoom": Press("CUSTOM_ZOOM", "grid", None),
    "Inpaint": Press("INPAINT", "grid", None),
}
