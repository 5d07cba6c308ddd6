"""What a shorten task says of a prompt: which words count, and five shorter prompts (wire reference, section 1.8)."""

import re

from omnidsl_sandbox.drawing.chance import Chance
from omnidsl_sandbox.markers import without_markers

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PARAMETERS = re.compile(r"\s(?:--|—)[a-z]")
_SMALL = frozenset(
    ("a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "very", "with")
)  # fmt: skip
_MOST = 5


def shortened(prompt: str, seed: str) -> str:
    """Return the whole text, as Discord's markdown: bold words count, struck ones do not."""
    written = without_markers(prompt)
    cut = _PARAMETERS.search(f" {written}")
    subject = written[: max(0, cut.start() - 1)].strip() if cut else written
    words = _WORD.findall(subject) or [subject or "nothing"]
    weighed = [one for one in dict.fromkeys(words) if one.lower() not in _SMALL] or words[:1]
    lines = [_line(number, weighed, seed) for number in range(1, _MOST + 1)]
    marked = _WORD.sub(lambda found: _marked(found[0], weighed), subject)
    return "\n".join(["## Important tokens", marked, "## Shortened prompts", "\n\n".join(lines)])


def _marked(word: str, weighed: list[str]) -> str:
    if word.lower() in _SMALL:
        return f"~~{word}~~"
    return f"**{word}**" if word in weighed[:3] else word


def _line(number: int, weighed: list[str], seed: str) -> str:
    """Return one prompt: the later, the shorter, never without its first word."""
    left = max(1, round(len(weighed) * (1 - number / (_MOST + 1))))
    rest = [one for one in weighed[1:] if Chance(seed).between(f"{number}.{one}", 0.0, 1.0) < 0.8]
    return f"{number}️⃣ {' '.join([weighed[0], *rest][:left])} (SIMULATED)"
