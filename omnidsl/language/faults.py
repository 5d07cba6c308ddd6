"""The words for a syntax error: what was found, what would have fitted, and the likely slip behind it."""

from omnidsl.language.catalogue import phrase
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.keywords import KEYWORDS
from omnidsl.language.lalr import Leaf, Unexpected
from omnidsl.language.pattern import pattern
from omnidsl.language.repairs import EQUALS
from omnidsl.language.signs import FULL_WIDTH, SLIPS
from omnidsl.language.source import Source, Span
from omnidsl.language.suggestions import nearest

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
_DEFINITIONS = ("use", "let", "prompt", "chat", "pipeline", "test")
_CLOSERS = {"{": "}", "(": ")", "[": "]"}
_FREE_TEXT = ("TEXT", "CHATTEXT", "PVALUE")
_WORD = pattern(r"[^\W\d]\w*|[\d.]+\w*|->|\.\.|[=!<>]=|\S")
_CLOSING = pattern('["”」]')
_LET = pattern(r"let[ \t]+([^\W\d]\w*)(?=[ \t]*[=:])")
"""A binding of a pipeline, written as one of a file."""

_CLOSED = pattern(r'"(?:[^"\\\n]|\\.)*"')
_UNTYPED = pattern(r"[ \t]*([=,)])")
_CALLED = pattern(r"\w+\Z")
_MOST = 5
_GROUPS = (
    (frozenset(("NAME", "STRING", "NUMBER")), frozenset(("ADD",)), "value"),
    (frozenset(("CMP", "ADD", "MUL")), frozenset[str](), "operator"),
    (frozenset(("NAME", "`prompt`")), frozenset(("_NL",)), "type"),
)
"""Terminals that are told as one."""

_WITH_VALUES = frozenset(
    ("LONGSTRING", "RATIO", "DURATION", "`(`", "`[`", "`true`", "`false`", "`not`", "`and`", "`or`", "CONTAINS", "`contains`", "IN", "`in`", "`.`", "`..`")
)  # fmt: skip  # a table
"""What goes without saying beside values and operators."""


class Repair:
    """What would mend a fault: `sort` as `omnidsl.language.repairs` names it, `shown` the token that it puts in."""

    __slots__ = ("at", "resume", "shown", "sort", "start", "stop")

    def __init__(self, sort: str, at: int, resume: int, token: tuple[str, int, int] | None) -> None:
        self.sort = sort
        self.at = at
        self.resume = resume
        self.shown, self.start, self.stop = token or ("", at, resume)


def unclosed(source: Source, at: int, fix: Fix | None = None) -> Diagnostic:
    """Report a bracket that is never closed."""
    opener = source.text[at]
    values = {"opener": opener, "closer": _CLOSERS.get(opener, "}")}
    return Diagnostic("OM004", Span(at, at + 1), source=source, values=values, fix=fix)


def explain(
    fault: Unexpected, source: Source, end: str = "$END", repair: Repair | None = None
) -> Diagnostic:
    """Turn the engine's report into a finding about the slip that most likely caused it.

    `end` is what the end of the text is called: inside `${…}` it is the closing brace.
    """
    span = _place(fault, source)
    found = source[span]
    if (named := _named(fault, source, span)) is not None:
        return named
    if (
        found == "let"
        and "`save`" in fault.expected
        and (bound := _LET.match(source.text, span.start))
    ):
        values = {"sign": bound[0], "plain": bound[1]}
        fix = Fix([Edit(Span(*bound.span()), bound[1])], safe=True)
        return Diagnostic("OM011", Span(*bound.span()), source=source, values=values, fix=fix)
    if fault.kind != "$END" and (slip := _slip_at(fault, source, span)):
        return _slip(slip, span, source)
    if fault.kind != "$END" and found[:1] in FULL_WIDTH:
        return _full_width(span, source)
    if not fault.kind or (fault.kind not in ("_NL", "$END") and not found[:1].isprintable()):
        return _stray(Span(span.start, span.start + 1), source)
    if fault.kind == "$END" and fault.open:
        return unclosed(source, fault.open[-1].span.start)
    if (broken := _text_fault(fault, source, span)) is not None:
        return broken
    if repair is not None and (mended := _mended(fault, source, span, repair)) is not None:
        return mended
    if (still_open := _open_at_definition(fault, source, span)) is not None:
        return unclosed(source, still_open.span.start)
    before = fault.before
    first = before is not None and _begins_line(source.text, before.span.start)
    if (
        before is not None
        and first
        and before.kind == "NAME"
        and (close := nearest(before.text, STATEMENTS))
    ):
        values = {"word": before.text}
        return Diagnostic("OM012", before.span, source=source, values=values, suggestions=close)
    taken_out = repair is not None and repair.sort == "delete"
    if not taken_out and found in KEYWORDS and {"NAME", "KEY"} & set(fault.expected):
        return Diagnostic("OM003", span, source=source, values={"word": found})
    labels = []
    if fault.open and (opener := fault.open[-1]).kind != "LBRACE":
        labels = [Label(opener.span, "opener")]
    keywords = [
        one.strip("`") for one in fault.expected if one.strip("`").isalpha() and one.islower()
    ]
    values = {"expected": _list(fault.expected, end), "found": _found(fault, found)}
    close = nearest(found, keywords)
    return Diagnostic("OM001", span, source=source, values=values, labels=labels, suggestions=close)


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _open_at_definition(fault: Unexpected, source: Source, span: Span) -> Leaf | None:
    """Return the `(` or `[` that is still open where a word at the left margin begins what no bracket holds."""
    opener = fault.open[-1] if fault.open else None
    margin = span.start == 0 or source.text[span.start - 1] == "\n"
    if opener is None or opener.kind == "LBRACE" or not margin:
        return None
    return opener if source[span] in _DEFINITIONS else None


