"""How an answer ends, whatever protocol it came by."""

from collections.abc import Mapping

from omnidsl.plugins.media import JSON, Made
from omnidsl.plugins.outcomes import Failed


def finish(text: str, reason: str, facts: Mapping[str, JSON], refusal: str = "") -> Made:
    """Return an answer; Failed for one without use, which is paid for all the same.

    `reason` is `stop`, `length` (cut at its longest), `refused`, or a word of the service's own, as is `refusal`. `facts`
    are those of `Made`; `usage` should count `prompt_tokens` and `completion_tokens`, by which prices are reckoned.
    """
    known = {name: value for name, value in {**facts, "finish_reason": reason}.items() if value}
    if refusal.strip():
        raise Failed("refused-answer", refusal.strip(), known)
    if reason == "refused":
        raise Failed("refused-answer", text or "its content filter stopped the answer", known)
    if not text.strip():
        words = (
            "it reached its longest length before the first word"
            if reason == "length"
            else "the answer is empty"
        )
        raise Failed("empty-answer", words, known)
    return Made(text=text, facts=known)


def numbers(usage: JSON) -> dict[str, JSON]:
    """Return the whole numbers of a `usage` object, none of what lies deeper."""
    if not isinstance(usage, dict):
        return {}
    return {
        name: value
        for name, value in usage.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
