"""Mending a text by the fixes of its findings: pass after pass, until nothing that may be mended is left.

In a pass fixes never overlap: of two that do, the first is taken, and the next pass looks again. A fix is abandoned when
the text has a syntax error only since then, or when its finding is still there with the same fix.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import pairwise

from omnidsl.language.diagnostics import Diagnostic, Edit, Fix
from omnidsl.language.source import Source

MOST_PASSES = 100
"""One pass mends almost everything; a text of nothing but neighbouring slips takes as many as the parser reports in turn."""

Find = Callable[[Source], list[Diagnostic]]
"""Returns what is wrong with a text (and, perhaps, with files that it uses)."""

_Kind = tuple[str, str, tuple[str, ...]]


class Mending:
    """What became of a text: `source`, the `findings` left in it, those that were `fixed`, and `abandoned` ones."""

    __slots__ = ("abandoned", "findings", "fixed", "source")

    def __init__(self, source: Source, findings: list[Diagnostic]) -> None:
        self.source = source
        self.findings = findings
        self.fixed: list[Diagnostic] = []
        self.abandoned: list[Diagnostic] = []


def mend(source: Source, find: Find, *, unsafe: bool = False) -> Mending:
    """Apply fixes until none is left that may be: safe ones, and unsafe ones where they are asked for."""
    state = Mending(source, find(source))
    given_up: set[_Kind] = set()
    for _ in range(MOST_PASSES):
        wanted = [
            one
            for one in state.findings
            if _may_be_fixed(one, state.source, unsafe=unsafe) and _kind(one) not in given_up
        ]
        if not wanted:
            break
        step = _Pass(state.source, wanted, find)
        if step.spoils(state.findings):
            guilty = [one for one in step.applied if _spoils_alone(one, state, find)]
            if not guilty:  # only together: the first may go on alone
                guilty = step.applied[1:] or step.applied
            given_up.update(map(_kind, guilty))
            state.abandoned += guilty
            continue
        state.source, state.findings = step.source, step.findings
        state.fixed += step.applied
    return state


def apply(text: str, findings: Iterable[Diagnostic]) -> tuple[str, list[Diagnostic], list[Edit]]:
    """Apply the fixes that do not overlap; returns the new text, whose fixes they were, and their edits in order.

    Findings with the very same edits are fixed together. Line ends of a fix become those of the text.
    """
    taken: list[Diagnostic] = []
    edits: list[Edit] = []
    end, inserted = -1, False
    done: set[tuple[Edit, ...]] = set()
    for one, fix in sorted(_with_fixes(findings), key=lambda pair: _start(pair[1])):
        steps = tuple(sorted(fix.edits, key=lambda edit: edit.span))
        if steps in done:
            taken.append(one)
            continue
        first = steps[0].span
        touches = first.start == end and (inserted or first.end == first.start)
        if first.start < end or touches or _overlap(steps):
            continue
        done.add(steps)
        taken.append(one)
        edits += steps
        last = steps[-1].span
        end, inserted = last.end, last.start == last.end
    return _edited(text, edits), taken, edits


def _edited(text: str, edits: list[Edit]) -> str:
    crlf = 2 * text.count("\r\n") > text.count("\n")
    pieces, at = [], 0
    for edit in edits:
        content = edit.content.replace("\r\n", "\n")
        pieces += [text[at : edit.span.start], content.replace("\n", "\r\n") if crlf else content]
        at = edit.span.end
    return "".join([*pieces, text[at:]])


class _Pass:
    """One application of fixes to a text, and what is found in the outcome."""

    def __init__(self, before: Source, wanted: list[Diagnostic], find: Find) -> None:
        text, self.applied, self._edits = apply(before.text, wanted)
        self._before = before
        self.source = Source(text, before.name, before.path)
        self.findings = find(self.source)

    def spoils(self, found_before: list[Diagnostic]) -> bool:
        """Say whether the outcome is worse, or a finding stayed where it was with the same fix."""
        if _syntax_faults(self.findings, self.source) and not _syntax_faults(
            found_before, self._before
        ):
            return True
        if len(self.source.text) < len(self._before.text):
            return False  # that way lies an end
        left = {(_start_of(one), _kind(one)) for one in self.findings}
        moved = self._moved()
        return any((moved(_start_of(one)), _kind(one)) in left for one in self.applied)

    def _moved(self) -> Callable[[int], int]:
        """Return what maps an offset of the text before to the one after."""
        places, shifts, shift = [], [0], 0
        for edit in self._edits:
            shift += len(edit.content) - (edit.span.end - edit.span.start)
            places.append(max(edit.span.start + 1, edit.span.end))
            shifts.append(shift)
        return lambda offset: offset + shifts[bisect_right(places, offset)]


def _spoils_alone(one: Diagnostic, state: Mending, find: Find) -> bool:
    return _Pass(state.source, [one], find).spoils(state.findings)


def _may_be_fixed(one: Diagnostic, source: Source, *, unsafe: bool) -> bool:
    fix = one.fix
    if fix is None or one.source is not source or not (fix.safe or unsafe):
        return False
    inside = all(0 <= edit.span.start <= edit.span.end <= len(source.text) for edit in fix.edits)
    return inside and any(source[edit.span] != edit.content for edit in fix.edits)


def _with_fixes(findings: Iterable[Diagnostic]) -> list[tuple[Diagnostic, Fix]]:
    return [(one, one.fix) for one in findings if one.fix is not None and one.fix.edits]


def _start(fix: Fix) -> int:
    return min(edit.span.start for edit in fix.edits)


def _overlap(steps: tuple[Edit, ...]) -> bool:
    return any(left.span.end > right.span.start for left, right in pairwise(steps))


def _start_of(one: Diagnostic) -> int:
    return one.span.start if one.span is not None else -1


def _kind(one: Diagnostic) -> _Kind:
    """Return what equal mistakes have in common wherever they stand."""
    contents = tuple(edit.content for edit in one.fix.edits) if one.fix is not None else ()
    return one.code, repr(sorted(one.values.items())), contents


def _syntax_faults(findings: list[Diagnostic], source: Source) -> bool:
    return any(one.code.startswith("OM0") and one.source is source for one in findings)
