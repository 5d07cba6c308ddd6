"""Signs that are not written here, and what is written instead."""

FULL_WIDTH = {
    "，": ",",
    "（": "(",
    "）": ")",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "“": '"',
    "”": '"',
    "＝": "=",
    "。": ".",
    "\u3000": " ",
}
SLIPS = {
    "=>": "->",
    "→": "->",
    "－>": "->",
    "&&": "and",
    "||": "or",
    "True": "true",
    "False": "false",
    "//": "#",
    ":=": "=",
    "'": '"',
}
"""What other languages write, and what this one does."""
