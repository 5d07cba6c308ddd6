"""What is wrong, where, and what to do: data first, words later.

A diagnostic names its code and carries the values that its message is about. The words come from the catalogue
(`codes/*.toml`), in the reader's language, when somebody reads them.
"""

from collections.abc import Iterable, Mapping

from omnidsl.language.catalogue import Words, entry, phrase
from omnidsl.language.source import Source, Span


class Edit:
    """Replace the characters of `span` by `content`."""

    __slots__ = ("content", "span")

    def __init__(self, span: Span, content: str) -> None:
        self.span = span
        self.content = content

    def __repr__(self) -> str:
        return f"Edit({self.span}, {self.content!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edit) and (self.span, self.content) == (other.span, other.content)

    def __hash__(self) -> int:
        return hash((self.span, self.content))


class Fix:
    """Edits that would mend the finding; `safe` says that the meaning cannot change."""

    __slots__ = ("edits", "safe")

    def __init__(self, edits: Iterable[Edit], *, safe: bool) -> None:
        self.edits = tuple(edits)
        self.safe = safe

    def __repr__(self) -> str:
        return f"Fix({list(self.edits)}, safe={self.safe})"


class Label:
    """A second place that explains the first; `note` is a key of the code's `notes` in the catalogue.

    `values` fill the note's template, beside those of the finding.
    """

    __slots__ = ("note", "source", "span", "values")

    def __init__(
        self, span: Span, note: str, source: Source | None = None, **values: object
    ) -> None:
        self.span = span
        self.note = note
        self.source = source
        self.values = values


class Diagnostic:
    """One finding.

    `code` is `OM` and three digits; `values` fill the catalogue's templates; `suggestions` are at most three names
    by edit distance; `source` is the text that `span` points into (None: about no text at all).
    """

    __slots__ = ("code", "fix", "labels", "source", "span", "suggestions", "values")

    def __init__(
        self,
        code: str,
        span: Span | None = None,
        *,
        source: Source | None = None,
        values: Mapping[str, object] | None = None,
        labels: Iterable[Label] = (),
        suggestions: Iterable[str] = (),
        fix: Fix | None = None,
    ) -> None:
        self.code = code
        self.span = span
        self.source = source
        self.values = dict(values or {})
        self.labels = tuple(labels)
        self.suggestions = tuple(suggestions)[:3]
        self.fix = fix

    def __repr__(self) -> str:
        return f"Diagnostic({self.code}, {self.span}, {self.message('en')!r})"

    def at(self, span: Span, source: Source) -> "Diagnostic":
        """Return the same finding at a place of another text, as of a setting that names a file; edits do not travel."""
        return Diagnostic(
            self.code, span, source=source, values=self.values, suggestions=self.suggestions
        )

    @property
    def name(self) -> str:
        """The kebab name of the code, as in `unknown-name`."""
        return entry(self.code).name

    @property
    def severity(self) -> str:
        """`error`, `warning` or `info`."""
        return entry(self.code).severity

    def _words(self, language: str | None) -> dict[str, object]:
        """Return the values with phrases put into words."""
        return {
            name: value.text(language) if isinstance(value, Words) else value
            for name, value in self.values.items()
        }

    def message(self, language: str | None = None) -> str:
        """Return one short lower-case sentence that stands alone."""
        return entry(self.code).text("message", language).format_map(self._words(language))

    def label(self, language: str | None = None) -> str:
        """Return the words beside the caret, or an empty string."""
        return entry(self.code).text("label", language).format_map(self._words(language))

    def note(self, label: Label, language: str | None = None) -> str:
        """Return the words beside a second place."""
        words = {**self._words(language), **label.values}
        return entry(self.code).text(label.note, language).format_map(words)

    def help(self, language: str | None = None) -> list[str]:
        """Return ways out: did-you-means first, then the code's own advice, then the value `because`, where there is one."""
        ways = []
        if self.suggestions:
            names = phrase("or", language).join(f"`{one}`" for one in self.suggestions)
            ways.append(phrase("did-you-mean", language).format(names=names))
        advice = entry(self.code).text("help", language)
        if advice:
            ways.append(advice.format_map(self._words(language)))
        if because := str(self._words(language).get("because", "")):
            ways.append(because)
        return ways
