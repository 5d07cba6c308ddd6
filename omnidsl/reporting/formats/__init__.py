"""The forms in which findings are printed, one module each; only the chosen one is imported.

A module has `render(findings, look)`, which takes findings in order and yields pieces of the report. Whatever stands
in a recipe or a file name, no format lets it steer a terminal or command a CI runner.
"""

from collections.abc import Callable, Iterator, Sequence

from omnidsl._lazy import loaded
from omnidsl.language.diagnostics import Diagnostic

FORMATS = {
    "full": "full",
    "concise": "concise",
    "json": "json_document",
    "json-lines": "json_lines",
    "github": "github",
    "gitlab": "gitlab",
    "sarif": "sarif",
    "junit": "junit",
}
"""Every format and its module, in the order that help shows them."""


class Look:
    """How a report is to look: coloured or not, columns of a source line, language (None: the reader's own)."""

    __slots__ = ("colour", "language", "width")

    def __init__(
        self, *, colour: bool = False, width: int = 100, language: str | None = None
    ) -> None:
        self.colour = colour
        self.width = width
        self.language = language

    def __repr__(self) -> str:
        return f"Look(colour={self.colour}, width={self.width}, language={self.language!r})"


Renderer = Callable[[Sequence[Diagnostic], Look], Iterator[str]]


def render(form: str, findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Return the pieces of a report, to be written one after another; KeyError for an unknown format."""
    from omnidsl.reporting.diagnostics import in_order

    renderer: Renderer = loaded(f"{__name__}.{FORMATS[form]}").render
    return renderer(in_order(findings), look)
