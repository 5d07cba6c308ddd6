"""What reading a prompt gives: its jobs, its findings, and the JSON that other programs read."""

from collections.abc import Mapping
from types import MappingProxyType

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.prompts.expansion import MOST
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import Reference, Value, is_url
from omnidsl.prompts.wording import Segment, quoted


class Job:
    """One prompt without permutations, as Midjourney gets it.

    `text` is what people read, without the vocabulary in front of it; `segments` are its weighted parts; `vocabulary` has
    the terms by category; `settings` are the parameters as they stand. The other parts are made of these when somebody asks.
    """

    __slots__ = (
        "_canonical",
        "_parameters",
        "_source_text",
        "images",
        "segments",
        "settings",
        "text",
        "vocabulary",
    )

    def __init__(
        self,
        *,
        images: tuple[str, ...],
        text: str,
        source_text: str,
        segments: tuple[Segment, ...],
        vocabulary: Mapping[str, tuple[str, ...]],
        settings: tuple[Setting, ...],
    ) -> None:
        """Take the parts; `source_text` is the text with its escapes."""
        self.images = images
        self.text = text
        self.segments = segments
        self.vocabulary = MappingProxyType(vocabulary)
        self.settings = settings
        self._source_text = source_text
        self._parameters: Mapping[str, Value] | None = None
        self._canonical: str | None = None

    def __repr__(self) -> str:
        return f"Job({self.canonical!r})"

    @property
    def parameters(self) -> Mapping[str, Value]:
        """The values by long name (`speed` and `visibility` for theirs)."""
        if self._parameters is None:
            self._parameters = MappingProxyType(merged(self.settings))
        return self._parameters

    @property
    def quoted(self) -> tuple[str, ...]:
        """The text that the picture shows."""
        return tuple(quoted(self.text))

    @property
    def canonical(self) -> str:
        """The prompt in its canonical spelling."""
        if self._canonical is None:
            terms = [term for many in self.vocabulary.values() for term in many]
            text = " ".join(self._source_text.split())
            self._canonical = emitted(self.images, terms, text, self.settings)
        return self._canonical

    @property
    def repeat(self) -> int:
        """How many times `--repeat` asks for the job; 1 where it asks for something impossible."""
        for one in self.settings:
            if one.name == "repeat" and isinstance(one.value, int) and not one.faulty:
                return one.value
        return 1

    @property
    def meaning(self) -> tuple[object, ...]:
        """What two prompts must share to be equal: everything but the order of the parameters, repeated ones too."""
        unread = frozenset(one.text for one in self.settings if one.value is None)
        parameters = frozenset((name, _unordered(one)) for name, one in self.parameters.items())
        return (
            self.images,
            tuple(sorted(self.vocabulary.items())),
            self.segments,
            parameters,
            unread,
        )

    def as_json(self) -> dict[str, object]:
        """Return what the JSON shows of each job."""
        return {
            "text": self.text,
            "segments": [{"text": one.text, "weight": one.weight} for one in self.segments],
            "parameters": self.shown_parameters(),
        }

    def shown_parameters(self) -> dict[str, object]:
        """Return the values by long name as the JSON shows them."""
        single = [one.name for one in self.settings if one.parameter and one.parameter.single]
        return {
            name: _json(value, single=name in single) for name, value in self.parameters.items()
        }


def _unordered(value: Value) -> Value:
    """Return a value whose items, which may as well stand in parameters of their own, are in one order."""
    return tuple(sorted(value, key=str)) if isinstance(value, tuple) else value  # type: ignore[return-value]  # items of one row are of one kind


def merged(settings: tuple[Setting, ...]) -> dict[str, Value]:
    """Return the values of settings by long name; lists accumulate, of anything else the first one counts.

    A first one that was not understood has no value, and a later one does not take its place.
    """
    found: dict[str, Value] = {}
    more: dict[str, list[object]] = {}  # of lists that go on: a tuple would be copied each time
    unread: set[str] = set()
    for one in settings:
        if one.parameter is None or one.parameter.key in unread:
            continue
        if one.value is None:
            if not one.parameter.accumulates and one.parameter.key not in found:
                unread.add(one.parameter.key)
            continue
        value: Value = one.parameter.value or one.value
        known = found.setdefault(one.parameter.key, value)
        if (
            known is not value
            and one.parameter.accumulates
            and isinstance(known, tuple)
            and isinstance(value, tuple)
        ):
            more.setdefault(one.parameter.key, [*known]).extend(value)
    found.update({name: tuple(items) for name, items in more.items()})  # type: ignore[misc]  # items of one row are of one kind
    return found


