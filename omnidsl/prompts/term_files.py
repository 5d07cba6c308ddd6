"""A project's own vocabulary: terms from a tab-separated file that somebody writes by hand, or that came with a fork.

The first row names the columns; `english` and `category` must be there. Lines that are empty or begin with `#` are left
out. Whatever stands in a file, reading it gives terms and diagnostics, in time linear in its length.
"""

from collections.abc import Iterable, Iterator

from omnidsl.language.catalogue import Words
from omnidsl.language.diagnostics import Diagnostic, Label
from omnidsl.language.line_names import LINES, line_name
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest
from omnidsl.prompts.findings import shown
from omnidsl.prompts.neutral import neutralise
from omnidsl.prompts.opening import LONGEST_TERM
from omnidsl.prompts.vocabulary import Category, Term, Vocabulary, folded, term_from

COLUMNS = (
    "english", "category", "abbreviation", "simplified", "traditional", "label", "aliases", "loose", "excludes", "upstream",
)  # fmt: skip  # a line
NEEDED = COLUMNS[:2]
LISTS = ("aliases", "loose", "excludes")
NAMES = ("english", "abbreviation", "simplified", "traditional", "aliases", "upstream")
"""Columns whose names are understood anywhere; the label and the loose ones only behind the category's name."""
EMITTED = ("english", "upstream")

MOST_TOLD = 20
"""Findings in one file: who made more mistakes than that begins anew."""

_LINE = pattern(r"[^\r\n]*+")
_CATEGORY = pattern(r"[^\W\d]\w{0,39}\Z")
_COMMAS = frozenset(",，、")


class Cell:
    """What one column of a row holds, without blanks around it, and where it stands."""

    __slots__ = ("span", "text")

    def __init__(self, written: str, start: int) -> None:
        self.text = written.strip()
        begin = start + len(written) - len(written.lstrip()) if self.text else start
        self.span = Span(begin, begin + len(self.text))

    def items(self) -> "Iterator[Cell]":
        """Yield the items of a list that `;` parts, empty ones left out."""
        start = self.span.start
        for part in self.text.split(";"):
            if part.strip():
                yield Cell(part, start)
            start += len(part) + 1


