"""`[services.NAME]`: where a service's own gateway is, which variables have its keys, and what its plugin lets one settle.

What can be judged without knowing the service is judged with the file (`fault`); the rest where the catalogue is known
(`faults`), since `omni fmt` and a broken plugin must not keep the settings from being read.
"""

import re
from collections.abc import Mapping

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.suggestions import nearest
from omnidsl.settings.declaration import KINDS
from omnidsl.settings.toml_types import toml_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omnidsl.plugins.catalogue import Catalogue, SettingView
    from omnidsl.plugins.media import JSON
    from omnidsl.settings.project import Settings
    from omnidsl.settings.values import Values

ADDRESS = ("base_url", "name", "kind", "key", "key_header", "accounts")
"""What any service's table may hold: its gateway, and how its key is found and sent."""

SIMULATED = "sandbox"
"""The name that no real gateway may have: what is kept under it was simulated."""

URL_EXAMPLE = "https://gateway.example"
ACCOUNT_EXAMPLE = 'main = "OMNI_API_KEY_MAIN"'
_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_ACCOUNT = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_OWN_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}(?:: [A-Za-z][A-Za-z0-9-]{0,31})?")
_KINDS = {"flag": "boolean", "count": "integer", "number": "float", "text": "string"}


class Fault:
    """What is wrong below a table: the code, the path of keys, and the values of its message."""

    __slots__ = ("code", "path", "suggestions", "values")

    def __init__(
        self, code: str, path: tuple[str, ...], suggestions: tuple[str, ...] = (), **values: str
    ) -> None:
        self.code = code
        self.path = path
        self.suggestions = suggestions
        self.values = values


def is_base_url(text: str) -> bool:
    """Say whether a text can be a gateway's root: http or https, a host, no user, query or fragment."""
    return _URL.fullmatch(text) is not None


def is_key_header(text: str) -> bool:
    """Say whether a text can say how a key travels: `x-api-key`, or `Authorization: Bearer`."""
    return _HEADER.fullmatch(text) is not None


def is_variable(text: str) -> bool:
    """Say whether a text can name the variable of a service's key: capitals only, as no key is."""
    return _OWN_VARIABLE.fullmatch(text) is not None


def names_a_variable(path: tuple[str, ...], value: str) -> bool:
    """Say whether a text stands where a service's `key` is named, and is a name in capitals, as no key is."""
    return len(path) == 3 and path[0] == "services" and path[2] == "key" and is_variable(value)


def faults_of_accounts(
    path: tuple[str, ...], accounts: "Mapping[str, object]"
) -> "Iterator[Fault]":
    """Judge the names of accounts, and of the variables that have their keys."""
    for name, variable in accounts.items():
        there = (*path, name)
        if not isinstance(variable, str):
            yield Fault("OM904", there, expected="string", found=toml_type(variable))
        elif not _ACCOUNT.fullmatch(name) or not _VARIABLE.fullmatch(variable):
            yield Fault("OM905", there, example=ACCOUNT_EXAMPLE)


def faults_of_tables(path: tuple[str, ...], tables: "Mapping[str, object]") -> "Iterator[Fault]":
    """Judge the tables of services; what only their plugins know is left."""
    for service, table in tables.items():
        there = (*path, service)
        if not isinstance(table, dict):
            yield Fault("OM904", there, expected="table", found=toml_type(table))
            continue
        for name, value in table.items():
            own = name if path[0] == "services" else ""
            yield from _fault((*there, name), own, value)


def _fault(path: tuple[str, ...], name: str, value: object) -> "Iterator[Fault]":
    if name == "accounts":
        if isinstance(value, dict):
            yield from faults_of_accounts(path, value)
        else:
            yield Fault("OM904", path, expected="table of strings", found=toml_type(value))
    elif name in ADDRESS:
        if not isinstance(value, str):
            yield Fault("OM904", path, expected="string", found=toml_type(value))
        elif example := _wrong(name, value):
            yield Fault("OM905", path, example=example)
    elif not isinstance(value, bool | int | float | str):
        yield Fault("OM904", path, expected="string", found=toml_type(value))


def _wrong(name: str, value: str) -> str | None:
    """Return what a part of a gateway's address should look like; None for one that is right."""
    right, example = {
        "base_url": (is_base_url(value), URL_EXAMPLE),
        "name": (bool(value.strip()) and value != SIMULATED, "studio"),
        "kind": (value in KINDS, ", ".join(KINDS)),
        "key": (is_variable(value), "EXAMPLE_API_KEY"),
        "key_header": (is_key_header(value), "Authorization: Bearer, x-api-key"),
    }[name]
    return None if right else example


