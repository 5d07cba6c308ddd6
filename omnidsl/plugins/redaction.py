"""Cutting secrets out of whatever comes from elsewhere: as they are, and as JSON or an address writes them."""

import re
from collections.abc import Sequence
from functools import lru_cache

HIDDEN = b"***"

_SHORTEST = 8
"""Characters of a secret at least: a shorter one is none, and would tear holes into any text."""

_ESCAPED = re.compile(rb"\\u00([2-7][0-9a-fA-F])|%([2-7][0-9a-fA-F])|\\([!-/:-@\[-`{-~])")
"""A character of a key as an escape: `\\u002f`, `%2F`, `\\/`."""


def redact(body: bytes, keys: Sequence[str]) -> bytes:
    """Return bytes without the keys, and without what follows their usual prefix, which some gateways cut off."""
    secrets = _secrets(tuple(keys))
    # Looking for escapes takes far longer: it is done where there are some, and one of them hides a key. It comes
    # first, so that no backslash of an escape is left over and makes the JSON unreadable.
    if b"\\" in body or b"%" in body:
        plain = _ESCAPED.sub(_unescaped, body)
        for secret in secrets:
            if secret in plain:
                body = _any_form(secret).sub(HIDDEN, body)
    for secret in secrets:
        body = body.replace(secret, HIDDEN)
    return body


@lru_cache(64)
def _secrets(keys: tuple[str, ...]) -> tuple[bytes, ...]:
    found = (one for key in keys for one in (key, key.removeprefix("sk-")))
    return tuple(dict.fromkeys(one.encode() for one in found if len(one) >= _SHORTEST))


def _unescaped(found: re.Match[bytes]) -> bytes:
    return found[3] or bytes.fromhex((found[1] or found[2]).decode("ascii"))


@lru_cache(64)
def _any_form(secret: bytes) -> re.Pattern[bytes]:
    """Return what finds a secret, each of its characters as it is or as an escape."""
    forms = []
    for one in secret:
        digits = b"".join(b"[%c%c]" % (each, each ^ 32) if each > 57 else b"%c" % each for each in b"%02x" % one)  # fmt: skip  # one thought
        itself = re.escape(b"%c" % one)
        bare = b"" if chr(one).isalnum() else rb"\\?"
        forms.append(rb"(?:" + bare + itself + rb"|\\u00" + digits + rb"|%" + digits + rb")")
    return re.compile(b"".join(forms))
