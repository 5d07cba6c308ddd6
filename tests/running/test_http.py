"""Which HTTP library is used."""

import sys
from importlib.util import find_spec

import pytest

from omnidsl.running.http import httpx


def test_the_successor_is_used_where_it_is_installed() -> None:
    assert httpx.__name__ == ("httpx" if find_spec("httpx2") is None else "httpx2")


def test_what_httpx_looks_for_in_vain_is_not_searched_for_at_every_request() -> None:
    if httpx.__name__ == "httpx2":
        pytest.skip("httpx2 does not look for it")

    assert "sniffio" in sys.modules or find_spec("sniffio") is not None