def service_tables(values: "Values") -> "dict[str, dict[str, object]]":
    """Return the tables of services by name."""
    tables = values.table("services")
    return {name: dict(one) for name, one in tables.items() if isinstance(one, dict)}


def service_kinds(values: "Values") -> dict[str, str]:
    """Return of which kind the gateways of single services are; empty where the project does not say.

    What it says of the common gateway is not true of another one.
    """
    return {
        name: str(table.get("kind", ""))
        for name, table in service_tables(values).items()
        if "kind" in table or "base_url" in table
    }


def faults(settings: "Settings", catalogue: "Catalogue") -> list[Diagnostic]:
    """Return what is wrong with what a project settles for its services, now that these are known."""
    found: list[Diagnostic] = []
    for service, table in service_tables(settings.values).items():
        path = ("services", service)
        view = catalogue.services.get(service)
        if view is None:
            near = nearest(service, catalogue.services)
            found.append(settings.blamed("OM917", path, near, service=service))
            continue
        for name, value in table.items():
            if name in ADDRESS:
                continue
            setting = view.settings.get(name)
            if setting is None:
                near = nearest(name, (*view.settings, *ADDRESS))
                near = [f"services.{service}.{one}" for one in near]
                found.append(settings.blamed("OM903", (*path, name), near))
            else:
                found += _misfit(settings, (*path, name), setting, value)
    return [*found, *_faults_of_plugins(settings, catalogue)]


def _faults_of_plugins(settings: "Settings", catalogue: "Catalogue") -> "Iterator[Diagnostic]":
    known = catalogue.brought.settings
    for plugin, table in settings.values.table("plugin").items():
        rows = known.get(plugin)
        if rows is None and catalogue.leaves_out(plugin):
            continue
        if rows is None:
            near = [f"plugin.{one}" for one in nearest(plugin, known)]
            yield settings.blamed("OM903", ("plugin", plugin), near)
            continue
        for name, value in table.items() if isinstance(table, dict) else ():
            path = ("plugin", plugin, name)
            if name in rows:
                yield from _misfit(settings, path, rows[name], value)
            else:
                near = [f"plugin.{plugin}.{one}" for one in nearest(name, rows)]
                yield settings.blamed("OM903", path, near)


def _misfit(
    settings: "Settings", path: tuple[str, ...], setting: "SettingView", value: object
) -> "Iterator[Diagnostic]":
    if not setting.holds(value):
        expected, is_ = _KINDS[setting.kind], toml_type(value)
        yield settings.blamed("OM904", path, expected=expected, found=is_)
    elif setting.choices and value not in setting.choices:
        near = nearest(str(value), setting.choices)
        yield settings.blamed("OM905", path, near, example=", ".join(setting.choices))


def plugin_settings(values: "Values", catalogue: "Catalogue") -> "dict[str, dict[str, JSON]]":
    """Return the settings of every plugin that has any of its own: what the project says, else what it declares."""
    tables = values.table("plugin")
    return {
        plugin: _settled(tables.get(plugin), rows)
        for plugin, rows in catalogue.brought.settings.items()
    }


def _settled(table: object, settings: "Mapping[str, SettingView]") -> "dict[str, JSON]":
    given = table if isinstance(table, dict) else {}
    return {
        name: value if one.fits(value := given.get(name)) else one.default
        for name, one in settings.items()
    }


class ServiceSettings(Mapping[str, "Mapping[str, JSON]"]):
    """The settings of services by name: what the project says, else what the service declares; what is wrong counts as absent.

    A service is looked at when somebody asks for it: most runs need few.
    """

    __slots__ = ("_catalogue", "_known", "_tables")

    def __init__(self, values: "Values", catalogue: "Catalogue") -> None:
        self._tables = service_tables(values)
        self._catalogue = catalogue
        self._known: dict[str, dict[str, JSON]] = {}

    def __getitem__(self, service: str) -> "Mapping[str, JSON]":
        found = self._known.get(service)
        if found is None:
            view = self._catalogue.services[service]
            found = self._known[service] = _settled(self._tables.get(service), view.settings)
        return found

    def __iter__(self) -> "Iterator[str]":
        return iter(self._catalogue.services)

    def __len__(self) -> int:
        return len(self._catalogue.services)
