"""How a prompt looks: its palette, backdrop, subject and framing, steered by words in `data/looks.toml`."""

import colorsys
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import attrs

from omnidsl_sandbox.drawing.chance import Chance
from omnidsl_sandbox.markers import without_markers

Colour = tuple[int, int, int]

_PARAMETERS = re.compile(r"(?:^|\s)(?:--|—)[a-z].*", re.IGNORECASE | re.DOTALL)


@attrs.frozen
class Palette:
    """Eight colours; the field names say where they are used."""

    sky_top: Colour
    sky_low: Colour
    light: Colour
    far: Colour
    mid: Colour
    near: Colour
    subject: Colour
    accent: Colour

    def changed(self, turn: float, lightness: float, tint: Colour | None) -> "Palette":
        """Return the palette with its hues turned (1 = full circle), lightened, and drawn towards a tint."""
        return Palette(*(_changed(colour, turn, lightness, tint) for colour in attrs.astuple(self)))


@attrs.frozen
class Look:
    """What to draw for a prompt; `subject` may be empty; `scale` enlarges the subject."""

    palette: Palette
    backdrop: str
    subject: str
    scale: float


@attrs.frozen
class _Entry:
    name: str
    pattern: re.Pattern[str]
    common: bool
    colours: tuple[str, ...]
    scale: float


def look_of(prompt: str) -> Look:
    """Return the look of a prompt; equal for equal words before the parameters, whatever the parameters."""
    text = subject_text(prompt).lower()
    chance = Chance(text)
    palette = _chosen("palette", text) or chance.pick("palette", _common("palette"))
    backdrop = _chosen("backdrop", text)
    subject = _chosen("subject", text)
    framing = _chosen("framing", text)
    tone = _chosen("tone", text)
    colours = Palette(*(colour(value) for value in palette.colours)).changed(
        chance.between("turn", -0.05, 0.05),
        0.0,
        colour(tone.colours[0]) if tone and not subject else None,
    )
    if tone and subject:
        colours = attrs.evolve(colours, subject=colour(tone.colours[0]))
    return Look(
        colours,
        backdrop.name
        if backdrop
        else chance.pick("backdrop", ("hills", "mountain", "sea", "hills", "forest")),
        subject.name if subject else "",
        framing.scale if framing else 1.0,
    )


def subject_text(prompt: str) -> str:
    """Return the prompt without markers and parameters."""
    return _PARAMETERS.sub("", without_markers(prompt)).strip(" ,，。")


def colour(text: str) -> Colour:
    """Return the colour that `#rrggbb` writes."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour `share` (0 to 1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _changed(original: Colour, turn: float, lightness: float, tint: Colour | None) -> Colour:
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in original))
    parts = colorsys.hls_to_rgb((hue + turn) % 1, min(1.0, max(0.0, light + lightness)), saturation)
    red, green, blue = (round(part * 255) for part in parts)
    return mix((red, green, blue), tint, 0.35) if tint else (red, green, blue)


def _chosen(table: str, text: str) -> _Entry | None:
    found = [
        (match.start(), number)
        for number, entry in enumerate(_table(table))
        if (match := entry.pattern.search(text))
    ]
    return _table(table)[min(found)[1]] if found else None


def _common(table: str) -> Sequence[_Entry]:
    return [entry for entry in _table(table) if entry.common]


@cache
def _table(name: str) -> tuple[_Entry, ...]:
    text = files("omnidsl_sandbox").joinpath("data", "looks.toml").read_text("utf-8")
    return tuple(
        _Entry(
            row.get("name", name),
            _pattern(row["words"]),
            row.get("common", False),
            tuple(row.get("colours", ())),
            row.get("scale", 1.0),
        )
        for row in tomllib.loads(text)[name]
    )


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    # Latin words end where a word ends; Chinese is written without spaces.
    longest_first = sorted(words, key=len, reverse=True)
    alternatives = (
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in longest_first
    )
    return re.compile("|".join(alternatives))
