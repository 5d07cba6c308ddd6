"""One walk over a file for all rules: which names are used where, and what there is of what rules look at."""

from collections.abc import Iterator

from omnidsl.checking.facts import Facts
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.language import syntax
from omnidsl.language.source import Source

_LEAVES = frozenset({syntax.Word, syntax.Piece, syntax.Number, syntax.Truth})
"""Nothing of interest is in them."""

_NOTED = frozenset(
    {
        syntax.Name,
        syntax.Parent,
        syntax.Target,
        syntax.Binary,
        syntax.If,
        syntax.Clause,
        syntax.Bind,
    }
)
_PLAIN = frozenset({str, int, float, bool, type(None), frozenset})
"""What stands in a node's fields beside nodes and tuples of them."""


class Use:
    """A name that is used: the item it stands in, the node, and what it means where checking found that out."""

    __slots__ = ("item", "node", "symbol")

    def __init__(self, item: syntax.Item, node: syntax.Node, symbol: Symbol | None) -> None:
        self.item = item
        self.node = node
        self.symbol = symbol


class Survey:
    """What a file holds; `uses` are by name."""

    __slots__ = ("_within", "binaries", "binds", "clauses", "facts", "ifs", "module", "uses")

    def __init__(self, module: Module, facts: Facts) -> None:
        self.module = module
        self.facts = facts
        self.uses: dict[str, list[Use]] = {}
        self._within: dict[tuple[int, str], list[Use]] = {}
        self.binaries: list[syntax.Binary] = []
        self.ifs: list[syntax.If] = []
        self.clauses: list[tuple[syntax.Item, syntax.Clause]] = []
        self.binds: list[tuple[syntax.Item, syntax.Bind]] = []
        for item in module.tree.items:
            for node in walk(item):
                if node.__class__ in _NOTED:
                    self._note(item, node)

    @property
    def source(self) -> Source:
        """The file's text."""
        return self.module.source

    def means(self, name: str, symbol: Symbol) -> bool:
        """Say whether a name is used for a symbol anywhere; a use that is not understood may be one."""
        return any(one.symbol in (None, symbol) for one in self.uses.get(name, ()))

    def within(self, item: syntax.Item, name: str) -> list[Use]:
        """Return the uses of a name inside one item."""
        return self._within.get((id(item), name), [])

    def _note(self, item: syntax.Item, node: syntax.Node) -> None:
        match node:
            case syntax.Name():
                self._use(node.text, Use(item, node, self.facts.symbols.get(node)))
            case syntax.Parent() | syntax.Target():
                self._use(node.path[0].text, Use(item, node, None))
            case syntax.Binary():
                self.binaries.append(node)
            case syntax.If():
                self.ifs.append(node)
            case syntax.Clause():
                self.clauses.append((item, node))
            case syntax.Bind():
                self.binds.append((item, node))

    def _use(self, name: str, use: Use) -> None:
        self.uses.setdefault(name, []).append(use)
        self._within.setdefault((id(use.item), name), []).append(use)


def walk(node: syntax.Node) -> Iterator[syntax.Node]:
    """Yield a node and all below it in the order of the text; nesting takes no stack."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        for field in node.fields[::-1]:
            value = getattr(node, field)
            kind = value.__class__
            if kind is tuple:
                waiting += [one for one in value[::-1] if one.__class__ not in _LEAVES]
            elif kind not in _LEAVES and kind not in _PLAIN:
                waiting.append(value)


def deliberate(name: str) -> bool:
    """Say whether a name marks what it names as unused on purpose."""
    return name.startswith("_")
