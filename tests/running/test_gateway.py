"""Which gateway it is, and the key that nobody may see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.running import Gateway, SettingsError

KEY = "sk-planted-0123456789"


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        ("https://API.Example.com:443/", "https://api.example.com"),
        ("http://api.example.com:8080/root", "http://api.example.com:8080"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_gateway_without_a_name_is_known_by_its_origin(url: str, identity: str) -> None:
    assert identity == Gateway.at(url, key=KEY).identity


def test_a_configured_name_is_the_identity() -> None:
    assert "work" == Gateway.at("https://api.example.com", key=KEY, name="work").identity


def test_the_sandbox_is_always_the_sandbox() -> None:
    assert "sandbox" == Gateway.sandbox("http://127.0.0.1:1234").identity


@pytest.mark.parametrize(
    "url",
    ["", "api.example.com", "ftp://api.example.com", "https://", "https://api.example.com/v1", "https://x/mj-fast",
     "https://x/?a=b", "https://x:99999", "https://[::1", "https://x/mj"],
)  # fmt: skip  # a list of addresses reads whole
def test_an_unusable_address_is_refused_with_the_way_out(url: str) -> None:
    with pytest.raises(SettingsError, match="is not usable") as caught:
        Gateway.at(url, key=KEY)

    assert "OMNI_BASE_URL" in caught.value.help()


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Gateway.at("https://me:hunter2secret@api.example.com", key=KEY)

    assert "hunter2secret" not in str(caught.value) + repr(caught.value.values)


@pytest.mark.parametrize("key", ["", "   ", "\n"])
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(SettingsError, match="no key"):
        Gateway.at("https://api.example.com", key=key)


@pytest.mark.parametrize(
    "key", ["sk-1 23456789", "sk-钥匙123456", "sk-12345678\nx: y", "“sk-12345678”"]
)
def test_a_key_with_odd_characters_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Gateway.at("https://api.example.com", key=key)

    assert key not in str(caught.value)


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNI_API_KEY", f" {KEY}\n")

    expected = {"authorization": f"Bearer {KEY}", "mj-api-secret": KEY}
    assert expected == Gateway.at("https://api.example.com").headers()


def test_the_key_is_not_in_the_representation() -> None:
    assert KEY not in repr(Gateway.at("https://api.example.com", key=KEY))


@given(st.text(), st.text())
def test_the_key_is_cut_out_of_any_text(before: str, behind: str) -> None:
    gateway = Gateway.at("https://api.example.com", key=KEY)

    hidden = gateway.hide(before + KEY + behind) + gateway.hide(
        before + KEY.removeprefix("sk-") + behind
    )

    assert "planted-0123456789" not in hidden


@given(st.text())
def test_a_text_without_the_key_stays_as_it_is(text: str) -> None:
    assert text == Gateway.at("https://api.example.com", key=KEY).hide(text)