def _json(value: Value, *, single: bool) -> object:
    if not isinstance(value, tuple):
        return value
    items = [_reference(item) if isinstance(item, Reference) else item for item in value]
    return items[0] if single and len(items) == 1 else items


def _reference(item: Reference) -> object:
    """Show an item without a weight as its text, a weighted one as an object."""
    if item.weight is None:
        return item.value
    weight = int(item.weight) if item.weight == int(item.weight) else item.weight
    return {"url" if is_url(item.value) else "code": item.value, "weight": weight}


class ParsedPrompt:
    """A prompt that was read: `jobs` (at least one, at most the cap), `permutations` (all of them), `diagnostics`.

    `permutations` is exact below `expansion.MOST`, which stands for more jobs than can be written down.
    `images`, `text` and the other parts are the first job's.
    """

    __slots__ = ("diagnostics", "jobs", "permutations", "prompt", "source")

    def __init__(
        self,
        prompt: str,
        source: Source,
        jobs: list[Job],
        permutations: int,
        diagnostics: list[Diagnostic],
    ) -> None:
        self.prompt = prompt
        self.source = source
        self.jobs = tuple(jobs)
        self.permutations = permutations
        self.diagnostics = tuple(diagnostics)

    def __repr__(self) -> str:
        return f"ParsedPrompt({self.prompt!r}, {self.permutations} permutations, {len(self.diagnostics)} diagnostics)"

    @property
    def valid(self) -> bool:
        """Whether no error was found; warnings do not count."""
        return all(one.severity != "error" for one in self.diagnostics)

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses in front of the first job."""
        return self.jobs[0].images

    @property
    def text(self) -> str:
        """The first job's text, without the vocabulary in front of it."""
        return self.jobs[0].text

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The weighted parts of the first job's text."""
        return self.jobs[0].segments

    @property
    def parameters(self) -> Mapping[str, Value]:
        """The first job's parameters by long name."""
        return self.jobs[0].parameters

    @property
    def vocabulary(self) -> Mapping[str, tuple[str, ...]]:
        """The first job's terms by category."""
        return self.jobs[0].vocabulary

    @property
    def quoted(self) -> tuple[str, ...]:
        """What the first job's picture shows as text."""
        return self.jobs[0].quoted

    @property
    def canonical(self) -> str:
        """The first job in its canonical spelling."""
        return self.jobs[0].canonical

    def as_json(self) -> dict[str, object]:
        """Return the object that `omni prompt parse --json` prints.

        `permutations` is null where the number has too many digits for the programs that read it.
        """
        first = self.jobs[0]
        shown: dict[str, object] = {
            "prompt": self.prompt,
            "valid": self.valid,
            "text": first.text,
            "images": list(first.images),
            **{name: value for name, value in first.as_json().items() if name != "text"},
            "vocabulary": {name: list(terms) for name, terms in first.vocabulary.items()},
            "permutations": self.permutations if self.permutations < MOST else None,
        }
        if self.permutations > 1:
            shown["jobs"] = [job.as_json() for job in self.jobs]
        shown["canonical"] = first.canonical
        shown["diagnostics"] = [shown_finding(one) for one in self.diagnostics]
        return shown


def shown_finding(one: Diagnostic) -> dict[str, object]:
    """Return what the JSON shows of a finding."""
    fix = one.fix and {
        "safe": one.fix.safe,
        "edits": [
            {"start": edit.span.start, "end": edit.span.end, "content": edit.content}
            for edit in one.fix.edits
        ],
    }
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity,
        "message": one.message(),
        "start": one.span.start if one.span else None,
        "end": one.span.end if one.span else None,
        "fix": fix,
    }


def emitted(
    images: tuple[str, ...], terms: list[str], text: str, settings: tuple[Setting, ...]
) -> str:
    """Return a prompt in its canonical spelling: images, terms and text joined with `,`, parameters."""
    body = ",".join([*terms, text] if text else terms)
    return " ".join([part for part in (*images, body, *[one.text for one in settings]) if part])
