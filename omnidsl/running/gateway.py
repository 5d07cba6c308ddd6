"""Which gateway a run talks to: its name in every key, its address, and the secret that may never be seen."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

import attrs

from omnidsl.plugins.redaction import redact
from omnidsl.running.errors import SettingsError
from omnidsl.running.key_origins import may_go
from omnidsl.running.keyrings import kept_key
from omnidsl.settings.addresses import Address
from omnidsl.settings.addresses import origin as _origin

SANDBOX = "sandbox"
"""The identity of the embedded sandbox, so that simulated work is never taken for real."""

_KEY = re.compile(r"[\x21-\x7e]+")


origin = lru_cache(256)(_origin)
"""`omnidsl.settings.addresses.origin`, which is asked for every address of a result."""


def _root(url: str, *, any_path: bool) -> str:
    """Return the origin of a gateway's root; ValueError for what is none."""
    own = origin(url)
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("it may not hold a user name or password")
    if parts.query or parts.fragment:
        raise ValueError("it may not hold a query")
    if not any_path and re.search(r"/(v1|mj|mj-\w+|suno|udio)$", parts.path):
        raise ValueError(f"`{parts.path}` is added by OmniDSL itself")
    return own


Teller = Literal["variable", "keyring"]
"""Who has a key."""

DEFAULT = "default"
"""The name of a gateway's only account."""


@attrs.frozen
class Gateway:
    """One gateway and the keys to it. `identity` is what keys and ledger know it by, `base_url` its root.

    `accounts` are the keys of several accounts by name, in the order in which they are preferred; `key` is the first one's.
    `header` says how a key travels; empty: as gateways take it. `others` are keys to other gateways that may not be seen.
    """

    identity: str
    base_url: str
    key: str = attrs.field(repr=False)
    accounts: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    header: str = ""
    others: Sequence[str] = attrs.field(default=(), repr=False, eq=False)

    @classmethod
    def at(
        cls,
        base_url: str,
        *,
        key: str | None = None,
        name: str = "",
        accounts: Mapping[str, str] | None = None,
        header: str = "",
    ) -> "Gateway":
        """Return the gateway at a root URL; its identity is the configured name, else the URL's origin.

        Without `key` the environment variable OMNI_API_KEY has it, or those that `accounts` names by account; where a
        variable is not set, the system's keyring (`omni login`).
        SettingsError says what is unusable.
        """
        return cls.of(Address(base_url, name=name, accounts=accounts, header=header), key=key)

    @classmethod
    def of(cls, address: Address, *, key: str | None = None) -> "Gateway":
        """Return the gateway that settings name, with the keys that its variables have; SettingsError as `at`."""
        url, own = address.base_url.strip().rstrip("/"), origin_of(address)
        identity = address.name or own
        if address.accounts and key is None:
            keys = {
                one: _account_key(address, own, one, named)
                for one, named in address.accounts.items()
            }
            first = next(iter(keys.values()))
            return cls(identity, url, first, keys, header=address.header)
        variable = address.variable
        secret = _key(address, variable, own, DEFAULT) if key is None else key.strip()
        if not secret:
            login = login_command(address.service)
            raise SettingsError("no-key", gateway=identity, variable=variable, login=login)
        if not _KEY.fullmatch(secret):
            raise SettingsError("bad-key", gateway=identity, variable=variable)
        return cls(identity, url, secret, header=address.header)

    @classmethod
    def sandbox(cls, url: str) -> "Gateway":
        """Return the embedded sandbox at a URL."""
        return cls(identity=SANDBOX, base_url=url.rstrip("/"), key="sandbox")

    @property
    def names(self) -> Sequence[str]:
        """The names of the accounts."""
        return tuple(self.accounts) or (DEFAULT,)

    @property
    def secrets(self) -> Sequence[str]:
        """Every key that may never be seen."""
        return (*(self.accounts.values() or (self.key,)), *self.others)

    @property
    def origin(self) -> str:
        """The origin that credentials may go to."""
        return origin(self.base_url)

    def headers(self, account: str = DEFAULT) -> Mapping[str, str]:
        """Return the headers that carry an account's key: the usual one, and the one that Midjourney's own servers read.

        A service's own gateway may want another one. Where the account is not known any more it is the first one's.
        """
        key = self.accounts.get(account, self.key)
        if self.header:
            name, _, scheme = self.header.partition(": ")
            return {name.lower(): f"{scheme} {key}" if scheme else key}
        return {"authorization": f"Bearer {key}", "mj-api-secret": key}

    def signature(self, account: str = DEFAULT) -> str:
        """Return what tells the key that an account's requests go with from others, and not what it is."""
        key = self.accounts.get(account, self.key)
        return hashlib.sha256(f"{self.identity}\n{key}".encode()).hexdigest()[:16]

    def redact(self, body: bytes) -> bytes:
        """Return bytes without the keys, however they are written."""
        return redact(body, self.secrets)

    def hide(self, text: str) -> str:
        """Return text without the keys."""
        return self.redact(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def is_key(text: str) -> bool:
    """Tell whether a text can be a key: signs that can be seen, and no blanks."""
    return _KEY.fullmatch(text) is not None


def login_command(service: str, account: str = "") -> str:
    """Return the command that keeps a key."""
    named = f" --service {service}" if service else ""
    return f"omni login{named}" + (f" --account {account}" if account else "")


def origin_of(address: Address) -> str:
    """Return the origin of the root that settings name; SettingsError for what can be none."""
    url = address.base_url.strip().rstrip("/")
    try:
        return _root(url, any_path=address.declared)
    except ValueError as error:
        # What stands before an @ may be a secret.
        shown = re.sub(r"//[^/@]*@", "//", url)
        raise SettingsError("base-url", url=shown, words=str(error)) from None


def find_key(address: Address, variable: str, account: str) -> tuple[str, Teller]:
    """Return the key of an account, empty where there is none, and who has it.

    SettingsError where it cannot be one, or where the keyring cannot be read.
    """
    own = origin_of(address)
    key = _in_environment(address, variable, own)
    teller: Teller = "variable" if key else "keyring"
    key = key or kept_key(own, account).strip()
    if key and not is_key(key):
        raise SettingsError("bad-account-key", account=account, variable=variable)
    return key, teller


def _key(address: Address, variable: str, own: str, account: str) -> str:
    """Return the key that an environment variable has, else the one in the system's keyring; empty where there is none."""
    return _in_environment(address, variable, own) or kept_key(own, account).strip()


def _in_environment(address: Address, variable: str, own: str) -> str:
    """Return the key that an environment variable has; SettingsError where it is for other places."""
    key = os.environ.get(variable, "").strip()
    if key and not may_go(variable, address, own):
        raise SettingsError("key-elsewhere", variable=variable, origin=own)
    return key


def _account_key(address: Address, own: str, account: str, variable: str) -> str:
    """Return the key of an account."""
    secret = _key(address, variable, own, account)
    if not secret:
        login = login_command(address.service, account)
        table = f"services.{address.service}.accounts" if address.service else "gateway.accounts"
        raise SettingsError(
            "no-account-key", account=account, variable=variable, login=login, table=table
        )
    if not _KEY.fullmatch(secret):
        raise SettingsError("bad-account-key", account=account, variable=variable)
    return secret
