"""A prompt as a value: built part by part, or read from a string; printed in its canonical spelling."""

from collections.abc import Mapping

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source, Span
from omnidsl.prompts.contents import Contents, read_contents
from omnidsl.prompts.errors import InvalidPrompt, UnknownName, WrongType
from omnidsl.prompts.expansion import DEFAULT_MAX_JOBS, expand
from omnidsl.prompts.findings import shown
from omnidsl.prompts.givens import setting_from
from omnidsl.prompts.methods import ParameterMethods
from omnidsl.prompts.parameters import Parameter, ParameterTable, load_parameters
from omnidsl.prompts.parsed import ParsedPrompt, emitted
from omnidsl.prompts.parser import DEFAULT_RULES, parse
from omnidsl.prompts.rulesets import Rules
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import Value
from omnidsl.prompts.vocabulary import Vocabulary, load_vocabulary
from omnidsl.prompts.wording import Segment

_BLANKS = " \t\r\n\u3000,，、"


class Prompt(ParameterMethods):
    """One Midjourney prompt, immutable: every method returns a new one.

    `text` is in the prompt language: groups `{a, b}` make several jobs, `::` parts it; use `neutralise` for text from
    elsewhere. Parts are emitted in a fixed order: images, terms by category, text, parameters as given. Prompts are equal
    when they mean the same, whatever the order of their parameters.

    A value of a type that its part never takes, and an empty one, raise `WrongType` at once; empty text adds nothing. Values
    out of range, and all that depends on other parts or on a rule set, wait for `validate` and `checked`.

    `rules` are those that it is for: their own options and terms are known, and `validate` holds it to them.
    """

    __slots__ = ("_contents", "_given", "_read", "_rules", "_vocabulary")

    def __init__(
        self, text: str = "", *, vocabulary: Vocabulary | None = None, rules: Rules | None = None
    ) -> None:
        _require_text("text", text)
        self._contents: Contents | None = Contents(texts=(text,) if text.strip() else ())
        self._given: str | None = None
        self._rules = rules
        known = load_vocabulary() if rules is None else rules.vocabulary
        self._vocabulary = known if vocabulary is None else vocabulary
        self._read: ParsedPrompt | None = None

    @classmethod
    def parse(
        cls, text: str, *, vocabulary: Vocabulary | None = None, rules: Rules | None = None
    ) -> "Prompt":
        """Read a prompt as it may be pasted; what is wrong with it stays in it, for `validate` to report.

        It is taken apart when a part of it is asked for: who only validates it has it read once.
        """
        _require_text("text", text)
        made = cls(vocabulary=vocabulary, rules=rules)
        made._contents, made._given = None, text
        return made

    @property
    def _table(self) -> ParameterTable:
        return load_parameters() if self._rules is None else self._rules.parameters

    @property
    def _holds(self) -> Contents:
        if self._contents is None:
            self._contents = read_contents(self._given or "", self._table, self._vocabulary)
        return self._contents

    def _with(
        self,
        *,
        images: tuple[str, ...] | None = None,
        terms: tuple[tuple[str, str], ...] | None = None,
        texts: tuple[str, ...] | None = None,
        settings: tuple[Setting, ...] | None = None,
    ) -> "Prompt":
        held = self._holds
        made = Prompt(vocabulary=self._vocabulary, rules=self._rules)
        made._contents = Contents(
            images=held.images if images is None else images,
            terms=held.terms if terms is None else terms,
            texts=held.texts if texts is None else texts,
            settings=held.settings if settings is None else settings,
        )
        return made

    def __repr__(self) -> str:
        return f"Prompt.parse({str(self)!r})"

    def __str__(self) -> str:
        urls = tuple(image for image in self._holds.images if not self._is_file(image))
        text = ", ".join(" ".join(text.split()) for text in self._holds.texts)
        return emitted(urls, self._ordered_terms(), text, self._holds.settings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Prompt) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash(self._meaning())

    def _meaning(self) -> tuple[object, ...]:
        read = self._reading()
        more = str(self) if read.permutations > len(read.jobs) else ""
        return self.files, tuple(job.meaning for job in read.jobs), read.permutations, more

    def _reading(self) -> ParsedPrompt:
        if self._read is None:
            self._read = parse(
                str(self),
                rules=self._rules or DEFAULT_RULES,
                vocabulary=self._vocabulary,
                files=len(self.files),
            )
        return self._read

    def _ordered_terms(self) -> list[str]:
        order = [category.name for category in self._vocabulary.categories]
        return [term for name in order for category, term in self._holds.terms if category == name]

    @staticmethod
    def _is_file(image: str) -> bool:
        return not image.lower().startswith(("http://", "https://")) and "{" not in image

    # --- parts -------------------------------------------------------------------------------------------------------

    def image(self, *images: str) -> "Prompt":
        """Add image prompts: addresses, or paths of files that travel beside the prompt."""
        for image in images:
            if not isinstance(image, str) or not image.strip():
                raise WrongType("image", "an address or a path", image)
        return self._with(images=self._holds.images + images)

    def text(self, *texts: str) -> "Prompt":
        """Add text; several are joined with a comma and a space."""
        for text in texts:
            _require_text("text", text)
        return self._with(texts=self._holds.texts + tuple(text for text in texts if text.strip()))

    def category(self, name: str, *terms: str) -> "Prompt":
        """Add terms of a category, each by any of its names; an unknown one is kept as it is, and reported later.

        Raises `UnknownName` for a category that the vocabulary lacks, `WrongType` for a term of blanks and commas.
        """
        _require_text("category", name)
        category = self._vocabulary.category(name)
        if category is None:
            raise UnknownName("category", name, [one.name for one in self._vocabulary.categories])
        for term in terms:
            if not isinstance(term, str) or not term.strip(_BLANKS):
                raise WrongType(category.name, "a term", term)
        found = ((category.lookup(term), term) for term in terms)
        return self._with(
            terms=self._holds.terms
            + tuple((category.name, known.english if known else term) for known, term in found)
        )

    def style(self, *terms: str) -> "Prompt":
        """Add terms of the style category, as `Cyberpunk` or `赛博朋克`."""
        return self.category("style", *terms)

    def view(self, *terms: str) -> "Prompt":
        """Add terms of the view category, as `Wide view` or `宽视角`."""
        return self.category("view", *terms)

    def shot(self, *terms: str) -> "Prompt":
        """Add terms of the shot category, as `VCU` or `脸部特写`."""
        return self.category("shot", *terms)

    def light(self, *terms: str) -> "Prompt":
        """Add terms of the light category, as `Cold light` or `冷光`."""
        return self.category("light", *terms)

    def composition(self, *terms: str) -> "Prompt":
        """Add terms of the composition category, as `rule of thirds` or `三分法构图`."""
        return self.category("composition", *terms)

    def lens(self, *terms: str) -> "Prompt":
        """Add terms of the lens category, as `35mm lens` or `移轴镜头`."""
        return self.category("lens", *terms)

    def mood(self, *terms: str) -> "Prompt":
        """Add terms of the mood category, as `serene mood`, `serene` or `宁静`."""
        return self.category("mood", *terms)

    def color(self, *terms: str) -> "Prompt":
        """Add terms of the color category, as `teal and orange` or `青橙色调`."""
        return self.category("color", *terms)

    def parameter(self, name: str, *values: object) -> "Prompt":
        """Set a parameter by any of its names; lists grow, anything else replaces what its slot held.

        Raises `UnknownName` for a name that no version knows, `WrongType` for a value of a type that it never takes.
        """
        _require_text("parameter", name)
        row = self._table.find(name)
        if row is None:
            raise UnknownName("parameter", name, self._table.names())
        kept = (
            self._holds.settings
            if row.accumulates
            else tuple(one for one in self._holds.settings if not _shares_slot(one, row))
        )
        return self._with(settings=(*kept, setting_from(row, values)))

    def without(self, *names: str) -> "Prompt":
        """Drop parts: `image`, `text`, a category, or a parameter (with or without its dashes).

        `style` is the category, `--style` the parameter. Raises `UnknownName` for a name that is none of these.
        """
        made = self
        for name in names:
            made = made._without(name)  # another prompt of this class
        return made

    def _without(self, name: str) -> "Prompt":
        _require_text("without", name)
        if name == "image":
            return self._with(images=())
        if name == "text":
            return self._with(texts=())
        category = None if name.startswith("--") else self._vocabulary.category(name)
        if category is not None:
            return self._with(
                terms=tuple(one for one in self._holds.terms if one[0] != category.name)
            )
        row = self._table.find(name)
        if row is None:
            known = ["image", "text", *(one.name for one in self._vocabulary.categories)]
            raise UnknownName("part", name, known)
        return self._with(
            settings=tuple(one for one in self._holds.settings if one.name != row.name)
        )

    # --- what it holds -----------------------------------------------------------------------------------------------

    @property
    def images(self) -> tuple[str, ...]:
        """Image prompts: addresses and paths of files."""
        return self._holds.images

    @property
    def files(self) -> tuple[str, ...]:
        """The images that are files; they are no part of the printed prompt."""
        return tuple(image for image in self._holds.images if self._is_file(image))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The weighted parts of the (first job's) text."""
        return self._reading().segments

    @property
    def parameters(self) -> Mapping[str, Value]:
        """The (first job's) parameters by long name."""
        return self._reading().parameters

    @property
    def vocabulary(self) -> Mapping[str, tuple[str, ...]]:
        """The (first job's) terms by category."""
        return self._reading().vocabulary

    def expand(self, max_jobs: int = DEFAULT_MAX_JOBS) -> "list[Prompt]":
        """Return one prompt for each permutation, at most `max_jobs`, leftmost group slowest."""
        files = self.files
        made = [
            Prompt.parse(job, vocabulary=self._vocabulary, rules=self._rules)
            for job in expand(str(self), max_jobs)
        ]
        return [one.image(*files) for one in made]

    def validate(
        self, rules: str | Rules | None = None, max_jobs: int = DEFAULT_MAX_JOBS
    ) -> list[Diagnostic]:
        """Return all that is wrong under some rules (None: its own, else the default ones); places are offsets into the printed prompt.

        For a prompt that was read, and not changed since, they are offsets into the text that it was read from.
        """
        if self._given is not None:
            read = parse(
                self._given,
                rules=rules or self._rules or DEFAULT_RULES,
                max_jobs=max_jobs,
                vocabulary=self._vocabulary,
            )
            return list(read.diagnostics)
        return self._judged(rules, max_jobs)

    def checked(self, rules: str | Rules | None = None, max_jobs: int = DEFAULT_MAX_JOBS) -> str:
        """Return the printed prompt for a backend; raises `InvalidPrompt` when an error is in it."""
        found = self._judged(rules, max_jobs)
        if any(one.severity == "error" for one in found):
            raise InvalidPrompt(str(self), found)
        return str(self)

    def _judged(self, rules: str | Rules | None, max_jobs: int) -> list[Diagnostic]:
        """Return all that is wrong with the printed prompt."""
        read = parse(
            str(self),
            rules=rules or self._rules or DEFAULT_RULES,
            max_jobs=max_jobs,
            vocabulary=self._vocabulary,
            files=len(self.files),
        )
        return [*self._unknown_terms(read.source), *read.diagnostics]

    def _unknown_terms(self, source: Source) -> list[Diagnostic]:
        found = []
        for name, term in self._holds.terms:
            if self._vocabulary.lookup(name, term) is None:
                at = source.text.find(" ".join(term.split()))
                values = shown({"term": term, "category": name})
                near = self._vocabulary.nearest(name, term)
                span = Span(max(at, 0), max(at, 0) + len(" ".join(term.split())))
                found.append(
                    Diagnostic("OM421", span, source=source, values=values, suggestions=near)
                )
        return found


def _require_text(attribute: str, value: object) -> None:
    if not isinstance(value, str):
        raise WrongType(attribute, "text", value)


def _shares_slot(one: Setting, row: Parameter) -> bool:
    return one.parameter is not None and one.parameter.slot == row.slot
