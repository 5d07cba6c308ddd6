"""A recipe and the files that it uses, read once each; only files inside the project are read."""

import os
import re
from pathlib import Path

from omnidsl.checking.report import Report
from omnidsl.checking.secrets import check_secrets
from omnidsl.checking.symbols import Module, Scope, Symbol
from omnidsl.language import syntax
from omnidsl.language.boundary import inside, real_path
from omnidsl.language.diagnostics import Edit, Fix, Label
from omnidsl.language.parser import parse
from omnidsl.language.reader import read
from omnidsl.language.source import Source, Span


class Loader:
    """Reads modules below `root`, whose links were followed; `services` is the scope behind every file's own."""

    def __init__(self, root: str, services: Scope, report: Report) -> None:
        self._root = Path(root)
        self._services = services
        self._report = report
        self._modules: dict[str, Module | None] = {}
        self._loading: list[tuple[Path | None, Source]] = []
        self.modules: list[Module] = []
        """Every file that was read."""

    def load(self, source: Source, path: Path | None) -> Module | None:
        """Parse a source and define its names; None when it does not parse."""
        check_secrets(source, self._report)
        tree, findings = parse(source)
        for finding in findings:
            self._report.take(finding)
        if tree is None:
            return None
        folder = real_path(path.parent) if path else str(self._root)
        module = Module(source, tree, folder, self._services)
        self.modules.append(module)
        self._loading.append((path, source))
        for item in tree.items:
            self._define(item, module)
        self._loading.pop()
        return module

    def _define(self, item: syntax.Item, module: Module) -> None:
        if isinstance(item, syntax.Test):
            return  # it defines no name
        if isinstance(item, syntax.Use):
            self._use(item, module)
            return
        if isinstance(item, syntax.Broken):
            return
        kind = type(item).__name__.lower()
        symbol = Symbol(kind, item.name.text, module=module, node=item, span=item.name.span)  # type: ignore[arg-type]  # the four classes are named as their kinds
        self.declare(symbol, module.scope, module.source)

    def declare(self, symbol: Symbol, scope: Scope, source: Source) -> None:
        """Bind a name in a scope; twice is an error, and so is a name that hides a service."""
        first = scope.names.get(symbol.name)
        if first is not None:
            labels = (
                [Label(first.span, "first", first.module.source if first.module else None)]
                if first.span
                else []
            )
            self._report.add("OM102", source, symbol.span, labels=labels, name=symbol.name)
            return
        if symbol.name in self._services.names and symbol.kind != "parameter":
            self._report.add("OM108", source, symbol.span, name=symbol.name)
        scope.names[symbol.name] = symbol

    def _use(self, item: syntax.Use, module: Module) -> None:
        written = item.path.literal
        if written is None:
            self._report.add("OM105", module.source, item.path.span)
            if item.alias is None:
                return
        stem = Path(written or "").stem
        name, span = (item.alias.text, item.alias.span) if item.alias else (stem, item.path.span)
        if not item.alias and not stem.isidentifier():
            alias = _as_name(stem)
            end = Span(item.path.span.end, item.path.span.end)
            fix = Fix([Edit(end, f" as {alias}")], safe=False)
            self._report.add("OM104", module.source, item.path.span, stem=stem, name=alias, fix=fix)
            return
        target = self._module(written, item, module) if written is not None else None
        self.declare(
            Symbol("module", name, module=module, node=item, span=span, target=target),
            module.scope,
            module.source,
        )

    def _module(self, written: str, item: syntax.Use, module: Module) -> Module | None:
        path = Path(os.path.normpath(Path(module.folder) / written))
        if not inside(path, self._root):
            self._report.add("OM614", module.source, item.path.span, path=written)
            return None
        key = real_path(path)
        stack = [real_path(one) if one else "" for one, _ in self._loading]
        if key in stack:
            names = [source.name for _, source in self._loading[stack.index(key) :]]
            chain = " → ".join(Path(one).name for one in [*names, names[0]])
            self._report.add("OM103", module.source, item.path.span, chain=chain)
            return None
        if key not in self._modules:
            source, finding = read(path, _shown(path, module), root=self._root)
            if source is None:
                if finding is not None:
                    if finding.span is None:
                        finding.source, finding.span = module.source, item.path.span
                    self._report.take(finding)
                self._modules[key] = None
            else:
                self._modules[key] = self.load(source, path)
        return self._modules[key]


def _as_name(stem: str) -> str:
    """Return a name that resembles a file's: what no name can hold becomes `_`."""
    name = re.sub(r"\W", "_", stem)
    return name if name.isidentifier() else f"_{name}"


def _shown(path: Path, module: Module) -> str:
    """Name a used file as its user would: beside the file that uses it."""
    beside = Path(module.source.name).parent
    return Path(os.path.normpath(beside / os.path.relpath(path, module.folder))).as_posix()
