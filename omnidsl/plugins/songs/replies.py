"""The reply table of gateways for songs, from `replies.toml`."""

import tomllib
from pathlib import Path

from omnidsl.plugins.outcomes import ReplyRule


def _read() -> tuple[ReplyRule, ...]:
    rows = tomllib.loads((Path(__file__).parent / "replies.toml").read_text("utf-8"))["reply"]
    return tuple(ReplyRule.from_row(row) for row in rows)


REPLIES = _read()
