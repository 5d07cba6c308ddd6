"""The declarations of all installed plugins, as checking reads them: light views on the declaration index.

Plain slotted classes over JSON; no attrs, no pluggy, no plugin.
"""

from collections.abc import Iterable, Iterator, Mapping

from omnidsl._typing import TYPE_CHECKING
from omnidsl.plugins.installed import EntryPoint

if TYPE_CHECKING:
    from typing import Any, TypeGuard

    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.plugins.brought import Brought
    from omnidsl.plugins.conditions import Condition
    from omnidsl.prompts.house import HouseRules
    from omnidsl.prompts.vocabulary import Vocabulary


class ParameterView:
    """One argument of an operation. `accepts` are type names of the language; bounds are inclusive.

    `many` says that it is a list, `single` that one alone, without brackets, is taken too. `splits` says that a text which
    is too long for it makes sense in pieces. `of`, where it is not empty, is the one type of subject that it is for; `needed` says that such a subject needs it.
    """

    __slots__ = (
        "accepts",
        "choices",
        "default",
        "handle",
        "help",
        "many",
        "max_bytes",
        "max_items",
        "max_length",
        "maximum",
        "min_items",
        "minimum",
        "name",
        "needed",
        "of",
        "open",
        "required",
        "single",
        "splits",
        "subject",
        "zh",
    )

    def __init__(self, row: "Mapping[str, Any]") -> None:
        self.name: str = row["name"]
        self.accepts: tuple[str, ...] = tuple(row["accepts"])
        self.choices: tuple[str, ...] = tuple(row.get("choices", ()))
        self.required: bool = row.get("required", False)
        self.default: bool | int | float | str | None = row.get("default")
        self.many: bool = row.get("many", False)
        self.single: bool = row.get("single", False)
        self.handle: bool = row.get("handle", False)
        self.subject: bool = row.get("subject", False)
        self.open: bool = row.get("open", False)
        self.splits: bool = row.get("splits", False)
        self.of: str = row.get("of", "")
        self.needed: bool = row.get("needed", False)
        self.minimum: float | None = row.get("minimum")
        self.maximum: float | None = row.get("maximum")
        self.max_length: int | None = row.get("max_length")
        self.min_items: int | None = row.get("min_items")
        self.max_items: int | None = row.get("max_items")
        self.max_bytes: int | None = row.get("max_bytes")
        self.help: str = row.get("help", "")
        self.zh: str = row.get("zh", "")

    def __repr__(self) -> str:
        return f"ParameterView({self.name!r}, {'|'.join(self.accepts)})"

    def type_text(self, either: str = " or ") -> str:
        """Return the type as a recipe would write it; `either` stands between types of which one will do."""
        plain = either.join(self.accepts)
        if self.single:
            return f"{plain}{either}list[{plain}]"
        return f"list[{plain}]" if self.many else plain


def _conditions(rows: "list[Mapping[str, Any]]") -> "tuple[Condition, ...]":
    from omnidsl.plugins.conditions import Condition  # what few operations need

    return tuple(Condition(row) for row in rows)


class SettingView:
    """One setting of a service. `kind` is `flag`, `count`, `number` or `text`; `choices` are the texts that it may be."""

    __slots__ = ("choices", "default", "help", "kind", "name", "zh")

    def __init__(self, row: "Mapping[str, Any]") -> None:
        self.name: str = row["name"]
        self.kind: str = row["kind"]
        self.choices: tuple[str, ...] = tuple(row.get("choices", ()))
        self.default: bool | int | float | str | None = row.get("default")
        self.help: str = row.get("help", "")
        self.zh: str = row.get("zh", "")

    def __repr__(self) -> str:
        return f"SettingView({self.name!r}, {self.kind})"

    def holds(self, value: object) -> bool:
        """Say whether a value is of the setting's type."""
        if isinstance(value, bool):
            return self.kind == "flag"
        if isinstance(value, int):
            return self.kind in ("count", "number")
        return isinstance(value, float if self.kind == "number" else str) and (
            self.kind in ("number", "text")
        )

    def fits(self, value: object) -> "TypeGuard[bool | int | float | str]":
        """Say whether a value can be the setting's."""
        return self.holds(value) and (not self.choices or value in self.choices)


