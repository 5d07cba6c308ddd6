"""`sarif`: a log in the Static Analysis Results Interchange Format 2.1.0, for code scanning services.

What is about no file is a notification of the run, not a result: services refuse results without a place.
"""

import json
from collections.abc import Iterator, Sequence

from omnidsl.language.catalogue import entry
from omnidsl.language.diagnostics import Diagnostic, Fix
from omnidsl.language.pages import PARTS
from omnidsl.language.pages import page as page_of
from omnidsl.language.source import Source, Span
from omnidsl.reporting.diagnostics import fix_words
from omnidsl.reporting.formats import Look
from omnidsl.reporting.formats.repository import Fingerprints, Repository

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "PROJECTROOT"
FINGERPRINT = "omniFinding/v1"
"""A name of our own: services compute `primaryLocationLineHash` themselves, and warn of another value in it."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(findings: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    """Yield the log: one run, with the rules that its results name."""
    writer = _Writer(findings, look.language)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": ["@"]}
    run: dict[str, object] = {
        "tool": {"driver": writer.driver()},
        "invocations": [writer.invocation()],
        "originalUriBaseIds": {ROOT: {"uri": writer.repository.root_uri}},
        "columnKind": "unicodeCodePoints",
        "results": [],
    }
    before, after = json.dumps(log).split('"@"')
    yield before + json.dumps(run).removesuffix("]}")
    for number, one in enumerate(writer.placed):
        yield (",\n" if number else "\n") + json.dumps(writer.result(one))
    yield "]}" + after + "\n"


class _Writer:
    def __init__(self, findings: Sequence[Diagnostic], language: str | None) -> None:
        self.repository = Repository.here()
        self.placed = [one for one in findings if one.source is not None]
        self._others = [one for one in findings if one.source is None]
        self._language = language
        self._codes = sorted({one.code for one in findings})
        self._number = {code: number for number, code in enumerate(self._codes)}
        self._fingerprints = Fingerprints(self.repository)

    def driver(self) -> dict[str, object]:
        from omnidsl import __version__

        return {
            "name": "omni",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": [self._rule(code) for code in self._codes],
        }

    def _rule(self, code: str) -> dict[str, object]:
        known, page = entry(code), page_of(code)
        message = known.text("message", self._language).format_map(_Blanks())
        parts = {part: page.text(part, self._language) if page else "" for part in PARTS}
        texts = [one for one in (parts["why"], parts["fix"]) if one] or [message]
        return {
            "id": code,
            "name": known.name,
            "shortDescription": {"text": known.name.replace("-", " ")},
            "fullDescription": {"text": parts["what"] or message},
            "help": {"text": "\n\n".join(texts)},
            "defaultConfiguration": {"level": _LEVELS[known.severity]},
        }

    def invocation(self) -> dict[str, object]:
        notifications = [
            {
                "descriptor": {"id": one.code},
                "level": _LEVELS[one.severity],
                "message": {"text": one.message(self._language)},
            }
            for one in self._others
        ]
        works = all(one.severity != "error" for one in self._others)
        return {"executionSuccessful": works, "toolConfigurationNotifications": notifications}

    def result(self, one: Diagnostic) -> dict[str, object]:
        found: dict[str, object] = {
            "ruleId": one.code,
            "ruleIndex": self._number[one.code],
            "level": _LEVELS[one.severity],
            "message": {
                "text": "\n".join([one.message(self._language), *one.help(self._language)])
            },
            "locations": [self._location(one.source, one.span)],
            "partialFingerprints": {FINGERPRINT: self._fingerprints.of(one)},
        }
        if one.labels:
            found["relatedLocations"] = [
                {
                    "id": number,
                    **self._location(label.source or one.source, label.span),
                    "message": {"text": one.note(label, self._language)},
                }
                for number, label in enumerate(one.labels, 1)
            ]
        if one.fix is not None and one.source is not None:
            found["fixes"] = [self._fix(one.fix, one.source)]
        return found

    def _location(self, source: Source | None, span: Span | None) -> dict[str, object]:
        place: dict[str, object] = {"region": {"startLine": 1}}
        if source is not None:
            place["artifactLocation"] = self._artifact(source)
            if span is not None:
                place["region"] = _region(source, span)
        return {"physicalLocation": place}

    def _artifact(self, source: Source) -> dict[str, str]:
        uri, below = self.repository.uri(source)
        return {"uri": uri, "uriBaseId": ROOT} if below else {"uri": uri}

    def _fix(self, fix: Fix, source: Source) -> dict[str, object]:
        replacements = [
            {"deletedRegion": _region(source, one.span), "insertedContent": {"text": one.content}}
            for one in sorted(fix.edits, key=lambda one: one.span)
        ]
        change = {"artifactLocation": self._artifact(source), "replacements": replacements}
        return {
            "description": {"text": fix_words(fix, source, self._language)},
            "artifactChanges": [change],
        }


class _Blanks(dict[str, str]):
    """Every value of a template: an ellipsis, since a rule is about no place in particular."""

    def __missing__(self, name: str) -> str:
        return "…"


def _region(source: Source, span: Span) -> dict[str, int]:
    """Return a region; its last column is exclusive, as SARIF has it."""
    start, end = source.position(span.start), source.position(span.end)
    return {
        "startLine": start.row,
        "startColumn": start.column,
        "endLine": end.row,
        "endColumn": end.column,
    }
