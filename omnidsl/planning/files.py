"""Files to save: their names as far as they are known, and that no two of them are one."""

from collections.abc import Mapping

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.deferred import split
from omnidsl.checking.paths import claims, path_fault, path_text, taken
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module
from omnidsl.checking.types import INT
from omnidsl.checking.values import Joined, Later, Value, text_of
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic, Label
from omnidsl.planning.plan import Save, Saved
from omnidsl.planning.planner import StepPlanner
from omnidsl.planning.values import INDEX, Pending, TextInput

if TYPE_CHECKING:
    from omnidsl.language.source import Span

Branch = Mapping[int, bool]
"""Where a statement stands: for each `if` on results around it, whether in its first branch."""


def _exclusive(one: Branch, other: Branch) -> bool:
    """Tell whether two statements stand in different branches of one `if`, so that never both happen."""
    return any(other.get(at, taken) != taken for at, taken in one.items())


def _place(value: Value, number: int) -> dict[str, Value]:
    """Return what `index` means in the path of something saved: of a list that a step gives it is known only then."""
    if isinstance(value, list):
        return {"index": number}
    if isinstance(value, Later) and value.type.name == "list":
        return {"index": Later(INT, INDEX.node, INDEX.part)}
    return {}


class FilePlanner:
    """Plans the files of one pipeline; `saves` are those that were accepted."""

    def __init__(self, steps: StepPlanner, report: Report) -> None:
        self.saves: list[Save] = []
        self._steps = steps
        self._report = report
        self._paths: dict[str, list[tuple[Module, Span, Branch]]] = {}
        self._branch: Branch = {}

    def save(
        self, node: syntax.Save, module: Module, names: Mapping[str, Value], branch: Branch
    ) -> None:
        """Plan what a statement saves that stands in a branch; a list is saved item by item."""
        self._branch = branch
        value = self._steps.value(node.value, module, names)
        line = module.source.position(node.span.start).row
        for number, one in enumerate(value if isinstance(value, list) else [value], 1):
            inner = {**names, **_place(value, number)}
            condition, each = split(one)
            with self._steps.under(condition):
                path = self._path(node.path, module, inner)
                kind = each.type.name if isinstance(each, Later) else "text"
                if not self.accept(path, kind, node.path.span, module):
                    continue
                saved, when = self._steps.plan_value(each), self._steps.when
                if isinstance(saved, Saved):
                    after = self._steps.guards(when, saved, path)
                    self.saves.append(Save(saved, path, line, when, after))

    def _path(
        self, node: syntax.Expression, module: Module, names: Mapping[str, Value]
    ) -> str | TextInput:
        """Return a file's name; what results give is made fit for one when it is there."""
        parts: list[str | Pending] = []
        for one in node.parts if isinstance(node, syntax.Text) else (node,):
            if isinstance(one, syntax.Piece):
                parts.append(one.text)
            elif isinstance(one, syntax.Expression):
                value = self._steps.value(one, module, names)
                if type(value) is str:
                    parts.append(path_text(value) if isinstance(node, syntax.Text) else value)
                    continue
                inner = value.parts if isinstance(value, Joined) else [value]
                whole = not isinstance(node, syntax.Text)
                for each in inner:
                    made = self._steps.plan_value(each) if isinstance(each, Later) else None
                    if isinstance(made, Pending):
                        parts.append(made)
                    else:
                        parts.append(text_of(each) if whole else path_text(each))
        if all(isinstance(one, str) for one in parts):
            return "".join(one for one in parts if isinstance(one, str))
        return TextInput(tuple(parts))

    def accept(self, path: str | TextInput, kind: str, place: "Span", module: Module) -> bool:
        """Tell whether nothing stands against a file of that name, and take the name; what does is reported."""
        parts = path.parts if isinstance(path, TextInput) else (path,)
        known = "".join(one if isinstance(one, str) else "x" for one in parts)
        fault = path_fault(known)
        if fault is not None:
            self._report.take(
                Diagnostic(fault.code, place, source=module.source, values=fault.values)
            )
            return False
        if not isinstance(path, str):
            return True
        first = next(
            (
                one
                for claimed in claims(path, kind)
                for one in self._paths.get(claimed, ())
                if not _exclusive(one[2], self._branch)
            ),
            None,
        )
        if first is not None:
            labels = [Label(first[1], "first", first[0].source)] if first[1] != place else []
            self._report.add("OM609", module.source, place, labels=labels, path=path)
            return False
        for one in taken(path, kind):
            self._paths.setdefault(one, []).append((module, place, self._branch))
        return True
