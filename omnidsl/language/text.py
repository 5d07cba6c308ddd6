"""What stands inside texts: escapes, `${…}`, and the indent of long strings."""

import re
from collections.abc import Callable

from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.keywords import KEYWORDS
from omnidsl.language.lalr_tables import Raw
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span

_NAME = pattern(r"[^\W\d]\w*")
_INTERPOLATION = pattern(r"\$\{([^{}\"\n]*)\}")
_IN_STRING = pattern(r"(?P<open>\$\{)|\\(?:u\{(?P<code>[^}\n\"]*)\}|(?P<sign>.))", re.DOTALL)
_IN_FREE_TEXT = pattern(r"(?P<open>\$\{)|\\(?P<sign>\$)")
_IN_LONG_STRING = pattern(r"(?P<open>\$\{)")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "$": "$"}

Reader = Callable[[Span], syntax.Expression | None]
"""Parses the inside of `${…}`; None when it reported a fault."""


class TextReader:
    """Splits texts of one source into literal pieces and expressions; faults go to `findings`."""

    def __init__(self, source: Source, findings: list[Diagnostic], expression: "Reader") -> None:
        self._source = source
        self._findings = findings
        self._expression = expression

    def string(self, token: Raw) -> syntax.Text:
        """Read `"…"`, the token with its quotes."""
        _, begin, end = token
        return self._split(Span(begin, end), Span(begin + 1, end - 1), _IN_STRING)

    def free(self, token: Raw) -> syntax.Text:
        r"""Read free text: `\$` is the only escape of the recipe's own; others are the prompt's."""
        _, begin, end = token
        return self._split(Span(begin, end), Span(begin, end), _IN_FREE_TEXT)

    def long(self, token: Raw) -> syntax.Text:
        """Read a triple-quoted string: no escapes; the common indent and the first newline are removed."""
        _, begin, end = token
        return _dedent(self._split(Span(begin, end), Span(begin + 3, end - 3), _IN_LONG_STRING))

    def _split(self, span: Span, inner: Span, special: re.Pattern[str]) -> syntax.Text:
        text = self._source.text
        whole = text[inner.start : inner.end]
        if "$" not in whole and "\\" not in whole:
            return syntax.Text(span, (syntax.Piece(inner, whole),) if whole else ())
        parts: list[syntax.Piece | syntax.Expression] = []
        run, run_start, exact, at = "", inner.start, True, inner.start
        while match := special.search(text, at, inner.end):
            run += text[at : match.start()]
            if match["open"]:
                if run:
                    parts.append(syntax.Piece(Span(run_start, match.start()), run, exact=exact))
                at = self._interpolate(match.start(), inner.end, parts)
                run, run_start, exact = "", at, True
            else:
                run, exact, at = run + self._escaped(match), False, match.end()
        run += text[at : inner.end]
        if run:
            parts.append(syntax.Piece(Span(run_start, inner.end), run, exact=exact))
        return syntax.Text(span, tuple(parts))

    def _interpolate(self, at: int, end: int, parts: list[syntax.Piece | syntax.Expression]) -> int:
        match = _INTERPOLATION.match(self._source.text, at, end)
        if match is None:  # told once, and the rest of the text is taken as it is
            self._findings.append(Diagnostic("OM007", Span(at, at + 2), source=self._source))
            parts.append(syntax.Piece(Span(at, end), self._source.text[at:end], exact=False))
            return end
        inside = Span(match.start(1), match.end(1))
        if not match[1].strip():
            self._findings.append(
                Diagnostic("OM008", Span(match.start(), match.end()), source=self._source)
            )
        elif _NAME.fullmatch(match[1]) and match[1] not in KEYWORDS:
            parts.append(syntax.Name(inside, match[1]))
        elif (value := self._expression(inside)) is not None:
            parts.append(value)
        return match.end()

    def _escaped(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        code, sign = groups.get("code"), groups["sign"]
        if sign in _ESCAPES:
            return _ESCAPES[sign]
        if code and re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) and _is_character(int(code, 16)):
            return chr(int(code, 16))
        span = Span(match.start(), match.end())
        self._findings.append(
            Diagnostic("OM009", span, source=self._source, values={"escape": match[0]})
        )
        return match[0]


def _is_character(code: int) -> bool:
    return 0 < code < 0x110000 and not 0xD800 <= code < 0xE000


def _dedent(text: syntax.Text) -> syntax.Text:
    """Remove the indent that all lines share; lines of white space only do not count."""
    parts = list(text.parts)
    if parts and isinstance(parts[0], syntax.Piece) and re.match(r"[ \t]*\r?\n", parts[0].text):
        parts[0] = _changed(parts[0], re.sub(r"\A[ \t]*\r?\n", "", parts[0].text))
    if parts and isinstance(parts[-1], syntax.Piece):
        parts[-1] = _changed(parts[-1], re.sub(r"\n[ \t]*\Z", "\n", parts[-1].text))
    marked = "".join(part.text if isinstance(part, syntax.Piece) else "x" for part in parts)
    indents = [len(line) - len(line.lstrip(" \t")) for line in marked.split("\n") if line.strip()]
    indent = min(indents, default=0)
    if indent:
        strip = re.compile(rf"(?<=\n)[ \t]{{1,{indent}}}")
        for i, part in enumerate(parts):
            if isinstance(part, syntax.Piece):
                cut = strip.sub("", part.text)
                if i == 0:
                    cut = re.sub(rf"\A[ \t]{{1,{indent}}}", "", cut)
                parts[i] = _changed(part, cut)
    return syntax.Text(
        text.span, tuple(part for part in parts if not isinstance(part, syntax.Piece) or part.text)
    )


def _changed(piece: syntax.Piece, text: str) -> syntax.Piece:
    return piece if piece.text == text else syntax.Piece(piece.span, text, exact=False)
