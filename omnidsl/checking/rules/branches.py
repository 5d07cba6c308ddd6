"""Branches that are never taken, or that make no difference."""

from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.report import Report
from omnidsl.checking.rules.rule import Rule
from omnidsl.checking.rules.survey import walk
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Label

_NOT_PLAIN = (syntax.Name, syntax.Member, syntax.Call, syntax.Flow, syntax.Index)


class UnreachableBranch(Rule):
    """A branch behind a condition of literals alone; a `let` is a switch that somebody may turn."""

    codes = ("OM511",)

    def check(self) -> None:
        """Report conditions that leave a branch out whatever happens."""
        for node in self.survey.ifs:
            if any(isinstance(one, _NOT_PLAIN) for one in walk(node.condition)):
                continue
            evaluator = Evaluator(self.survey.facts, Report(), "")
            value = evaluator.value(node.condition, self.survey.module, {})
            if value is False or (value is True and node.otherwise):
                self.tell("OM511", node.condition.span, value=str(value).lower())


class RepeatedCondition(Rule):
    """An `else if` that asks what the chain has asked before."""

    codes = ("OM516",)

    def check(self) -> None:
        """Report conditions that cannot be reached being true."""
        followers = {id(one): one for one in map(_next, self.survey.ifs) if one is not None}
        for node in self.survey.ifs:
            if id(node) not in followers:
                self._chain(node)

    def _chain(self, node: syntax.If) -> None:
        asked = [node.condition]
        following = _next(node)
        while following is not None:
            first = next((one for one in asked if one == following.condition), None)
            if first is not None and not _calls(first):
                labels = [Label(first.span, "first")]
                self.tell("OM516", following.condition.span, labels=labels)
            asked.append(following.condition)
            following = _next(following)


class EqualBranches(Rule):
    """Two branches that say the same."""

    codes = ("OM512",)

    def check(self) -> None:
        """Report the condition that makes no difference."""
        for node in self.survey.ifs:
            if node.otherwise and node.body == node.otherwise and not _broken(node.body):
                self.tell("OM512", node.condition.span)


def _next(node: syntax.If) -> syntax.If | None:
    """Return the `if` that is all of a branch behind `else`."""
    match node.otherwise:
        case (syntax.If() as following,):
            return following
    return None


def _calls(node: syntax.Expression) -> bool:
    return any(isinstance(one, syntax.Call | syntax.Flow) for one in walk(node))


def _broken(statements: tuple[syntax.Statement, ...]) -> bool:
    """Say whether a part of some statements could not be read: two such parts are not the same for that."""
    return any(isinstance(one, syntax.Broken) for each in statements for one in walk(each))