def _place(fault: Unexpected, source: Source) -> Span:
    """Return what stands there, as people see it: the last word before the end, one word of a text, a whole string."""
    span = fault.span
    if fault.kind == "$END":  # behind the last word, not behind the empty lines that follow it
        at = len(source.text[: span.start].rstrip())
        return Span(at, at)
    if fault.kind in _FREE_TEXT and (word := _WORD.match(source.text, span.start)):
        span = Span(word.start(), word.end())
    if source[span][:1] == '"' and (closed := _CLOSED.match(source.text, span.start)):
        span = Span(closed.start(), closed.end())
    return span


def _text_fault(fault: Unexpected, source: Source, span: Span) -> Diagnostic | None:
    """Report what is wrong with a text, a comment, or a step that has no name, or return None."""
    found, text = source[span], source.text
    if text.startswith('"""', span.start) and "STRING" in fault.expected:
        return Diagnostic("OM005", Span(span.start, span.start + 3), source=source)
    if found[:1] == '"' and not _CLOSED.match(text, span.start):
        return Diagnostic("OM005", Span(span.start, _line_end(source, span.start)), source=source)
    if found[:1] == "#" and fault.kind != "_NL":
        around = text[max(0, span.start - 1) : span.start + 2].partition("#")
        comment = not around[0].strip() and around[2].strip()  # glued to a word behind, not before
        fix = Fix([Edit(Span(span.start + 1, span.start + 1), " ")], safe=True) if comment else None
        return Diagnostic("OM015", Span(span.start, span.start + 1), source=source, fix=fix)
    before = fault.before
    if before is None or before.kind != "NAME" or "`=`" not in fault.expected:
        return None
    if found[:1] in (".", "(") or found == "->":
        return Diagnostic("OM014", before.span.to(span), source=source)
    return None


def _mended(fault: Unexpected, source: Source, span: Span, repair: Repair) -> Diagnostic | None:
    """Report a fault as the lack of what would mend it, where that is one word or sign; or None."""
    found, shown = source[span], repair.shown.strip("`")
    place = Span(repair.start, repair.stop)
    if repair.sort == "keyword":
        fix = Fix([Edit(place, shown)], safe=False)
        values = {"word": source[place]}
        return Diagnostic(
            "OM012", place, source=source, values=values, suggestions=[shown], fix=fix
        )
    sign = shown if repair.shown.startswith("`") else ""
    inside = [one for one in fault.open if one.kind != "LBRACE"]
    if repair.sort in ("insert", "close") and sign in (")", "]") and inside:
        fix = Fix([Edit(place, sign)], safe=False)
        return unclosed(source, inside[-1].span.start, fix)
    if repair.sort == "joined":
        gap = Span(fault.span.start, repair.resume)
        join = Fix([Edit(gap, " ")], safe=True) if source[gap].isspace() else None
        values = {"expected": "`{`", "found": _found(fault, found)}
        return Diagnostic("OM001", span, source=source, values=values, fix=join)
    if repair.sort == "colon":
        following = _WORD.search(source.text, repair.stop)
        if (
            span.start == repair.start and following
        ):  # what lacks the colon is no surprise; what follows it is
            span = Span(following.start(), following.end())
            found = following[0]
        fix = Fix([Edit(Span(repair.stop, repair.stop), ":")], safe=False)
        values = {"expected": "`:`", "found": _found(fault, found)}
        return Diagnostic("OM001", span, source=source, values=values, fix=fix)
    if repair.sort == "insert" and sign and repair.at >= place.start:
        fix = Fix([Edit(place, _spaced(sign))], safe=False)
        values = {"expected": f"`{sign}`", "found": _found(fault, found)}
        return Diagnostic("OM001", span, source=source, values=values, fix=fix)
    return None


def _spaced(sign: str) -> str:
    return {",": ", ", ":": ": ", ".": ".", "(": "(", "[": "["}.get(sign, f" {sign} ")


