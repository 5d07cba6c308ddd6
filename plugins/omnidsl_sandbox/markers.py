"""Markers that a test writes into a prompt to make something go wrong, without any switch in the client.

| in the prompt | Midjourney | chat, pictures |
|---|---|---|
| `[[sandbox:fail]]` | the task ends in FAILURE, `[Invalid parameter] Invalid value` | 400 `invalid_value` |
| `[[sandbox:banned]]` | code 24 | 400 `sensitive_words_detected` |
| `[[sandbox:queue-full]]` | code 23 once for that request, then accepted | 429 once, then answered |
| `[[sandbox:queued]]` | accepted, the description says how many tasks wait ahead | — |
| `[[sandbox:stuck]]` | accepted, and never finished | — |

A marker may stand anywhere in the prompt; an unknown one is ordinary text.
"""

import enum
import re

_MARKER = re.compile(r"\[\[sandbox:([a-z-]{1,20})\]\]")


class Marker(enum.StrEnum):
    """What a marker asks for."""

    FAIL = "fail"
    BANNED = "banned"
    QUEUE_FULL = "queue-full"
    QUEUED = "queued"
    STUCK = "stuck"


def markers(prompt: str) -> frozenset[Marker]:
    """Return the markers in the prompt."""
    known = {marker.value for marker in Marker}
    return frozenset(Marker(name) for name in _MARKER.findall(prompt) if name in known)


def without_markers(prompt: str) -> str:
    """Return the prompt as a person would have written it."""
    return " ".join(_MARKER.sub(" ", prompt).split())
