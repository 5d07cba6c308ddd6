"""Names and what they stand for."""

from collections.abc import Iterator, Mapping

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.types import Type
from omnidsl.language import syntax
from omnidsl.language.source import Source, Span
from omnidsl.plugins.catalogue import ServiceView

if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal[
        "let",
        "prompt",
        "chat",
        "pipeline",
        "module",
        "parameter",
        "step",
        "loop",
        "service",
        "index",
    ]
Definition = (
    syntax.Let
    | syntax.Prompt
    | syntax.Chat
    | syntax.Pipeline
    | syntax.Use
    | syntax.Declaration
    | syntax.Bind
    | syntax.Clause
)


class Symbol:
    """What a name stands for. `module` is the file it is defined in; `type` is None until it is inferred.

    `unsure` says that it builds on what could not be read.
    """

    __slots__ = ("kind", "module", "name", "node", "service", "span", "target", "type", "unsure")

    def __init__(
        self,
        kind: "Kind",
        name: str,
        *,
        module: "Module | None" = None,
        node: Definition | None = None,
        span: Span | None = None,
        type_: Type | None = None,
        target: "Module | None" = None,
        service: ServiceView | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.module = module
        self.node = node
        self.span = span
        self.type = type_
        self.target = target
        self.service = service
        self.unsure = False

    @property
    def vague(self) -> bool:
        """Whether a syntax error in its definition leaves open what it takes and gives."""
        return self.unsure or (
            self.module is not None
            and self.node is not None
            and self.module.tree.touched(self.node.span)
        )

    def __repr__(self) -> str:
        return f"Symbol({self.kind} {self.name})"


_NONE: "Mapping[str, Symbol]" = {}


class Scope:
    """Names of one block, and the block around it. Services stand behind all scopes, so they can be shadowed.

    `aside` are names that an `if` in it binds in a branch: behind it they may be unknown.
    """

    __slots__ = ("aside", "names", "outer")

    def __init__(self, outer: "Scope | None" = None) -> None:
        self.names: dict[str, Symbol] = {}
        self.aside: Mapping[str, Symbol] = _NONE
        self.outer = outer

    def find(self, name: str) -> Symbol | None:
        """Return the innermost symbol of that name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def left_aside(self, name: str) -> Symbol | None:
        """Return what a branch binds by that name for itself only, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.aside:
                return scope.aside[name]
            scope = scope.outer
        return None

    def visible(self) -> Iterator[str]:
        """Yield every name that can be used here, innermost first; a name that is just being bound cannot."""
        scope: Scope | None = self
        while scope is not None:
            yield from (
                name
                for name, one in scope.names.items()
                if one.kind != "step" or one.type is not None
            )
            scope = scope.outer


class Module:
    """One file: its source, its tree, the names it defines, and the folder that its paths are relative to."""

    __slots__ = ("folder", "scope", "source", "tree")

    def __init__(self, source: Source, tree: syntax.Recipe, folder: str, services: Scope) -> None:
        self.source = source
        self.tree = tree
        self.folder = folder
        self.scope = Scope(services)

    def __repr__(self) -> str:
        return f"Module({self.source.name!r})"
