"""What can come of a paid request, and the rules that tell which it was.

The rules are rows of a table. A plugin puts its own rows before the shared ones (`omnidsl.running.classifier`), and
the first row that fits decides. When in doubt a row says *ambiguous*: nothing is sent again until that is resolved.
"""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from omnidsl.errors import OmniError
from omnidsl.plugins.media import JSON

Verdict = Literal["accepted", "rejected", "retry-later", "ambiguous"]


@attrs.frozen
class Reply:
    """A gateway's answer as it came: `status` is HTTP's, header names are lower case, `body` is raw."""

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)

    def json(self) -> JSON:
        """Return the body as JSON; ValueError when it is none."""
        import json

        value: JSON = json.loads(self.body)
        return value

    @property
    def text(self) -> str:
        """The body as text, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")


@attrs.frozen(kw_only=True)
class ReplyRule:
    """One row: a reply that fits every given condition has this verdict.

    `status` lists HTTP statuses (empty: any). `field` is a dotted path into the JSON body (`error.code`), `values` the
    values that it may have there (empty: it only has to be there and not be null or empty). `has` lists further paths
    that must be there so. `contains` is looked for in the body's text. `content_type` is how the reply's type begins
    (`audio/`), `path` a part of the request's. `reason` is a slug for people and tests: `quota`, `banned-word`,
    `queue-full`. `fault` says whose turn it is: `account` stops the account, `request` only this step.
    """

    verdict: Verdict
    status: tuple[int, ...] = ()
    field: str = ""
    values: tuple[str | int, ...] = ()
    has: tuple[str, ...] = ()
    contains: str = ""
    content_type: str = ""
    path: str = ""
    reason: str = ""
    fault: Literal["account", "request"] = "request"

    @classmethod
    def from_row(cls, row: Mapping[str, JSON]) -> "ReplyRule":
        """Read a row of a table in a data file; TypeError for a key that no rule has."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
        }
        return cls(**fields)


class OutcomeError(OmniError):
    """Raised by `Context.pay` when a paid request was not accepted; `reply` is what came back, if anything did."""

    verdict: Verdict

    def __init__(self, reason: str, message: str, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.reply = reply


class Rejected(OutcomeError):
    """Raised when the gateway refused: nothing was paid, and asking again would not help."""

    verdict = "rejected"


class RetryLater(OutcomeError):
    """Raised when the gateway is busy and nothing was paid; `after` is in seconds, where it said so."""

    verdict = "retry-later"

    def __init__(
        self, reason: str, message: str, reply: Reply | None = None, after: float | None = None
    ) -> None:
        super().__init__(reason, message, reply)
        self.after = after


class Ambiguous(OutcomeError):
    """Raised when nobody can tell whether the request was paid for."""

    verdict = "ambiguous"


class Failed(OmniError):
    """Raised by `submit`, `call` or `collect` when a service did its work and gave nothing that can be used.

    A refusal to answer, an empty answer, a finished task without a picture. `reason` is a slug, `message` the
    service's words or ours, `facts` as those of what is made (`usage` says what it has cost). What `submit` or `call`
    ends with so has failed for good; a finished task is asked for once more by a later run.
    """

    def __init__(self, reason: str, message: str, facts: Mapping[str, JSON] | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.facts = facts or {}


class GatewayError(OmniError, OSError):
    """Raised by `Context.get` and `Context.post` when a free request stays without a usable answer.

    `final` says that asking again cannot help: the key is refused, say. `reason` is a slug, `reply` what came back.
    """

    def __init__(
        self, reason: str, message: str, reply: Reply | None = None, *, final: bool = False
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.reply = reply
        self.final = final
