"""Keys in the keyring of the system: where a key is looked for at last, and where `omni login` keeps it.

They are kept under the origin of a gateway, not under the name that a project gives it: a key must never go where another
project's settings say that a gateway of the same name is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from omnidsl.running.errors import SettingsError

_SERVICE = "omnidsl {origin}"


def kept_key(origin: str, account: str) -> str:
    """Return the key of an account of the gateway at an origin; empty where none is kept, or where there is no keyring.

    SettingsError where there is one and it cannot be read: it may be locked.
    """
    try:
        with _keyring() as keyring:
            return keyring.get_password(_SERVICE.format(origin=origin), account) or ""
    except SettingsError as error:
        if error.reason == "keyring-failed":
            raise
        return ""


def keep_key(origin: str, account: str, key: str) -> str:
    """Keep a key, and return what keeps it, in the keyring's own words; SettingsError says why it cannot be kept."""
    with _keyring() as keyring:
        keyring.set_password(_SERVICE.format(origin=origin), account, key)
        return str(keyring.get_keyring().name)


def forget_key(origin: str, account: str) -> bool:
    """Forget a key; False where none was kept. SettingsError says why it cannot be forgotten."""
    with _keyring() as keyring:
        service = _SERVICE.format(origin=origin)
        if keyring.get_password(service, account) is None:
            return False
        keyring.delete_password(service, account)
        return True


@contextmanager
def _keyring() -> Iterator[ModuleType]:
    try:
        import keyring  # an extra: fifty milliseconds, and a question to the desktop, that few runs pay
        from keyring.errors import NoKeyringError
    except ImportError:
        raise SettingsError("keyring-missing") from None
    try:
        yield keyring
    except NoKeyringError:
        raise SettingsError("keyring-none") from None
    except Exception as error:  # noqa: BLE001  # a backend's own: D-Bus, a locked collection
        words = str(error).strip() or type(error).__name__
        raise SettingsError("keyring-failed", words=words) from None
