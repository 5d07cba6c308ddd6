r"""Permutations: `{a, b}` anywhere in a prompt makes several prompts, before anything else is read.

Groups nest; `\,` `\{` `\}` are plain; an alternative may be empty; the leftmost group varies slowest. What an expansion
yields is again a prompt of the same language, without groups.
"""

from functools import partial
from itertools import islice, product

from omnidsl.language.pattern import pattern
from omnidsl.prompts._engine import Piece, pieces
from omnidsl.prompts.origin import AS_GIVEN, Origin

DEEPEST = 32
"""How deep groups may nest; what lies deeper is reported and taken as plain text."""

MOST = 10**4000
"""Where counting stops: Python writes no number of many more digits, and counting stays linear in the prompt's length."""

_WRITTEN_OUT = 10**18
"""Smaller numbers of jobs are shown to people digit by digit."""

DEFAULT_MAX_JOBS = 40
"""The most jobs that Midjourney makes of one prompt, on its largest plans."""

_BRACE = pattern(r"\\[{}]|[{}]")

Slice = tuple[int, int]


class OddBrace:
    """A brace that has no partner, or lies too deep: its sign, its offset, and the diagnostic's code.

    Of a pair that lies too deep the closing one has no code: one report is enough.
    """

    __slots__ = ("at", "code", "sign")

    def __init__(self, code: str, at: int, sign: str) -> None:
        self.code = code
        self.at = at
        self.sign = sign


class Group:
    """A permutation: its place with its braces, its alternatives, its commas' offsets, how many texts it stands for."""

    __slots__ = ("alternatives", "commas", "count", "end", "start")

    def __init__(
        self, start: int, end: int, alternatives: "list[Alternative]", commas: list[int]
    ) -> None:
        self.start = start
        self.end = end
        self.alternatives = alternatives
        self.commas = commas
        self.count = min(MOST, sum(one.count for one in alternatives))


class Alternative:
    """A run of plain stretches and groups; also a whole prompt."""

    __slots__ = ("count", "parts")

    def __init__(self, parts: list[Slice | Group]) -> None:
        self.parts = parts
        self.count = 1
        for part in parts:
            if isinstance(part, Group):
                self.count = min(MOST, self.count * part.count)


class Template:
    """A prompt before its expansion.

    `text` is the prompt with odd braces made plain, `origin` where its characters stand in the prompt as given,
    `pieces` what the grammar sees, `odd` the braces that were made plain, `whole` the groups and what stands between them
    (None without groups), `count` the number of jobs: exact below `MOST`.
    """

    __slots__ = ("_nested", "_pieces", "odd", "origin", "text", "whole")

    def __init__(self, prompt: str) -> None:
        self._pieces: list[Piece] | None = None
        self._nested = False
        self.odd: list[OddBrace] = []
        self.text, self.origin = prompt, AS_GIVEN
        self.whole: Alternative | None = None
        if "{" not in prompt and "}" not in prompt:
            return
        self.whole = _flat(prompt)
        if self.whole is not None:
            return
        self._nested = True
        self.odd = _odd_braces(prompt)
        self.text, self.origin = _mended(prompt, self.odd)
        groups = [piece for piece in self.pieces if piece[0] == "GROUP"]
        if groups:
            self.whole = _alternative(self.text, 0, len(self.text), groups, inside=False)

    @property
    def pieces(self) -> list[Piece]:
        """What the grammar sees; it is not asked before somebody wants to know."""
        if self._pieces is None:
            self._pieces = pieces(self.text)
        return self._pieces

    @property
    def count(self) -> int:
        """The number of jobs; `MOST` stands for itself and all larger ones."""
        return 1 if self.whole is None else self.whole.count

    def groups(self) -> list[Group]:
        """Return every group, outer ones before inner ones."""
        if self.whole is None:
            return []
        found = [part for part in self.whole.parts if isinstance(part, Group)]
        for group in found:
            found.extend(
                part for one in group.alternatives for part in one.parts if isinstance(part, Group)
            )
        return found

    def jobs(self, most: int) -> list[tuple[str, Origin]]:
        """Return the first `most` expansions, each with where its characters stand in the prompt as given."""
        if self.whole is None:
            return [(self.text, self.origin)][:most]
        number = max(0, min(most, self.count))
        chosen = [partial(_slices, self.whole, index) for index in range(number)]
        if self._nested:
            texts = ["".join([self.text[start:end] for start, end in one()]) for one in chosen]
        else:
            texts = list(islice(map("".join, product(*_spelt(self.text, self.whole))), number))
        return [(text, self.origin.cut(one)) for text, one in zip(texts, chosen, strict=True)]


def expand(text: str, max_jobs: int = DEFAULT_MAX_JOBS) -> list[str]:
    """Return the prompts that a prompt stands for, at most `max_jobs`, leftmost group slowest."""
    return [job for job, _ in Template(text).jobs(max_jobs)]


def shown_count(count: int) -> str:
    """Return a number of jobs as people read it: exact, or the power of ten that it exceeds, as in `>10^30`."""
    return str(count) if count < _WRITTEN_OUT else f">10^{len(str(count - 1)) - 1}"


