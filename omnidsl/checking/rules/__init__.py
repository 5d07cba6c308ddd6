"""Lint: what is right and still not meant. One small class a rule, listed here.

A rule looks at the survey of one file and reports. Rules about disuse wait until a file has no errors: what an error
hides may be the use.
"""

from omnidsl.checking.facts import CheckedRecipe
from omnidsl.checking.report import Report
from omnidsl.checking.rules.branches import EqualBranches, RepeatedCondition, UnreachableBranch
from omnidsl.checking.rules.comparisons import NeverEqual, SelfComparison
from omnidsl.checking.rules.disuse import UnusedLet, UnusedParameter, UnusedUse
from omnidsl.checking.rules.loops import DuplicateItem, LoopNeverRuns
from omnidsl.checking.rules.misspelt import MisspeltDefinition
from omnidsl.checking.rules.rule import Rule
from omnidsl.checking.rules.shadows import ShadowsName
from omnidsl.checking.rules.steps import UnusedStep
from omnidsl.checking.rules.survey import Survey

ALWAYS: tuple[type[Rule], ...] = (
    UnreachableBranch,
    RepeatedCondition,
    EqualBranches,
    SelfComparison,
    NeverEqual,
    LoopNeverRuns,
    DuplicateItem,
    ShadowsName,
    MisspeltDefinition,
)
WITHOUT_ERRORS: tuple[type[Rule], ...] = (UnusedUse, UnusedLet, UnusedParameter, UnusedStep)


def lint(recipe: CheckedRecipe, report: Report) -> None:
    """Add what the rules find in a recipe's main file."""
    survey = Survey(recipe.main, recipe.facts)
    sound = all(one.severity != "error" for one in report.diagnostics)
    for rule in (*ALWAYS, *(WITHOUT_ERRORS if sound else ())):
        rule(survey, report).check()
