"""Where services are: the gateway that they share, and those that single services have of their own."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.settings.services import SIMULATED, service_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omnidsl.plugins.catalogue import Catalogue, ServiceView
    from omnidsl.settings.project import Settings

COMMON_VARIABLE = "OMNI_API_KEY"
_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> str:
    """Return `scheme://host[:port]` of a URL, lower case, without a scheme's own port; ValueError for none."""
    from urllib.parse import urlsplit  # what `omni check` does not pay

    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("it must begin with http:// or https:// and name a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class Address:
    """One gateway as it is settled: its root, and the variables that have its keys.

    `service` is empty for the one that services share. `header` says how a key travels (`x-api-key`, `Authorization:
    Bearer`); empty: as gateways take it. `accounts` are variables by account; without any `variable` has the only key. `declared`: its
    plugin has a gateway of its own, and knows what stands behind its root; `untouched`: the project says nothing of it;
    `settled`: the project's own files say where it is.
    """

    __slots__ = (
        "accounts",
        "base_url",
        "declared",
        "header",
        "name",
        "service",
        "settled",
        "untouched",
        "variable",
    )

    def __init__(
        self,
        base_url: str,
        *,
        name: str = "",
        service: str = "",
        variable: str = COMMON_VARIABLE,
        header: str = "",
        accounts: "Mapping[str, str] | None" = None,
        declared: bool = False,
        untouched: bool = False,
        settled: bool = False,
    ) -> None:
        self.base_url = base_url
        self.name = name
        self.service = service
        self.variable = variable
        self.header = header
        self.accounts = dict(accounts or {})
        self.declared = declared
        self.untouched = untouched
        self.settled = settled

    def __repr__(self) -> str:
        return f"Address({self.identity!r}, service={self.service!r})"

    @property
    def identity(self) -> str:
        """What keys and ledger know the gateway by: its name, else its origin, else what it has instead of one."""
        try:
            return self.name or origin(self.base_url.strip())
        except ValueError:
            return self.base_url


class Addresses:
    """All gateways of a project.

    `common` is None where nothing settles it; `own` are by service, `shared` the services without one of their own.
    `everywhere` names one that stands for all of them, as the simulator does. `name` is what a plan calls the common one
    as long as nobody says where it is.
    """

    __slots__ = ("common", "everywhere", "name", "own", "shared")

    def __init__(
        self,
        common: Address | None,
        own: "Mapping[str, Address] | None" = None,
        *,
        everywhere: str = "",
        name: str = "",
        shared: "Iterable[str]" = (),
    ) -> None:
        self.common = common
        self.own = dict(own or {})
        self.everywhere = everywhere
        self.name = name
        self.shared = frozenset(shared)

    @property
    def identity(self) -> str:
        """What the shared gateway is known by; empty where there is none."""
        return self.everywhere or (self.name if self.common is None else self.common.identity)

    @property
    def identities(self) -> dict[str, str]:
        """What the gateways of single services are known by, by service."""
        return {name: one.identity for name, one in self.own.items()}


def addresses(settings: "Settings", catalogue: "Catalogue", *, sandbox: bool = False) -> Addresses:
    """Return where the installed services are, as the project settles it and their plugins declare it.

    The sandbox stands for all of them: no simulated step goes to a real gateway.
    """
    if sandbox:
        return Addresses(None, everywhere=SIMULATED)
    common = None
    if settings.gateway_base_url is not None:
        common = Address(
            settings.gateway_base_url,
            name=settings.gateway_name or "",
            accounts=settings.gateway_accounts,
            settled=not settings.other_gateway,
        )
    tables = service_tables(settings.values)
    own = {
        name: found
        for name, view in catalogue.services.items()
        if (view.base_url or name in tables)
        and (found := _own(view, tables.get(name, {}), settings)) is not None
    }
    shared = (one for one in catalogue.services if one not in own)
    return Addresses(common, own, name=settings.gateway_name or "", shared=shared)


def _own(
    view: "ServiceView", table: "Mapping[str, object]", settings: "Settings"
) -> Address | None:
    """Return a service's own gateway; None where it goes through the common one, with its keys."""

    def text(name: str) -> str:
        value = table.get(name)
        return value if isinstance(value, str) else ""

    accounts = table.get("accounts")
    variables = (
        {key: str(one) for key, one in accounts.items()} if isinstance(accounts, dict) else {}
    )
    root = text("base_url") or view.base_url
    if root:
        variable = text("key") or view.key_variable or f"OMNI_{view.name.upper()}_API_KEY"
        header = text("key_header") or view.key_header
        return Address(root, name=text("name"), service=view.name, variable=variable, header=header, accounts=variables, declared=bool(view.base_url), untouched=not table, settled=bool(text("base_url")))  # fmt: skip  # one call
    # Keys for the gateway that the file names go to no other one.
    if settings.gateway_base_url is None or settings.other_gateway or not table.keys() & _AT_COMMON:
        return None
    return Address(
        settings.gateway_base_url,
        name=text("name") or settings.gateway_name or "",
        service=view.name,
        variable=text("key") or COMMON_VARIABLE,
        header=text("key_header"),
        accounts=variables if variables or text("key") else settings.gateway_accounts,
        settled=True,
    )


_AT_COMMON = frozenset(("name", "key", "key_header", "accounts"))
"""What makes a gateway of its own out of the common one's address."""