def _flat(text: str) -> Alternative | None:
    """Return the groups of a prompt, and what stands between them, where none is in another one and no sign is escaped.

    None for any other prompt.
    """
    if "\\" in text:
        return None
    parts: list[Slice | Group] = []
    end = 0
    while (start := text.find("{", end)) >= 0:
        close = text.find("}", end)
        again = text.find("{", start + 1)
        if close < start or 0 <= again < close:
            return None
        if end < start:
            parts.append((end, start))
        end = close + 1
        parts.append(_flat_group(text, start, end))
    if text.find("}", end) >= 0:
        return None
    if end < len(text):
        parts.append((end, len(text)))
    return Alternative(parts)


def _flat_group(text: str, start: int, end: int) -> Group:
    alternatives: list[Alternative] = []
    commas: list[int] = []
    at = start + 1
    for written in text[at : end - 1].split(","):
        bare = written.strip()
        begin = at + written.find(bare)
        alternatives.append(Alternative([(begin, begin + len(bare))] if bare else []))
        at += len(written) + 1
        commas.append(at - 1)
    commas.pop()
    return Group(start, end, alternatives, commas)


def _odd_braces(text: str) -> list[OddBrace]:
    odd: list[OddBrace] = []
    opened: list[int] = []
    for found in _BRACE.finditer(text):
        at = found.start()
        if found[0] == "{":
            opened.append(at)
        elif found[0] == "}" and opened:
            start = opened.pop()
            if len(opened) >= DEEPEST:
                odd += (OddBrace("OM413", start, "{"), OddBrace("", at, "}"))
        elif found[0] == "}":
            odd.append(OddBrace("OM409", at, "}"))
    odd.extend(OddBrace("OM409", at, "{") for at in opened)
    return sorted(odd, key=lambda one: one.at)


def _mended(text: str, odd: list[OddBrace]) -> tuple[str, Origin]:
    """Put a backslash before every odd brace, so that the rest can be read."""
    if not odd:
        return text, AS_GIVEN
    parts: list[str] = []
    chunks: list[tuple[int, int]] = [(0, 0)]
    done = made = 0
    for one in odd:
        parts += (text[done : one.at], "\\")
        made += one.at - done
        chunks += ((made, one.at), (made + 1, one.at))
        made += 1
        done = one.at
    parts.append(text[done:])
    return "".join(parts), Origin(chunks)


def _group(text: str, piece: Piece) -> Group:
    _, opening, closing, inner = piece
    commas = [start for kind, start, _, _ in inner if kind == "COMMA"]
    nested = [one for one in inner if one[0] == "GROUP"]
    alternatives: list[Alternative] = []
    first = 0
    start = opening + 1
    for end in [*commas, closing - 1]:
        last = first
        while last < len(nested) and nested[last][2] <= end:
            last += 1
        alternatives.append(_alternative(text, start, end, nested[first:last], inside=True))
        first, start = last, end + 1
    return Group(opening, closing, alternatives, commas)


def _alternative(
    text: str, start: int, end: int, groups: list[Piece], *, inside: bool
) -> Alternative:
    if inside:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
    parts: list[Slice | Group] = []
    at = start
    for group in groups:
        _, opening, closing, _ = group
        parts += (*_plain(text, at, opening, inside=inside), _group(text, group))
        at = closing
    parts += _plain(text, at, end, inside=inside)
    return Alternative(parts)


def _plain(text: str, start: int, end: int, *, inside: bool) -> list[Slice]:
    """Return a stretch without the backslashes that keep commas from parting alternatives, and the spaces before them."""
    slices: list[Slice] = []
    at = text.find("\\,", start, end) if inside else -1
    while at >= 0:
        stop = at
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        slices.append((start, stop))
        start = at + 1
        at = text.find("\\,", start, end)
    slices.append((start, end))
    return [one for one in slices if one[0] < one[1]]


def _spelt(text: str, whole: Alternative) -> list[list[str]]:
    """Return what each part of a prompt may be, where no group stands in another one."""
    return [
        [
            "".join([text[one[0] : one[1]] for one in each.parts if not isinstance(one, Group)])
            for each in part.alternatives
        ]
        if isinstance(part, Group)
        else [text[slice(*part)]]
        for part in whole.parts
    ]


def _slices(whole: Alternative, index: int) -> list[Slice]:
    """Return what the expansion of that number is made of."""
    slices: list[Slice] = []
    _choose(whole, index, slices)
    slices.reverse()
    return slices


def _choose(whole: Alternative, index: int, slices: list[Slice]) -> int:
    """Append the slices of one expansion, last one first; return what of the index is left for the groups before."""
    for part in reversed(whole.parts):
        if not isinstance(part, Group):
            slices.append(part)
            continue
        index, within = divmod(index, part.count)
        for alternative in part.alternatives:
            if within < alternative.count:
                _choose(alternative, within, slices)
                break
            within -= alternative.count
    return index
