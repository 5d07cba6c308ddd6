"""What one plugin declares, asked of it: hooks called, answers judged, everything as JSON."""

import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from omnidsl.plugins import API, hookspecs
from omnidsl.plugins.contributions import Function, NamedEngine, PromptRule
from omnidsl.plugins.declarations import Service
from omnidsl.plugins.describing import describe
from omnidsl.plugins.errors import DeclarationError
from omnidsl.plugins.installed import EntryPoint
from omnidsl.plugins.media import JSON
from omnidsl.plugins.prices import Price
from omnidsl.plugins.service_settings import describe_settings
from omnidsl.plugins.vocabulary import HOOK, read_table, table
from omnidsl.prompts.vocabulary import Vocabulary

Declaration = TypeVar("Declaration")

FAULTS = (Exception, SystemExit)
"""Whatever a plugin raises costs one diagnostic, never the run; only Ctrl-C is the user's own."""

_MOST_FILES = 100
"""Modules beside a plugin's own package that are watched for changes: at every start each costs a look."""


def manager() -> pluggy.PluginManager:
    """Return a manager that knows our hooks."""
    made = pluggy.PluginManager("omnidsl")
    made.add_hookspecs(hookspecs)
    return made


def words(error: BaseException, hook: str = "") -> str:
    """Return what went wrong in a plugin, in one line; a hook that is named beside it is not named again."""
    if isinstance(error, DeclarationError):
        return error.problem if error.where == hook else str(error)
    try:
        said = str(error).strip()
    except FAULTS:  # an exception of the plugin's own
        said = ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


class ContractError(DeclarationError):
    """Raised when a service was written for another version of the contract."""

    def __init__(self, service: str, theirs: object) -> None:
        newer = isinstance(theirs, int) and theirs > API
        who = "update OmniDSL" if newer else "update the plugin"
        super().__init__(
            f"{service}.api", f"was written for API {theirs}, this is API {API}: {who}"
        )
        self.service = service
        self.theirs = theirs
        self.newer = newer

    def values(self) -> dict[str, str]:
        """Return what its words are filled in with."""
        named = {"service": self.service, "theirs": str(self.theirs), "ours": str(API)}
        return {**named, "who": "omnidsl" if self.newer else "plugin"}


