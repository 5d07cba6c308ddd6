"""Keys are cut out of whatever comes from elsewhere, however they are written there."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins.redaction import redact

KEY = "sk-planted/secret+0123456789"
KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=40)


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        KEY.removeprefix("sk-"),
        KEY.replace("/", "\\/"),
        "".join(f"\\u{ord(one):04x}" for one in KEY),
        "".join(f"\\u{ord(one):04X}" if one in "+/" else one for one in KEY),
        quote(KEY, safe=""),
        quote(KEY, safe="").replace("%2F", "%2f"),
    ],
)
def test_a_key_is_found_in_every_form(written: str) -> None:
    found = redact(f'{{"message": "the key {written} is bad"}}'.encode(), [KEY])

    assert '{"message": "the key *** is bad"}' == found.decode().replace("sk-", "")


@given(KEYS, st.text(), st.text())
def test_no_json_says_a_key(key: str, before: str, behind: str) -> None:
    body = json.dumps(f"{before} {key} {behind}").encode()

    assert key not in json.loads(redact(body, [key])) or key in f"{before} *** {behind}"


@given(st.binary())
def test_what_holds_no_key_stays_as_it_is(body: bytes) -> None:
    assert body == redact(body, [KEY])


def test_what_is_too_short_for_a_secret_tears_no_holes() -> None:
    assert b"a text" == redact(b"a text", ["text", "sk-a"])
