"""The pure functions of the language: reproducible, with no clock, no unseeded chance and no environment."""

from omnidsl.checking.types import ANY, INT, TEXT, Type, list_of


class Function:
    """A function: its parameters in order, what it gives, and whether this version computes it."""

    __slots__ = ("name", "parameters", "result", "supported")

    def __init__(
        self,
        name: str,
        parameters: tuple[tuple[str, Type], ...],
        result: Type,
        *,
        supported: bool = True,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.result = result
        self.supported = supported


FUNCTIONS = {
    one.name: one
    for one in (
        Function("file", (("path", TEXT),), Type("image")),
        Function("join", (("list", list_of(ANY)), ("sep", TEXT)), TEXT),
        Function("len", (("list", list_of(ANY)),), INT),
        Function("choose", (("list", list_of(ANY)), ("seed", INT)), ANY, supported=False),
        Function(
            "sample",
            (("list", list_of(ANY)), ("k", INT), ("seed", INT)),
            list_of(ANY),
            supported=False,
        ),
        Function("lines", (("path", TEXT),), list_of(TEXT), supported=False),
        Function("raw", (("text", TEXT),), TEXT, supported=False),
        Function("pick", (("grid", Type("grid")),), Type("image"), supported=False),
    )
}
