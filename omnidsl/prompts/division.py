"""From pieces to parts: where the images of a prompt end, where its text ends, where each parameter begins.

White space, `--` and a letter always begin a parameter. Other dashes, and dashes glued to a word, begin one only where a
known name follows; all of these but the long dash are mistakes. A strict division takes a mistake for what Midjourney makes
of it, plain text; a mending one takes it for the parameter that was meant, so that one mistake gives one report.
"""

from omnidsl.language.pattern import pattern
from omnidsl.prompts._engine import Piece
from omnidsl.prompts.parameters import ParameterTable

_FULL_WIDTH = pattern(r"(?P<dashes>－{1,2})(?P<name>[A-Za-z]\w*)")
"""Full-width dashes, as an input method types them: two of them in a text, one or two behind a parameter."""


_FIRSTS = "-－"
"""What a word begins with that is, or ends in, the dashes of a parameter."""

_IMAGES = ("URL", "GROUP")
_GLUED = ("GROUP", "WORD")


class Occurrence:
    """A parameter as it stands: dashes from `start`, its name to `name_end`, the rest, trimmed, to `end`.

    `fault` is the code of the mistake in its dashes (or empty); `name` has no dashes and is empty where none stands.
    """

    __slots__ = ("end", "fault", "name", "name_end", "start")

    def __init__(self, name: str, start: int, name_end: int, fault: str = "") -> None:
        self.name = name
        self.start = start
        self.name_end = name_end
        self.end = name_end
        self.fault = fault

    def __repr__(self) -> str:
        return f"Occurrence({self.name!r}, {self.start}, {self.name_end}, {self.end})"


class Parts:
    """A divided prompt: places of the images, of the text, of the `::` in it, and the parameters."""

    __slots__ = ("images", "occurrences", "text_end", "text_start", "weights")

    def __init__(self) -> None:
        self.images: list[tuple[int, int]] = []
        self.text_start = 0
        self.text_end = 0
        self.weights: list[tuple[int, int]] = []
        self.occurrences: list[Occurrence] = []


def divide(text: str, pieces: list[Piece], table: ParameterTable, *, mending: bool) -> Parts:
    """Divide a prompt into its parts."""
    parts = Parts()
    occurrences = parts.occurrences
    index = _images(text, pieces, parts) if pieces and pieces[0][0] in _IMAGES else 0
    for at in range(index, len(pieces)):
        kind, start, end, _ = pieces[at]
        if kind == "WORD" and text[start] not in _FIRSTS:
            continue  # most pieces, by far
        if kind == "PARAM" and _apart(text, start):
            occurrences.append(Occurrence(text[start + 2 : end], start, end))
            continue
        found = _begins(text, pieces, at, table, mending=mending)
        if found is None and mending and kind == "WORD" and _apart(text, start):
            found = _full_width(text, pieces[at], table, behind=bool(occurrences))
            found = found or _nameless(text, pieces, at, table)
        if found is not None:
            occurrences.append(found)
        elif kind == "WEIGHT" and not occurrences:
            parts.weights.append((start, end))
    end = len(text)
    for one in reversed(occurrences):
        while end > one.name_end and text[end - 1].isspace():
            end -= 1
        one.end, end = end, one.start
    start = parts.images[-1][1] if parts.images else 0
    parts.text_start, parts.text_end = _trimmed(text, start, end)
    return parts


def _apart(text: str, start: int) -> bool:
    """Say whether nothing is glued to the front of what begins there: pieces leave out white space alone."""
    return not start or text[start - 1].isspace()


def _images(text: str, pieces: list[Piece], parts: Parts) -> int:
    """Take the leading addresses; pieces glued to one belong to it (groups before expansion). Return the next index."""
    index = 0
    while index < len(pieces) and (
        pieces[index][0] == "URL" or _group_of_images(text, pieces[index])
    ):
        _, start, end, _ = pieces[index]
        index += 1
        while index < len(pieces) and pieces[index][1] == end and pieces[index][0] in _GLUED:
            kind, begin, end, _ = pieces[index]
            index += 1
            if kind == "WORD":  # the first one: those behind it are text
                end = begin + len(text[begin:end].split(maxsplit=1)[0])
        parts.images.append((start, end))
    return index


def _group_of_images(text: str, piece: Piece) -> bool:
    kind, start, end, _ = piece
    return kind == "GROUP" and text[start + 1 : end].lstrip().lower().startswith(
        ("http://", "https://", "<http")
    )


def _begins(
    text: str, pieces: list[Piece], at: int, table: ParameterTable, *, mending: bool
) -> Occurrence | None:
    kind, start, end, _ = pieces[at]
    if kind == "PARAM":
        name = text[start + 2 : end]
        if _apart(text, start):
            return Occurrence(name, start, end)
        if mending and (table.find(name) or _named_number(name, table)):
            return Occurrence(name, start, end, "OM325")
    elif kind == "DASHED":
        name = text[start:end].lstrip("-—").lstrip().lstrip("-")
        spaced = text[start] == "-"
        if table.find(name) and (mending or not spaced):
            return Occurrence(name, start, end, "OM327" if spaced else "OM330")
    elif kind == "GROUP":
        # Only before expansion: a name, or whole parameters, inside braces. They stay together as they are.
        first, last = pieces[at - 1][1:3] if at else (0, 0)
        if last == start and text[first:last] == "--":
            return Occurrence(text[start:end], first, end)
        if _apart(text, start) and _holds_parameter(text, start, end):
            return Occurrence(text[start:end], start, end, "GROUP")
    return None


def _named_number(name: str, table: ParameterTable) -> bool:
    """Say whether a known parameter is glued to its value, as in `v7`."""
    bare = name.rstrip("0123456789")
    row = table.find(bare) if bare != name else None
    return row is not None and row.type in ("int", "number", "version", "ratio")


def _holds_parameter(text: str, start: int, end: int) -> bool:
    """Say whether white space or a bracket, `--` and a letter stand in a group."""
    at = text.find("--", start, end)
    while at >= 0:
        if (text[at - 1].isspace() or text[at - 1] in "{,") and text[at + 2 : at + 3].isalpha():
            return True
        at = text.find("--", at + 2, end)
    return False


def _full_width(
    text: str, piece: Piece, table: ParameterTable, *, behind: bool
) -> Occurrence | None:
    """Find a known name behind full-width dashes; `behind` says that a parameter came before."""
    _, start, end, _ = piece
    found = _FULL_WIDTH.match(text, start, end)
    if not found or not table.find(found["name"]) or not (behind or found["dashes"] == "－－"):
        return None
    return Occurrence(found["name"], start, found.end(), "OM340")


def _nameless(text: str, pieces: list[Piece], at: int, table: ParameterTable) -> Occurrence | None:
    """Find `--` alone where no name can follow: at the end, or before the next parameter."""
    _, start, end, _ = pieces[at]
    if text[start:end] != "--":
        return None
    last = at + 1 == len(pieces)
    if last or (pieces[at + 1][1] > end and _begins(text, pieces, at + 1, table, mending=True)):
        return Occurrence("", start, end, "OM328")
    return None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end