class OperationView:
    """One operation: `kind` is `task` or `immediate`, `result` a type of the language.

    `free`: nobody pays for it. `not_served_by` are kinds of gateway.
    `limits` are those of arguments that depend on others, `parts` the types of what a result has beside itself.
    """

    __slots__ = (
        "deterministic",
        "doc",
        "free",
        "kind",
        "limits",
        "name",
        "not_served_by",
        "on_ambiguous",
        "parameters",
        "parts",
        "result",
        "service",
        "zh",
    )

    def __init__(self, service: str, name: str, row: "Mapping[str, Any]") -> None:
        self.service = service
        self.name = name
        self.doc: str = row["doc"]
        self.zh: str = row.get("zh", "")
        self.kind: str = row["kind"]
        self.result: str = row["result"]
        self.deterministic: bool = row["deterministic"]
        self.free: bool = row.get("free", False)
        self.on_ambiguous: str = row["on_ambiguous"]
        self.not_served_by: tuple[str, ...] = tuple(row.get("not_served_by", ()))
        self.parameters = {one["name"]: ParameterView(one) for one in row["parameters"]}
        self.limits = _conditions(row["limits"]) if "limits" in row else ()
        self.parts: Mapping[str, str] = row.get("parts", {})

    def __repr__(self) -> str:
        return f"OperationView({self.full_name!r} -> {self.result})"

    @property
    def full_name(self) -> str:
        """`service.operation`; an operation of no service has its name alone."""
        return f"{self.service}.{self.name}" if self.service else self.name

    @property
    def subject(self) -> ParameterView | None:
        """The parameter that takes what stands left of `->`."""
        return next((one for one in self.parameters.values() if one.subject), None)


