"""A paid request whose answer was lost, and what a gateway can tell of it afterwards.

Presence is proof wherever it is seen. Absence is proof only in a listing that reaches back behind the request.
"""

from collections.abc import Mapping

import attrs

from omnidsl.plugins.media import JSON
from omnidsl.plugins.outcomes import Reply


@attrs.frozen(kw_only=True)
class Lost:
    """What is known of the request: the stage it was for, where it went, and how long ago.

    `age` is in seconds, at least as long as it was, by a clock that nobody can set; None where that is not known,
    after a restart of the machine say. `before` has the replies of the stages that were accepted before it.
    """

    stage: str
    path: str
    age: float | None = None
    before: Mapping[str, Reply] = attrs.field(factory=dict)


@attrs.frozen
class Found:
    """The request was accepted: `answer` is the JSON that the lost reply would have had, as `context.pay` returns it."""

    answer: Mapping[str, JSON]


@attrs.frozen
class Absent:
    """The gateway shows everything that it took since the request, and the request is not there.

    The runner believes it when the service's settling time has passed, and sends the request again.
    """


@attrs.frozen
class Unknown:
    """Nobody can tell; `later` says that the gateway may know in a while, before its settling time is over."""

    later: bool = False


Finding = Found | Absent | Unknown