class TermFile:
    """One file's terms by category, and what is wrong with it; `known` is what the terms are added to.

    A row that is wrong gives no term.
    """

    __slots__ = (
        "_categories",
        "_category_names",
        "_excluded",
        "_known",
        "_owners",
        "_source",
        "_terms",
        "diagnostics",
    )

    def __init__(self, source: Source, known: Vocabulary) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._source = source
        self._known = known
        self._categories: dict[str, tuple[dict[str, None], dict[str, None], dict[str, None]]] = {}
        self._category_names: dict[str, str] = {}
        self._terms: list[Term] = []
        self._excluded: list[tuple[str, Cell]] = []
        self._owners: dict[tuple[str, str], tuple[Term, Cell]] = {}
        self._read()

    def __repr__(self) -> str:
        return f"TermFile({self._source.name!r}, {len(self._terms)} terms)"

    @property
    def categories(self) -> list[Category]:
        """The terms by category, each with the names that the file gives it."""
        own: dict[str, list[Term]] = {}
        for term in self._terms:
            own.setdefault(term.category, []).append(term)
        return [
            Category(name, terms, simplified=names[0], traditional=names[1], aliases=names[2])
            for name, terms in own.items()
            for names in [self._categories[name]]
        ]

    def _tell(
        self,
        code: str,
        span: Span,
        suggestions: Iterable[str] = (),
        labels: Iterable[Label] = (),
        **values: object,
    ) -> None:
        self.diagnostics.append(
            Diagnostic(
                code,
                span,
                source=self._source,
                values=shown(values),
                labels=labels,
                suggestions=suggestions,
            )
        )

    def _read(self) -> None:
        rows = _rows(self._source.text)
        header = next(rows, [])
        columns = self._columns(header)
        if not columns:
            return
        for row in rows:
            if len(self.diagnostics) >= MOST_TOLD:
                return
            self._take(columns, row)
        self._check_excludes()

    def _columns(self, header: list[Cell]) -> list[str]:
        """Return the names of the columns; none where the header is wrong, which is told."""
        columns = [cell.text.lower() for cell in header]
        for index, cell in enumerate(header):
            if columns[index] not in COLUMNS:
                close = nearest(columns[index], COLUMNS)
                known = ", ".join(COLUMNS)
                self._tell("OM433", cell.span, close, name=cell.text[:LONGEST_TERM], columns=known)
            elif columns[index] in columns[:index]:
                self._tell("OM432", cell.span, name=cell.text, problem=Words("column-twice"))
            if len(self.diagnostics) >= MOST_TOLD:
                return []
        if not self.diagnostics:
            for name in NEEDED:
                if name not in columns:
                    end = header[-1].span.end if header else 0
                    span = Span(header[0].span.start if header else 0, end)
                    self._tell("OM432", span, name=name, problem=Words("column-missing"))
        return [] if self.diagnostics else columns

    def _take(self, columns: list[str], row: list[Cell]) -> None:
        if len(row) > len(columns):
            extra = Span(row[len(columns)].span.start, row[-1].span.end)
            self._tell("OM434", extra, found=len(row), columns=len(columns))
            return
        cells = dict(zip(columns, row, strict=False))
        category = self._category(cells.get("category") or Cell("", row[0].span.start))
        if category is None or not self._fit(cells, row[0].span.start):
            return
        term = term_from(category, {name: cell.text for name, cell in cells.items()})
        names = list(_all_names(cells))
        if all(self._is_free(term, name, cell) for name, cell in names):
            self._terms.append(term)
            if excluded := cells.get("excludes"):
                self._excluded += [(category, one) for one in excluded.items()]
            for name, cell in names:
                own = "" if name in NAMES else category
                self._owners.setdefault((own, folded(cell.text)), (term, cell))
                self._owners.setdefault((category, folded(cell.text)), (term, cell))

    # --- categories --------------------------------------------------------------------------------------------------

    def _category(self, cell: Cell) -> str | None:
        """Return the category's own name, of a cell `name; simplified; traditional; more…`; None where it cannot be one."""
        names = list(cell.items())
        if not names:
            self._tell("OM438", cell.span, column="category")
            return None
        name = self._category_called(names[0].text) or names[0].text.casefold()
        for one in names:
            problem = self._unfit(one.text, name)
            if problem:
                self._tell("OM435", one.span, name=one.text, problem=Words(problem))
                return None
        columns = self._categories.setdefault(name, ({}, {}, {}))
        self._category_names[folded(name)] = name
        for at, one in enumerate(names[1:]):
            columns[min(at, 2)][one.text] = None
            self._category_names[folded(one.text)] = name
        return name

    def _category_called(self, written: str) -> str | None:
        known = self._known.category(written)
        return known.name if known is not None else self._category_names.get(folded(written))

    def _unfit(self, written: str, name: str) -> str:
        """Return the phrase for what keeps a text from being a name of a category; empty where nothing does."""
        if not _CATEGORY.match(written):
            return "name-no-word"
        if line_name(written) in LINES:
            return "name-of-line"
        return "" if self._category_called(written) in (None, name) else "name-of-category"

    # --- terms -------------------------------------------------------------------------------------------------------

    def _fit(self, cells: dict[str, Cell], start: int) -> bool:
        """Say whether every name of a row can be one; the first that cannot is told."""
        if not (english := cells.get("english")) or not english.text:
            self._tell("OM438", english.span if english else Span(start, start), column="english")
            return False
        for column, cell in _all_names(cells):
            if len(cell.text) > LONGEST_TERM:
                problem, shown = "name-too-long", cell.text[:LONGEST_TERM] + "…"
            elif _COMMAS & set(cell.text):
                problem, shown = "name-with-comma", cell.text
            elif not cell.text.isprintable():
                problem, shown = "name-unprintable", repr(cell.text)[1:-1]
            elif column in EMITTED and neutralise(cell.text) != " ".join(cell.text.split()):
                problem, shown = "name-with-signs", cell.text
            else:
                continue
            self._tell("OM435", cell.span, name=shown, problem=Words(problem))
            return False
        return True

    def _is_free(self, term: Term, column: str, cell: Cell) -> bool:
        """Say whether a name may mean a term; where another one has it, that is told."""
        known = self._known.lookup(term.category, cell.text)
        inside = self._owners.get((term.category, folded(cell.text)))
        place: Cell | None = None
        if known is None and inside is not None:
            known, place = inside
        if known is None and column in NAMES:
            known = self._known.find(cell.text)
            if known is None and (anywhere := self._owners.get(("", folded(cell.text)))):
                known, place = anywhere
        if known is None or known.is_same(term):
            return True
        labels = [Label(place.span, "first")] if place is not None else []
        values = {"name": cell.text, "term": known.english, "category": known.category}
        self._tell("OM436", cell.span, labels=labels, **values)
        return False

    def _check_excludes(self) -> None:
        """Tell of terms that a row excludes and that there are not: a slip would pass unseen."""
        if not self._excluded:
            return
        extended = self._known.extended(self.categories)
        for category, cell in self._excluded:
            if extended.lookup(category, cell.text) or extended.find(cell.text):
                continue
            self._tell("OM437", cell.span, extended.nearest(category, cell.text), name=cell.text)
            if len(self.diagnostics) >= MOST_TOLD:
                return


def _rows(text: str) -> Iterator[list[Cell]]:
    """Yield the cells of each row; empty lines and comments are none."""
    for line in _LINE.finditer(text):
        if not line[0].strip() or line[0].startswith("#"):
            continue
        start, row = line.start(), []
        for written in line[0].rstrip().split("\t"):
            row.append(Cell(written, start))
            start += len(written) + 1
        yield row


def _all_names(cells: dict[str, Cell]) -> Iterator[tuple[str, Cell]]:
    """Yield every name that a row gives its term, with its column."""
    for column in (*NAMES, "label", "loose"):
        if cell := cells.get(column):
            names = cell.items() if column in LISTS else [cell]
            yield from ((column, one) for one in names if one.text)
