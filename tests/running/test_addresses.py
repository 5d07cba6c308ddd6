"""Where results may be fetched from."""

import asyncio
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.running import Gateway
from omnidsl.running.addresses import Place, behind_proxy, is_public, place, public_address
from omnidsl.running.errors import FetchError

GATEWAY = Gateway.at("https://api.example.com/root", key="sk-0123456789")

PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::1.1.1.1", "::ffff:8.8.8.8"]
PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
]  # fmt: skip  # a list of addresses reads whole


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_a_network_is_not_public_however_it_is_wrapped(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_public(address: ipaddress.IPv4Address) -> None:
    plain = is_public(str(address))

    assert plain == is_public(f"::ffff:{address}")
    assert plain == is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://api.example.com/mj/image/17",
            Place("https://api.example.com/mj/image/17", own=True),
        ),
        ("https://cdn.example.org/a.png", Place("https://cdn.example.org/a.png")),
        ("http://api.example.com/a.png", Place("http://api.example.com/a.png")),
        (
            "http://127.0.0.1:8080/mj/image/17?rand=1",
            Place("https://api.example.com/root/mj/image/17?rand=1", own=True, rebased=True),
        ),
        (
            "http://localhost/mj-fast/mj/image/17",
            Place("https://api.example.com/root/mj-fast/mj/image/17", own=True, rebased=True),
        ),
        (
            "http://127.0.0.1:8080/mj/image/../admin",
            Place("http://127.0.0.1:8080/mj/image/../admin"),
        ),
        ("http://127.0.0.1:8080/other", Place("http://127.0.0.1:8080/other")),
    ],
)
def test_an_address_is_placed(url: str, expected: Place) -> None:
    assert expected == place(url, GATEWAY)


@pytest.mark.parametrize(
    "url",
    ["", "x.png", "file:///etc/passwd", "ftp://x/y", "gopher://x", "https://", "https://u:p@x/y"],
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        place(url, GATEWAY)

    assert ("address-refused", True) == (caught.value.reason, caught.value.final)


@given(st.text())
def test_any_text_is_placed_or_refused(text: str) -> None:
    found: Place | str
    try:
        found = place(text, GATEWAY)
    except FetchError as error:
        found = error.reason

    assert isinstance(found, Place) or "address-refused" == found


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_every_spelling_of_loopback_is_refused_after_resolution(host: str) -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(public_address(f"http://{host}/x.png"))

    assert "address-refused" == caught.value.reason


def test_a_public_address_resolves_to_itself() -> None:
    assert "1.1.1.1" == asyncio.run(public_address("http://1.1.1.1/x.png"))


def test_a_name_that_nobody_knows_cannot_be_fetched() -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(public_address("http://nobody.invalid/x.png"))

    assert "download-failed" == caught.value.reason


def test_a_proxy_of_the_environment_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "direct.example")

    found = [behind_proxy(f"https://{host}/x") for host in ("cdn.example", "direct.example")]

    assert [True, False] == found