class _Operations(Mapping[str, OperationView]):
    """The operations of one service by name, each made of its row when somebody asks for it."""

    __slots__ = ("_made", "_rows", "_service")

    def __init__(self, service: str, rows: "Mapping[str, Any]") -> None:
        self._service = service
        self._rows = rows
        self._made: dict[str, OperationView] = {}

    def __getitem__(self, name: str) -> OperationView:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = OperationView(self._service, name, self._rows[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class ServiceView:
    """One service and its operations; what `text` has of it, one row of the index, is read when somebody asks for it.

    `plugin` is the name of the entry point that brings it. `base_url` is the root of its own gateway, where it declares one.
    """

    __slots__ = (
        "_text",
        "base_url",
        "distribution",
        "implementation",
        "key_header",
        "key_variable",
        "name",
        "operations",
        "plugin",
        "prices",
        "settings",
        "settling_seconds",
        "summary",
        "usual_seconds",
        "version",
        "zh",
    )

    def __init__(self, name: str, row: "Mapping[str, Any]", text: str = "") -> None:
        self.name = name
        self.distribution: str = row["distribution"]
        self.version: str = row["version"]
        self.plugin: str = row.get("plugin", "")
        self.base_url: str = row.get("base_url", "")
        self.key_variable: str = row.get("key_variable", "")
        self.key_header: str = row.get("key_header", "")
        self._text = text
        if not text:
            self._learn(row)

    def _learn(self, row: "Mapping[str, Any]") -> None:
        self.summary: str = row["summary"]
        self.zh: str = row["zh"]
        self.implementation: str = row["implementation"]
        self.usual_seconds: float = row["usual_seconds"]
        self.prices: tuple[Mapping[str, Any], ...] = tuple(row.get("prices", ()))
        self.settling_seconds: float = row["settling_seconds"]
        self.settings = {one["name"]: SettingView(one) for one in row.get("settings", ())}
        self.operations: Mapping[str, OperationView] = _Operations(self.name, row["operations"])

    def __getattr__(self, name: str) -> "Any":  # Python asks here for slots that are empty
        if name.startswith("_") or name not in self.__slots__ or not self._text:
            raise AttributeError(name)
        from json import loads  # the index has loaded it

        text, self._text = self._text, ""
        self._learn(loads(text))
        return getattr(self, name)

    def __repr__(self) -> str:
        return f"ServiceView({self.name!r}, {sorted(self.operations)})"


class Problem:
    """What is wrong with a plugin: its distribution, the hook or import at fault, and the words; `code` says how it is told."""

    __slots__ = ("code", "distribution", "hook", "problem", "values")

    def __init__(
        self,
        distribution: str,
        hook: str,
        problem: str,
        code: str = "OM901",
        values: "Mapping[str, str] | None" = None,
    ) -> None:
        self.distribution = distribution
        self.hook = hook
        self.problem = problem
        self.code = code
        self.values = dict(values or {})

    def __repr__(self) -> str:
        return f"Problem({self.distribution!r}, {self.hook!r}, {self.problem!r})"

    @classmethod
    def untrusted(cls, folder: str) -> "Problem":
        """Return what is to be said of a folder of plugins that nobody trusts."""
        return cls(folder, "", "not trusted", "OM919", {"folder": folder})

    def diagnostic(self) -> "Diagnostic":
        """Return it as a finding."""
        from omnidsl.language.catalogue import Words
        from omnidsl.language.diagnostics import Diagnostic

        if self.code == "OM901":
            own = {"distribution": self.distribution, "hook": self.hook, "problem": self.problem}
            return Diagnostic(self.code, values=own)
        spoken = {
            name: Words(f"plugin-{name}-{value}") if name in ("what", "who") else value
            for name, value in self.values.items()
        }
        return Diagnostic(self.code, values=spoken)


class Catalogue:
    """All services by name, the terms that plugins bring (a table each), the plugins themselves, and what is wrong with some.

    `left` are plugins that do not take part, each with the reason: `switched-off` or `not-listed`. `gateway_kind` is the
    kind of the gateway that recipes are checked for; empty where it is not known.
    """

    __slots__ = (
        "_brought",
        "_rest",
        "gateway_kind",
        "kinds",
        "left",
        "points",
        "problems",
        "services",
        "tables",
    )

    def __init__(
        self,
        services: Iterable[ServiceView],
        problems: Iterable[Problem] = (),
        tables: Iterable[str] = (),
        points: Iterable[EntryPoint] = (),
        left: "Iterable[tuple[EntryPoint, str]]" = (),
        gateway_kind: str = "",
        rest: "Mapping[str, Any] | None" = None,
        kinds: "Mapping[str, str] | None" = None,
    ) -> None:
        self.services = {one.name: one for one in services}
        self.problems = tuple(problems)
        self.tables = tuple(tables)
        self.points = tuple(points)
        self.left = tuple(left)
        self.gateway_kind = gateway_kind
        self._rest: Mapping[str, Any] = rest or {}
        self._brought: Brought | None = None
        self.kinds = dict(kinds or {})

    @classmethod
    def from_json(
        cls, index: "Mapping[str, Any]", texts: "Mapping[str, str] | None" = None
    ) -> "Catalogue":
        """Read the declaration index; `texts` has the rows of services that it only has the heads of, as JSON."""
        later = texts or {}
        return cls(
            (
                ServiceView(name, row, later.get(name, ""))
                for name, row in sorted(index["services"].items())
            ),
            (
                Problem(
                    one["distribution"],
                    one["hook"],
                    one["problem"],
                    one.get("code", "OM901"),
                    one.get("values"),
                )
                for one in index["problems"]
            ),
            index.get("vocabulary", ()),
            map(EntryPoint.from_json, index.get("points", ())),
            ((EntryPoint.from_json(one[:-1]), one[-1]) for one in index.get("left", ())),
            rest=index.get("brought", {}),
        )

    def vocabulary(self, known: "Vocabulary") -> "Vocabulary":
        """Return a vocabulary with the terms of plugins behind its own."""
        if not self.tables:
            return known
        from omnidsl.plugins.vocabulary import extended  # what few installations pay

        return extended(known, self.tables)

    def house(self, house: "HouseRules") -> "HouseRules":
        """Return what a project says about prompts, with the terms of plugins behind its own, and their rules."""
        rules, options = self._rest.get("rules"), self._rest.get("options")
        if rules and not house.rows:
            house = house.overridden(rows=rules)
        if options and not set(options) <= set(house.allowed):
            house = house.overridden(allowed=(*house.allowed, *options))
        if not self.tables:
            return house
        from omnidsl.prompts.vocabulary import load_vocabulary

        known = load_vocabulary() if house.vocabulary is None else house.vocabulary
        return house.overridden(vocabulary=self.vocabulary(known))

    def preferring(self, **settled: str | None) -> "Catalogue":
        """Make what the project has settled (`mode="turbo"`) the default of the arguments that have it as a choice."""
        if not any(settled.values()):
            return self
        for operation in self.operations():
            for name, value in settled.items():
                parameter = operation.parameters.get(name)
                if value is not None and parameter is not None and value in parameter.choices:
                    parameter.default = value
        return self

    def behind(self, kind: str | None, own: "Mapping[str, str] | None" = None) -> "Catalogue":
        """Return the catalogue for recipes that run at a gateway of this kind (None: not known).

        `own` are the kinds of the gateways that single services have of their own.
        """
        if (kind or "") == self.gateway_kind and not own:
            return self
        return Catalogue(
            self.services.values(),
            self.problems,
            self.tables,
            self.points,
            self.left,
            kind or "",
            self._rest,
            own,
        )

    @property
    def brought(self) -> "Brought":
        """What plugins bring beside services and terms; looked at when somebody asks."""
        if self._brought is None:
            from omnidsl.plugins.brought import Brought  # what few recipes need

            self._brought = Brought(self._rest)
        return self._brought

    def leaves_out(self, plugin: str) -> bool:
        """Tell whether a plugin of this name takes no part, or may be one of a project that is not trusted."""
        untrusted = any(one.code == "OM919" for one in self.problems)
        return untrusted or any(one.name == plugin for one, _ in self.left)

    def kind_of(self, service: str) -> str:
        """Return the kind of the gateway that a service is at; empty where it is not known."""
        if service in self.kinds:
            return self.kinds[service]
        view = self.services.get(service)
        return "" if view is not None and view.base_url else self.gateway_kind

    def operations(self) -> Iterator[OperationView]:
        """Yield every operation of every service."""
        for service in self.services.values():
            yield from service.operations.values()

    def find(self, full_name: str) -> OperationView | None:
        """Return the operation called `service.operation`, or None."""
        service, _, name = full_name.partition(".")
        return self.services[service].operations.get(name) if service in self.services else None

    def is_free(self, full_name: str) -> bool:
        """Tell whether an operation is declared to cost nothing; of one that no plugin brings nobody knows."""
        operation = self.find(full_name)
        return operation is not None and operation.free
