"""What a prompt that is built holds, part by part, and how a text is taken apart into it."""

from omnidsl.language.source import Source
from omnidsl.prompts.division import divide
from omnidsl.prompts.expansion import Template
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.opening import image_address, read_opening
from omnidsl.prompts.parameters import ParameterTable
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.settings import Settler
from omnidsl.prompts.vocabulary import Vocabulary


class Contents:
    """Images, terms with the names of their categories, texts, parameters, each in the order given."""

    __slots__ = ("images", "settings", "terms", "texts")

    def __init__(
        self,
        *,
        images: tuple[str, ...] = (),
        terms: tuple[tuple[str, str], ...] = (),
        texts: tuple[str, ...] = (),
        settings: tuple[Setting, ...] = (),
    ) -> None:
        self.images = images
        self.terms = terms
        self.texts = texts
        self.settings = settings

    def __repr__(self) -> str:
        return f"Contents({self.images}, {self.terms}, {self.texts}, {self.settings})"


def read_contents(text: str, table: ParameterTable, vocabulary: Vocabulary) -> Contents:
    """Take a text apart; what is wrong with it stays in the part where it stands."""
    template = Template(text)
    if template.odd:  # where braces do not balance nothing else is certain
        return Contents(texts=_some(text))
    text = template.text
    parts = divide(text, template.pieces, table, mending=False)
    groups = sorted(group.start for group in template.groups())
    settler = Settler(text, table, Findings(Source(text), text), parts.text_end, groups)
    settings = tuple(settler.settle(one) for one in parts.occurrences)
    mentions, start, end = read_opening(text, parts, vocabulary)
    return Contents(
        images=tuple(image_address(text[first:last]) for first, last in parts.images),
        terms=tuple((term.category, term.english) for term, _, _ in mentions),
        texts=_some(text[start:end]),
        settings=settings,
    )


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text.strip() else ()
