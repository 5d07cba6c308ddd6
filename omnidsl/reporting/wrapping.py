"""Prose in a number of columns, for English and Chinese alike."""

import re

from omnidsl.reporting.terminal import columns

_PIECES = re.compile(
    r"\s+"
    # A Chinese character may begin a line, its closing signs may not, its opening ones may not end one.
    r"|[「『（《“‘]*(?:[\u2e80-\u9fff\uac00-\ud7ff\uff00-\uffef])[,.;:!?)，。；：、！？」』）》”’…]*"
    r"|[^\s\u2e80-\u9fff\uac00-\ud7ff\uff00-\uffef]+[，。；：、！？」』）》”’…]*"
)


def wrap(text: str, width: int) -> list[str]:
    """Return a text's lines of at most `width` columns each; a word that is longer stands alone."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _PIECES.findall(paragraph):
            if piece.isspace():
                line += " " if line else ""
            elif line.strip() and columns(line + piece) > width:
                lines.append(line.rstrip())
                line = piece
            else:
                line += piece
        lines.append(line.rstrip())
    return lines
