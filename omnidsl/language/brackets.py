"""Newlines inside brackets end nothing: what Lark does with them when it stands in for the shipped engine."""

from collections.abc import Iterator

from lark import Token
from lark.lark import PostLex

NEWLINE, OPENING, CLOSING = "_NL", ("LPAR", "LSQB"), ("RPAR", "RSQB")


class Brackets(PostLex):
    """Drops newlines inside `( )` and `[ ]`; the lexer offers them everywhere, so that none is taken for white space."""

    always_accept = (NEWLINE,)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield the tokens that the parser sees."""
        depth = 0
        for token in stream:
            if token.type in OPENING:
                depth += 1
            elif token.type in CLOSING:
                depth = max(0, depth - 1)
            if token.type != NEWLINE or depth == 0:
                yield token
