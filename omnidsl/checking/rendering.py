"""From a prompt block, its parents and its arguments to one flat prompt, with the place of every character.

Order: image URLs, vocabulary by category, text, parameters; vocabulary and text joined with `,`, texts among themselves
with `, `. Interpolated values are data: `neutralise` sees to it that they become nothing else. What comes later stands
as one private character each, so that it survives expansion, and is filled in before the prompt is sent.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from omnidsl.checking.drops import dropped
from omnidsl.checking.evaluation import Environment, Evaluator
from omnidsl.checking.fields import (
    Fields,
    Picture,
    Setting,
    override,
    split,
)
from omnidsl.checking.runs import COMMAS, Run, cut, depth
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.checking.values import Instance, Joined, Later, ProjectFile, Raw, Value, text_of
from omnidsl.language import syntax
from omnidsl.language.line_names import line_name
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.prompts import Rules, neutralise
from omnidsl.prompts.findings import short

_ADDRESS = pattern(r"https?://[^\s/]+\S*\Z")
_PARTS = pattern(f"[^{COMMAS}]+")
_MARKS = pattern("[\U000f0000-\U000ffffd]")
_NUMBER = pattern(r"\s*-?\.?[0-9]")

FIRST_MARK = 0xF0000
"""Private characters stand for values that come later; nothing that people type lies there."""


class Rendered:
    """A flat prompt: `runs` in order, `pictures` and how many `addresses` more.

    `later` says what the marks in it stand for, `owner` is the place of the prompt's name; `repeats` that a value says
    how often it is made.
    """

    __slots__ = (
        "_ends",
        "_starts",
        "addresses",
        "later",
        "owner",
        "pictures",
        "repeats",
        "runs",
        "text",
    )

    def __init__(
        self,
        runs: list[Run],
        pictures: list[Picture],
        addresses: int,
        later: dict[str, Later],
        owner: Run,
        *,
        repeats: bool,
    ) -> None:
        self.runs = runs
        self.text = "".join(run.text for run in runs)
        self.pictures = pictures
        self.addresses = addresses
        self.later = later
        self.owner = owner
        self.repeats = repeats
        self._starts: list[int] = []
        self._ends: list[int] = []

    def touched(self, span: Span) -> list[tuple[int, Run]]:
        """Return the runs that a span of the text touches, with their offsets."""
        if not self._ends:
            self._ends = list(accumulate(len(run.text) for run in self.runs))
            self._starts = [0, *self._ends]
        first = bisect_right(self._ends, span.start)
        behind = bisect_left(self._starts, max(span.end, span.start + 1), 0, len(self.runs))
        return [(self._starts[at], self.runs[at]) for at in range(first, behind)]


class Generation:
    """One definition of a lineage with its parameters bound."""

    __slots__ = ("module", "names", "node")

    def __init__(
        self, node: syntax.Prompt | syntax.Chat, module: Module, names: dict[str, Value]
    ) -> None:
        self.node = node
        self.module = module
        self.names = names


class Renderer:
    """Renders prompts and keeps the marks of one rendering apart."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._later: dict[str, Later] = {}

    @property
    def _rules(self) -> "Rules":
        return self._evaluator.facts.rules

    def render(self, prompt: Instance) -> Rendered:
        """Render a prompt with its arguments; parameters that have none take their defaults."""
        self._later = {}
        fields = self._fields(prompt.symbol, prompt.arguments)
        runs = fields.assembled(self._rules.vocabulary)
        owner = Run("", *_owner(prompt.symbol), exact=False)
        return Rendered(
            runs,
            fields.pictures,
            len(fields.urls),
            self._later,
            owner,
            repeats=any(one.repeats for one in fields.settings),
        )

    def value(self, node: syntax.Expression, module: Module, names: Environment) -> Value:
        """Return the value of an expression inside a definition whose parameters are `names`."""
        return self._evaluator.value(node, module, names)

    def environment(self, symbol: Symbol, arguments: Environment) -> dict[str, Value]:
        """Bind a prompt's or chat's parameters, inherited ones included: arguments, else defaults, else only the type."""
        return self._lineage(symbol, arguments)[-1].names

    def _lineage(self, symbol: Symbol, arguments: Environment) -> "list[Generation]":
        """Return a definition and what it inherits from, eldest first, each with its parameters bound."""
        node, module = symbol.node, symbol.module
        if not isinstance(node, syntax.Prompt | syntax.Chat) or module is None:
            raise TypeError(symbol)
        own: dict[str, Value] = {}
        for one in node.parameters:
            name = one.name.text
            if name in arguments:
                own[name] = arguments[name]
            elif one.default is not None:
                own[name] = self._evaluator.value(one.default, module, {})
            else:
                own[name] = Later(self._evaluator.facts.declared[one])
        facts = self._evaluator.facts
        parent = facts.parents.get(node) if isinstance(node, syntax.Prompt) else None
        if not isinstance(node, syntax.Prompt) or parent is None or parent.symbol is None:
            return [Generation(node, module, own)]
        passed = self._passed(node, module, own)
        elders = self._lineage(parent.symbol, {**arguments, **passed})
        return [*elders, Generation(node, module, {**elders[-1].names, **own})]

    def inherited(self, symbol: Symbol) -> Fields:
        """Return what a prompt has before its own lines, with default arguments."""
        return self._together(self._lineage(symbol, {})[:-1], symbol)

    def _fields(self, symbol: Symbol, arguments: Environment) -> Fields:
        return self._together(self._lineage(symbol, arguments), symbol)

    def _together(self, lineage: "list[Generation]", symbol: Symbol) -> Fields:
        fields = Fields()
        for one in lineage:
            if not isinstance(one.node, syntax.Prompt):
                raise TypeError(symbol)
            if one.node.raw is not None:
                fields.texts.append(self._runs(one.node.raw, one.module, one.names))
            else:
                own = self._own(one.node, one.module, one.names)
                gone = {drop.name for drop in dropped(one.node, self._rules.vocabulary)}
                override(fields, own, gone, self._rules.parameters)
        return fields

    def _passed(self, node: syntax.Prompt, module: Module, names: Environment) -> dict[str, Value]:
        """Return what a prompt passes on to its parent."""
        parent = self._evaluator.facts.parents[node]
        return {
            key: self._evaluator.value(one, module, names) for key, one in parent.arguments.items()
        }

    def _own(self, node: syntax.Prompt, module: Module, names: Environment) -> Fields:
        fields = Fields()
        vocabulary = self._rules.vocabulary
        for line in node.lines:
            written = line_name(line.category.text) if line.category else "text"
            if line.text is not None:
                category = vocabulary.category(written)
                if category is not None:
                    fields.categories.setdefault(category.name, []).extend(
                        self._terms(line.text, category.name, module, names)
                    )
                elif written == "image":
                    self._image(fields, line.text, module, names)
                elif written == "text":
                    fields.texts.append(self._runs(line.text, module, names))
            if written != "drop":
                for one in line.parameters:
                    name = Run(
                        f"--{one.name.text}",
                        module.source,
                        Span(one.name.span.start, one.name.span.end),
                        exact=True,
                    )
                    fields.settings.append(
                        Setting(
                            name,
                            self._runs(one.value, module, names) if one.value else [],
                            self._rules.parameters,
                        )
                    )
        return fields

    def _image(self, fields: Fields, text: syntax.Text, module: Module, names: Environment) -> None:
        """Sort image prompts: addresses stand in the prompt's text, files and what steps give travel beside it."""
        written = ""
        for piece in text.parts:
            if isinstance(piece, syntax.Piece):
                written += piece.text
                continue
            value = self._evaluator.value(piece, module, names)
            if isinstance(value, ProjectFile) or (isinstance(value, Later) and _shows(value)):
                self._files(fields, text, written, module)
                fields.pictures.append(Picture(value, "", module.source, piece.span))
                written = ""
            elif not isinstance(value, Later | Joined):
                written += text_of(value)
            elif isinstance(value, Joined) or value.type.later:
                self._evaluator.report.add(
                    "OM201", module.source, piece.span, wanted="image", given="text"
                )
        self._files(fields, text, written, module)

    def _files(self, fields: Fields, text: syntax.Text, written: str, module: Module) -> None:
        """Sort the addresses and paths of an image line."""
        for part, span in _listed(text, written):
            if "://" in part and not _ADDRESS.match(part):
                self._evaluator.report.add("OM619", module.source, span, address=part)
            elif "://" in part:
                fields.urls.append([Run(part, module.source, span, exact=False)])
            else:
                file = self._evaluator.file(part, span, module)
                if isinstance(file, ProjectFile):
                    fields.pictures.append(Picture(file, part, module.source, span))

    def _terms(
        self, text: syntax.Text, category: str, module: Module, names: Environment
    ) -> Iterable[list[Run]]:
        """Cut a line into terms, each emitted as the vocabulary spells it; an unknown one stays as it is."""
        known = self._evaluator.facts.terms
        if text not in known:
            made = list(self._looked_up(text, category, module, names))
            if text.literal is None:
                return made
            known[text] = made
        return known[text]

    def _looked_up(
        self, text: syntax.Text, category: str, module: Module, names: Environment
    ) -> Iterator[list[Run]]:
        vocabulary = self._rules.vocabulary
        for runs in cut(self._runs(text, module, names)):
            written = "".join(run.text for run in runs)
            term = vocabulary.lookup(category, written)
            if term is None:
                if (
                    "{" not in written
                    and not any(run.open for run in runs)
                    and runs[0].source
                    and runs[0].span
                ):
                    close = vocabulary.nearest(category, written)
                    self._evaluator.report.add(
                        "OM421",
                        runs[0].source,
                        runs[0].span,
                        suggestions=close,
                        term=short(written),
                        category=category,
                    )
                yield runs
            else:
                yield [
                    Run(
                        term.english,
                        runs[0].source,
                        runs[0].span,
                        exact=term.english == written and runs[0].exact,
                    )
                ]

    def _runs(self, text: syntax.Text, module: Module, names: Environment) -> list[Run]:
        """Render a text: literal pieces as they are, values as data."""
        known = self._evaluator.facts.runs
        if text in known:
            return known[text]
        runs: list[Run] = []
        level, constant = 0, True
        for part in text.parts:
            if isinstance(part, syntax.Piece):
                level += depth(part.text)
                runs.append(Run(_plain(part.text), module.source, part.span, exact=part.exact))
            elif isinstance(part, syntax.Expression):
                constant = False
                value = self._evaluator.value(part, module, names)
                ends = bool(runs) and runs[-1].text.endswith("::")
                if isinstance(value, Raw):
                    level += depth(value)
                    runs.append(
                        Run(_plain(value), module.source, part.span, exact=False, typed=True)
                    )
                    continue
                inner = value.parts if isinstance(value, Joined) else [value]
                runs += [
                    self._data(one, module, part.span, in_group=level > 0, after_weight=ends)
                    for one in inner
                ]
        runs = [run for run in runs if run.text]
        if constant:
            known[text] = runs
        return runs

    def _data(
        self, value: Value, module: Module, span: Span, *, in_group: bool, after_weight: bool
    ) -> Run:
        if isinstance(value, Later):
            mark = chr(FIRST_MARK + len(self._later))
            self._later[mark] = value
            return Run(mark, module.source, span, exact=False, open_=True)
        text = neutralise(_plain(text_of(value)), in_group=in_group)
        if after_weight and _NUMBER.match(text):
            text = f" {text}"  # a value behind `::` is text, not the weight
        return Run(text, module.source, span, exact=False)


def _plain(text: str) -> str:
    """Return text for one line of a prompt; what looks like one of our marks does not stay."""
    text = text.replace("\n", " ")
    return text if max(text, default="") < chr(FIRST_MARK) else _MARKS.sub("\ufffd", text)


def _listed(text: syntax.Text, value: str) -> list[tuple[str, Span]]:
    """Return the parts of a list with their places, exact ones where the line stands so in the source."""
    piece = text.parts[0] if len(text.parts) == 1 else None
    if not isinstance(piece, syntax.Piece) or not piece.exact:
        return [(part, text.span) for part in split(value)]
    found = []
    for part in _PARTS.finditer(piece.text):
        written = part[0].strip()
        if written:
            start = piece.span.start + part.start() + part[0].index(written)
            found.append((written, Span(start, start + len(written))))
    return found


def _shows(value: Later) -> bool:
    """Tell whether what comes later is a picture."""
    return value.type.name in ("image", "grid")


def _owner(symbol: Symbol) -> tuple[Source | None, Span | None]:
    return (symbol.module.source if symbol.module else None, symbol.span)
