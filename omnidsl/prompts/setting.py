"""One parameter of one prompt, with its value."""

from omnidsl.prompts.parameters import Parameter
from omnidsl.prompts.values import Value


class Setting:
    """One parameter of a prompt.

    `parameter` is None for an unknown name; `value` is None where nothing was understood; `text` is what is emitted:
    the value's own form, or, where something is wrong, the characters as they stand. `span` is its place, name and all;
    `faulty` says that an error was found in it; `was` is the text of a value that the model takes for this one.
    """

    __slots__ = ("faulty", "name", "parameter", "span", "text", "value", "was")

    def __init__(
        self,
        name: str,
        parameter: Parameter | None,
        value: Value | None,
        text: str,
        span: tuple[int, int] = (0, 0),
        *,
        faulty: bool = False,
        was: str = "",
    ) -> None:
        self.name = name
        self.parameter = parameter
        self.value = value
        self.text = text
        self.span = span
        self.faulty = faulty
        self.was = was

    def __repr__(self) -> str:
        return f"Setting({self.text!r})"
