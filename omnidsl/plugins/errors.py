"""What the plugin framework raises."""

from omnidsl.errors import OmniError


class DeclarationError(OmniError, ValueError):
    """Raised when a plugin's declaration is wrong; `where` is the path inside the plugin's own data."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class ArgumentError(OmniError, ValueError):
    """Raised when an operation's argument has a value that its declaration forbids."""

    def __init__(self, operation: str, parameter: str, expected: str, value: object) -> None:
        super().__init__(f"`{operation}`: `{parameter}` must be {expected}, not {value!r}")
        self.operation = operation
        self.parameter = parameter
        self.expected = expected
        self.value = value


class PluginError(OmniError, RuntimeError):
    """Raised when a plugin's implementation cannot be imported or does not keep its contract."""

    def __init__(self, plugin: str, problem: str) -> None:
        super().__init__(f"plugin `{plugin}`: {problem}")
        self.plugin = plugin
        self.problem = problem
