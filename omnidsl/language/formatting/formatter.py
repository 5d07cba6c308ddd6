"""One form for every recipe: `formatted` returns a text in it, and refuses to return one that says something else.

What is printed is made from the tokens, so nothing can get lost on the way through a tree; and the result is parsed again
and compared with what was read, word by word and comment by comment.
"""

from omnidsl.language import engine
from omnidsl.language.engine import Raw
from omnidsl.language.formatting.layout import lay_out
from omnidsl.language.formatting.outline import outline
from omnidsl.language.formatting.parts import ARROW
from omnidsl.language.formatting.spelling import cut_terms, is_text, spelled_category
from omnidsl.language.formatting.trivia import NEWLINE, comments_of, read_words


class UnfaithfulError(Exception):
    """Raised where the formatted text would not say what was read: a defect of the formatter."""


_VARIABLE = frozenset((NEWLINE, "CATEGORY", "_COLON", "TEXT", "RBRACE", "RPAR", "RSQB"))
"""Tokens that can be spelled in several ways, or before which another may be there or not."""

_IDLE = frozenset((("RBRACE", NEWLINE), ("RPAR", "COMMA"), ("RSQB", "COMMA")))
"""Pairs of tokens, the later one first, of which the earlier one may as well not be there."""


def formatted(text: str) -> str:
    """Return a recipe in the one form; empty for a file without words.

    Lines end as most of them did. Raises `engine.Unexpected` for a text that does not follow the grammar, TooDeepError,
    and UnfaithfulError. Time is linear.
    """
    tokens = engine.read_tokens(text)
    words = read_words(text, tokens)
    lines = lay_out(outline(words[1:-1]), words[-1])
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    result = "".join(f"{line}{newline}" for line in lines)
    if result != text:
        verify(text, tokens, result)
    return result


def verify(text: str, tokens: list[Raw], result: str) -> None:
    """Raise UnfaithfulError where a result does not say what was read; `tokens` are those of the text."""
    try:
        again = engine.read_tokens(result)
    except engine.Unexpected as fault:
        raise UnfaithfulError(f"does not follow the grammar at {fault.span}") from fault
    if _said(text, tokens) != _said(result, again):
        raise UnfaithfulError("other words")
    if comments_of(text, tokens) != comments_of(result, again):
        raise UnfaithfulError("other comments")


def _said(text: str, tokens: list[Raw]) -> list[tuple[str, str]]:
    """Return what decides about the tree: tokens without those that may be there or not, in one spelling.

    The engine's tree is a function of its tokens; newlines inside braces and behind `->`, and commas behind a last item
    leave no trace in it.
    """
    said: list[tuple[str, str]] = [("LBRACE", "")]
    for kind, begin, stop in tokens:
        written = text[begin:stop]
        if kind in _VARIABLE:
            before, word = said[-1]
            if kind == NEWLINE:
                if before == "LBRACE" or (word == ARROW and before[:2] == "__"):
                    continue
                written = ""
            elif kind == "CATEGORY":
                written = spelled_category(written)
            elif kind == "_COLON":
                written = ":"
            elif kind == "TEXT" and before == "CATEGORY" and not is_text(word):
                written = "\0".join(term for term in cut_terms(written) if term)
            elif (kind, before) in _IDLE:
                said.pop()
        said.append((kind, written))
    if said[-1][0] == NEWLINE:
        said.pop()
    return said
