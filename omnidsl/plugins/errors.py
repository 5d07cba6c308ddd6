"""What the plugin framework raises."""

from omnidsl.errors import OmniError

_LONGEST = 60
"""Characters of a text that a message repeats."""


class DeclarationError(OmniError, ValueError):
    """Raised when a plugin's declaration is wrong; `where` is the path inside the plugin's own data."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class ArgumentError(OmniError, ValueError):
    """Raised when an operation's argument has a value that its declaration forbids; its message shows the value's kind."""

    def __init__(self, operation: str, parameter: str, expected: str, value: object) -> None:
        super().__init__(f"`{operation}`: `{parameter}` must be {expected}, not {_shown(value)}")
        self.operation = operation
        self.parameter = parameter
        self.expected = expected
        self.value = value


class TooLongError(ArgumentError):
    """Raised for a text that is too long for one request and would make sense in pieces; `most` is in characters."""

    def __init__(self, operation: str, parameter: str, most: int, value: str) -> None:
        super().__init__(operation, parameter, f"at most {most} characters long", value)
        self.most = most
        self.length = len(value)


class PluginError(OmniError, RuntimeError):
    """Raised when a plugin's implementation cannot be imported or does not keep its contract."""

    def __init__(self, plugin: str, problem: str) -> None:
        super().__init__(f"plugin `{plugin}`: {problem}")
        self.plugin = plugin
        self.problem = problem


def _shown(value: object) -> str:
    """Return a value as people know it: never as Python writes it."""
    from omnidsl.plugins.media import (
        Artifact,
        Audio,
        Grid,
        Handle,
        Image,
        Messages,
        PromptJob,
        Video,
    )

    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value}"
        case str():
            return f'"{value if len(value) <= _LONGEST else value[:_LONGEST] + "…"}"'
        case Handle():
            return "the handle of a task"
        case Artifact():
            kinds = {Image: "a picture", Grid: "a grid", Audio: "a sound", Video: "a video"}
            return f"{kinds.get(type(value), 'a file')} of {value.size} bytes"
        case PromptJob():
            return f"a prompt with pictures: {len(value.images)}" if value.images else "a prompt"
        case Messages():
            return "a conversation"
        case list() | tuple():
            return f"a list of {len(value)}"
        case dict():
            return "a JSON object"
    return f"a value of the type {type(value).__name__}"
