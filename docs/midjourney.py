"""What docs/midjourney.md and docs/midjourney.zh-CN.md say, made of the data about Midjourney; `make docs` writes them."""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from textwrap import fill
from typing import Any

from docs.tables import table
from omnidsl.language.catalogue import entry, phrase
from omnidsl.prompts.bounds import Bounds
from omnidsl.prompts.edition import Conflict, Edition
from omnidsl.prompts.parameters import Parameter
from omnidsl.prompts.rulesets import LATEST, read_rules
from omnidsl.prompts.values import number_text
from omnidsl.prompts.version_verdicts import spans
from omnidsl.prompts.versions import DATA, Version

FOLDER = Path(__file__).parent
DOCUMENTS = {"en": FOLDER / "midjourney.md", "zh": FOLDER / "midjourney.zh-CN.md"}
_OTHERS = {"en": "[简体中文](midjourney.zh-CN.md)", "zh": "[English](midjourney.md)"}
_RULES = {"en": "rules.md", "zh": "rules.zh-CN.md"}
_LISTS = ("flag", "words", "references", "codes", "urls")
"""Types of which a version says whether it takes them, not which values."""
_WIDTH = 125
"""Characters of a line of text."""


def document(language: str, folder: Path = DATA) -> str:
    """Return the whole document, of the newest rules in a folder of data."""
    edition = read_rules(LATEST, folder).edition
    if edition is None:
        raise ValueError(f"{LATEST} is not dated")
    parts = _Document(language, folder, edition).parts()
    return "\n\n".join(part for part in parts if part) + "\n"


# Any: TOML has no type; tests of the data hold its form.
@cache
def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


