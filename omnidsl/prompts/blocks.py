"""Prompts as definitions of a recipe: a block, line by line, or a text in quotation marks."""

from omnidsl.language.pattern import pattern
from omnidsl.prompts.contents import Contents

_CATEGORY = pattern(r"[^\W\d]\w*+[ \t]*+[:：](?!//|[:：])")
"""What begins a line of a category, as the grammar has it."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def block(name: str, held: Contents) -> str:
    """Return a prompt that holds this as a block: images, terms by category, text, parameters, each on a line of its own.

    What the language of recipes reads in another way than that of prompts, as a comment, is not looked for: whoever needs
    to know reads the block back.
    """
    lines = [f"image: {image}" for image in held.images]
    categories: dict[str, list[str]] = {}
    for category, term in held.terms:
        categories.setdefault(category, []).append(term)
    lines += [f"{category}: {', '.join(terms)}" for category, terms in categories.items()]
    for text in held.texts:
        written = " ".join(text.split()).replace("${", "\\${")
        lines.append(f"text: {written}" if _CATEGORY.match(written) else written)
    if held.settings:
        lines.append(" ".join(one.text for one in held.settings).replace("${", "\\${"))
    return "\n".join([f"prompt {name} {{", *(f"    {line}" for line in lines), "}"])


def raw(name: str, text: str) -> str:
    """Return a prompt as a text in quotation marks, which says exactly what was typed."""
    escaped = "".join(map(_escaped, text)).replace("${", "\\${")
    return f'prompt {name} = "{escaped}"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return sign if sign.isprintable() or sign > "\x9f" else f"\\u{{{ord(sign):x}}}"
