"""What the prompt rules say of a rendered prompt, told at the places of the recipe that it was rendered from."""

from itertools import islice

from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.rendering import Rendered, Renderer
from omnidsl.checking.runs import Run
from omnidsl.checking.values import Instance
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.source import Source, Span
from omnidsl.prompts import ParsedPrompt, Rules, parse

TOO_MANY_IMAGES = "OM404"

_SPECIAL = frozenset('"\\$')


class Judged:
    """A prompt as it was rendered, what was read in it, and what is wrong with it."""

    __slots__ = ("findings", "parsed", "rendered")

    def __init__(
        self, rendered: Rendered, parsed: ParsedPrompt, findings: list[Diagnostic]
    ) -> None:
        self.rendered = rendered
        self.parsed = parsed
        self.findings = findings


def judge_prompt(prompt: Instance, evaluator: Evaluator) -> Judged:
    """Render a prompt with its arguments and judge it; what it is without any is found out once a recipe.

    What is wrong with its parts goes to the evaluator's report, the first time.
    """
    known = evaluator.facts.prompts
    if not prompt.arguments and prompt.symbol in known:
        return known[prompt.symbol]
    rendered = Renderer(evaluator).render(prompt)
    judged = Judged(rendered, *judge(rendered, evaluator.facts.rules))
    if not prompt.arguments:
        known[prompt.symbol] = judged
    return judged


def judge(rendered: Rendered, rules: Rules) -> tuple[ParsedPrompt, list[Diagnostic]]:
    """Parse and validate a rendered prompt; findings about a value that is still missing are left out."""
    parsed = parse(rendered.text, rules=rules, files=len(rendered.pictures))
    findings = []
    for one in parsed.diagnostics:
        if one.code == TOO_MANY_IMAGES and rendered.pictures:
            continue  # `check_pictures` tells it, at the picture that is too many
        told = _told(one, rendered)
        if told is not None:
            findings.append(told)
    return parsed, findings


def _told(finding: Diagnostic, rendered: Rendered) -> Diagnostic | None:
    span = finding.span or Span(0, len(rendered.text))
    touched = rendered.touched(span)
    if any(run.open for _, run in touched):
        return None
    source, place = _place(rendered, span)
    places = [(one, _place(rendered, one.span)) for one in finding.labels]
    return Diagnostic(
        finding.code,
        place,
        source=source,
        values=finding.values,
        labels=[Label(where, one.note, file) for one, (file, where) in places],
        suggestions=finding.suggestions,
        fix=_fix(finding.fix, rendered),
    )


def _place(rendered: Rendered, span: Span) -> tuple[Source | None, Span]:
    """Return the place of the recipe that a span of the rendered text comes from; an empty one means the whole prompt."""
    touched = rendered.touched(span)
    placed = [(offset, run) for offset, run in touched if run.source is not None]
    if span.start == span.end:
        placed = [(0, rendered.owner)]
    if not placed:
        written = (run for run in rendered.runs if run.source is not None and run.text)
        placed = [(0, run) for run in islice(written, 1)]
    if not placed:
        placed = [(0, rendered.owner)]
    first, last = placed[0], placed[-1]
    source = first[1].source
    begin, end = (
        _at(first, span.start),
        _at(last, span.end, end=True) if last[1].source is source else None,
    )
    return source, Span(begin, end if end is not None and end >= begin else begin)


def _at(placed: tuple[int, Run], offset: int, *, end: bool = False) -> int:
    at, run = placed
    if run.span is None:
        return 0
    if not run.exact:
        return run.span.end if end else run.span.start
    return min(run.span.start + max(0, offset - at), run.span.end)


def _fix(fix: Fix | None, rendered: Rendered) -> Fix | None:
    """Carry a fix over where every character it touches stands so in one piece of the recipe.

    What would move text from one line of a block to another is left out: a line has a category, or a value.
    """
    if fix is None:
        return None
    if len(fix.edits) == 1 and (whole := _parameter(fix.edits[0], rendered)) is not None:
        return Fix([whole], safe=fix.safe)
    edits: list[Edit] = []
    places: set[Span] = set()
    for edit in fix.edits:
        touched = rendered.touched(edit.span)
        if len(touched) != 1 or not touched[0][1].exact or touched[0][1].span is None:
            return None
        run = touched[0][1]
        start = _at(touched[0], edit.span.start)
        places.add(touched[0][1].span)
        if len(places) > 1 or (_SPECIAL & set(edit.content) and _may_be_quoted(run, start)):
            return None
        edits.append(Edit(Span(start, start + edit.span.end - edit.span.start), edit.content))
    return Fix(edits, safe=fix.safe)


def _parameter(edit: Edit, rendered: Rendered) -> Edit | None:
    """Carry over an edit of a parameter, whose name and value are two pieces, where it stands so on a line of the recipe."""
    touched = rendered.touched(edit.span)
    if len(touched) < 2:
        return None
    first, last = touched[0][1], touched[-1][1]
    source, begins, ends = first.source, first.span, last.span
    if source is None or last.source is not source or not begins or not ends:
        return None
    if not (first.exact and last.exact):
        return None
    start, end = _at(touched[0], edit.span.start), _at(touched[-1], edit.span.end, end=True)
    written = rendered.text[edit.span.start : edit.span.end]
    if source.text[start:end] != written or _SPECIAL & set(edit.content):
        return None
    return Edit(Span(start, end), edit.content)


def _may_be_quoted(run: Run, at: int) -> bool:
    """Say whether a place may be inside `"…"`, where other characters need a backslash than in free text."""
    text = run.source.text if run.source is not None else ""
    return text.count('"', text.rfind("\n", 0, at) + 1, at) % 2 == 1
