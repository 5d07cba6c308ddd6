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


NO_ADDRESS = [
    "", " ", "x.png", "/mj/image/17", "//api.example.com/x", "file:///etc/passwd", "file://api.example.com/x", "ftp://x/y",
    "gopher://x", "data:image/png;base64,iVBORw0K", "javascript:alert(1)", "blob:https://api.example.com/1", "ws://x/y",
    "unix:/run/docker.sock", "https://", "https:///x", "http:/x", "https:x", "http://:80/x", "https://u:p@x/y",
    "https://api.example.com:443@127.0.0.1/x", "https://api.example.com@127.0.0.1/x", "https://@127.0.0.1/x",
    "https://:@api.example.com/x", "https://%61:%62@api.example.com/x", "https://x:99999/y", "https://x:-1/y",
    "https://x:port/y", "https://[::1/x", "https://[zz]/x", "HTTPS://u@X/y",
]  # fmt: skip  # a list of addresses reads whole


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        place(url, GATEWAY)

    assert ("address-refused", True) == (caught.value.reason, caught.value.final)


NOT_THEIRS = [
    "https://api.example.com.evil.example/x", "https://evil.example/https://api.example.com/x",
    "https://evil.example#https://api.example.com/", "https://evil.example?@api.example.com/", "https://api.example.com./x",
    "https://api.example.com:444/x", "http://api.example.com/x", "https://api.example.comx/x", "https://xapi.example.com/x",
    "https://evil.example\\@api.example.com/x", "https://evil.example/mj/image/17", "http://127.0.0.1/mj/image/17/x",
    "http://127.0.0.1/mj/image/", "http://127.0.0.1/mj/image/%2e%2e", "http://127.0.0.1/x/mj/image/17",
    "http://127.0.0.1.evil.example/mj/image/17", "http://2130706433/mj/image/17", "http://0x7f.1/mj/image/17",
    "http://0/mj/image/17", "http://[::ffff:127.0.0.1]/mj/image/17", "http://10.0.0.1/mj/image/17",
]  # fmt: skip  # a list of addresses reads whole


@pytest.mark.parametrize("url", NOT_THEIRS)
def test_nothing_that_looks_like_the_gateway_gets_its_key(url: str) -> None:
    try:
        own = place(url, GATEWAY).own
    except FetchError:
        own = False

    assert not own


@given(st.text())
def test_any_text_is_placed_or_refused(text: str) -> None:
    found: Place | str
    try:
        found = place(text, GATEWAY)
    except FetchError as error:
        found = error.reason

    assert isinstance(found, Place) or "address-refused" == found


HOSTS = [
    "127.0.0.1", "localhost", "LOCALHOST", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001", "127.1",
    "127.0.1", "0", "0.0.0.1", "00.0.0.0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "10.0.0.1", "0xa.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "3232235521", "169.254.169.254", "0xa9fea9fe",
    "2852039166", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "100.64.0.1",
    "198.18.0.1", "192.0.0.1", "192.0.2.1", "203.0.113.1", "240.0.0.1", "255.255.255.255", "224.0.0.1", "[ff02::1]",
    "[2001:db8::1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]", "[64:ff9b:1::7f00:1]",
]  # fmt: skip  # a list of hosts reads whole


@pytest.mark.parametrize("host", HOSTS)
def test_every_spelling_of_a_private_address_is_refused_after_resolution(host: str) -> None:
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
