"""The words for a syntax error: what was found, what would have fitted, and the likely slip behind it."""

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.keywords import KEYWORDS
from omnidsl.language.lalr import Unexpected
from omnidsl.language.pattern import pattern
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest

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

STATEMENTS = (
    "chat",
    "expect",
    "for",
    "if",
    "let",
    "pipeline",
    "prompt",
    "return",
    "save",
    "test",
    "use",
)
_BRACKETS = {"LBRACE": "}", "LPAR": ")", "LSQB": "]"}
_FREE_TEXT = ("TEXT", "CHATTEXT", "PVALUE")
_WORD = pattern(r"[^\W\d]\w*|[\d.]+\w*|->|\.\.|[=!<>]=|\S")
_CLOSED = pattern(r'"(?:[^"\\\n]|\\.)*"')
_MOST = 5


def explain(fault: Unexpected, source: Source, end: str = "$END") -> Diagnostic:
    """Turn the engine's report into a finding about the slip that most likely caused it.

    `end` is what the end of the text is called: inside `${…}` it is the closing brace.
    """
    span = fault.span
    if fault.kind == "$END":  # behind the last word, not behind the empty lines that follow it
        at = len(source.text[: span.start].rstrip())
        span = Span(at, at)
    if fault.kind in _FREE_TEXT and (word := _WORD.match(source.text, span.start)):
        span = Span(word.start(), word.end())
    found = source[span]
    slip = next(
        (one for one in SLIPS if source.text.startswith(one, span.start, fault.span.end)), ""
    )
    if slip and fault.kind != "$END":
        return _slip(slip, span, source)
    if fault.kind != "$END" and found[:1] in FULL_WIDTH:
        return _full_width(span, source)
    if not fault.kind:
        return _stray(span, source)
    if fault.kind == "$END" and fault.open:
        opener = fault.open[-1]
        values = {"opener": opener.text, "closer": _BRACKETS[opener.kind]}
        return Diagnostic("OM004", opener.span, source=source, values=values)
    if found[:1] == '"':
        if closed := _CLOSED.match(source.text, span.start):
            span = Span(closed.start(), closed.end())
            found = closed[0]
        else:
            return Diagnostic(
                "OM005", Span(span.start, _line_end(source, span.start)), source=source
            )
    if found[:1] == "#":
        around = source.text[max(0, span.start - 1) : span.start + 2].partition("#")
        comment = not around[0].strip() and around[2].strip()  # glued to a word behind, not before
        fix = Fix([Edit(Span(span.start + 1, span.start + 1), " ")], safe=True) if comment else None
        return Diagnostic("OM015", Span(span.start, span.start + 1), source=source, fix=fix)
    before = fault.before
    if before is not None and before.kind == "NAME" and found == "->" and "`=`" in fault.expected:
        return Diagnostic("OM014", before.span.to(span), source=source)
    if before is not None and before.kind == "NAME" and (close := nearest(before.text, STATEMENTS)):
        values = {"word": before.text}
        return Diagnostic("OM012", before.span, source=source, values=values, suggestions=close)
    labels = []
    if fault.open and (opener := fault.open[-1]).kind != "LBRACE":
        labels = [Label(opener.span, "opener")]
    keywords = [
        one.strip("`") for one in fault.expected if one.strip("`").isalpha() and one.islower()
    ]
    values = {"expected": _list(fault.expected, end), "found": _found(fault, found)}
    if found in KEYWORDS and any(one in ("NAME", "KEY") for one in fault.expected):
        return Diagnostic("OM003", span, source=source, values={"word": found})
    return Diagnostic(
        "OM001",
        span,
        source=source,
        values=values,
        labels=labels,
        suggestions=nearest(found, keywords),
    )


def _stray(span: Span, source: Source) -> Diagnostic:
    """Tell of a character that no token begins with: control characters, and white space that is none of ours."""
    import unicodedata

    sign = source[span]
    name = f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
    fix = Fix([Edit(span, " " if sign.isspace() else "")], safe=True)
    return Diagnostic("OM006", span, source=source, values={"name": name}, fix=fix)


def _slip(slip: str, span: Span, source: Source) -> Diagnostic:
    place = Span(span.start, span.start + len(slip))
    plain = SLIPS[slip]
    fix = None if slip in ("'", "//") else Fix([Edit(place, plain)], safe=True)
    return Diagnostic("OM011", place, source=source, values={"sign": slip, "plain": plain}, fix=fix)


def _full_width(span: Span, source: Source) -> Diagnostic:
    sign = source.text[span.start]
    one = Span(span.start, span.start + 1)
    plain = FULL_WIDTH[sign]
    edits = [Edit(one, plain)]
    closing = source.text.find("”", one.end, _line_end(source, one.end)) if sign in "“”" else -1
    if closing >= 0:  # a pair of quotes is mended as a pair
        edits.append(Edit(Span(closing, closing + 1), plain))
    values = {"sign": sign, "plain": plain}
    return Diagnostic("OM002", one, source=source, values=values, fix=Fix(edits, safe=True))


def _line_end(source: Source, at: int) -> int:
    end = source.text.find("\n", at)
    return len(source.text) if end < 0 else end


def _found(fault: Unexpected, found: str) -> str:
    if fault.kind == "$END":
        return phrase("token-end")
    if fault.kind == "_NL" or not found.strip():
        return phrase("token-newline")
    shown = found if len(found) <= 40 else found[:39] + "…"
    return f"`{shown.strip()}`"


def _list(expected: list[str], end: str) -> str:
    names = []
    for one in expected:
        shown = end if one == "$END" else one
        key = {"$END": "end", "_NL": "newline"}.get(shown, shown)
        names.append(shown if shown.startswith("`") else phrase(f"token-{key}"))
    unique = sorted(dict.fromkeys(names), key=lambda name: (name.startswith("`"), name))
    if len(unique) > _MOST:
        unique = [*unique[: _MOST - 1], "…"]
    return (
        phrase("or").join(unique)
        if len(unique) < 3
        else ", ".join(unique[:-1]) + phrase("or") + unique[-1]
    )
