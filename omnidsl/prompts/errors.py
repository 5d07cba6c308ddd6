"""What the prompt language raises."""

from omnidsl.errors import OmniError
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.suggestions import nearest

_LONGEST = 120
"""Characters of what somebody gave, as a message shows it."""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _shown(value: object) -> str:
    try:
        return _cut(repr(value))
    except ValueError:  # Python writes no whole number of thousands of digits
        return "a longer one"


class InvalidPrompt(OmniError, ValueError):
    """Raised when a prompt with errors is about to leave for a backend; `diagnostics` says all that is wrong."""

    def __init__(self, prompt: str, diagnostics: list[Diagnostic]) -> None:
        errors = [one for one in diagnostics if one.severity == "error"]
        super().__init__("; ".join(f"{one.code} {one.message()}" for one in errors))
        self.prompt = prompt
        self.diagnostics = diagnostics


class WrongType(OmniError, TypeError):
    """Raised when a builder method gets a value of a type that its parameter never takes."""

    def __init__(self, attribute: str, expected: str, value: object) -> None:
        super().__init__(f"{attribute} takes {expected}, not {_shown(value)}")
        self.attribute = attribute
        self.expected = expected
        self.value = value


class UnknownName(OmniError, LookupError):
    """Raised when a category, parameter or rule set is asked for by a name that nothing has.

    `known` is what there is; `suggestions` are at most three of it that are near to the name.
    """

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        self.suggestions = nearest(name, known)
        near = " or ".join(repr(one) for one in self.suggestions)
        meant = f" did you mean {near}?" if near else ""
        super().__init__(f"there is no {kind} {_cut(name)!r};{meant} there are: {', '.join(known)}")
        self.kind = kind
        self.name = name
        self.known = known
