"""Markers that a test writes into a prompt to make something go wrong, without any switch in the client.

| in the prompt | Midjourney | chat, pictures |
|---|---|---|
| `[[sandbox:fail]]` | the task ends in FAILURE, `[Invalid parameter] Invalid value` | 400 `invalid_value` |
| `[[sandbox:banned]]` | code 24 | 400 `sensitive_words_detected` |
| `[[sandbox:queue-full]]` | code 23 once for that request, then accepted | 429 once, then answered |
| `[[sandbox:queued]]` | accepted, the description says how many tasks wait ahead | — |
| `[[sandbox:stuck]]` | accepted, and never finished | — |
| `[[sandbox:cancel]]` | the task ends in CANCEL | — |
| `[[sandbox:busy]]` | new-api: 429 with code 30 once for that request, then accepted; others: code 23 once | — |
| `[[sandbox:no-account]]` | code 3 | — |
| `[[sandbox:refused]]` | code 4 | — |
| `[[sandbox:trouble]]` | code 9, nothing is sold | — |
| `[[sandbox:lost]]` | accepted and sold, and answered with code 5 (new-api) or 9 | — |
| `[[sandbox:no-buttons]]` | the finished task has `null` for its buttons | — |
| `[[sandbox:exists]]` | of what hangs on the task: a second equal upscale is code 21, "exists already" (new-api: 1) | — |
| `[[sandbox:modal-timeout]]` | of what hangs on the task: its window is over before anybody answers | — |
| `[[sandbox:unwilling]]` | — | chat: answered with a refusal, which is sold |

Songs: `fail` and `banned` end the task in FAILURE, `queue-full` is 429 once, `stuck` never ends, and of two versions that
`[[sandbox:half]]` asked for the second one fails.

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
    CANCEL = "cancel"
    BUSY = "busy"
    NO_ACCOUNT = "no-account"
    REFUSED = "refused"
    TROUBLE = "trouble"
    LOST = "lost"
    NO_BUTTONS = "no-buttons"
    EXISTS = "exists"
    MODAL_TIMEOUT = "modal-timeout"
    UNWILLING = "unwilling"
    HALF = "half"


def markers(prompt: str) -> frozenset[Marker]:
    """Return the markers in the prompt."""
    known = {marker.value for marker in Marker}
    return frozenset(Marker(name) for name in _MARKER.findall(prompt) if name in known)


def without_markers(prompt: str) -> str:
    """Return the prompt as a person would have written it."""
    return " ".join(_MARKER.sub(" ", prompt).split())