def _stray(span: Span, source: Source) -> Diagnostic:
    """Tell of a character that no token begins with: control characters, and white space that is none of ours."""
    import unicodedata

    sign = source[span]
    name = f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
    fix = Fix([Edit(span, " " if sign.isspace() else "")], safe=True)
    return Diagnostic("OM006", span, source=source, values={"name": name}, fix=fix)


def _slip_at(fault: Unexpected, source: Source, span: Span) -> str:
    """Return the sign of another language that stands there: `=` where values are compared, or one of `SLIPS`."""
    alone = source[span] == "=" and source.text[span.end : span.end + 1] not in (">", "=")
    signs = ["="] if alone and "CMP" in fault.expected else list(SLIPS)
    if "`not`" not in fault.expected:
        signs = [one for one in signs if one != "!"]
    return next(
        (one for one in signs if source.text.startswith(one, span.start, fault.span.end)), ""
    )


def _named(fault: Unexpected, source: Source, span: Span) -> Diagnostic | None:
    """Tell of `name=` where `name:` is meant: of an argument, of an option, of a parameter without a type."""
    name = span
    opener = fault.open[-1] if fault.open and fault.open[-1].kind == "LPAR" else None
    if source[span] == "=":
        before = fault.before
        if before is None or before.kind != "NAME" or opener is None:
            return None
        if not _argument(source.text, opener.span.start, before.span.start):
            return None
        name = before.span
    elif "KEY" not in fault.expected or "NAME" in fault.expected:
        return None
    if not source[name].isidentifier():
        return None
    if name is span and opener is not None and (sign := _UNTYPED.match(source.text, name.end)):
        values = {"expected": "`:`", "found": f"`{sign[1]}`"}
        return Diagnostic("OM001", Span(*sign.span(1)), source=source, values=values)
    if (sign := EQUALS.match(source.text, name.end)) is None:
        return None
    at = source.text.index("=", name.end)
    place = Span(at, at + 1)
    fix = Fix([Edit(Span(name.end, sign.end()), ": ")], safe=True)
    values = {"sign": "=", "plain": ":"}
    return Diagnostic("OM011", place, source=source, values=values, fix=fix)


def _argument(text: str, opener: int, at: int) -> bool:
    """Tell whether an argument of a call begins there, not what stands in parentheses of its own."""
    while text[at - 1].isspace():
        at -= 1
    called = _CALLED.search(text, max(0, opener - 100), opener)
    return text[at - 1] == "," or (
        at == opener + 1 and called is not None and called[0] not in KEYWORDS
    )


def _slip(slip: str, span: Span, source: Source) -> Diagnostic:
    place = Span(span.start, span.start + len(slip))
    plain = "==" if slip == "=" else SLIPS[slip]
    written = plain
    if plain.isalpha():  # a word, parted from those beside it
        around = source.text[place.start - 1 : place.start], source.text[place.end : place.end + 1]
        written = f"{_gap(around[0])}{plain}{_gap(around[1])}"
    fix = None if slip in ("'", "//") else Fix([Edit(place, written)], safe=True)
    return Diagnostic("OM011", place, source=source, values={"sign": slip, "plain": plain}, fix=fix)


def _gap(beside: str) -> str:
    return " " if not beside.isspace() and beside not in ("", "(", ")", "[", "]", ",") else ""


def _full_width(span: Span, source: Source) -> Diagnostic:
    sign = source.text[span.start]
    one = Span(span.start, span.start + 1)
    plain = FULL_WIDTH[sign]
    edits = [Edit(one, plain)]
    end = _line_end(source, one.end)
    closing = _CLOSING.search(source.text, one.end, end) if plain == '"' else None
    if closing is not None and closing[0] != '"':  # a pair of quotes is mended as a pair
        edits.append(Edit(Span(*closing.span()), plain))
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
    names, most = [], _MOST
    if (
        "`pipeline`" in expected and "`use`" in expected
    ):  # between definitions: all of them, and nothing else
        expected, most = [one for one in expected if one not in ("$END", "_NL")], len(expected)
    for group, more, key in _GROUPS:
        if group <= set(expected):
            expected = [one for one in expected if one not in group | more | _WITH_VALUES]
            names.append(phrase(f"token-{key}"))
    for one in expected:
        shown = end if one == "$END" else one
        key = {"$END": "end", "_NL": "newline"}.get(shown, shown)
        names.append(shown if shown.startswith("`") else phrase(f"token-{key}"))
    unique = sorted(dict.fromkeys(names), key=lambda name: (name.startswith("`"), name))
    if len(unique) > most:
        unique = [*unique[: most - 1], "…"]
    return (
        phrase("or").join(unique)
        if len(unique) < 3
        else ", ".join(unique[:-1]) + phrase("or") + unique[-1]
    )
