"""One Midjourney prompt: its language, its parameters, its rules, its vocabulary.

Names are imported when they are first used: `import omnidsl.prompts` alone costs next to nothing.
"""

from omnidsl._typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnidsl.prompts.errors import InvalidPrompt, UnknownName, WrongType
    from omnidsl.prompts.expansion import DEFAULT_MAX_JOBS, expand
    from omnidsl.prompts.house import HouseRules
    from omnidsl.prompts.model import Prompt
    from omnidsl.prompts.neutral import interpolate, neutralise
    from omnidsl.prompts.parameters import Parameter, ParameterTable, load_parameters
    from omnidsl.prompts.parsed import Job, ParsedPrompt
    from omnidsl.prompts.parser import DEFAULT_RULES, parse
    from omnidsl.prompts.rulesets import Rules, check_rules, load_rules, rule_sets
    from omnidsl.prompts.values import Problem, Reference, Value
    from omnidsl.prompts.vocabulary import Category, Term, Vocabulary, load_vocabulary
    from omnidsl.prompts.wording import Segment

__all__ = [
    "DEFAULT_MAX_JOBS",
    "DEFAULT_RULES",
    "Category",
    "HouseRules",
    "InvalidPrompt",
    "Job",
    "Parameter",
    "ParameterTable",
    "ParsedPrompt",
    "Problem",
    "Prompt",
    "Reference",
    "Rules",
    "Segment",
    "Term",
    "UnknownName",
    "Value",
    "Vocabulary",
    "WrongType",
    "check_rules",
    "expand",
    "interpolate",
    "load_parameters",
    "load_rules",
    "load_vocabulary",
    "neutralise",
    "parse",
    "rule_sets",
]

_HOMES = {
    "errors": ("InvalidPrompt", "UnknownName", "WrongType"),
    "expansion": ("DEFAULT_MAX_JOBS", "expand"),
    "house": ("HouseRules",),
    "model": ("Prompt",),
    "neutral": ("interpolate", "neutralise"),
    "parameters": ("Parameter", "ParameterTable", "load_parameters"),
    "parsed": ("Job", "ParsedPrompt"),
    "parser": ("DEFAULT_RULES", "parse"),
    "rulesets": ("Rules", "check_rules", "load_rules", "rule_sets"),
    "values": ("Problem", "Reference", "Value"),
    "vocabulary": ("Category", "Term", "Vocabulary", "load_vocabulary"),
    "wording": ("Segment",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            value: object = getattr(import_module(f"omnidsl.prompts.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
