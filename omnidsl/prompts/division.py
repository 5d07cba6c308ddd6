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
        self.weights: list[Piece] = []
        self.occurrences: list[Occurrence] = []


def divide(text: str, pieces: list[Piece], table: ParameterTable, *, mending: bool) -> Parts:
    """Divide a prompt into its parts."""
    parts = Parts()
    index = _images(text, pieces, parts)
    parts.text_start = parts.images[-1][1] if parts.images else 0
    for at in range(index, len(pieces)):
        if pieces[at].kind == "WORD" and text[pieces[at].start] not in _FIRSTS:
            continue  # most pieces, by far
        before = pieces[at - 1] if at else None
        found = _begins(text, pieces[at], before, table, mending=mending)
        if found is None and mending:
            found = _full_width(text, pieces[at], before, table, behind=bool(parts.occurrences))
            found = found or _nameless(text, pieces, at, table)
        if found is not None:
            parts.occurrences.append(found)
        elif not parts.occurrences and pieces[at].kind == "WEIGHT":
            parts.weights.append(pieces[at])
    starts = [one.start for one in parts.occurrences]
    for one, end in zip(parts.occurrences, [*starts, len(text)][1:], strict=True):
        one.end = _trimmed_end(text, one.name_end, end)
    parts.text_start, parts.text_end = _trimmed(
        text, parts.text_start, starts[0] if starts else len(text)
    )
    return parts


def _images(text: str, pieces: list[Piece], parts: Parts) -> int:
    """Take the leading addresses; pieces glued to one belong to it (groups before expansion). Return the next index."""
    index = 0
    while index < len(pieces) and (
        pieces[index].kind == "URL" or _group_of_images(text, pieces[index])
    ):
        start, end = pieces[index].start, pieces[index].end
        index += 1
        while (
            index < len(pieces)
            and pieces[index].start == end
            and pieces[index].kind in ("GROUP", "WORD")
        ):
            end = pieces[index].end
            index += 1
        parts.images.append((start, end))
    return index


def _group_of_images(text: str, piece: Piece) -> bool:
    return piece.kind == "GROUP" and text[piece.start + 1 : piece.end].lstrip().lower().startswith(
        ("http://", "https://", "<http")
    )


def _begins(
    text: str, piece: Piece, before: Piece | None, table: ParameterTable, *, mending: bool
) -> Occurrence | None:
    if piece.kind == "PARAM":
        name = text[piece.start + 2 : piece.end]
        if before is None or before.end < piece.start:
            return Occurrence(name, piece.start, piece.end)
        if mending and table.find(name):
            return Occurrence(name, piece.start, piece.end, "OM325")
    elif piece.kind == "DASHED":
        name = text[piece.start : piece.end].lstrip("-—").lstrip().lstrip("-")
        spaced = text[piece.start] == "-"
        if table.find(name) and (mending or not spaced):
            return Occurrence(name, piece.start, piece.end, "OM327" if spaced else "OM330")
    elif piece.kind == "GROUP" and (before is None or before.end <= piece.start):
        # Only before expansion: a name, or whole parameters, inside braces. They stay together as they are.
        dashed = (
            before is not None
            and before.end == piece.start
            and text[before.start : before.end] == "--"
        )
        if before is not None and dashed:
            return Occurrence(text[piece.start : piece.end], before.start, piece.end)
        if (before is None or before.end < piece.start) and _holds_parameter(text, piece):
            return Occurrence(text[piece.start : piece.end], piece.start, piece.end, "GROUP")
    return None


def _holds_parameter(text: str, piece: Piece) -> bool:
    """Say whether white space or a bracket, `--` and a letter stand in a group."""
    at = text.find("--", piece.start, piece.end)
    while at >= 0:
        if (text[at - 1].isspace() or text[at - 1] in "{,") and text[at + 2 : at + 3].isalpha():
            return True
        at = text.find("--", at + 2, piece.end)
    return False


def _full_width(
    text: str, piece: Piece, before: Piece | None, table: ParameterTable, *, behind: bool
) -> Occurrence | None:
    """Find a known name behind full-width dashes; `behind` says that a parameter came before."""
    if piece.kind != "WORD" or (before is not None and before.end == piece.start):
        return None
    found = _FULL_WIDTH.match(text, piece.start, piece.end)
    if not found or not table.find(found["name"]) or not (behind or found["dashes"] == "－－"):
        return None
    return Occurrence(found["name"], piece.start, found.end(), "OM340")


def _nameless(text: str, pieces: list[Piece], at: int, table: ParameterTable) -> Occurrence | None:
    """Find `--` alone where no name can follow: at the end, or before the next parameter."""
    piece = pieces[at]
    if piece.kind != "WORD" or text[piece.start : piece.end] != "--":
        return None
    if at and pieces[at - 1].end == piece.start:
        return None
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    if after is None or _begins(text, after, piece, table, mending=True):
        return Occurrence("", piece.start, piece.end, "OM328")
    return None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    end = _trimmed_end(text, start, end)
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _trimmed_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