class _Document:
    """The sections in one language, each a heading and what stands below it."""

    def __init__(self, language: str, folder: Path, edition: Edition) -> None:
        self._language = language
        self._folder = folder
        self._edition = edition
        self._current = [row for row in edition.parameters.rows if row.status == "current"]
        self._past = [
            row
            for row in edition.parameters.rows
            if row.status != "current" and not (row.status == "legacy" and row.versions)
        ]

    def parts(self) -> Iterator[str]:
        day, first = self._edition.day, self._edition.versions.changes()[0]
        yield f"# {self._say('title')}"
        yield _OTHERS[self._language]
        yield self._paragraph("made", day=day)
        yield self._title("rules")
        yield self._paragraph("rules", "text", day=day, first=first)
        yield from self._versions()
        yield from self._matrix()
        yield from self._same()
        yield from self._of_the_past()
        yield from self._together()
        yield from self._uncertain()
        yield from self._sources()

    # --- words -------------------------------------------------------------------------------------------------------

    def _words(self, *path: str) -> Any:
        found: Any = _read(FOLDER / "midjourney.toml")
        for key in path:
            found = found[key]
        return found[self._language]

    def _say(self, *path: str, **values: str) -> str:
        return str(self._words(*path)).format(**values)

    def _paragraph(self, *path: str, **values: str) -> str:
        text = " ".join(self._say(*path, **values).split())
        if self._language == "zh":  # its words have no blanks between them to break at
            return text
        return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)

    def _word(self, name: str, **values: str) -> str:
        return self._say("words", name, **values)

    def _title(self, section: str) -> str:
        return f"## {self._say(section, 'title')}"

    def _meaning(self, row: Parameter) -> str:
        return str(_read(self._folder / "meanings.toml").get(row.name, {}).get(self._language, ""))

    # --- sections ----------------------------------------------------------------------------------------------------

    def _versions(self) -> Iterator[str]:
        yield self._title("versions")
        rows = []
        for one in self._edition.versions.rows:
            default = self._edition.default(one.family)
            name = f"**{one.name}** ({self._word('default')})" if one is default else one.name
            days = (one.first, one.default, one.gone)
            about = (self._word(one.status), self._word(one.certainty), ", ".join(one.sources))
            rows.append((name, f"`{one.pin}`", *days, *about))
        yield table(self._words("versions", "head"), rows)
        yield self._say("versions", "after")

    def _matrix(self) -> Iterator[str]:
        yield self._title("matrix")
        yield self._paragraph("matrix", "text")
        numbered = [one for one in self._edition.available if one.family == "v"]
        groups = {
            "current": [one for one in numbered if one.current],
            "legacy": [one for one in numbered if not one.current],
            "others": [one for one in self._edition.available if one.family != "v"],
        }
        for name, versions in groups.items():
            yield f"### {self._say('matrix', name)}"
            yield self._matrix_of(versions)

    def _matrix_of(self, versions: Sequence[Version]) -> str:
        """Return one table; neighbours that agree in every cell share a column."""
        signs = self._edition.parameters.signs
        rows = [row for row in (*self._edition.parameters.rows, *signs) if self._differs(row)]
        columns = [(one, [self._cell(row, one) for row in rows]) for one in versions]
        merged = [
            (cells, [one for one, _ in many])
            for cells, many in groupby(columns, key=lambda column: column[1])
        ]
        kept = [
            index for index in range(len(rows)) if any(cells[index] != "–" for cells, _ in merged)
        ]  # what none of these versions takes is not worth a line
        head = [
            self._say("matrix", "parameter"),
            *(spans(many, self._edition) for _, many in merged),
        ]
        body = [
            [self._names(rows[index]), *(cells[index] for cells, _ in merged)] for index in kept
        ]
        return table(head, body)

    def _differs(self, row: Parameter) -> bool:
        """Say whether it depends on the version what a parameter takes."""
        return len({self._cell(row, one) for one in self._edition.available}) > 1

    def _cell(self, row: Parameter, version: Version) -> str:
        held = self._edition.held(row, version)
        if held is None:
            return ""
        if not held.supported:
            return "–" if held.certain else "?"
        shown = held.shown() or ("" if row.type in _LISTS else self._general(row))
        shown = shown or self._word("yes" if row.type in _LISTS else "any")
        default = row.default if held.default is None else held.default
        parts = [shown, "" if default is None else f"({_text(default)})"]
        parts.append("" if held.certain and held.sure is None else "?")
        return " ".join(part for part in parts if part)

    @staticmethod
    def _general(row: Parameter) -> str:
        return Bounds(least=row.least, most=row.most, choices=row.choices).shown()

    def _names(self, row: Parameter) -> str:
        if row.syntax:
            return self._say("matrix", "multi") if row.name == "::" else f"`{row.name}`"
        return ", ".join(f"`--{name}`" for name in (row.name, *row.aliases))

    def _same(self) -> Iterator[str]:
        yield self._title("same")
        rows = []
        for row in self._current:
            if self._differs(row):
                continue
            bounds = "" if row.type == "version" else self._general(row)
            value = ", ".join(one for one in (self._say("types", row.type), bounds) if one)
            value += f", ≤ {row.count}" if row.count else ""
            value += " ?" if any("sure" in given for given in row.versions) else ""
            default = "" if row.default is None else _text(row.default)
            needs = ", ".join(self._word("image") if one == "image" else f"`--{one}`" for one in row.needs)  # fmt: skip
            rows.append((self._names(row), self._meaning(row), value, default, needs))
        yield table(self._words("same", "head"), rows)

    def _of_the_past(self) -> Iterator[str]:
        yield self._title("past")
        rows = [
            (
                self._names(row),
                self._meaning(row),
                self._word(row.status),
                f"`{row.instead}`" if row.instead else "",
            )
            for row in self._past
        ]
        yield table(self._words("past", "head"), rows)

    def _together(self) -> Iterator[str]:
        yield self._title("together")
        slots: dict[str, list[str]] = {}
        for row in self._edition.parameters.rows:
            slots.setdefault(row.slot, []).append(f"`--{row.written}`")
        comma, semicolon = (", ", "; ") if self._language == "en" else ("、", "；")
        several = semicolon.join(comma.join(names) for names in slots.values() if len(names) > 1)
        yield self._paragraph("together", "slots", slots=several)
        yield table(self._words("together", "head"), map(self._conflict, self._edition.conflicts))

    def _conflict(self, row: Conflict) -> tuple[str, ...]:
        values = ", ".join(map(_text, row.values))
        more = self._say("together", "codes") if row.items else values
        when = f"`--{row.when}` {more}".rstrip() if row.when else self._say("together", "always")
        held, about = row.bounds, entry(row.code)
        if not held.supported:
            told = self._say("together", "remark" if about.severity == "info" else "absent")
        elif held.refused:
            refused = ", ".join(map(_text, held.refused))
            told = self._say("together", "refused", values=refused)
        else:
            told = self._say("together", "within" if held.widest else "only", values=held.shown())
        link = f"[{row.code}]({_RULES[self._language]}#{row.code.lower()}-{about.name})"
        severity = phrase(about.severity, self._language)
        return when, f"`--{row.parameter}`", told, link, severity, ", ".join(held.sources)

    def _uncertain(self) -> Iterator[str]:
        yield self._title("uncertain")
        rows: list[tuple[str, ...]] = []
        for one in _read(self._folder / "versions.toml")["version"]:
            if "note" in one:
                about = (self._word(one["certainty"]), ", ".join(one["sources"]))
                rows.append((one["name"], "", one["note"][self._language], *about))
        for row in (*self._edition.parameters.rows, *self._edition.parameters.signs):
            rows += [self._noted(row, given) for given in row.versions if "note" in given]
        yield table(self._words("uncertain", "head"), rows)

    def _noted(self, row: Parameter, given: Any) -> tuple[str, ...]:
        days = [self._word(edge, day=given[edge]) for edge in ("since", "until") if edge in given]
        known = [one for name in given["on"] for one in self._edition.versions.between(name)]
        where = ", ".join([spans([one for one in known if one in self._edition.available], self._edition), *days])  # fmt: skip
        certainty = self._word(given.get("certainty", row.certainty))
        if "sure" in given:
            certainty = self._say("uncertain", "part")
        sources = ", ".join(given.get("sources", row.sources))
        name = f"`{row.name}`" if row.syntax else f"`--{row.written}`"
        return name, where, given["note"][self._language], certainty, sources

    def _sources(self) -> Iterator[str]:
        yield self._title("sources")
        rows = [
            (name, one[self._language], self._word(one["kind"]), one["read"])
            for name, one in _read(self._folder / "sources.toml").items()
        ]
        yield table(self._words("sources", "head"), rows)


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else number_text(value)
