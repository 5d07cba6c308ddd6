"""A prompt's parts before they are put together, and how a child's parts go over its parent's."""

from omnidsl.checking.runs import COMMAS, Run, spaced
from omnidsl.checking.values import Later, ProjectFile
from omnidsl.language.source import Source, Span
from omnidsl.prompts import Parameter, ParameterTable, Vocabulary


class Picture:
    """A reference picture of a prompt: a file of the project or what a step gives, and the place that names it.

    `written` is its path as it is written there; empty for what a step gives.
    """

    __slots__ = ("file", "source", "span", "written")

    def __init__(self, file: ProjectFile | Later, written: str, source: Source, span: Span) -> None:
        self.file = file
        self.written = written
        self.source = source
        self.span = span


class Setting:
    """A Midjourney parameter with its value's runs."""

    __slots__ = ("name", "parameter", "runs")

    def __init__(self, name: Run, runs: list[Run], table: ParameterTable) -> None:
        self.name = name
        self.runs = runs
        self.parameter: Parameter | None = table.find(name.text)

    @property
    def accumulates(self) -> bool:
        """Whether a child's values join its parent's."""
        return self.parameter is not None and self.parameter.accumulates

    @property
    def repeats(self) -> bool:
        """Whether a value that is filled in says how often the prompt is made."""
        known = all(one.exact for one in self.runs)
        return not known and self.parameter is not None and self.parameter.name == "repeat"

    @property
    def between(self) -> str:
        """What stands between two values of a list."""
        return ", " if self.parameter is not None and self.parameter.type == "words" else " "


class Fields:
    """A prompt's parts before they are put together."""

    __slots__ = ("categories", "pictures", "settings", "texts", "urls")

    def __init__(self) -> None:
        self.categories: dict[str, list[list[Run]]] = {}
        self.texts: list[list[Run]] = []
        self.urls: list[list[Run]] = []
        self.pictures: list[Picture] = []
        self.settings: list[Setting] = []

    def assembled(self, vocabulary: Vocabulary) -> list[Run]:
        """Return the flat prompt: addresses, vocabulary by category, texts, parameters."""
        words = [spaced(_vocabulary(self, vocabulary), ","), spaced(self.texts, ", ")]
        head = spaced([spaced(self.urls, " "), spaced(words, ",")], " ")
        return spaced([head, *(_with_name(one) for one in self.settings)], " ")


def override(fields: Fields, own: Fields, dropped: set[str], table: ParameterTable) -> None:
    """Put a child's parts over its parent's: named again is replaced, lists are appended, `drop` removes."""
    for name in dropped:
        fields.categories.pop(name, None)
    if own.texts or "text" in dropped:
        fields.texts = []
    if own.urls or own.pictures or "image" in dropped:
        fields.urls, fields.pictures = [], []
    fields.texts += own.texts
    fields.urls += own.urls
    fields.pictures += own.pictures
    fields.categories.update(own.categories)

    def slot(setting: Setting) -> str:
        parameter = setting.parameter
        return parameter.slot if parameter is not None else setting.name.text

    inherited = {slot(one): one for one in fields.settings}
    for one in own.settings:
        before = inherited.pop(slot(one), None)
        if before is not None and one.accumulates and before.runs and one.runs:
            one.runs = [*before.runs, Run(one.between, None, None, exact=False), *one.runs]
    gone = {slot(one) for one in own.settings}
    for name in dropped:
        parameter = table.find(name.removeprefix("--"))
        if parameter is not None:
            gone.add(parameter.slot)
    fields.settings = [one for one in fields.settings if slot(one) not in gone] + own.settings


def split(text: str) -> list[str]:
    """Cut a list at its commas, Chinese ones too; empty parts are left out."""
    for comma in COMMAS[1:]:
        text = text.replace(comma, ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _vocabulary(fields: Fields, vocabulary: Vocabulary) -> list[list[Run]]:
    order = [one.name for one in vocabulary.categories]
    return [runs for name in order for runs in fields.categories.get(name, [])]


def _with_name(setting: Setting) -> list[Run]:
    if not setting.runs:
        return [setting.name]
    if _glued(setting.name, setting.runs[0]):
        return [setting.name, *setting.runs]
    return [setting.name, Run(" ", None, None, exact=False), *setting.runs]


def _glued(name: Run, value: Run) -> bool:
    """Say whether a value stands directly behind its name in the recipe, as in `--v6.1`."""
    here, there = name.span, value.span
    return name.source is value.source and bool(here and there and here.end == there.start)
