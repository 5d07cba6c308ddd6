"""Which outcome a reply to a paid request is, by the plugin's rows and then the shared table `data/replies.toml`."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from omnidsl.plugins.outcomes import Reply, ReplyRule

_MISSING = object()
_SAID = ("error.message", "description", "message", "error", "fail_reason", "detail")
"""Where gateways put their own words, most telling first (wire reference, errors)."""


@cache
def shared_rules() -> tuple[ReplyRule, ...]:
    """Return the rows that every service shares."""
    rows = tomllib.loads((Path(__file__).parent / "data" / "replies.toml").read_text("utf-8"))[
        "reply"
    ]
    return tuple(ReplyRule.from_row(row) for row in rows)


def classify(reply: Reply, own: Sequence[ReplyRule] = (), path: str = "") -> ReplyRule:
    """Return the first row that fits: the plugin's `own`, the shared ones, else *ambiguous*; `path` is the request's."""
    body = _body(reply)
    for rule in (*own, *shared_rules()):
        if fits(rule, reply, body, path):
            return rule
    if body is _MISSING:
        return ReplyRule(verdict="ambiguous", reason="unreadable")
    return ReplyRule(verdict="ambiguous", reason="unknown-reply")


def fits(rule: ReplyRule, reply: Reply, body: object, path: str = "") -> bool:
    """Tell whether a reply, whose parsed body is given, meets every condition of a row."""
    if rule.status and reply.status not in rule.status:
        return False
    if rule.path not in path:
        return False
    if not reply.headers.get("content-type", "").lower().startswith(rule.content_type):
        return False
    if rule.contains and rule.contains not in reply.text:
        return False
    if any(_empty(look_up(body, path)) for path in rule.has):
        return False
    if not rule.field:
        return True
    found = look_up(body, rule.field)
    if not rule.values:
        return not _empty(found)
    # Some gateways print numbers as texts; a truth value is never meant.
    return not isinstance(found, bool) and str(found) in {str(one) for one in rule.values}


def look_up(body: object, path: str) -> object:
    """Return what lies at a dotted path of a JSON value (digits index lists), or a mark that nothing does."""
    for part in path.split("."):
        if isinstance(body, dict) and part in body:
            body = body[part]
        elif isinstance(body, list) and part.isdecimal() and int(part) < len(body):
            body = body[int(part)]
        else:
            return _MISSING
    return body


def spoken(reply: Reply) -> str:
    """Return what the gateway said in its own words, with the HTTP status where it said too little."""
    body = _body(reply)
    for path in _SAID:
        found = look_up(body, path)
        if isinstance(found, str) and found.strip():
            return found.strip()
    if isinstance(body, dict | list) or not reply.body.strip():
        return f"HTTP {reply.status}" + (
            f" {_start(reply)}" if reply.body.strip() else " with an empty body"
        )
    return f"HTTP {reply.status} with {_kind(reply)}"


def _kind(reply: Reply) -> str:
    start = reply.text[:200].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page"
    if start.startswith(("{", "[")):
        return "JSON that is cut short or broken"
    return f"the text: {_start(reply)}"


def _start(reply: Reply) -> str:
    text = " ".join(reply.text[:400].split())
    return text[:200]


def _body(reply: Reply) -> object:
    try:
        return reply.json()
    except (ValueError, RecursionError):
        return _MISSING


def _empty(found: object) -> bool:
    return found is _MISSING or found is None or found in ("", [], {})
