"""A prompt definition: its lines, what it inherits, and the prompt that comes out with its defaults."""

from collections.abc import Callable

from omnidsl.checking.drops import check_drops
from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.expressions import Expressions
from omnidsl.checking.pictures import check_pictures
from omnidsl.checking.rendering import Renderer
from omnidsl.checking.symbols import Scope, Symbol
from omnidsl.checking.types import IN_TEXT, PROMPT, Type, list_of
from omnidsl.checking.values import Instance
from omnidsl.checking.verdicts import judge_prompt
from omnidsl.language import syntax
from omnidsl.language.line_names import LINES, line_name

IN_IMAGE = IN_TEXT | {"image", "grid"}
"""What `${…}` may put into an `image:` line: a path or an address, or a picture itself."""

EMPTY = ("OM401", "OM402")
"""What is not said of a prompt with a syntax error, which may be why it seems to lack a text."""


class PromptChecker:
    """Checks one prompt; `parent` binds what it inherits from."""

    def __init__(
        self,
        expressions: Expressions,
        evaluator: Evaluator,
        parent: Callable[[Symbol, syntax.Prompt, Scope], None],
    ) -> None:
        self._in = expressions
        self._evaluator = evaluator
        self._parent = parent

    def check(self, symbol: Symbol, node: syntax.Prompt, own: Scope) -> Type:
        """Return `prompt`, or `list[prompt]` where permutations or `--repeat` make several jobs of it."""
        self._parent(symbol, node, own)
        scope = self._with_inherited(node, own)
        for line in node.lines:
            self._category(line)
        orphan = node.parent is not None and node not in self._in.facts.parents
        if any(line.category and line_name(line.category.text) == "drop" for line in node.lines):
            inherited = None if orphan else Renderer(self._evaluator).inherited(symbol)
            check_drops(node, inherited, self._in)
        before = len(self._in.report.diagnostics)
        self._texts(node, scope)
        if orphan or any(one.severity == "error" for one in self._in.report.diagnostics[before:]):
            return PROMPT  # its parent, or what its texts interpolate, is unknown: nothing can be rendered
        judged = judge_prompt(Instance(symbol, {}), self._evaluator)
        for one in judged.findings:
            if not (symbol.vague and one.code in EMPTY):
                self._in.report.take(one)
        rendered = judged.rendered
        check_pictures(rendered.pictures, rendered.addresses, self._in.report)
        jobs = sum(job.repeat for job in judged.parsed.jobs)
        return list_of(PROMPT) if jobs > 1 or rendered.repeats else PROMPT

    def _with_inherited(self, node: syntax.Prompt, own: Scope) -> Scope:
        """Return the scope of the lines: the file's names, the parents' parameters, the prompt's own."""
        parent = self._in.facts.parents.get(node)
        if parent is None or parent.symbol is None:
            return own
        middle = Scope(own.outer)
        for slot in self._in.slots(parent.symbol):
            middle.names[slot.name] = Symbol("parameter", slot.name, type_=slot.type)
        inner = Scope(middle)
        inner.names.update(own.names)
        return inner

    def _texts(self, node: syntax.Prompt, scope: Scope) -> None:
        if node.raw is not None:
            self._in.text(node.raw, scope)
            return
        for line in node.lines:
            if line.text is not None:
                pictures = line.category is not None and line_name(line.category.text) == "image"
                self._in.text(line.text, scope, IN_IMAGE if pictures else IN_TEXT)
            for parameter in line.parameters:
                if parameter.value is not None:
                    self._in.text(parameter.value, scope)

    def _category(self, line: syntax.PromptLine) -> None:
        if line.category is None:
            return
        vocabulary = self._in.facts.rules.vocabulary
        name = line.category.text
        if line_name(name) == "image" and line.text is None:
            self._in.fault("OM620", line.category.span)
        if line_name(name) in LINES or vocabulary.category(name) is not None:
            return
        close = vocabulary.nearest_category(name)
        self._in.fault("OM422", line.category.span, name=name, suggestions=close)