class Declared:
    """What one plugin declares: services as JSON, its terms as a table (empty where it has none), and what is wrong.

    `failures` are hook and problem, in words; `hooks` those that it implements; `files` what it was read from. `known` is
    the vocabulary that the terms are added to.
    """

    __slots__ = (
        "_manager", "engines", "failures", "files", "functions", "hooks", "prices", "rules", "services", "settings", "terms",
    )  # fmt: skip  # one slot a line would be a page of nothing

    def __init__(self, point: EntryPoint, known: Vocabulary) -> None:
        self.services: dict[str, Any] = {}
        self.terms = ""
        self.rules: list[Any] = []
        self.functions: dict[str, Any] = {}
        self.engines: dict[str, Any] = {}
        self.settings: list[Any] = []
        self.prices: dict[str, list[Any]] = {}
        self.failures: list[dict[str, Any]] = []
        self.hooks: list[str] = []
        self._manager = manager()
        before = set(sys.modules)
        try:
            module = imported(point)
            self._manager.register(module)
            self._manager.check_pending()
            callers = self._manager.get_hookcallers(module) or []
            self.hooks = sorted(one.name for one in callers)
        except FAULTS as error:
            self._fail(f"import {point.module}", words(error))
        else:
            self._ask("omnidsl_services", self._learn_services)
            self._ask(HOOK, lambda categories: self._learn_terms(categories, known))
            self._ask("omnidsl_prompt_rules", self._learn_rules)
            self._ask("omnidsl_functions", self._learn_functions)
            self._ask("omnidsl_engines", self._learn_engines)
            self._ask("omnidsl_settings", self._learn_settings)
            self._ask("omnidsl_prices", self._learn_prices)
        self.files = _files(point.module, set(sys.modules) - before)

    def to_json(self) -> dict[str, Any]:
        """Return everything as the index is made from it."""
        names = (
            "services", "terms", "rules", "functions", "engines", "settings", "prices", "failures", "hooks", "files",
        )  # fmt: skip  # as above
        return {name: getattr(self, name) for name in names}

    def _fail(self, hook: str, problem: str, **told: Any) -> None:
        self.failures.append({"hook": hook, "problem": problem, **told})

    def _ask(self, hook: str, learn: Callable[[list[Any]], None]) -> None:
        """Call a hook and take its answer, which is a list."""
        if hook not in self.hooks:
            return
        try:
            items: list[Any] = []
            for answer in getattr(self._manager.hook, hook)():
                if not isinstance(answer, list | tuple):
                    raise DeclarationError(hook, f"must return a list, not {type(answer).__name__}")
                items += answer
            learn(items)
        except FAULTS as error:
            self._fail(hook, words(error, hook))

    def _each(self, hook: str, items: Iterable[Any], learn: Callable[[Any], None]) -> None:
        """Take items one by one: a wrong one costs itself alone."""
        for one in items:
            try:
                learn(one)
            except ContractError as error:
                self._fail(hook, str(error), code="OM918", values=error.values())
            except FAULTS as error:
                self._fail(hook, words(error, hook))

    def _learn_services(self, services: list[Any]) -> None:
        def learn(one: object) -> None:
            service = _known(one)
            if service.name in self.services:
                raise DeclarationError(service.name, "this plugin brings the service twice")
            row = describe(service)
            json.dumps(row)
            self.services[service.name] = row

        self._each("omnidsl_services", services, learn)

    def _learn_terms(self, categories: list[Any], known: Vocabulary) -> None:
        text = table(categories)
        for fault in read_table(text, known).diagnostics:
            self._fail(HOOK, fault.message("en"))
        self.terms = text

    def _learn_rules(self, rules: list[Any]) -> None:
        def learn(one: object) -> None:
            row = _is(one, PromptRule, "omnidsl_prompt_rules").describe()
            json.dumps(row)
            self.rules.append(row)

        self._each("omnidsl_prompt_rules", rules, learn)

    def _learn_functions(self, functions: list[Any]) -> None:
        def learn(one: object) -> None:
            function = _is(one, Function, "omnidsl_functions")
            self._name("function", self.functions, function.name, function.describe())

        self._each("omnidsl_functions", functions, learn)

    def _learn_engines(self, engines: list[Any]) -> None:
        def learn(one: object) -> None:
            engine = _is(one, NamedEngine, "omnidsl_engines")
            self._name("engine", self.engines, engine.name, engine.describe())

        self._each("omnidsl_engines", engines, learn)

    @staticmethod
    def _name(what: str, known: dict[str, Any], name: str, row: dict[str, JSON]) -> None:
        if name in known:
            raise DeclarationError(f"{what} {name}", "this plugin brings it twice")
        json.dumps(row)
        known[name] = row

    def _learn_settings(self, settings: list[Any]) -> None:
        self.settings = describe_settings("plugin", settings)

    def _learn_prices(self, prices: list[Any]) -> None:
        def learn(one: object) -> None:
            row = _is(one, Price, "omnidsl_prices").to_json()
            operation = str(row["operation"]) if isinstance(row, dict) else ""
            if not re.fullmatch(r"\w+\.\w+", operation):
                raise DeclarationError("price", f"`{operation}` is no `service.operation`")
            self.prices.setdefault(operation, []).append(row)

        self._each("omnidsl_prices", prices, learn)


def _is(one: object, wanted: "type[Declaration]", hook: str) -> "Declaration":
    if not isinstance(one, wanted):
        problem = f"must return a list of {wanted.__name__}, not of {type(one).__name__}"
        raise DeclarationError(hook, problem)
    return one


def imported(point: EntryPoint) -> Any:  # a plugin may be any object with hooks
    """Import a plugin's module; what lies in a folder of its own is imported from there, and takes no other module's name."""
    if not point.folder:
        return importlib.import_module(point.module)
    folder, name = Path(point.folder).resolve(), point.module
    known = sys.modules.get(name)
    if known is not None and Path(getattr(known, "__file__", None) or "/").is_relative_to(folder):
        return known
    if known is not None or importlib.util.find_spec(name) is not None:
        raise DeclarationError(name, "another module has this name: rename the file")
    package = folder / name / "__init__.py"
    places = [str(package.parent)] if package.is_file() else None
    file = package if places else folder / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise DeclarationError(name, "is no module of Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _known(service: object) -> Service:
    if not isinstance(service, Service):
        raise DeclarationError(
            "omnidsl_services", f"must return a list of Service, not of {type(service).__name__}"
        )
    if service.api != API:
        raise ContractError(service.name, service.api)
    return service


def _files(module: str, new: set[str]) -> list[str]:
    """Return the files that a plugin's declarations come from: its own modules, others that it imported, data beside them."""
    package = module.partition(".")[0]
    own = {one for one in sys.modules if one == package or one.startswith(f"{package}.")}
    others = sorted(one for one in new - own if not _is_settled(one))
    found: dict[str, None] = {}
    for name in [*sorted(own), *others[:_MOST_FILES]]:
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            found.update(dict.fromkeys([file, *_data_beside(file)] if name in own else [file]))
    return list(found)


def _is_settled(module: str) -> bool:
    """Tell whether a module changes only with Python or OmniDSL themselves."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top == "omnidsl"


def _data_beside(file: str) -> list[str]:
    """Return the data files that declarations beside them may be read from: prices, say."""
    path = Path(file)
    if path.name != "__init__.py":
        return []
    return sorted(str(one) for one in path.parent.glob("*.toml"))
