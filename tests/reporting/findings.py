"""Findings for the tests of formats: one of every kind, and any that Hypothesis can think of."""

from hypothesis import strategies as st

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.source import Source, Span

HOSTILE = (
    "\x1b[31m\r\n::error file=x::owned\n##[add-mask]x,a:b%0A%25\u202e]]></failure>\x9b\udcff\0"
)

CODES = ["OM101", "OM102", "OM108", "OM903"]


def of_every_kind() -> list[Diagnostic]:
    """An error with a fix, a warning with a second place, one over two lines, one of a whole file, one of none."""
    source = Source("let a = 1\nlet 猫 = x\nlet b = y\n", "recipes/hero.omni")
    brand = Source("let y = 2", "brand.omni")
    return [
        Diagnostic("OM909", values={"problem": "no"}),
        Diagnostic("OM909", source=brand, values={"problem": "no"}),
        Diagnostic(
            "OM101",
            Span(18, 19),
            source=source,
            values={"name": "x"},
            suggestions=["a"],
            fix=Fix([Edit(Span(18, 19), "a")], safe=False),
        ),
        Diagnostic(
            "OM102",
            Span(4, 19),
            source=source,
            values={"name": "x"},
            labels=[Label(Span(4, 5), "first", brand)],
            fix=Fix([Edit(Span(4, 5), "b"), Edit(Span(8, 8), "1")], safe=True),
        ),
        Diagnostic("OM108", Span(24, 25), source=source, values={"name": "b"}),
    ]


_TEXT = st.one_of(
    st.text(st.sampled_from("ab ,:%#[]<>&\"'=\\\r\n\t\x1b猫é0AD25"), max_size=30),
    st.text(st.characters(), max_size=20),
    st.just(HOSTILE),
)


@st.composite
def findings(draw: st.DrawFn) -> list[Diagnostic]:
    """Draw findings about a few texts, whatever stands in the texts, the file names and the values."""
    sources = [Source(draw(_TEXT), draw(_TEXT)) for _ in range(draw(st.integers(1, 2)))]
    found = []
    for _ in range(draw(st.integers(0, 4))):
        source = draw(st.one_of(st.none(), st.sampled_from(sources)))
        values = dict.fromkeys(("name", "key", "first"), draw(_TEXT))
        if source is None:
            found.append(Diagnostic(draw(st.sampled_from(CODES)), values=values))
            continue
        start = draw(st.integers(0, len(source.text)))
        span = Span(start, draw(st.integers(start, len(source.text))))
        found.append(
            Diagnostic(
                draw(st.sampled_from(CODES)),
                draw(st.one_of(st.none(), st.just(span))),
                source=source,
                values=values,
                suggestions=draw(st.lists(_TEXT, max_size=2)),
                fix=draw(st.sampled_from([None, Fix([Edit(span, values["name"])], safe=True)])),
            )
        )
    return found
