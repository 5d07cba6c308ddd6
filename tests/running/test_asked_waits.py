"""How long a gateway asks to be left alone, in every form that is seen."""

from email.utils import formatdate
from time import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import Reply
from omnidsl.running.asked_waits import LONGEST, exhausted, retry_after

NOON = "Sun, 06 Nov 1994 12:00:00 GMT"


def reply(**headers: str) -> Reply:
    return Reply(429, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": " 2.5 "}, 2.5),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
        # a date, by the gateway's own clock: HTTP's three forms
        ({"retry_after": "Sun, 06 Nov 1994 12:00:30 GMT", "date": NOON}, 30.0),
        ({"retry_after": "Sunday, 06-Nov-94 12:00:30 GMT", "date": NOON}, 30.0),
        ({"retry_after": "Sun Nov  6 12:00:30 1994", "date": NOON}, 30.0),
        ({"retry_after": "Sun, 06 Nov 1994 11:59:00 GMT", "date": NOON}, None),
        ({"retry_after": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST),
        # nonsense
        ({"retry_after": "-5"}, None),
        ({"retry_after": "0"}, None),
        ({"retry_after_ms": "0", "retry_after": "3"}, 3.0),
        ({"retry_after": "1e99"}, LONGEST),
        ({"retry_after": "inf"}, LONGEST),
        ({"retry_after": "-inf"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "Sun, 99 Nov 1994 12:00:30 GMT"}, None),
        ({"retry_after": ""}, None),
        ({}, None),
        # budgets, as OpenAI tells them
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "6m0s"}, 360.0),
        ({"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "12ms"}, 0.012),
        (
            {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "1h2m3.5s"},
            LONGEST,
        ),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "2"}, 2.0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "-2"}, 0.0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "soon"}, None),
        ({"x_ratelimit_remaining_requests": "0"}, None),
        ({"x_ratelimit_remaining_requests": "1", "x_ratelimit_reset_requests": "6m0s"}, None),
        ({"x_ratelimit_reset_requests": "6m0s"}, None),
        (
            {
                "retry_after": "1",
                "x_ratelimit_remaining_requests": "0",
                "x_ratelimit_reset_requests": "6m0s",
            },
            1.0,
        ),
        (
            {
                "x_ratelimit_remaining_requests": "0",
                "x_ratelimit_reset_requests": "2s",
                "x_ratelimit_remaining_tokens": "0",
                "x_ratelimit_reset_tokens": "1m",
            },
            60.0,
        ),
    ],
)
def test_the_wait_that_a_gateway_asks_for_is_read_in_every_form(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert seconds == retry_after(reply(**headers))


def test_a_date_without_the_gateways_own_counts_by_ours() -> None:
    asked = retry_after(reply(retry_after=formatdate(time() + 100, usegmt=True)))

    assert asked is not None
    assert 90 < asked <= 101


def test_a_reply_that_is_no_refusal_says_when_its_budget_is_full_again() -> None:
    told = reply(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests="1.5s")

    assert 1.5 == exhausted(told)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "retry_after",
                "retry_after_ms",
                "date",
                "x_ratelimit_remaining_requests",
                "x_ratelimit_reset_requests",
            ]
        ),
        st.text(max_size=30) | st.sampled_from(["0", "9" * 400, "1" * 5000 + "s", NOON]),
    )
)
def test_whatever_a_gateway_says_the_wait_is_none_or_bounded(headers: dict[str, str]) -> None:
    asked = retry_after(reply(**headers))

    assert asked is None or 0 <= asked <= LONGEST
