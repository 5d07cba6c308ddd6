"""Words about pictures: what a describe task and a chat say about something they only measured."""

import math

from omnidsl_sandbox.drawing.chance import Chance
from omnidsl_sandbox.drawing.looks import subject_text
from omnidsl_sandbox.pictures_in import View

_MOODS = (
    "calm and wide",
    "bright and playful",
    "quiet, with soft edges",
    "dramatic, lit from the side",
    "like a poster",
)
_STYLES = (
    "watercolor",
    "oil painting",
    "ink wash",
    "cinematic still",
    "flat illustration",
    "35mm photograph",
)


def caption(seen: View) -> str:
    """Return one sentence about a picture: size, dominating colour, and the prompt that the file carries."""
    size = f"A picture of {seen.width}x{seen.height} pixels, mostly {seen.colour}"
    return (
        f'{size}, made from the prompt "{subject_text(seen.prompt) or seen.prompt}".'
        if seen.prompt
        else f"{size}."
    )


def descriptions(seen: View, seed: str) -> list[str]:
    """Return four numbered prompts for a picture, as a describe task gives them (wire reference, section 1.8)."""
    about = subject_text(seen.prompt) or f"a scene in {seen.colour}"
    common = math.gcd(seen.width, seen.height)
    ratio = f"{seen.width // common}:{seen.height // common}"
    blocks = []
    for number in range(1, 5):
        chance = Chance(f"{seed}.{number}")
        mood, style = chance.pick("mood", _MOODS), chance.pick("style", _STYLES)
        blocks.append(
            f"{number}️⃣ {about}, {style}, {mood}, mostly {seen.colour}, SIMULATED --ar {ratio}"
        )
    return blocks
