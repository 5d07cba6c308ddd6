"""Whether a service answers, as far as free requests tell: what `omni doctor` asks of a backend."""

from typing import Literal, get_args

import attrs

from omnidsl.plugins.backend import Context
from omnidsl.plugins.outcomes import Reply

Answering = Literal["answers", "not-served", "refused"]

_NO_PLACE = frozenset((404, 405, 501))
"""What a gateway answers for a path that it does not have."""


@attrs.frozen
class Probe:
    """What a free request has shown: the service answers, its gateway does not have it, or the key is refused.

    `models` is how many models are listed, where that was asked; `words` are the gateway's own.
    """

    state: Answering = attrs.field(validator=attrs.validators.in_(get_args(Answering)))
    models: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(int))
    )
    words: str = attrs.field(default="", validator=attrs.validators.instance_of(str))


async def probe_models(context: Context, *, named: str = "") -> Probe:
    """Return whether a gateway lists models whose names hold `named`; GatewayError where it does not answer."""
    reply = await context.get("/v1/models")
    listed = listed_models(reply)
    if listed is None:
        return Probe("refused" if reply.status in (401, 403) else "not-served", words=_said(reply))
    count = sum(named in one for one in listed)
    return Probe("answers" if count else "not-served", count)


async def probe_task(context: Context, path: str) -> Probe:
    """Return whether a gateway has the path that tasks are asked about at; one that nobody has ever bought is asked for.

    GatewayError where it does not answer.
    """
    reply = await context.get(path)
    if reply.status in (401, 403):
        return Probe("refused", words=_said(reply))
    text = reply.text
    # What a server of files or another program says to everything is a page.
    elsewhere = reply.status in _NO_PLACE or "Invalid URL" in text or text.lstrip().startswith("<")
    return Probe("not-served" if elsewhere else "answers", words=_said(reply) if elsewhere else "")


def listed_models(reply: Reply) -> list[str] | None:
    """Return the names of the models that a reply lists; None for one that lists none."""
    try:
        body = reply.json()
    except ValueError:
        return None
    rows = body.get("data") if isinstance(body, dict) and reply.status == 200 else None
    if not isinstance(rows, list):
        return None
    return [str(one.get("id", "")) for one in rows if isinstance(one, dict)]


def _said(reply: Reply) -> str:
    return f"HTTP {reply.status} {reply.text[:80].strip()}".strip()
